"""How satisfied customers said they are. Scores lie in a context above, which offers its relation."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from wayloop.contracts.metrics import ScoreSource
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import registry
from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of

# Which scales are counted, and from which value on somebody is satisfied.
SATISFIED = {(1, 5): 4, (1, 10): 8}
IS_SATISFIED = "d.value >= CASE d.scale_high WHEN 5 THEN 4 ELSE 8 END"
# An order counts once, with its latest score; a score without an order stands by itself. A score has the location and
# channel of its order where it has none of its own. From the worst value to the best: 5 to 1 is another scale.
LATEST = """
WITH d AS (
    SELECT DISTINCT ON (coalesce(s.order_id, -s.id), {side}) s.id, s.order_id, s.person, s.happened_at,
        s.value,
        CASE WHEN s.lower_is_better THEN s.scale_high ELSE s.scale_low END AS scale_low,
        CASE WHEN s.lower_is_better THEN s.scale_low ELSE s.scale_high END AS scale_high,
        coalesce(s.location_id, o.location_id) AS location_id, coalesce(nullif(s.channel, ''), o.channel) AS channel
    FROM {relation} s LEFT JOIN api_commerce_all_orders o ON o.id = s.order_id
    WHERE s.metric = 'csat' AND {period}
    ORDER BY coalesce(s.order_id, -s.id), {side}, s.happened_at DESC, s.id DESC
)
SELECT {columns} FROM d {joins} WHERE {where} {more}
"""
SUMS = """
{part} AS part, d.scale_low, d.scale_high, count(*), count(*) FILTER (WHERE {satisfied}), avg(d.value),
    var_samp(d.value)
"""


@dataclass(frozen=True)
class Told:
    """Scores of one scale: how many, how many are satisfied, their mean and the variance of the sample."""

    scale: tuple[int, int]
    n: int
    satisfied: int
    mean: float
    variance: float | None


def told(question: Question) -> dict[Any, list[Told]]:
    """Part of the cut → its scores by scale. Empty when nobody keeps scores."""
    sources = registry.offers(ScoreSource)
    if not sources:
        return {}
    sql = Sql()
    columns = SUMS.format(part=part_of(question, sql), satisfied=IS_SATISFIED)
    parts = _parts(question, sql, sources[0].relation)
    statement = LATEST.format(columns=columns, more="GROUP BY 1, 2, 3", **parts)
    found: dict[Any, list[Told]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        for part, low, high, n, satisfied, mean, variance in cursor.fetchall():
            one = Told((low, high), n, satisfied, float(mean), None if variance is None else float(variance))
            found.setdefault(part, []).append(one)
    return found


def counted(question: Question, scale: tuple[int, int], *, only_satisfied: bool = False) -> tuple[str, dict[str, Any]]:
    """A statement that gives the ids of the scores behind a number of satisfaction, and its values.

    `scale`: that of the number, from its worst value to its best. For the context that keeps the scores: it has
    offered where they lie.
    """
    sql = Sql()
    parts = _parts(question, sql, registry.offers(ScoreSource)[0].relation)
    low, high = (sql.bind(end) for end in scale)
    which = f"AND d.scale_low = {low} AND d.scale_high = {high}" + (f" AND {IS_SATISFIED}" if only_satisfied else "")
    return LATEST.format(columns="d.id", more=which, **parts), sql.values


def _parts(question: Question, sql: Sql, relation: str) -> dict[str, str]:
    period = Question(EVERYTHING, question.currency, question.days, question.start, question.end)
    return {
        "relation": relation,
        "period": conditions(period, sql, at="s.happened_at"),
        # Two periods are two populations: an order may have its latest score in each of them.
        "side": part_of(question, sql, at="s.happened_at") if question.by == "turn" else "1::text",
        "joins": joins(question, "d.order_id"),
        "where": conditions(question, sql, in_period=False),
    }
