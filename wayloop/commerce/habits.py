"""What follows from somebody's orders: traits of the customer, and whether they keep to their own rhythm."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.business import api as business
from wayloop.commerce.enums import ORDER_PLACED
from wayloop.commerce.models import Product
from wayloop.contracts.customers import Sign
from wayloop.contracts.scope import Scope
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

# A day counts once, however often somebody bought on it; days are those of the till's own clock.
ORDERS = """
WITH deal AS (
    SELECT person, currency, total, total_base,
        ((happened_at AT TIME ZONE 'UTC') + make_interval(mins => offset_minutes))::date AS day
    FROM api_commerce_orders WHERE person = ANY (%(people)s)
), gap AS (
    SELECT person, day - lag(day) OVER (PARTITION BY person ORDER BY day) AS days
    FROM (SELECT DISTINCT person, day FROM deal) d
), rhythm AS (
    SELECT person, count(*) AS gaps, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days
    FROM gap WHERE days IS NOT NULL GROUP BY person
), week AS (
    SELECT person, jsonb_object_agg(weekday, orders) AS orders
    FROM (SELECT person, extract(isodow FROM day)::int AS weekday, count(*) AS orders FROM deal GROUP BY 1, 2) w
    GROUP BY person
), money AS (
    SELECT person, count(*) AS orders, max(day) AS last, bool_and(total_base IS NOT NULL) AS has_base,
        sum(total_base) AS base, mode() WITHIN GROUP (ORDER BY currency) AS currency
    FROM deal GROUP BY person
)
SELECT m.person, m.orders, m.last, m.has_base, m.base::bigint, m.currency,
    (SELECT sum(d.total)::bigint FROM deal d WHERE d.person = m.person AND d.currency = m.currency),
    (SELECT count(*) FROM deal d WHERE d.person = m.person AND d.currency = m.currency),
    r.gaps, r.days, w.orders::text
FROM money m JOIN week w USING (person) LEFT JOIN rhythm r USING (person)
"""
# In how many orders a product, and a category, was.
PRODUCTS = """
WITH bought AS (
    SELECT DISTINCT o.person, o.id AS deal, p.id AS product, p.category
    FROM api_commerce_orders o JOIN commerce_orderline l ON l.order_id = o.id JOIN commerce_product p
        ON p.id = l.product_id WHERE o.person = ANY (%(people)s)
)
SELECT person, product, NULL, count(DISTINCT deal) FROM bought GROUP BY person, product
UNION ALL
SELECT person, NULL, category, count(DISTINCT deal) FROM bought WHERE category <> '' GROUP BY person, category
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
    kinds = (ORDER_PLACED,)

    def values(self, people: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        base = business.profile().currency
        found = {row[0]: _order_traits(row[1:], base) for row in _all(ORDERS, people)}
        products: dict[int, dict[str, int]] = {}
        categories: dict[int, dict[str, int]] = {}
        for person, product, category, orders in _all(PRODUCTS, people):
            if product is not None:
                products.setdefault(person, {})[str(product)] = orders
            else:
                categories.setdefault(person, {})[category] = orders
        for person, traits in found.items():
            traits["favourites"] = favourites_of(products.get(person, {}))
            traits["bought_categories"] = shares_of(categories.get(person, {}), traits["orders_count"])
        return found

    def words(self, codes: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, str]]:
        ids = [int(code) for code in codes.get("favourites", ()) if code.isdigit()]
        names = {str(product.pk): product.title for product in Product.objects.filter(id__in=ids)} if ids else {}
        return {"favourites": names}


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
        today = timezone.localtime(clock.now(), business.profile().zone_info).date()
        return rhythm_sign(days, today)


def rhythm_sign(days: Sequence[date], today: date) -> Sign | None:
    """The sign of somebody who bought on these days, oldest first; None below three days."""
    if len(days) < FEWEST_ORDERS:
        return None
    gap = median((later - earlier).days for earlier, later in pairwise(days))
    passed = max((today - days[-1]).days, 0)
    usual = max(round(gap), 1)
    often = ngettext("usually every %(number)s day", "usually every %(number)s days", usual) % {"number": usual}
    last = _("Last order %(day)s, %(often)s") % {"day": formats.calendar_day(days[-1], today), "often": often}
    if passed > gap * LONG and passed > gap + LEAST_DAYS:
        return Sign("rhythm", "bad", _("Stays away"), last)
    if passed > gap * SLOW and passed > gap + LEAST_DAYS:
        return Sign("rhythm", "warn", _("Later than usual"), last)
    return Sign("rhythm", "good", _("In their rhythm"), last)


def favourites_of(orders: Mapping[str, int]) -> list[str]:
    """What was bought most often, at least twice."""
    often = sorted((code for code in orders if orders[code] > 1), key=lambda code: (-orders[code], int(code)))
    return often[:MOST_FAVOURITES]


def shares_of(counts: Mapping[str, int], whole: int) -> list[str]:
    """Those with a quarter or more of so many, the largest first."""
    named = sorted(counts, key=lambda key: (-counts[key], key))
    return [key for key in named if counts[key] >= SHARE * whole]


def _order_traits(row: Sequence[Any], base: str) -> dict[str, Any]:
    orders, last, has_base, base_total, currency, own_total, own_orders, gaps, gap, week = row
    total, count, code = (base_total, orders, base) if has_base else (own_total, own_orders, currency)
    traits: dict[str, Any] = {
        "orders_count": orders,
        "last_purchase": last.isoformat(),
        "spent_total": {"amount": total, "currency": code},
        "average_order": {"amount": round(total / count), "currency": code},
    }
    if gaps is not None and gaps + 1 >= FEWEST_ORDERS:
        traits["purchase_gap"] = round(gap)
        by_day = {WEEKDAYS[int(number) - 1]: count for number, count in json.loads(week).items()}
        traits["purchase_days"] = [day for day in WEEKDAYS if by_day.get(day, 0) >= SHARE * orders]
    return traits


def _all(statement: str, people: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"people": list(people)})
        return list(cursor.fetchall())
