"""What follows from somebody's orders: traits of the customer, and whether they keep to their own rhythm."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.business import api as business
from wayloop.commerce.enums import ORDER_CANCELLED, ORDER_PLACED
from wayloop.commerce.models import Product
from wayloop.commerce.queries.products import category_titles
from wayloop.contracts.customers import Sign
from wayloop.contracts.scope import Scope
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.ui import formats

FEWEST_ORDERS = 3
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A weekday, a category belongs to somebody from this share of their orders on.
SHARE = 0.25
MOST_FAVOURITES = 3
# So many orders, the latest, tell the rhythm on the card.
RECENT = 40
# Later than that many of their own gaps is slow, and then a long time; a week more or less is nobody's rhythm.
SLOW, LONG, LEAST_DAYS = 2.0, 4.0, 7

# Days are those of the till's own clock. Found by handles, straight from the index of the orders.
ORDERS = """
SELECT handle, currency, count(*), sum(total)::bigint, sum(total_base)::bigint, bool_and(total_base IS NOT NULL),
    array_agg(((happened_at AT TIME ZONE 'UTC') + make_interval(mins => offset_minutes))::date)
FROM commerce_order WHERE handle = ANY (%(handles)s) AND status <> 'cancelled' GROUP BY handle, currency
"""
# In how many orders a product, and a category, was.
PRODUCTS = """
SELECT o.handle, l.product_id, p.category, count(DISTINCT o.id)
FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id JOIN commerce_product p ON p.id = l.product_id
WHERE o.handle = ANY (%(handles)s) AND o.status <> 'cancelled'
GROUP BY GROUPING SETS ((o.handle, l.product_id), (o.handle, p.category))
"""
LATEST = """
SELECT DISTINCT ((happened_at AT TIME ZONE 'UTC') + make_interval(mins => offset_minutes))::date
FROM (SELECT happened_at, offset_minutes FROM api_commerce_orders WHERE person = %s AND {where}
      ORDER BY happened_at DESC LIMIT %s) latest ORDER BY 1
"""


class OrderTraits:
    """Traits from orders: how often and when somebody buys, what, for how much."""

    keys = (
        "orders_count", "spent_total", "average_order", "last_purchase", "purchase_gap", "purchase_days",
        "bought_categories", "favourites",
    )  # fmt: skip
    kinds = (ORDER_PLACED, ORDER_CANCELLED)

    def values(self, people: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        person_of = identity.person_of_handles(people)
        base = business.profile().currency
        bought: dict[int, Bought] = {}
        for handle, currency, orders, total, base_total, has_base, days in _all(ORDERS, person_of):
            mine = bought.setdefault(person_of[handle], Bought())
            mine.add(currency, orders, total, base_total if has_base else None, days)
        for handle, product, category, orders in _all(PRODUCTS, person_of):
            mine = bought[person_of[handle]]
            counts, key = (mine.categories, category) if product is None else (mine.products, str(product))
            if key:
                counts[key] = counts.get(key, 0) + orders
        return {person: mine.traits(base) for person, mine in bought.items()}

    def words(self, codes: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, str]]:
        ids = [int(code) for code in codes.get("favourites", ()) if code.isdigit()]
        names = {str(product.pk): product.title for product in Product.objects.filter(id__in=ids)} if ids else {}
        found: dict[str, Mapping[str, str]] = {"favourites": names}
        if categories := codes.get("bought_categories"):
            found["bought_categories"] = category_titles(categories)
        return found


@dataclass
class Bought:
    """What one person bought, over all handles. `money`: currency → orders and total in it."""

    days: list[date] = field(default_factory=list)
    money: dict[str, tuple[int, int]] = field(default_factory=dict)
    base_total: int | None = 0
    products: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)

    def add(self, currency: str, orders: int, total: int, base_total: int | None, days: Sequence[date]) -> None:
        """Adds the orders of one handle in one currency; `base_total` is None when a rate is missing."""
        known = self.money.get(currency, (0, 0))
        self.money[currency] = known[0] + orders, known[1] + total
        self.base_total = None if base_total is None or self.base_total is None else self.base_total + base_total
        self.days += days

    def traits(self, base: str) -> dict[str, Any]:
        """The traits, as the card stores them; money in the business's currency where every order has a rate."""
        orders, days = len(self.days), sorted(set(self.days))
        if self.base_total is not None:
            count, total, code = orders, self.base_total, base
        else:
            code = min(self.money, key=lambda one: (-self.money[one][0], one))
            count, total = self.money[code]
        found: dict[str, Any] = {
            "orders_count": orders,
            "last_purchase": days[-1].isoformat(),
            "spent_total": {"amount": total, "currency": code},
            "average_order": {"amount": round(total / count), "currency": code},
            "favourites": favourites_of(self.products),
            "bought_categories": shares_of(self.categories, orders),
        }
        if len(days) >= FEWEST_ORDERS:
            found["purchase_gap"] = round(usual_gap(days))
            weekdays = Counter(day.weekday() for day in self.days)
            found["purchase_days"] = [WEEKDAYS[day] for day in sorted(weekdays) if weekdays[day] >= SHARE * orders]
        return found


class OrderRhythm:
    """Compares the time since the last order with the median gap between the customer's own orders."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        where, values = "true", [person, RECENT]
        if scope.locations is not None:
            where = "(location_id IS NULL OR location_id = ANY (%s))"
            values = [person, list(scope.locations), RECENT]  # type: ignore[list-item]
        with connection.cursor() as cursor:
            cursor.execute(LATEST.format(where=where), values)
            days = [day for (day,) in cursor.fetchall()]
        today = timezone.localtime(clock.now()).date()
        return rhythm_sign(days, today)


def rhythm_sign(days: Sequence[date], today: date) -> Sign | None:
    """The sign of somebody who bought on these days, oldest first; None below three days."""
    if len(days) < FEWEST_ORDERS:
        return None
    gap = usual_gap(days)
    passed = max((today - days[-1]).days, 0)
    usual = max(round(gap), 1)
    often = ngettext("usually every %(number)s day", "usually every %(number)s days", usual) % {"number": usual}
    last = _("Last order %(day)s, %(often)s") % {"day": formats.calendar_day(days[-1], today), "often": often}
    if passed > gap * LONG and passed > gap + LEAST_DAYS:
        return Sign("rhythm", "bad", _("Stays away"), last)
    if passed > gap * SLOW and passed > gap + LEAST_DAYS:
        return Sign("rhythm", "warn", _("Later than usual"), last)
    return Sign("rhythm", "good", _("In their rhythm"), last)


def usual_gap(days: Sequence[date]) -> float:
    """The median of the days between two purchases; `days` are distinct and sorted."""
    return median((later - earlier).days for earlier, later in pairwise(days))


def favourites_of(orders: Mapping[str, int]) -> list[str]:
    """What was bought most often, at least twice."""
    often = sorted((code for code in orders if orders[code] > 1), key=lambda code: (-orders[code], int(code)))
    return often[:MOST_FAVOURITES]


def shares_of(counts: Mapping[str, int], whole: int) -> list[str]:
    """Those with a quarter or more of so many, the largest first."""
    named = sorted(counts, key=lambda key: (-counts[key], key))
    return [key for key in named if counts[key] >= SHARE * whole]


def _all(statement: str, handles: Iterable[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"handles": list(handles)})
        return list(cursor.fetchall())
