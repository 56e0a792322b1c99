"""Invents what became of the orders of the sample's web shop, and which carts stand there. Writes nothing.

Whatever would lie behind the end of the story has not happened yet: so some orders are still open, some on their way,
and some late.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wayloop.commerce.api import OrderStatus, PaymentMethod
from wayloop.demo.story import ZONE, Deal, Shopper, Story
from wayloop.demo.text import PRODUCTS, Product

# For so long the shop has told of the lives of its orders, and the tills of how they were paid.
TOLD_DAYS = 45
# And of their deliveries, promised and done, a year back.
DELIVERED_DAYS = 365
# Where a new carrier lets people wait, since so many days; elsewhere few parcels come late.
LATE_TOWN, LATE_SINCE = "Дніпро", 130
LATE_THERE, LATE_ELSEWHERE = 0.58, 0.09
TILL_DAYS = 60
CART_DAYS = 9
CARTS_EACH = 30
CARRIERS = ("Нова пошта", "Укрпошта", "Meest")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Fate:
    """The life of one order. Times that had not come yet are None. `method`: empty while nothing was paid."""

    number: str
    steps: tuple[tuple[OrderStatus, datetime], ...]
    method: str
    paid_at: datetime | None
    is_on_the_spot: bool
    carrier: str
    tracking: str
    promised_from: datetime
    promised_to: datetime
    planned_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return any(status == OrderStatus.CANCELLED for status, _at in self.steps)


@dataclass(frozen=True)
class Basket:
    """What somebody left in the cart: product, quantity, cents."""

    shopper: int
    number: str
    at: datetime
    lines: tuple[tuple[Product, int, int], ...]


def fates_of(story: Story, end: datetime) -> dict[str, Fate]:
    """Number → what became of it, for the latest orders of the web shop."""
    return {
        deal.number: _fate(deal, _town(story, deal), end)
        for deal in story.orders
        if deal.channel == "web" and end - deal.at < TOLD_DAYS * DAY
    }


def former_deliveries(story: Story, end: datetime) -> list[Fate]:
    """How the orders before those reached their customers; of their steps and payments nothing is told."""
    fates = [
        _fate(deal, _town(story, deal), end)
        for deal in story.orders
        if deal.channel == "web" and TOLD_DAYS * DAY <= end - deal.at < DELIVERED_DAYS * DAY
    ]
    return [fate for fate in fates if not fate.is_cancelled]


def till_method(deal: Deal, end: datetime) -> str | None:
    """How a purchase at a till was paid; None for those of before the tills told it."""
    if end - deal.at > TILL_DAYS * DAY:
        return None
    # The last figures of the number are as good as dice, and need no generator for each.
    return PaymentMethod.CASH if int(deal.number[-2:]) % 10 < 3 else PaymentMethod.CARD


def baskets_of(story: Story, end: datetime) -> list[Basket]:
    """The carts that nobody ordered yet, of people who buy on the web."""
    on_web = [one for one in story.shoppers if one.number]
    return [_basket(one, end) for one in on_web[::CARTS_EACH]]


def _town(story: Story, deal: Deal) -> str:
    return "" if deal.shopper is None else story.shoppers[deal.shopper].town


def _fate(deal: Deal, town: str, end: datetime) -> Fate:
    rng = random.Random(f"zerno fate {deal.number}")  # noqa: S311 – invents, guards nothing

    def seen(moment: datetime) -> datetime | None:
        return moment if moment <= end else None

    confirmed = deal.at + rng.uniform(0.3, 9) * HOUR
    sent = _at_hour(deal.at, 1, rng.uniform(10, 17))
    promised = _at_hour(deal.at, 4, 20)
    is_there = town == LATE_TOWN and end - deal.at < LATE_SINCE * DAY
    is_late = rng.random() < (LATE_THERE if is_there else LATE_ELSEWHERE)
    ended = _at_hour(deal.at, rng.choice((6, 8, 11)) if is_late else rng.choice((2, 3, 3, 4)), rng.uniform(9, 19))
    pays_at_once = rng.random() < 0.65
    steps: list[tuple[OrderStatus, datetime]] = [
        (OrderStatus.CONFIRMED, confirmed),
        (OrderStatus.READY, sent - HOUR),
        (OrderStatus.COMPLETED, ended),
    ]
    is_cancelled = rng.random() < 0.05
    if is_cancelled:
        steps, pays_at_once = [(OrderStatus.CANCELLED, confirmed)], False
    method = PaymentMethod.ONLINE if pays_at_once else PaymentMethod.ON_DELIVERY
    paid_at = None if is_cancelled else seen(deal.at if pays_at_once else ended)
    return Fate(
        number=deal.number,
        steps=tuple((status, moment) for status, moment in steps if moment <= end),
        method=method if paid_at else "",
        paid_at=paid_at,
        is_on_the_spot=pays_at_once,
        carrier=rng.choice(CARRIERS),
        tracking=f"20{rng.randrange(10**12):012d}",
        promised_from=_at_hour(deal.at, 2, 9),
        promised_to=promised,
        planned_at=None if is_cancelled else seen(confirmed),
        sent_at=None if is_cancelled else seen(sent),
        ended_at=None if is_cancelled else seen(ended),
    )


def _basket(shopper: Shopper, end: datetime) -> Basket:
    rng = random.Random(f"zerno basket {shopper.index}")  # noqa: S311 – invents, guards nothing
    shelf: Sequence[Product] = [one for one in PRODUCTS if one.category in ("beans", "gear")]
    chosen = rng.sample(shelf, rng.choice((1, 1, 2, 3)))
    return Basket(
        shopper.index,
        f"cart-{shopper.index}",
        end - rng.uniform(0.2, CART_DAYS * 24) * HOUR,
        tuple((product, rng.choice((1, 1, 2)), product.cents) for product in chosen),
    )


def _at_hour(moment: datetime, days: int, hour: float) -> datetime:
    """So many days later, at that hour of the shop's own clock."""
    day = moment.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=days)
    return (datetime.combine(day, time(), ZoneInfo(ZONE)) + hour * HOUR).astimezone(UTC)
