"""What a metric is, and what a number of it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from wayloop.contracts.scope import Scope

Kind = Literal["count", "money", "share", "mean", "hours", "points"]


@dataclass(frozen=True)
class Metric:
    """One definition. Texts are lazy sentences: `definition` in short, the others its parts, empty where there is none.

    `population`: whose or what rows count; `clock`: which moment puts a row into a period; `window`: what a period
    means; `unit`: what is counted. `method`: how its interval is made; `floor`: below so many the number is not shown;
    `dimensions`: what it can be cut by; `good`: whether more of it is better (1), worse (−1) or neither (0);
    `note`: what is easily misread.
    """

    name: str
    version: int
    label: Any
    definition: Any
    kind: Kind
    population: Any = ""
    clock: Any = ""
    numerator: Any = ""
    denominator: Any = ""
    window: Any = ""
    unit: str = ""
    method: Literal["", "wilson", "ratio", "ranks", "adjusted_wald"] = ""
    floor: int = 0
    dimensions: tuple[str, ...] = ()
    good: Literal[-1, 0, 1] = 0
    note: Any = ""


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, in the unit of the number it belongs to."""

    low: float
    high: float

    @property
    def leaves_zero(self) -> bool:
        """Whether zero lies outside."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Beside:
    """What is shown beside a number: the mean on its own scale, the median in minor units, (`split`) the share of the
    good ones as the value and `other`, that of the bad ones, (`steps`) the share of those who saw it as the value and
    `other`, that of those who began, or (`times`) the time within which nine of ten are done,
    `other`, the median by the calendar, and `mean`, all in hours."""

    kind: Literal["mean", "median", "split", "steps", "times"]
    value: float
    interval: Interval | None = None
    scale: tuple[int, int] | None = None
    other: float | None = None
    mean: float | None = None


@dataclass(frozen=True)
class Reading:
    """A number with what it stands on.

    `value`: a count, money in minor units, a share of 1, hours, points from −100 to 100, or None when there is nothing
    to say; `n`: how many rows it stands on; `unit`: what is counted or the currency; `left_out`: rows that could not be
    counted, by reason; `series`: the same number for each part of the period, oldest first. `key`: which part of a cut
    it is, None for what is not stated; `label`: its name. `span`: the instants it is counted over where nobody asked
    for a period. `evidence` is what a comparison with another reading needs.
    """

    metric: Metric
    value: float | None
    n: int
    unit: str
    interval: Interval | None = None
    beside: Beside | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    series: Sequence[float | None] = ()
    key: str | None = None
    label: str = ""
    span: tuple[datetime, datetime | None] | None = None
    evidence: Any = field(default=None, compare=False, repr=False)

    @property
    def is_enough(self) -> bool:
        """Whether it stands on enough to be shown."""
        return self.value is not None and self.n >= self.metric.floor


@dataclass(frozen=True)
class Cohort:
    """Customers by the period of their first order: `key` as in a cut, and how many of them bought in it and in each
    period after it."""

    key: str
    active: tuple[int, ...]


@dataclass(frozen=True)
class ScoreSource:
    """Where scores lie: a published relation of a context above metrics, which metrics may join in SQL.

    `relation`: its name. Its columns: `id` bigint, `person` bigint (today's person, null when nobody is known),
    `metric` text ("csat", "nps", "ces", "rating"), `scale_low` and `scale_high` smallint, `lower_is_better` boolean,
    `value` numeric,
    `happened_at` timestamptz, `order_id` bigint (an order of commerce, or null), `location_id` bigint (or null),
    `channel`, `source`, `number`, `comment`, `language` text.
    """

    relation: str


@dataclass(frozen=True)
class InvitationSource:
    """Where invitations to surveys lie: a published relation of a context above metrics, and the names of surveys.

    `relation`: its name. Its columns: `id`, `survey_id` bigint, `person` bigint (today's person, null when nobody is
    known), `location_id` bigint (or null), `channel` text, `happened_at` timestamptz (when somebody was invited),
    `is_delivered`, `is_seen`, `is_begun`, `is_answered` boolean, the last three of delivered ones only.
    `names`: ids of surveys → name and address of those that the scope lets see.
    """

    relation: str
    names: Callable[[Sequence[int], Scope], Mapping[int, tuple[str, str]]]
