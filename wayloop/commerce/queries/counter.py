"""Reads of the counter: what a guest takes and for how much, and the points of the greeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from wayloop.commerce.models import GreetingPoint, Order
from wayloop.commerce.queries.products import REMEMBERED_ORDERS, ProductInfo, favourites_of
from wayloop.contracts.scope import Scope
from wayloop.kernel.money import to_minor

MOST_TAPS = 4
# More than these are read by nobody while a guest waits.
MOST_POINTS = 8
# What was paid for a product last, where the member may see it: the price for businesses that keep no list.
LAST_PRICES = """
SELECT DISTINCT ON (l.product_id) l.product_id, l.unit_price
FROM (
    SELECT id, happened_at FROM commerce_order WHERE handle = ANY (%(handles)s) AND currency = %(currency)s
        AND status <> 'cancelled' AND (%(everywhere)s OR location_id IS NULL OR location_id = ANY (%(locations)s))
    ORDER BY happened_at DESC LIMIT %(orders)s
) o JOIN commerce_orderline l ON l.order_id = o.id
WHERE l.product_id = ANY (%(products)s) ORDER BY l.product_id, o.happened_at DESC, l.position
"""


@dataclass(frozen=True)
class Tap:
    """A product to be bought in a tap, with its price now, and in how many of the latest orders it was.

    `unit_price` is of the business's currency, None when nobody knows it; `amount` the same in minor units.
    """

    product: ProductInfo
    orders: int
    unit_price: Decimal | None
    amount: int | None


def taps_of(*, person: int, handles: Sequence[int], scope: Scope, currency: str) -> list[Tap]:
    """What this customer takes most often, the most frequent first. The list price counts, else what they paid last.

    `currency`: that of the business; prices in others are not known.
    """
    favourites = favourites_of([person], scope=scope, limit=MOST_TAPS).get(person, [])
    if not favourites:
        return []
    without = [one.product.id for one in favourites if one.product.price is None or one.product.currency != currency]
    paid = _last_prices(handles, scope, without, currency) if without else {}
    taps = []
    for one in favourites:
        price = paid.get(one.product.id) if one.product.id in without else one.product.price
        taps.append(Tap(one.product, one.orders, price, None if price is None else to_minor(price, currency)))
    return taps


def count_latest_orders(*, handles: Sequence[int], scope: Scope) -> int:
    """How many orders `taps_of` looked at: all, or the latest hundred."""
    mine = Order.objects.filter(handle__in=handles)
    if scope.locations is not None:
        mine = mine.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    return mine[:REMEMBERED_ORDERS].count()


def points_at(*, location_id: int | None, brand_id: int | None) -> list[GreetingPoint]:
    """The points of the greeting at a location: those for all, for its brand, for itself, in their order."""
    here = Q(location_id=None, brand_id=None)
    if location_id is not None:
        here |= Q(location_id=location_id)
    if brand_id is not None:
        here |= Q(brand_id=brand_id)
    return list(GreetingPoint.objects.filter(here, archived_at=None).order_by("position", "id")[:MOST_POINTS])


def greeting_points() -> list[GreetingPoint]:
    """All points in their order, those that were put away too."""
    return list(GreetingPoint.objects.order_by("position", "id"))


def _last_prices(handles: Sequence[int], scope: Scope, products: Sequence[int], currency: str) -> dict[int, Decimal]:
    values: dict[str, Any] = {
        "handles": list(handles),
        "everywhere": scope.locations is None,
        "locations": list(scope.locations or ()),
        "currency": currency,
        "orders": REMEMBERED_ORDERS,
        "products": list(products),
    }
    with connection.cursor() as cursor:
        cursor.execute(LAST_PRICES, values)
        return dict(cursor.fetchall())
