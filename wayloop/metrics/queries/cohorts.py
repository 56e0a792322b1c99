"""Customers by the period of their first order, and who of them came again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of

# One pass over all orders: when somebody came first does not depend on the period that is asked for.
COHORTS = """
WITH bought AS (
    SELECT d.person, {part} AS part FROM api_commerce_orders d {joins} WHERE d.person IS NOT NULL AND {where}
    GROUP BY 1, 2
), people AS (SELECT part, min(part) OVER (PARTITION BY person) AS first FROM bought)
SELECT first, part, count(*) FROM people GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Bought:
    """How many of those whose first order lies in the period beginning on `first` bought in that of `part`."""

    first: date
    part: date
    people: int


def bought(question: Question) -> Sequence[Bought]:
    """Who bought when, by the grain the question is cut by; everything before the question's end."""
    sql = Sql()
    where = conditions(replace(question, start=None), sql)
    return [
        Bought(*row)
        for row in _ask(COHORTS.format(part=part_of(question, sql), where=where, joins=joins(question)), sql)
    ]


def _ask(statement: str, sql: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
