"""Whether orders came when they were promised."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from wayloop.metrics.dimensions import PARTS, Question, Sql, conditions, joins, part_of

# The last delivery of an order says when it was there, the last promise by when it should have been. Days are those
# of the place, so the period is one of days, not of instants.
KEPT = """
WITH d AS (
    SELECT order_id, person, location_id, channel, max(done_day) AS done_day, max(promised_day) AS promised_day,
        bool_or(done_day > promised_day) AS late
    FROM api_commerce_deliveries WHERE done_day IS NOT NULL AND order_status <> 'cancelled' {near} GROUP BY 1, 2, 3, 4
)
SELECT {part} AS part, count(promised_day), count(*) FILTER (WHERE late), count(*) FILTER (WHERE promised_day IS NULL)
FROM d {joins} WHERE {where} GROUP BY 1
"""
# An order whose last delivery lies in the period has one in it; nowhere is the day further than two from that of UTC.
NEAR = "AND order_id IN (SELECT order_id FROM api_commerce_deliveries WHERE {moments})"
SLACK = timedelta(days=2)
TWELFTH = "greatest(1, least({parts}, width_bucket(d.done_day - {start}::date, 0, {days}, {parts})))"


@dataclass(frozen=True)
class Kept:
    """Delivered orders with a promised day, those of them that came late, and those nobody promised anything for."""

    promised: int
    late: int
    without_promise: int


def kept(question: Question) -> dict[Any, Kept]:
    """Part of the cut → how promises were kept."""
    sql = Sql()
    where = conditions(question, sql, in_period=False)
    clock = question.days
    near = []
    if question.start:
        where += f" AND d.done_day >= {sql.bind(clock.day_of(question.start))}"
        near.append(f"done_at >= {sql.bind(question.start - SLACK)}")
    if question.end:
        # The end may be any moment of a day; one at midnight ends the day before.
        where += f" AND d.done_day <= {sql.bind(clock.day_of(question.end - timedelta.resolution))}"
        near.append(f"done_at < {sql.bind(question.end + SLACK)}")
    part = _twelfth(question, sql) if question.by == "part" else part_of(question, sql, at="d.done_day", is_day=True)
    with connection.cursor() as cursor:
        statement = KEPT.format(
            part=part, where=where, joins=joins(question), near=NEAR.format(moments=" AND ".join(near)) if near else ""
        )
        cursor.execute(statement, sql.values)
        return {part: Kept(*counts) for part, *counts in cursor.fetchall()}


def _twelfth(question: Question, sql: Sql) -> str:
    start, end = question.borders
    first, last = question.days.day_of(start), question.days.day_of(end - timedelta.resolution)
    return TWELFTH.format(parts=PARTS, start=sql.bind(first), days=sql.bind((last - first).days + 1))
