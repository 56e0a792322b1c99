"""Value types of the ledger: kinds of events, the columns in which many events travel, and what became of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Group = Literal["purchases", "service", "talks", "scores", "sent", "other"]
PropertyType = Literal["text", "whole", "decimal", "flag", "date", "instant", "choice"]


@dataclass(frozen=True)
class Property:
    """One property of a kind of event. It holds no name, address or free text of a person.

    `meaning` is a lazy text. `type`: text (at most `longest` characters), whole number, `Decimal`, flag, date, aware
    instant, or one of `options`. A required one is never absent or None.
    """

    type: PropertyType
    meaning: Any
    is_required: bool = False
    options: tuple[str, ...] = ()
    longest: int = 120


@dataclass(frozen=True)
class EventKind:
    """One line of the catalogue, registered by the context that writes such events.

    `label` and `description` are lazy texts in the reader's language: what stands on the screen, and what has happened
    when there is such an event. `group` is the filter of the timeline it belongs to; `icon` a name of the sprite;
    `tone` colours it only when somebody should notice. `properties`: what an event may tell besides its columns.
    A changed shape gets the next version and a converter from the last one: `converters[1]` makes properties of
    version 1 (as they are kept, in JSON) those of version 2. `is_reaction`: it answers something that was sent and has
    the same subject. `is_open`: other systems may tell of it by themselves; no row of ours stands behind it.
    """

    name: str
    version: int
    label: Any
    group: Group
    icon: str
    tone: Literal["neutral", "good", "warn", "bad", "info"] = "neutral"
    is_reaction: bool = False
    is_open: bool = False
    description: Any = ""
    properties: Mapping[str, Property] = field(default_factory=dict)
    converters: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Channel:
    """What a channel is called in the reader's language; offered by the context that writes events of it."""

    name: str
    label: Any


@dataclass(frozen=True)
class EventColumns:
    """Many events of one kind, as columns of equal length.

    `occurred_at`: aware instants; `offset_minutes`: the UTC offset the time was told in; `message_ids`: unique for ever
    within `source`; `amounts`: minor units of `currencies`; `location_ids`, `brand_ids`, `product_ids` (a product or a
    service) None where there is none. `properties`: values in the types of the kind. `is_news`: False for what an
    import or a back-dated batch brings; history never triggers anything.
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
    brand_ids: Sequence[int | None] = ()
    product_ids: Sequence[int | None] = ()
    amounts: Sequence[int | None] = ()
    currencies: Sequence[str | None] = ()
    properties: Sequence[Mapping[str, Any]] = field(default=())
    batch: str = ""


@dataclass(frozen=True)
class EventRefs:
    """Events that were recorded before, as columns: the message ids, persons and times they were recorded with."""

    kind: str
    source: str
    message_ids: Sequence[str]
    handles: Sequence[int]
    occurred_at: Sequence[datetime]


@dataclass(frozen=True)
class EventInfo:
    """One event as it stands today.

    `properties` in the types and the version of the kind as the program knows it. `corrects`: the id of the event
    whose place it took, None when nobody corrected anything.
    """

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
    brand_id: int | None = None
    product_id: int | None = None
    is_news: bool = False
    corrects: int | None = None

    @property
    def is_corrected(self) -> bool:
        """Whether it stands in the place of an earlier one."""
        return self.corrects is not None


@dataclass(frozen=True)
class TimelinePage:
    """Some events, the newest first; `older`: (occurred_at, id) to go on behind, None when there is nothing older."""

    events: tuple[EventInfo, ...]
    older: tuple[datetime, int] | None


@dataclass(frozen=True)
class EventChange:
    """What a listener of the ledger learns: an event happened, took the place of another, or was taken back.

    `event`: the event as it was recorded (of a retraction: the one that no longer counts); `former`: the one whose
    place it took. `is_news` False for history, which triggers nothing. `row_id` is the id of the row of the stream.
    """

    how: Literal["happened", "corrected", "retracted"]
    event: EventInfo
    former: EventInfo | None
    is_news: bool
    row_id: int
