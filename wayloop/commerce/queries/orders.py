"""Reads of one order's life: its steps, its money, its deliveries; and which orders need somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.commerce.models import Delivery, Order, Payment, Return, StatusChange
from wayloop.commerce.rules import is_late
from wayloop.contracts.commerce import OrderRef
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock

# A delivery under way whose time has passed, of an order that still counts. The rule is that of `rules.is_late`.
LATE = """
SELECT d.order_id FROM commerce_delivery d JOIN commerce_order o ON o.id = d.order_id
WHERE d.ended_at IS NULL AND d.due_at < %(now)s AND o.status <> 'cancelled'
"""
LATE_OF_PERSON = """
SELECT o.uuid, o.number, d.due_at FROM commerce_order o JOIN commerce_delivery d ON d.order_id = o.id
WHERE o.handle IN (SELECT handle FROM api_identity_people WHERE person = %(person)s) AND o.status <> 'cancelled'
    AND d.ended_at IS NULL AND d.due_at < %(now)s AND {visible}
ORDER BY d.due_at LIMIT 1
"""


@dataclass(frozen=True)
class LateDelivery:
    """An order that should have reached the customer by now."""

    uuid: UUID
    number: str
    due_at: datetime


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery as the page shows it; `is_late`: it is, or came, after what was promised."""

    delivery: Delivery
    is_late: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.delivery.ended_at is not None


def steps_of(*, order: int) -> list[StatusChange]:
    """The steps of an order that count, the oldest first."""
    return list(StatusChange.objects.filter(order_id=order, taken_back_at=None).order_by("id"))


def payments_of(*, order: int) -> list[Payment]:
    """Payments and refunds of an order that count, the oldest first."""
    return list(Payment.objects.filter(order_id=order, taken_back_at=None).order_by("happened_at", "id"))


def deliveries_of(*, order: int) -> list[DeliveryRow]:
    """Deliveries of an order, the oldest first."""
    now = clock.now()
    rows = Delivery.objects.filter(order_id=order).order_by("planned_at", "id")
    return [DeliveryRow(row, is_late(row.status, row.due_at, row.ended_at, now)) for row in rows]


def returns_of(*, order: int) -> list[Return]:
    """What came back of an order, the oldest first."""
    return list(Return.objects.filter(order_id=order).order_by("happened_at", "id"))


def order_of(*, uuid: UUID, kind: str, scope: Scope) -> Order | None:
    """The order of a payment, delivery or step with this address, if the scope lets see it."""
    table = {"payment": Payment, "delivery": Delivery, "step": StatusChange}[kind]
    found = table.objects.filter(uuid=uuid).select_related("order").first()  # type: ignore[attr-defined]
    if found is None:
        return None
    order: Order = found.order
    is_hidden = scope.locations is not None and order.location_id not in (None, *scope.locations)
    return None if is_hidden else order


def late_among(*, orders: Sequence[int]) -> set[int]:
    """Those of the orders that have a delivery under way after what was promised."""
    with connection.cursor() as cursor:
        cursor.execute(f"{LATE} AND d.order_id = ANY (%(orders)s)", {"now": clock.now(), "orders": list(orders)})
        return {order for (order,) in cursor.fetchall()}


def late_delivery_of(*, person: int, scope: Scope) -> LateDelivery | None:
    """The most overdue delivery of a person; one bounded read."""
    visible = "true" if scope.locations is None else "(o.location_id IS NULL OR o.location_id = ANY (%(locations)s))"
    values: dict[str, Any] = {
        "person": person,
        "now": clock.now(),
        "locations": list(scope.locations or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(LATE_OF_PERSON.format(visible=visible), values)
        row = cursor.fetchone()
    return LateDelivery(*row) if row else None


def orders_by_number(*, source: str, numbers: Sequence[str]) -> Mapping[str, OrderRef]:
    """Number in its source → the order; unknown ones are left out."""
    rows = Order.objects.filter(source=source, number__in=numbers)
    return {row.number: ref_of(row) for row in rows}


def ref_of(order: Order) -> OrderRef:
    """An order as others point to it."""
    return OrderRef(
        id=order.pk,
        uuid=order.uuid,
        source=order.source,
        number=order.number,
        handle=order.handle,
        status=order.status,
        total=order.total,
        currency=order.currency,
        paid=order.paid,
        balance=order.balance,
    )
