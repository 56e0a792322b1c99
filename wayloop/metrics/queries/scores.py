"""How satisfied customers said they are. Scores lie in a context above, which offers its relation."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from wayloop.contracts.metrics import ScoreSource
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import registry
from wayloop.metrics.dimensions import LATE, Question, Sql, conditions, part_of

# Which scales are counted, and from which value on somebody is satisfied.
SATISFIED = {(1, 5): 4, (1, 10): 8}
# An order counts once, with its latest score; a score without an order stands by itself. A score has the location and
# channel of its order where it has none of its own.
SCORES = """
WITH d AS (
    SELECT DISTINCT ON (coalesce(s.order_id, -s.id), {side}) s.id, s.order_id, s.happened_at, s.value, s.scale_low,
        s.scale_high,
        coalesce(s.location_id, o.location_id) AS location_id, coalesce(nullif(s.channel, ''), o.channel) AS channel
    FROM {relation} s LEFT JOIN api_commerce_all_orders o ON o.id = s.order_id
    WHERE s.metric = 'csat' AND {period}
    ORDER BY coalesce(s.order_id, -s.id), {side}, s.happened_at DESC, s.id DESC
)
SELECT {part} AS part, d.scale_low, d.scale_high, count(*),
    count(*) FILTER (WHERE d.value >= CASE d.scale_high WHEN 5 THEN 4 ELSE 8 END), avg(d.value), var_samp(d.value)
FROM d {joins} WHERE {where} GROUP BY 1, 2, 3
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
    statement = SCORES.format(
        relation=sources[0].relation,
        period=conditions(_only_period(question), sql, at="s.happened_at"),
        # Two periods are two populations: an order may have its latest score in each of them.
        side=part_of(question, sql, at="s.happened_at") if question.by == "turn" else "1::text",
        part=part_of(question, sql),
        joins=LATE.format(order="d.order_id") if question.asks_for("late") else "",
        where=conditions(question, sql, in_period=False),
    )
    found: dict[Any, list[Told]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        for part, low, high, n, satisfied, mean, variance in cursor.fetchall():
            one = Told((low, high), n, satisfied, float(mean), None if variance is None else float(variance))
            found.setdefault(part, []).append(one)
    return found


def _only_period(question: Question) -> Question:
    return Question(EVERYTHING, question.currency, question.days, question.start, question.end)
