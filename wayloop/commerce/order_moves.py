"""What a file tells of the life of its orders: status, money, delivery; a newer file moves orders on that are here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wayloop.commerce.enums import DeliveryWay, OrderStatus, PaymentMethod
from wayloop.commerce.models import Payment, StatusChange
from wayloop.commerce.order_parts import delivery_key, end_of_day
from wayloop.commerce.rules import STEPS
from wayloop.commerce.services.delivery_columns import bring_deliveries
from wayloop.commerce.services.payments import record_payments
from wayloop.commerce.services.statuses import change_statuses
from wayloop.commerce.services.telling import Bought, bought_as
from wayloop.contracts.commerce import DealOutcome, DeliveryColumns, PaymentColumns, StatusColumns
from wayloop.contracts.imports import ImportContext
from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key

OF_DELIVERY = ("promised_at", "sent_at", "delivered_at")


def move_on(context: ImportContext, found: Mapping[str, list[Any]], outcome: DealOutcome) -> set[int]:
    """Writes the deliveries that rows of orders tell of, and moves orders on that were here with the same lines.

    A status counts where it lies ahead of the one the order has; that an order is paid where no money for it was ever
    noted. Older files change nothing. Answers the orders that moved.
    """
    known = bought_as(
        source=context.source,
        numbers=(
            number
            for index, number in enumerate(found["number"])
            if number in outcome.unchanged
            and any(found[name][index] for name in ("status", "paid", "paid_by", *OF_DELIVERY))
        ),
    )
    moved = _steps(context, found, known) | _money(context, found, known)
    return moved | set(_deliver(context, found, outcome.ids))


def paid_by(paid: bool | None, method: str | None) -> str | None:
    """The method of what was paid in full; empty when nothing was, None when nobody tells."""
    if paid is False:
        return ""
    return method or (PaymentMethod.OTHER.value if paid else None)


def _steps(context: ImportContext, found: Mapping[str, list[Any]], known: Mapping[str, Bought]) -> set[int]:
    """Takes the orders to the status that is told now; when is known of those that came, of others it is now."""
    now = clock.now()
    steps = {
        digest_key("order step", context.source, number, status): (known[number].pk, status, _when(status, came, now))
        for number, status, came in zip(found["number"], found["status"], found["delivered_at"], strict=True)
        if status and number in known and OrderStatus(status) in STEPS[OrderStatus(known[number].status)]
    }
    for key in StatusChange.objects.filter(uuid__in=list(steps)).values_list("uuid", flat=True):
        # A member took it back.
        del steps[key]
    if steps:
        orders, statuses, moments = zip(*steps.values(), strict=True)
        change_statuses(
            columns=StatusColumns(
                is_news=False,
                orders=orders,
                keys=list(steps),
                statuses=statuses,
                happened_at=moments,
                batch=context.batch,
            )
        )
    return {order for order, _status, _at in steps.values()}


def _when(status: str, came: datetime | None, now: datetime) -> datetime:
    return came if came and status == OrderStatus.COMPLETED else now


def _money(context: ImportContext, found: Mapping[str, list[Any]], known: Mapping[str, Bought]) -> set[int]:
    """Notes that orders are paid of which it was not known."""
    told = {
        number: method
        for number, status, paid, way in zip(
            found["number"], found["status"], found["paid"], found["paid_by"], strict=True
        )
        if number in known
        and status != OrderStatus.CANCELLED
        and known[number].total
        and (method := paid_by(paid, way))
    }
    noted = set(
        Payment.objects.filter(order__in=[known[number].pk for number in told]).values_list("order_id", flat=True)
    )
    new = {
        number: known[number]
        for number in told
        if known[number].pk not in noted and known[number].status != OrderStatus.CANCELLED
    }
    if new:
        record_payments(
            columns=PaymentColumns(
                is_news=False,
                orders=[order.pk for order in new.values()],
                keys=[digest_key("order paid", context.source, number) for number in new],
                are_refunds=[False] * len(new),
                methods=[told[number] for number in new],
                amounts=[order.total for order in new.values()],
                currencies=[order.currency for order in new.values()],
                happened_at=[clock.now()] * len(new),
                batch=context.batch,
            )
        )
    return {order.pk for order in new.values()}


def _deliver(context: ImportContext, found: Mapping[str, list[Any]], ids: Mapping[str, int]) -> list[int]:
    """Writes what rows of orders tell of their delivery; answers the orders whose known deliveries moved on."""
    mine = [
        index
        for index, number in enumerate(found["number"])
        if number in ids and any(found[name][index] for name in OF_DELIVERY)
    ]
    if not mine:
        return []
    zone = ZoneInfo(context.zone)
    _new, moved = bring_deliveries(
        columns=DeliveryColumns(
            is_news=False,
            orders=[ids[found["number"][index]] for index in mine],
            keys=[delivery_key(context, found["number"][index], found["tracking"][index]) for index in mine],
            ways=[found["way"][index] or DeliveryWay.CARRIER.value for index in mine],
            planned_at=[found["happened_at"][index] for index in mine],
            promised_from=[None] * len(mine),
            promised_to=[end_of_day(found["promised_at"][index], zone) for index in mine],
            sent_at=[found["sent_at"][index] for index in mine],
            ended_at=[found["delivered_at"][index] for index in mine],
            have_failed=[False] * len(mine),
            carriers=[found["carrier"][index] or "" for index in mine],
            numbers=[found["tracking"][index] or "" for index in mine],
            zone=context.zone,
            batch=context.batch,
            earlier_keys=[delivery_key(context, found["number"][index]) for index in mine],
        )
    )
    return moved
