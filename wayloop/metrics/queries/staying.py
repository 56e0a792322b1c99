"""Numbers that are taken at moments: who was there when a time began and when it ended, and what was open then.

However many times are asked for, orders are read once for all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from wayloop.commerce.api import LOST_AFTER_DAYS, LOST_AFTER_GAPS, LOYAL_DAYS, LOYAL_ORDERS
from wayloop.metrics.dimensions import Question, Sql, conditions, joins, local, part_of

# So many times are asked for in one statement: its columns grow with them.
MOST = 24
PER_PERSON = """
WITH people AS (
    SELECT {part} AS part, d.person, {columns}
    FROM api_commerce_orders d {joins} WHERE d.person IS NOT NULL AND {where} GROUP BY 1, 2
)
SELECT part, {counts} FROM people GROUP BY 1
"""
# A day on which somebody bought counts once, so that two orders of one visit make no gap. Medians come from ranks: all
# gaps are sorted once, whatever the number of moments.
CHURNED = """
WITH days AS (
    SELECT coalesce(({part})::text, '') AS part, d.person, ({day})::date AS day, min(d.happened_at) AS at
    FROM api_commerce_orders d {joins} WHERE d.person IS NOT NULL AND {where} GROUP BY 1, 2, 3
), gaps AS (
    SELECT *, day - lag(day) OVER (PARTITION BY part, person ORDER BY day) AS gap FROM days
), ranked AS (
    SELECT part, person, day, at, gap, {ranks} FROM gaps
    WINDOW upto AS (PARTITION BY part, person ORDER BY gap, day ROWS UNBOUNDED PRECEDING),
        every AS (PARTITION BY part, person)
), people AS (
    SELECT part, person, {medians} FROM ranked GROUP BY 1, 2
), usual AS (
    SELECT part, {usual} FROM people GROUP BY 1
), states AS (
    SELECT part, {states} FROM people JOIN usual USING (part)
)
SELECT part, {counts} FROM states GROUP BY 1
"""
RANKS = "count(gap) FILTER (WHERE {at}) OVER upto AS rank_{i}, count(gap) FILTER (WHERE {at}) OVER every AS n_{i}"
MEDIANS = """
max(day) FILTER (WHERE {at}) AS last_{i},
avg(gap) FILTER (WHERE {at} AND rank_{i} IN ((n_{i} + 1) / 2, (n_{i} + 2) / 2)) AS gap_{i}
"""
USUAL = "percentile_cont(0.5) WITHIN GROUP (ORDER BY gap_{i}) AS usual_{i}"
STATES = """
last_{i} IS NOT NULL AS came_{i}, CASE WHEN coalesce(gap_{i}, usual_{i}) IS NOT NULL
    THEN {day}::date - last_{i} <= greatest({gaps} * coalesce(gap_{i}, usual_{i}), {least}) END AS there_{i}
"""
LEFT = """
count(*) FILTER (WHERE there_{i}), count(*) FILTER (WHERE there_{i} AND there_{j} IS NOT TRUE),
count(*) FILTER (WHERE came_{i} AND there_{i} IS NULL)
"""
STILL_OPEN = """
SELECT {part} AS part, {counts} FROM (SELECT c.*, c.opened_at AS happened_at FROM api_work_cases c) d {joins}
WHERE {where} GROUP BY 1
"""


@dataclass(frozen=True)
class Span:
    """A time from `start` to `end` (left out), which is never in the future beyond today."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Stood:
    """Of `n` there were, `hits` are what is counted; of `unknown` more nobody can say."""

    n: int = 0
    hits: int = 0
    unknown: int = 0


NOBODY = Stood()
Found = dict[Any, list[Stood]]


def stayed(question: Question, spans: Sequence[Span]) -> Found:
    """Part of the cut → for each time customers with an order before it, and how many of them ordered in it."""

    def columns(i: int, start: str, end: str, _day: date, _sql: Sql) -> str:
        came = f"bool_or(d.happened_at >= {start} AND d.happened_at < {end})"
        return f"min(d.happened_at) < {start} AS was_{i}, {came} AS came_{i}"

    return _per_person(
        question, spans, columns, "count(*) FILTER (WHERE was_{i}), count(*) FILTER (WHERE was_{i} AND came_{i}), 0"
    )


def loyal(question: Question, spans: Sequence[Span]) -> Found:
    """Part of the cut → for the year that ends with each time its customers, and those of them with enough orders."""

    def columns(i: int, _start: str, end: str, day: date, sql: Sql) -> str:
        first = sql.bind(question.days.start_of(day - timedelta(days=LOYAL_DAYS)))
        return f"count(*) FILTER (WHERE d.happened_at >= {first} AND d.happened_at < {end}) AS orders_{i}"

    enough = f"count(*) FILTER (WHERE orders_{{i}} > 0), count(*) FILTER (WHERE orders_{{i}} >= {LOYAL_ORDERS}), 0"
    return _per_person(question, spans, columns, enough)


def churned(question: Question, spans: Sequence[Span]) -> Found:
    """Part of the cut → for each time customers who were there when it began, and how many of them were lost at its
    end: they had not bought for so many times as long as it usually takes them, by the median of their own gaps; who
    bought on one day only, by the median of all."""
    found: Found = {}
    for first in range(0, len(spans), MOST):
        some = spans[first : first + MOST]
        sql = Sql()
        # What ends where another begins is asked for once.
        moments = sorted({moment for span in some for moment in (span.start, span.end)})
        places = {moment: i for i, moment in enumerate(moments)}
        ats = [f"at < {sql.bind(moment)}" for moment in moments]
        values = {"gaps": LOST_AFTER_GAPS, "least": LOST_AFTER_DAYS}
        days = [sql.bind(_day_of(question, moment)) for moment in moments]
        asked = replace(question, start=None, end=moments[-1])
        statement = CHURNED.format(
            part=part_of(asked, sql),
            day=local(question, sql, "d.happened_at"),
            joins=joins(asked),
            where=conditions(asked, sql),
            ranks=", ".join(RANKS.format(i=i, at=at) for i, at in enumerate(ats)),
            medians=", ".join(MEDIANS.format(i=i, at=at) for i, at in enumerate(ats)),
            usual=", ".join(USUAL.format(i=i) for i in range(len(ats))),
            states=", ".join(STATES.format(i=i, day=day, **values) for i, day in enumerate(days)),
            counts=", ".join(LEFT.format(i=places[span.start], j=places[span.end]) for span in some),
        )
        _add(found, ((part or None, *counts) for part, *counts in _ask(statement, sql)), len(some))
    return found


def still_open(question: Question, spans: Sequence[Span]) -> Found:
    """Part of the cut → cases that were opened before the end of each time and not closed by then."""
    sql = Sql()
    ends = [sql.bind(span.end) for span in spans]
    asked = replace(question, start=None, end=max(span.end for span in spans))
    is_open = "count(*) FILTER (WHERE d.opened_at < {end} AND (d.closed_at IS NULL OR d.closed_at >= {end})), 0, 0"
    statement = STILL_OPEN.format(
        part=part_of(asked, sql),
        counts=", ".join(is_open.format(end=end) for end in ends),
        joins=joins(asked),
        where=conditions(asked, sql),
    )
    found: Found = {}
    _add(found, _ask(statement, sql), len(spans))
    return {part: counts for part, counts in found.items() if any(one.n for one in counts)}


# Metric → what is asked for it.
AT_MOMENTS: Mapping[str, Callable[[Question, Sequence[Span]], Found]] = {
    "retention": stayed,
    "churn": churned,
    "loyal_customers": loyal,
    "cases_open": still_open,
}


def _per_person(
    question: Question, spans: Sequence[Span], columns: Callable[[int, str, str, date, Sql], str], counts: str
) -> Found:
    found: Found = {}
    for first in range(0, len(spans), MOST):
        some = spans[first : first + MOST]
        sql = Sql()
        asked = replace(question, start=None, end=max(span.end for span in some))
        told = [
            columns(i, sql.bind(span.start), sql.bind(span.end), _day_of(question, span.end), sql)
            for i, span in enumerate(some)
        ]
        statement = PER_PERSON.format(
            part=part_of(asked, sql),
            columns=", ".join(told),
            joins=joins(asked),
            where=conditions(asked, sql),
            counts=", ".join(counts.format(i=i) for i in range(len(some))),
        )
        _add(found, _ask(statement, sql), len(some))
    return found


def _day_of(question: Question, moment: datetime) -> date:
    """The day that begins when the one of the moment is over: a day of which only some is over counts as one."""
    return question.days.day_of(moment - timedelta.resolution) + timedelta(days=1)


def _add(found: Found, rows: Iterable[Sequence[Any]], count: int) -> None:
    """Puts the counts of some times behind those that are there; a part that has none of them is empty."""
    before = max((len(one) for one in found.values()), default=0)
    for part, *counts in rows:
        mine = found.setdefault(part, [NOBODY] * before)
        mine.extend(Stood(*counts[place : place + 3]) for place in range(0, len(counts), 3))
    for mine in found.values():
        mine.extend([NOBODY] * (before + count - len(mine)))


def _ask(statement: str, sql: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
