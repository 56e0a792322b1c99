"""What a metric is, and what a number of it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Metric:
    """One definition. `definition` is a lazy sentence that says what is counted, in which period, by which clock.

    `rows_url_name`: the page that shows the rows behind the number.
    """

    name: str
    version: int
    label: Any
    definition: Any
    kind: Literal["count", "money"]
    rows_url_name: str


@dataclass(frozen=True)
class Reading:
    """A number with what it stands on.

    `value`: a count, or money in minor units, or None when there is nothing to say; `n`: how many rows it stands on;
    `unit`: what is counted or the currency; `left_out`: rows that could not be counted, by reason; `series`: the same
    number for each part of the period, oldest first.
    """

    metric: Metric
    value: int | None
    n: int
    unit: str
    left_out: Mapping[str, int] = field(default_factory=dict)
    series: Sequence[int] = ()


@dataclass(frozen=True)
class ScoreSource:
    """Where scores lie: a published relation of a context above metrics, which metrics may join in SQL.

    `relation`: its name. Its columns: `id` bigint, `person` bigint (today's person, null when nobody is known),
    `metric` text ("csat", "nps", "ces", "rating"), `scale_low` and `scale_high` smallint, `value` numeric,
    `happened_at` timestamptz, `order_id` bigint (an order of commerce, or null), `location_id` bigint (or null),
    `channel`, `source`, `number`, `comment`, `language` text.
    """

    relation: str
