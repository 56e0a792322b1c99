"""What customers said in scores. Scores lie in a context above, which offers its relation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import connection

from wayloop.contracts.metrics import ScoreSource
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import registry
from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of

# From the worst value to the best: 5 to 1 is another scale than 1 to 5.
Scale = tuple[int, int]
Feel = Literal["", "good", "bad"]


@dataclass(frozen=True)
class Kind:
    """Which scores a number is made of.

    `scores`: as what they are kept; `good`: its scales, each with the value from which on, towards the best, a score is
    good; `bad`: the same towards the worst, for numbers that take the bad ones off. `is_of_person`: of everybody the
    latest answer on a scale counts, else of an order, whatever its scale.
    """

    scores: str
    good: Mapping[Scale, int]
    bad: Mapping[Scale, int] = field(default_factory=dict)
    is_of_person: bool = False


# Metric → what it counts. Scales of one number are never pooled: the one that is used most is told, the rest named.
KINDS: Mapping[str, Kind] = {
    "csat": Kind("csat", {(1, 5): 4, (1, 10): 8}),
    "nps": Kind("nps", {(0, 10): 9}, {(0, 10): 6}, is_of_person=True),
    "nps_1_10": Kind("nps", {(1, 10): 9}, {(1, 10): 6}, is_of_person=True),
    "ces": Kind("ces", {(1, 7): 5}),
    "ces_1_5": Kind("ces", {(5, 1): 2}),
    "positive_ratings": Kind("rating", {(1, 5): 4, (1, 10): 8}),
}
# What of each order or person counts once. A score that belongs to neither stands by itself.
OF_ORDER, OF_PERSON = "coalesce(s.order_id, -s.id)", "coalesce(s.person, -s.id), s.scale_low, s.scale_high"
# A score has the location and channel of its order where it has none of its own.
LATEST = """
WITH d AS (
    SELECT DISTINCT ON ({once}, {side}) s.id, s.order_id, s.person, s.happened_at,
        s.value,
        CASE WHEN s.lower_is_better THEN s.scale_high ELSE s.scale_low END AS scale_low,
        CASE WHEN s.lower_is_better THEN s.scale_low ELSE s.scale_high END AS scale_high,
        coalesce(s.location_id, o.location_id) AS location_id, coalesce(nullif(s.channel, ''), o.channel) AS channel
    FROM {relation} s LEFT JOIN api_commerce_all_orders o ON o.id = s.order_id
    WHERE s.metric = {scores} AND {period}
    ORDER BY {once}, {side}, s.happened_at DESC, s.id DESC
)
SELECT {columns} FROM d {joins} WHERE {where} {more}
"""
SUMS = """
{part} AS part, d.scale_low, d.scale_high, count(*), count(*) FILTER (WHERE {good}), count(*) FILTER (WHERE {bad}),
    avg(d.value), var_samp(d.value)
"""


@dataclass(frozen=True)
class Told:
    """Scores of one scale: how many, how many are good and how many bad, their mean and the variance of the sample."""

    scale: Scale
    n: int
    good: int
    bad: int
    mean: float
    variance: float | None


def told(question: Question, scores: str) -> dict[Any, list[Told]]:
    """Part of the cut → its scores, of those kept as `scores`, by scale. Empty when nobody keeps scores."""
    sources = registry.offers(ScoreSource)
    if not sources:
        return {}
    kinds = [kind for kind in KINDS.values() if kind.scores == scores]
    sql = Sql()
    columns = SUMS.format(
        part=part_of(question, sql),
        good=_feels({scale: edge for kind in kinds for scale, edge in kind.good.items()}, is_good=True),
        bad=_feels({scale: edge for kind in kinds for scale, edge in kind.bad.items()}, is_good=False),
    )
    parts = _parts(question, sql, kinds[0], sources[0].relation)
    statement = LATEST.format(columns=columns, more="GROUP BY 1, 2, 3", **parts)
    found: dict[Any, list[Told]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        for part, low, high, n, good, bad, mean, variance in cursor.fetchall():
            one = Told((low, high), n, good, bad, float(mean), None if variance is None else float(variance))
            found.setdefault(part, []).append(one)
    return found


def counted(question: Question, name: str, scale: Scale, *, feel: Feel = "") -> tuple[str, dict[str, Any]]:
    """A statement that gives the ids of the scores behind a number, or of the good or the bad ones of them, and its
    values.

    `name`: the metric; `scale`: one of its scales. For the context that keeps the scores: it offered where they lie.
    """
    kind = KINDS[name]
    sql = Sql()
    parts = _parts(question, sql, kind, registry.offers(ScoreSource)[0].relation)
    low, high = (sql.bind(end) for end in scale)
    which = f"AND d.scale_low = {low} AND d.scale_high = {high}"
    if feel:
        which += f" AND {_feels(kind.good if feel == 'good' else kind.bad, is_good=feel == 'good')}"
    return LATEST.format(columns="d.id", more=which, **parts), sql.values


def _feels(edges: Mapping[Scale, int], *, is_good: bool) -> str:
    """Whether a score lies beyond the edge of its scale, towards the best or towards the worst."""
    tests = []
    for (low, high), edge in edges.items():
        side = ">=" if is_good == (low < high) else "<="
        tests.append(f"(d.scale_low = {low} AND d.scale_high = {high} AND d.value {side} {edge})")
    return f"({' OR '.join(tests)})" if tests else "false"


def _parts(question: Question, sql: Sql, kind: Kind, relation: str) -> dict[str, str]:
    period = Question(EVERYTHING, question.currency, question.days, question.start, question.end)
    return {
        "relation": relation,
        "scores": sql.bind(kind.scores),
        "once": OF_PERSON if kind.is_of_person else OF_ORDER,
        "period": conditions(period, sql, at="s.happened_at"),
        # Two periods are two populations: an order may have its latest score in each of them.
        "side": part_of(question, sql, at="s.happened_at") if question.by == "turn" else "1::text",
        "joins": joins(question, "d.order_id"),
        "where": conditions(question, sql, in_period=False),
    }
