"""How orders reach their customers: planned with a promise, sent, ended, and the last step taken back."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.commerce.delivery_events import KINDS, move_told, step_told
from wayloop.commerce.enums import DELIVERY_MOVED, DELIVERY_PROMISED, DeliveryStatus, DeliveryWay, OrderStatus
from wayloop.commerce.models import Delivery
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services.statuses import locked
from wayloop.commerce.services.telling import Offsets, take_back, tell_now
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import clock
from wayloop.ledger import api as ledger

# Each step at most once, in this order; a failed delivery is followed by another one, not by its own success.
NEXT = {
    DeliveryStatus.PLANNED: (DeliveryStatus.SENT, DeliveryStatus.DONE, DeliveryStatus.FAILED),
    DeliveryStatus.SENT: (DeliveryStatus.DONE, DeliveryStatus.FAILED),
    DeliveryStatus.DONE: (),
    DeliveryStatus.FAILED: (),
}


@dataclass(frozen=True)
class Plan:
    """What is promised and who brings it. The window may be open on either side."""

    way: DeliveryWay
    promised_from: datetime | None = None
    promised_to: datetime | None = None
    carrier: str = ""
    number: str = ""


@transaction.atomic
def plan_delivery(*, order: int, key: UUID, plan: Plan) -> bool:
    """Writes a delivery of an order, with its `delivery.promised` event; answers whether it was new.

    `key` is made with the form: the same one again is the same delivery. Raises `CommerceRefused` with a line for the
    member for a window that ends before it begins or an order that was cancelled, `LookupError` for no order.
    """
    found = locked(order=order)
    if Delivery.objects.filter(uuid=key).exists():
        return False
    if found.status == OrderStatus.CANCELLED:
        raise CommerceRefused(_("The order was cancelled; nothing of it is delivered."))
    _check(plan)
    now = clock.now()
    delivery = Delivery(uuid=key, order=found, planned_at=now, zone=Offsets().zone_of(found.location_id))
    _put(delivery, plan)
    delivery.due_at = plan.promised_to
    delivery.save(force_insert=True)
    tell_now(kind=DELIVERY_PROMISED, event=step_told(delivery, DeliveryStatus.PLANNED))
    return True


@transaction.atomic
def change_delivery(*, delivery: UUID, plan: Plan) -> None:
    """Changes promise, carrier or number of a delivery under way; a moved promise is a `delivery.moved` event.

    A promise that was broken already stays broken: lateness is counted from it. Raises as `plan_delivery`, and
    `CommerceRefused` for a delivery that has ended.
    """
    found = _locked_delivery(delivery)
    if found.ended_at is not None:
        raise CommerceRefused(_("This delivery is over. Take its end back first."))
    _check(plan)
    now = clock.now()
    plan = replace(
        plan,
        promised_from=_unless_same_minute(found.promised_from, plan.promised_from),
        promised_to=_unless_same_minute(found.promised_to, plan.promised_to),
    )
    is_moved = (plan.promised_from, plan.promised_to) != (found.promised_from, found.promised_to)
    if found.due_at is None or found.due_at >= now:
        found.due_at = plan.promised_to
    _put(found, plan)
    found.by_hand = True
    found.save()
    if is_moved:
        tell_now(kind=DELIVERY_MOVED, event=move_told(found, now))


@transaction.atomic
def move_delivery_on(*, delivery: UUID, status: DeliveryStatus, happened_at: datetime | None = None) -> bool:
    """Notes that a delivery was sent, reached the customer or failed, with its event; answers whether it was new.

    Raises `CommerceRefused` for a step that cannot follow, `LookupError` for a delivery that does not exist.
    """
    found = _locked_delivery(delivery)
    if found.status == status:
        return False
    if status not in NEXT[DeliveryStatus(found.status)]:
        raise CommerceRefused(
            _("The delivery is “%(now)s” meanwhile. Load the page again.") % {"now": DeliveryStatus(found.status).label}
        )
    moment = happened_at or clock.now()
    if status == DeliveryStatus.SENT:
        found.sent_at = moment
    else:
        found.ended_at = moment
    found.status, found.by_hand = status, True
    found.save(update_fields=["status", "sent_at", "ended_at", "by_hand"])
    tell_now(kind=KINDS[status], event=step_told(found, status))
    return True


@transaction.atomic
def take_delivery_back(*, delivery: UUID, status: DeliveryStatus) -> None:
    """Undoes the last step of a delivery, which led to `status`: its event is retracted.

    Undoing the plan itself removes the delivery, with all that was told of its promise. What was undone already is left
    so. Raises `CommerceRefused` when the delivery went further since, `LookupError` when there is none.
    """
    found = _locked_delivery(delivery)
    if found.status != status:
        if found.status in NEXT[status]:
            raise CommerceRefused(_("The delivery has gone further since. Take the last step back first."))
        return
    take_back(kind=KINDS[status], event=step_told(found, status))
    if status == DeliveryStatus.PLANNED:
        _take_moves_back(found)
        found.delete()
        return
    if status == DeliveryStatus.SENT:
        found.sent_at = None
    else:
        found.ended_at = None
    found.status = DeliveryStatus.SENT if found.sent_at else DeliveryStatus.PLANNED
    found.save(update_fields=["status", "sent_at", "ended_at"])


def _check(plan: Plan) -> None:
    if not clock.is_in_our_time(plan.promised_from, plan.promised_to):
        raise CommerceRefused(_("Days between 1970 and 2199, please."))
    if plan.promised_from and plan.promised_to and plan.promised_from > plan.promised_to:
        raise CommerceRefused(_("The promise ends before it begins."))


def _unless_same_minute(before: datetime | None, after: datetime | None) -> datetime | None:
    """The new moment; the old one where only its seconds differ, which a form does not show."""
    if before and after and before.replace(second=0, microsecond=0) == after.replace(second=0, microsecond=0):
        return before
    return after


def _put(delivery: Delivery, plan: Plan) -> None:
    delivery.way, delivery.carrier, delivery.number = plan.way, plan.carrier.strip(), plan.number.strip()
    delivery.promised_from, delivery.promised_to = plan.promised_from, plan.promised_to


def _locked_delivery(uuid: UUID) -> Delivery:
    asked = Delivery.objects.filter(uuid=uuid).first()
    if asked is None:
        raise LookupError("no such delivery")
    order = locked(order=asked.order_id)
    found = Delivery.objects.filter(uuid=uuid).first()
    if found is None:
        raise LookupError("no such delivery")
    found.order = order
    return found


def _take_moves_back(delivery: Delivery) -> None:
    """A delivery that never was has no moved promise either."""
    order = delivery.order
    if order.handle is None:
        return
    moves = ledger.events_about(
        handles=[order.handle],
        subjects=[("order", order.pk)],
        kinds=[DELIVERY_MOVED],
        since=delivery.planned_at,
        scope=EVERYTHING,
    )
    for move in moves:
        take_back(kind=DELIVERY_MOVED, event=move_told(delivery, move.occurred_at))
