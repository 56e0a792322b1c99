"""What commerce refuses, its limits, and how the state of an order is decided."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from wayloop.commerce.enums import DeliveryStatus, OrderStatus

# Lost is who has not bought for so many times as long as usual for them, and for so many days at least.
LOST_AFTER_GAPS, LOST_AFTER_DAYS = 3, 30
# Loyal is who ordered so often in so many days.
LOYAL_ORDERS, LOYAL_DAYS = 3, 365
# Of a quantity and of a price; their product fits into the column of an amount in any currency.
LARGEST = Decimal(10_000_000)
# Of a payment, in minor units: the largest amount of a line fits.
LARGEST_PAYMENT = 10**16
# Of what is promised: a year typed by half would be a moment the program cannot read back.
# From which status an order may go to which; what is not here is refused. Steps may be left out, none goes back:
# a step that was a mistake is taken back instead.
STEPS: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    OrderStatus.PLACED: (
        OrderStatus.CONFIRMED,
        OrderStatus.READY,
        OrderStatus.COMPLETED,
        OrderStatus.CANCELLED,
    ),
    OrderStatus.CONFIRMED: (OrderStatus.READY, OrderStatus.COMPLETED, OrderStatus.CANCELLED),
    OrderStatus.READY: (OrderStatus.COMPLETED, OrderStatus.CANCELLED),
    OrderStatus.COMPLETED: (),
    OrderStatus.CANCELLED: (),
}


class CommerceRefused(ValueError):
    """What was asked cannot be done; the text says in one line what to do."""


def is_late(status: str, due_at: datetime | None, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a delivery is late, or was: it ended, or would end now, after what was promised.

    Without a promise nothing is late. A delivery that failed counts as failed, not as late.
    """
    if due_at is None or status == DeliveryStatus.FAILED:
        return False
    return (ended_at or now) > due_at


def margin_of(price: Decimal | None, cost: Decimal | None, margin: Decimal | None) -> Decimal | None:
    """The share of the price that stays, from the cost or as it was told (percent); None when it is not known."""
    if margin is not None:
        return margin / 100
    if price is None or cost is None or price == 0:
        return None
    return (price - cost) / price


def cost_of(price: Decimal | None, cost: Decimal | None, margin: Decimal | None) -> Decimal | None:
    """What one unit costs us; None when it is not known."""
    if cost is not None or price is None or margin is None:
        return cost
    return price - price * margin / 100
