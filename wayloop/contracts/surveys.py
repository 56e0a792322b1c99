"""Value types of the surveys: the columns in which many scores travel, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class ScoreColumns:
    """Many scores of one source, as columns of equal length.

    `numbers`: of the answer at the source, empty where it has none; `metrics`: csat, nps, ces or rating; `scales`: from
    the worst value to the best, as "1-5" (empty: the usual one of the metric); `happened_at`, `answered_at`: aware
    instants; `handles` None where nobody knows who it was; `order_numbers`: of the order at the same source, or empty.
    `batch` names the import, empty for what happens live; `is_news` False for history.
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


@dataclass(frozen=True)
class ScoreOutcome:
    """What became of scores, by their place in the columns.

    `written` are new; `known` were here already; `conflicting` are here with another value or comment; `off_scale` lie
    outside their scale, or it is none.
    """

    written: frozenset[int]
    known: frozenset[int]
    conflicting: frozenset[int]
    off_scale: frozenset[int]
