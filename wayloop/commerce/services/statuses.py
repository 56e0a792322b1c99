"""How far an order is: steps forward, and the last step taken back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.commerce.enums import (
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    ORDER_CONFIRMED,
    ORDER_READY,
    OrderStatus,
)
from wayloop.commerce.models import Order, StatusChange
from wayloop.commerce.rules import STEPS, CommerceRefused
from wayloop.commerce.services.settling import lock_orders, settle_orders
from wayloop.commerce.services.telling import Bought, Told, bought_of, take_back, tell, tell_now
from wayloop.contracts.commerce import StatusColumns
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows

KINDS = {
    OrderStatus.CONFIRMED: ORDER_CONFIRMED,
    OrderStatus.READY: ORDER_READY,
    OrderStatus.COMPLETED: ORDER_COMPLETED,
    OrderStatus.CANCELLED: ORDER_CANCELLED,
}
WRITE = """
UPDATE commerce_order o SET status = n.status
FROM unnest(%s::bigint[], %s::text[]) AS n (id, status) WHERE o.id = n.id
"""


@transaction.atomic
def change_status(
    *, order: int, key: UUID, status: OrderStatus, by: int | None, happened_at: datetime | None = None
) -> bool:
    """Takes an order one or more steps on, with the event of the new status; answers whether it was still to do.

    `key` is made with the form: the same one again changes nothing. An order that has the status already is left as it
    is. Cancelling turns what was paid into what is to be given back. Raises `CommerceRefused` for a step backwards or
    out of an end, `LookupError` for an order that does not exist.
    """
    found = locked(order=order)
    if found.status == status or StatusChange.objects.filter(uuid=key).exists():
        return False
    if status not in STEPS[OrderStatus(found.status)]:
        raise CommerceRefused(
            _("The order is “%(now)s” meanwhile and cannot become “%(wanted)s”.")
            % {"now": OrderStatus(found.status).label, "wanted": OrderStatus(status).label}
        )
    change = StatusChange.objects.create(
        uuid=key,
        order=found,
        former=found.status,
        status=status,
        happened_at=happened_at or clock.now(),
        by=by,
    )
    _put(found, OrderStatus(status))
    tell_now(kind=KINDS[OrderStatus(status)], event=_told(change))
    return True


@transaction.atomic
def take_status_back(*, change: UUID) -> OrderStatus:
    """Undoes the last step of an order: its event is retracted; answers the status it has again.

    A step that was taken back already is left so. Raises `CommerceRefused` when the order went further since,
    `LookupError` for a step that does not exist.
    """
    asked = StatusChange.objects.filter(uuid=change).first()
    if asked is None:
        raise LookupError("no such step")
    order = locked(order=asked.order_id)
    found = StatusChange.objects.get(uuid=change)
    found.order = order
    if found.taken_back_at is not None:
        return OrderStatus(order.status)
    later = StatusChange.objects.filter(order=order, taken_back_at=None, id__gt=found.pk)
    if order.status != found.status or later.exists():
        raise CommerceRefused(_("The order has gone further since. Take the last step back first."))
    found.taken_back_at = clock.now()
    found.save(update_fields=["taken_back_at"])
    _put(order, OrderStatus(found.former))
    take_back(kind=KINDS[OrderStatus(found.status)], event=_told(found))
    return OrderStatus(found.former)


@transaction.atomic
def change_statuses(*, columns: StatusColumns) -> int:
    """Takes many orders on, as their systems tell; answers how many steps were new and allowed.

    Steps that are known, lead backwards or out of an end are left out: systems repeat themselves and send late.
    """
    lock_orders(orders=columns.orders)
    orders = bought_of(orders=columns.orders)
    known = set(StatusChange.objects.filter(uuid__in=columns.keys).values_list("uuid", flat=True))
    statuses = {order.pk: order.status for order in orders.values()}
    steps: list[tuple[UUID, int, str, str, datetime]] = []
    for order, key, status, happened_at in zip(
        columns.orders, columns.keys, columns.statuses, columns.happened_at, strict=True
    ):
        if order not in orders or key in known or OrderStatus(status) not in STEPS[OrderStatus(statuses[order])]:
            continue
        steps.append((key, order, statuses[order], status, happened_at))
        known.add(key)
        statuses[order] = status
    copy_rows(
        "commerce_statuschange",
        ("uuid", "order_id", "former", "status", "happened_at", "batch"),
        ((*step, columns.batch) for step in steps),
        ("uuid", "int8", "text", "text", "timestamptz", "text"),
    )
    last = {order: status for _key, order, _former, status, _at in steps}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(last), list(last.values())])
    settle_orders(orders=list(last))
    for status, kind in KINDS.items():
        mine = [_event(orders[order], key, at) for key, order, _former, led_to, at in steps if led_to == status]
        tell(kind=kind, is_news=columns.is_news, events=mine, batch=columns.batch)
    return len(steps)


def tell_steps_again(*, steps: Sequence[int]) -> None:
    """Tells the ledger of these steps; those it knows it leaves out."""
    rows = StatusChange.objects.filter(id__in=steps).values_list("uuid", "order_id", "status", "happened_at")
    orders = bought_of(orders=(order for _key, order, _status, _at in rows))
    for status, kind in KINDS.items():
        mine = [_event(orders[order], key, at) for key, order, led_to, at in rows if led_to == status]
        tell(kind=kind, is_news=False, events=mine)


def locked(*, order: int) -> Order:
    """The order, for this transaction alone. Raises `LookupError` when there is none."""
    found = Order.objects.select_for_update().filter(pk=order).first()
    if found is None:
        raise LookupError("no such order")
    return found


def _put(order: Order, status: OrderStatus) -> None:
    order.status = status
    order.save(update_fields=["status"])
    settle_orders(orders=[order.pk])


def _told(change: StatusChange) -> Told:
    return _event(change.order, change.uuid, change.happened_at)


def _event(order: Order | Bought, key: UUID, at: datetime) -> Told:
    return Told(order, str(key), at, order.total, order.currency, {"number": order.number})


def latest(*, changes: Sequence[StatusChange]) -> StatusChange | None:
    """The step that can be taken back, out of all steps of one order."""
    return max((one for one in changes if one.taken_back_at is None), key=lambda one: one.pk, default=None)
