"""Value types of the ledger: kinds of events and the columns in which many events travel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class EventKind:
    """One line of the catalogue, registered by the context that writes such events.

    `label` is a lazy text in the reader's language; `group` is the filter of the timeline it belongs to; `icon` a name
    of the sprite; `tone` colours it only when somebody should notice. `is_reaction`: it answers something that was sent
    and has the same subject.
    """

    name: str
    version: int
    label: Any
    group: Literal["purchases", "talks", "scores", "sent", "other"]
    icon: str
    tone: Literal["neutral", "good", "warn", "bad", "info"] = "neutral"
    is_reaction: bool = False


@dataclass(frozen=True)
class Channel:
    """What a channel is called in the reader's language; offered by the context that writes events of it."""

    name: str
    label: Any


@dataclass(frozen=True)
class EventColumns:
    """Many events of one kind, as columns of equal length.

    `occurred_at`: aware instants; `offset_minutes`: the UTC offset the time was told in; `message_ids`: unique for ever
    within `source`; `amounts`: minor units of `currencies`; `location_ids` None where there is no place.
    `is_news`: False for what an import or a back-dated batch brings; history never triggers anything.
    """

    kind: str
    source: str
    is_news: bool
    message_ids: Sequence[str]
    handles: Sequence[int]
    occurred_at: Sequence[datetime]
    offset_minutes: Sequence[int]
    subject_kind: str
    subject_ids: Sequence[int]
    channel: str = ""
    location_ids: Sequence[int | None] = ()
    amounts: Sequence[int | None] = ()
    currencies: Sequence[str | None] = ()
    properties: Sequence[Mapping[str, Any]] = field(default=())
    batch: str = ""


@dataclass(frozen=True)
class EventInfo:
    """One event as the timeline shows it."""

    id: int
    kind: str
    occurred_at: datetime
    offset_minutes: int
    handle: int
    subject_kind: str
    subject_id: int
    channel: str
    location_id: int | None
    amount: int | None
    currency: str | None
    properties: Mapping[str, Any]
    source: str
