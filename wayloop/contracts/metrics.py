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
