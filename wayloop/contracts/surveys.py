"""Value types of the surveys: the columns in which many scores travel, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from wayloop.kernel.stream.facts import fact


@dataclass(frozen=True)
class ScoreColumns:
    """Many scores of one source, as columns of equal length.

    `numbers`: of the answer at the source, empty where it has none; `metrics`: csat, nps, ces or rating; `scales`: from
    the worst value to the best, as "1-5" (empty: the usual one of the metric); `happened_at`, `answered_at`: aware
    instants; `handles` None where nobody knows who it was; `order_numbers`: of the order at the same source, or empty.
    `batch` names the import, empty for what happens live; `is_news` False for history. `surveys`: survey, version and
    question key where it was asked here, or nothing at all.
    """

    source: str
    batch: str
    is_news: bool
    numbers: Sequence[str]
    metrics: Sequence[str]
    scales: Sequence[str]
    values: Sequence[Decimal]
    comments: Sequence[str]
    languages: Sequence[str]
    happened_at: Sequence[datetime]
    offset_minutes: Sequence[int]
    answered_at: Sequence[datetime | None]
    handles: Sequence[int | None]
    order_numbers: Sequence[str]
    location_ids: Sequence[int | None]
    channels: Sequence[str]
    surveys: Sequence[tuple[int, int, str] | None] = ()


@dataclass(frozen=True)
class ScoreOutcome:
    """What became of scores, by their place in the columns.

    `written` are new; `known` were here already; `conflicting` are here with another value or comment; `off_scale` lie
    outside their scale, or it is none. `ids`: place → id of those that are here now.
    """

    written: frozenset[int]
    known: frozenset[int]
    conflicting: frozenset[int]
    off_scale: frozenset[int]
    ids: Mapping[int, int] = field(default_factory=dict)


@fact("surveys.completed", person="handle")
@dataclass(frozen=True)
class SurveyCompleted:
    """A response came to its end. `handle`: who gave it, None when nobody is known."""

    survey: int
    version: int
    response: int
    handle: int | None
    location: int | None


@fact("surveys.scored", person="handle")
@dataclass(frozen=True)
class ScoreGiven:
    """Somebody gave a score just now; what imports bring is not told. `value` on the scale from `low` to `high`.

    `feel`: -1 bad, 0 neither, 1 good on its scale. `survey`: where it was asked, when it was here.
    """

    score: int
    handle: int | None
    location: int | None
    metric: str
    value: Decimal
    low: int
    high: int
    feel: int
    survey: int | None
