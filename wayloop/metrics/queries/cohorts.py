"""Customers by the period of their first order, and who of them came again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
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
STAYED = """
WITH people AS (
    SELECT {part} AS part, d.person, min(d.happened_at) < {start} AS was_there,
        bool_or(d.happened_at >= {start}) AS came
    FROM api_commerce_orders d {joins} WHERE d.person IS NOT NULL AND {where} GROUP BY 1, 2
)
SELECT part, count(*) FILTER (WHERE was_there), count(*) FILTER (WHERE was_there AND came) FROM people GROUP BY 1
"""
# Both sides of a comparison from one pass: who was there when each period began, and came in it.
STAYED_TWICE = """
WITH people AS (
    SELECT {part} AS part, d.person, min(d.happened_at) AS first, bool_or(d.happened_at >= {start}) AS came,
        bool_or(d.happened_at >= {before} AND d.happened_at < {before_end}) AS came_before
    FROM api_commerce_orders d {joins} WHERE d.person IS NOT NULL AND {where} GROUP BY 1, 2
)
SELECT part, count(*) FILTER (WHERE first < {start}), count(*) FILTER (WHERE first < {start} AND came),
    count(*) FILTER (WHERE first < {before}), count(*) FILTER (WHERE first < {before} AND came_before)
FROM people GROUP BY 1
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


def stayed(question: Question, start: datetime) -> dict[Any, tuple[int, int]]:
    """Part of the cut → customers with an order before `start`, and how many of them ordered from then on."""
    sql = Sql()
    where = conditions(replace(question, start=None), sql)
    statement = STAYED.format(part=part_of(question, sql), start=sql.bind(start), where=where, joins=joins(question))
    return {part: (there, came) for part, there, came in _ask(statement, sql)}


def stayed_twice(question: Question) -> dict[Any, dict[str, tuple[int, int]]]:
    """The same of a question with a turn, by its cut: "now" for the time since it, "before" for that before."""
    if question.turn is None or question.start is None:
        raise ValueError("the question has no turn")
    sql = Sql()
    where = conditions(replace(question, start=None), sql)
    start, before_end = question.turn
    names = {"start": start, "before": question.start, "before_end": before_end}
    bound = {name: sql.bind(moment) for name, moment in names.items()}
    statement = STAYED_TWICE.format(part=part_of(question, sql), where=where, joins=joins(question), **bound)
    return {
        part: {"now": (there, came), "before": (there_before, came_before)}
        for part, there, came, there_before, came_before in _ask(statement, sql)
    }


def _ask(statement: str, sql: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
