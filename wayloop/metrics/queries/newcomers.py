"""Customers whose first order lies in a time."""

from dataclasses import replace
from typing import Any

from django.db import connection

from wayloop.contracts.scope import EVERYTHING
from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of

# Where and by which way somebody came is told by the first order, whatever came after it. Who had ordered before is
# looked for among the people of the time alone.
NEWCOMERS = """
WITH d AS (
    SELECT DISTINCT ON (d.person) d.* FROM api_commerce_orders d
    WHERE d.person IS NOT NULL AND {period} {not_before} ORDER BY d.person, d.happened_at, d.id
)
SELECT {part} AS part, count(*) FROM d {joins} WHERE {where} GROUP BY 1
"""
NOT_BEFORE = """
AND NOT EXISTS (SELECT FROM api_commerce_orders o WHERE o.person = d.person AND o.happened_at < {start} AND {seen})
"""


def newcomers(question: Question) -> dict[Any, int]:
    """Part of the cut → customers whose first order of all that the scope lets see is one of it."""
    sql = Sql()
    period = conditions(replace(question, where=()), sql)
    not_before = ""
    if question.start:
        seen = Question(question.scope, question.currency, question.days)
        before = conditions(seen, sql, at="o.happened_at", location="o.location_id")
        not_before = NOT_BEFORE.format(start=sql.bind(question.start), seen=before)
    statement = NEWCOMERS.format(
        part=part_of(question, sql),
        period=period,
        not_before=not_before,
        joins=joins(question, "d.id"),
        where=conditions(replace(question, scope=EVERYTHING), sql, in_period=False),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        return dict(cursor.fetchall())
