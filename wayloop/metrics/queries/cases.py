"""How complaints and bad scores were dealt with: cases of the work."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection

from wayloop.kernel import clock
from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of
from wayloop.metrics.grains import GRAINS
from wayloop.metrics.intervals import around_middle

# So long after a case is closed nobody can say yet whether its customer comes back with the same.
NOT_YET = timedelta(days=7)
OPENED = """
SELECT {part} AS part, count(*) FROM (SELECT c.*, c.opened_at AS happened_at FROM api_work_cases c) d {joins}
WHERE {where} GROUP BY 1
"""
# Whose matter was a complaint, told by themselves or by a bad score.
COMPLAINTS = """
SELECT {part} AS part, count(*) FROM (SELECT c.*, c.opened_at AS happened_at FROM api_work_cases c) d {joins}
WHERE d.kind IN ('complaint', 'score') AND {where} GROUP BY 1
"""
GIVEN = """
SELECT {part} AS part, count(*) FILTER (WHERE d.currency = {currency}),
    coalesce(sum(d.given) FILTER (WHERE d.currency = {currency}), 0),
    coalesce(sum(d.given::float8 * d.given::float8) FILTER (WHERE d.currency = {currency}), 0),
    count(*) FILTER (WHERE d.currency <> {currency})
FROM (SELECT c.*, c.opened_at AS happened_at FROM api_work_cases c WHERE c.given > 0) d {joins}
WHERE {where} GROUP BY 1
"""
CLOSED = """
WITH d AS (SELECT c.*, c.closed_at AS happened_at FROM api_work_cases c WHERE c.closed_at IS NOT NULL)
SELECT {part} AS part, count(*), count(*) FILTER (WHERE d.state = 'solved'), count(d.deadline_at),
    count(*) FILTER (WHERE d.closed_at <= d.deadline_at), count(d.is_recovered), count(*) FILTER (WHERE d.is_recovered)
FROM d {joins} WHERE {where} GROUP BY 1
"""
# Whether somebody came back is looked up for each, so it is asked only when it is told.
AT_ONCE = """
WITH d AS (SELECT c.*, c.closed_at AS happened_at FROM api_work_cases c WHERE c.state = 'solved')
SELECT {part} AS part, count(*) FILTER (WHERE {known}), count(*) FILTER (WHERE {known} AND d.is_first),
    count(*) FILTER (WHERE d.person IS NOT NULL AND d.closed_at > {since}),
    count(*) FILTER (WHERE d.person IS NULL)
FROM d {joins} WHERE {where} GROUP BY 1
"""
KNOWN = "d.person IS NOT NULL AND d.closed_at <= {since}"
# How many values around the middle are told follows `around_middle`: the largest of them need no more.
TOOK = """
WITH d AS (SELECT c.*, c.closed_at AS happened_at FROM api_work_cases c WHERE c.state = 'solved'),
took AS (
    SELECT {part} AS part, d.spent_seconds AS spent, extract(epoch FROM d.closed_at - d.opened_at) AS calendar
    FROM d {joins} WHERE {where} AND d.spent_seconds IS NOT NULL
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY part ORDER BY spent) AS rank, count(*) OVER (PARTITION BY part) AS n
    FROM took
)
SELECT part, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY spent),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY spent), avg(spent),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY calendar),
    array_agg(spent ORDER BY rank) FILTER (WHERE abs(2 * rank - n - 1) <= 2.4 * sqrt(n) + 8)
FROM ranked GROUP BY 1
"""
STILL_OPEN = """
SELECT {part} AS part, count(*) FROM (SELECT c.*, c.opened_at AS happened_at FROM api_work_cases c) d {joins}
WHERE {where} AND (d.closed_at IS NULL OR d.closed_at >= {end}) GROUP BY 1
"""


@dataclass(frozen=True)
class Given:
    """What was given to customers in `n` cases, in minor units of the business's currency, and the sum of its squares;
    `others`: cases in which something was given in another currency."""

    n: int = 0
    given: int = 0
    squares: float = 0
    others: int = 0


@dataclass(frozen=True)
class Closed:
    """Cases that were closed: how many of them solved; `promised` ones had a deadline, `in_time` of these kept it; of
    `asked` ones the customer told afterwards, of them that all is well `recovered`."""

    all: int = 0
    solved: int = 0
    promised: int = 0
    in_time: int = 0
    asked: int = 0
    recovered: int = 0


@dataclass(frozen=True)
class AtOnce:
    """Solved cases of known customers of whom one can say whether they came back with the same, those who did not
    (`first`), those of whom nobody can say yet, and cases of people nobody knows."""

    known: int = 0
    first: int = 0
    not_yet: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Took:
    """How long solved cases took, in business seconds: the median, within how long nine of ten were done, the mean, and
    the median by the calendar. `ordered`: the values around the median, the first of them the `first`-th of all."""

    n: int
    median: float
    most: float
    mean: float
    calendar: float
    first: int
    ordered: tuple[float, ...]


def opened(question: Question) -> dict[Any, int]:
    """Part of the cut → cases that were opened."""
    return dict(_ask(OPENED, question, Sql()))


def complaints(question: Question) -> dict[Any, int]:
    """Part of the cut → complaints and bad scores that became a case."""
    return dict(_ask(COMPLAINTS, question, Sql()))


def given(question: Question) -> dict[Any, Given]:
    """Part of the cut → what was given in cases."""
    sql = Sql()
    rows = _ask(GIVEN, question, sql, currency=sql.bind(question.currency))
    return {part: Given(n, int(total), float(squares), others) for part, n, total, squares, others in rows}


def closed(question: Question) -> dict[Any, Closed]:
    """Part of the cut → cases that were closed."""
    return {part: Closed(*counts) for part, *counts in _ask(CLOSED, question, Sql())}


def at_once(question: Question) -> dict[Any, AtOnce]:
    """Part of the cut → solved cases and whether their customers came back with the same."""
    sql = Sql()
    since = sql.bind(clock.now() - NOT_YET)
    rows = _ask(AT_ONCE, question, sql, since=since, known=KNOWN.format(since=since))
    return {part: AtOnce(*counts) for part, *counts in rows}


def took(question: Question) -> dict[Any, Took]:
    """Part of the cut → how long solved cases took."""
    found = {}
    for part, n, median, most, mean, calendar, around in _ask(TOOK, question, Sql()):
        first, last = around_middle(n)
        # The statement tells the same number to either side of the middle.
        begins = (n - len(around)) // 2 + 1
        values = tuple(float(one) for one in around[first - begins : last - begins + 1])
        found[part] = Took(n, float(median), float(most), float(mean), float(calendar), first, values)
    return found


def still_open(question: Question) -> dict[Any, int]:
    """Part of the cut → cases opened before the end of the question and not closed by then; of parts of time none."""
    if question.by in (*GRAINS, "part", "turn"):
        return {}
    sql = Sql()
    end = sql.bind(question.end or clock.now())
    return dict(_ask(STILL_OPEN, question, sql, start=False, end=end))


def _ask(statement: str, question: Question, sql: Sql, *, start: bool = True, **more: str) -> list[tuple[Any, ...]]:
    asked = question if start else replace(question, start=None)
    parts = {"part": part_of(asked, sql), "joins": joins(asked), "where": conditions(asked, sql), **more}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**parts), sql.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
