"""Sums over orders and returns: one pass per relation, however many numbers are made of them.

A pass groups by person first, so that buyers, those who came again and the spread between people fall out of it. At
tens of millions of orders a pass over all time takes longer than a page may; it belongs to the analytical copy then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of

Side = Literal["orders", "returns"]
RELATION: Mapping[Side, str] = {"orders": "api_commerce_orders", "returns": "api_commerce_returns"}
# A row per deal; own: in its currency, base: in the business's.
WHOLE = """
SELECT {part} AS part, d.id, d.person, d.currency, d.total AS own, d.total_base AS base
FROM {relation} d {joins} WHERE {where}
"""
# A row per deal and part of what was in it; a deal without lines stands where nothing is stated.
BY_LINES = """
SELECT {part} AS part, d.id, d.person, d.currency, coalesce(sum(l.amount), d.total) AS own,
    CASE WHEN d.total_base IS NULL THEN NULL WHEN d.total = 0 THEN 0
        ELSE coalesce(sum(l.amount), d.total)::numeric * d.total_base / d.total END AS base
FROM {relation} d LEFT JOIN {lines} l ON l.{parent} = d.id
    LEFT JOIN api_commerce_products p ON p.id = l.product_id {joins}
WHERE {where} GROUP BY 1, d.id, d.person, d.currency, d.total, d.total_base
"""
# Those who are nobody's fall into groups by their deal; the squares of theirs are those of single deals.
SUMS = """
WITH deals AS ({deals}),
people AS (
    SELECT part, person, hashint8(coalesce(person, id)) & {mask} AS bucket, count(*) AS deals, sum(own) AS own,
        sum(base) AS base, count(*) FILTER (WHERE base IS NULL) AS unrated, min(currency) AS first,
        max(currency) AS last, sum(own::float8 * own::float8) AS own_squares,
        sum(base::float8 * base::float8) AS base_squares
    FROM deals GROUP BY 1, 2, 3
)
SELECT part, bucket, sum(deals), sum(own), coalesce(sum(base), 0), sum(unrated), min(first), max(last), count(person),
    coalesce(sum(deals) FILTER (WHERE person IS NOT NULL), 0),
    coalesce(sum(own) FILTER (WHERE person IS NOT NULL), 0),
    coalesce(sum(base) FILTER (WHERE person IS NOT NULL), 0),
    count(*) FILTER (WHERE person IS NOT NULL AND deals > 1),
    sum(CASE WHEN person IS NULL THEN deals ELSE deals * deals END),
    sum(CASE WHEN person IS NULL THEN own_squares ELSE own::float8 * own::float8 END),
    coalesce(sum(CASE WHEN person IS NULL THEN base_squares ELSE base::float8 * base::float8 END), 0)
FROM people GROUP BY 1, 2 ORDER BY 1, 2
"""
MEDIAN = """
SELECT {part} AS part, percentile_cont(0.5) WITHIN GROUP (ORDER BY {amount})
FROM api_commerce_orders d {joins} WHERE {where} GROUP BY 1
"""
# Ends of an index: the smallest and largest over a view would read all of it.
RANGE = """
SELECT min(at), max(at) FROM (
    (SELECT d.happened_at AS at FROM api_commerce_orders d WHERE {where} ORDER BY d.happened_at, d.id LIMIT 1)
    UNION ALL
    (SELECT d.happened_at FROM api_commerce_orders d WHERE {where} ORDER BY d.happened_at DESC, d.id DESC LIMIT 1)
    UNION ALL (SELECT d.happened_at FROM api_commerce_returns d WHERE {where} ORDER BY d.happened_at, d.id LIMIT 1)
    UNION ALL
    (SELECT d.happened_at FROM api_commerce_returns d WHERE {where} ORDER BY d.happened_at DESC, d.id DESC LIMIT 1)
) borders
"""


@dataclass
class Group:
    """Sums of some people: `own` in the deals' currency, `base` in the business's, `known` of people with a card."""

    deals: int = 0
    own: int = 0
    base: float = 0
    unrated: int = 0
    people: int = 0
    known_deals: int = 0
    known_own: int = 0
    known_base: float = 0
    repeated: int = 0
    deals_squares: float = 0
    own_squares: float = 0
    base_squares: float = 0


@dataclass
class Sums(Group):
    """Sums of one part of a cut, with the groups they are made of (by position, empty ones too)."""

    first: str = ""
    last: str = ""
    groups: dict[int, Group] = field(default_factory=dict)

    def money(self, is_single: bool) -> int:
        """What the deals come to, in minor units."""
        return self.own if is_single else round(self.base)


def sums(side: Side, question: Question, *, groups: int = 1) -> dict[Any, Sums]:
    """Part of the cut → its sums. `groups`: a power of two, into how many groups people fall."""
    statement, sql = _rows(side, question)
    found: dict[Any, Sums] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(deals=statement, mask=groups - 1), sql.values)
        for part, bucket, deals, own, base, unrated, first, last, *others in cursor.fetchall():
            group = Group(int(deals), int(own), float(base), int(unrated), *(int(one) for one in others[:3]))
            group.known_base, group.repeated = float(others[3]), int(others[4])
            group.deals_squares, group.own_squares, group.base_squares = (float(one) for one in others[5:])
            _add(found.setdefault(part, Sums(first=first, last=last)), bucket, group, first, last)
    return found


def medians(question: Question, *, is_single: bool) -> dict[Any, float]:
    """Part of the cut → the median of its orders, in minor units."""
    sql = Sql()
    statement = MEDIAN.format(
        part=part_of(question, sql),
        amount="d.total" if is_single else "d.total_base",
        joins=joins(question, "d.id"),
        where=conditions(question, sql),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        return {part: float(value) for part, value in cursor.fetchall() if value is not None}


def time_range(question: Question) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment of an order or return, whatever the question is narrowed to."""
    sql = Sql()
    where = conditions(replace(question, where=()), sql)
    with connection.cursor() as cursor:
        cursor.execute(RANGE.format(where=where), sql.values)
        first, last = cursor.fetchone() or (None, None)
    return first, last


def _rows(side: Side, question: Question) -> tuple[str, Sql]:
    sql = Sql()
    parts = {
        "part": part_of(question, sql),
        "relation": RELATION[side],
        "joins": joins(question, "d.id" if side == "orders" else ""),
        "where": conditions(question, sql),
        "lines": "api_commerce_order_lines" if side == "orders" else "api_commerce_return_lines",
        "parent": "order_id" if side == "orders" else "return_id",
    }
    return (BY_LINES if question.asks_for("product", "category") else WHOLE).format(**parts), sql


def _add(total: Sums, bucket: int, group: Group, first: str, last: str) -> None:
    total.first, total.last = min(total.first, first), max(total.last, last)
    total.groups[bucket] = group
    for name, value in vars(group).items():
        setattr(total, name, getattr(total, name) + value)
