"""Value types of messaging: what a letter says, wishes to send it to many, and what became of each message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wayloop.kernel.stream.facts import fact


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `{{ name }}` in a text stands for a value of the person's row; a line break stays one."""

    text: str


@dataclass(frozen=True)
class Button:
    """The one thing to do. `link`: a path of ours ("/s/…"), an absolute address, or `{{ name }}` for the row's."""

    label: str
    link: str


@dataclass(frozen=True)
class Choice:
    """One answer that stands in the letter itself; its link opens the page with it chosen."""

    label: str
    link: str


@dataclass(frozen=True)
class Choices:
    """The first question, to be answered by a click: what is asked, the answers in order, what the ends mean."""

    question: str
    choices: tuple[Choice, ...]
    low: str = ""
    high: str = ""


Block = Paragraph | Button | Choices


@dataclass(frozen=True)
class Letter:
    """What is written, in one language; the same letter goes to many, and `{{ name }}` is filled in for each.

    Nothing but names can stand in the braces: no conditions, no calls. A name without a value is an empty text. How it
    looks, who signs it, and how people leave is added when it goes out.
    """

    language: str
    subject: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class MessageColumns:
    """Wishes to send a message to people, with one purpose through one channel, as columns of equal length.

    `purpose`, `channel`: values of `privacy.api.Purpose` and `privacy.api.Channel`. `subject_kind`, `subject_ids`: what
    is sent (a survey, a campaign): contact pressure and its reservations go by it. `about_kind`, `about_ids`: the row
    of yours that each message serves (an invitation); facts and `states_of` name it. `keys`: what makes each message
    this one within `subject_kind`, for ever: however often it is asked for, it is sent at most once.

    `points`: contact points of identity, None where there is no address (see `find_addresses`). `letters`: what is
    written to each; the same object for many costs nothing. `values`: what their `{{ names }}` stand for. `not_before`
    and `not_after` (aware instants): when it may go, and when it has lost its sense. `zones`: IANA names of the
    people's zones for quiet hours; nothing: that of the business. `brand_ids`: whose name it bears, None the business.
    `run`: the number from `open_run`, for what a member starts, watches and may stop.
    """

    purpose: str
    channel: str
    subject_kind: str
    subject_ids: Sequence[int]
    about_kind: str
    about_ids: Sequence[int]
    keys: Sequence[str]
    handles: Sequence[int]
    points: Sequence[int | None]
    letters: Sequence[Letter]
    values: Sequence[Mapping[str, str]] = field(default=())
    zones: Sequence[str] = field(default=())
    brand_ids: Sequence[int | None] = field(default=())
    not_before: datetime | None = None
    not_after: datetime | None = None
    run: int | None = None


@dataclass(frozen=True)
class SendAnswer:
    """What became of a wish: the number of its message, or why there is none.

    `reasons`: values of `privacy.api.Reason`; or "no_way" when the channel is not set up, "stopped" when the run is.
    `later`: from when on nothing known today stands against it; None where that depends on somebody.
    """

    message: int | None = None
    reasons: tuple[str, ...] = ()
    later: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the message waits for its turn, or has gone already."""
        return self.message is not None


class MessageState(StrEnum):
    """Where a message is. `doubtful`: it was told, and whether it was taken is not known; only a person decides."""

    WAITING = "waiting"
    CLAIMED = "claimed"  # a sender has it in hand, nothing has left yet
    LEAVING = "leaving"  # it is being told to the other side just now
    SENT = "sent"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class RunProgress:
    """How far a run is. `counts`: state → how many messages; `is_stopped`: a member stopped it."""

    run: int
    title: str
    counts: Mapping[str, int]
    is_stopped: bool
    opened_at: datetime

    @property
    def total(self) -> int:
        """How many messages it has."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """How many of them wait no more."""
        open_states = (MessageState.WAITING, MessageState.CLAIMED, MessageState.LEAVING)
        return self.total - sum(self.counts.get(state, 0) for state in open_states)


@dataclass(frozen=True)
class _OfMessage:
    """Which message it is. `about_kind`, `about_id`: the row it serves, in the words of whoever asked."""

    message: int
    handle: int
    purpose: str
    channel: str
    about_kind: str
    about_id: int


@fact("messaging.sent", person="handle")
@dataclass(frozen=True)
class MessageSent(_OfMessage):
    """The other side took the message."""

    at: datetime


@fact("messaging.refused", person="handle")
@dataclass(frozen=True)
class MessageRefused(_OfMessage):
    """The message will not go out. `reason`: a value of `privacy.api.Reason` or of `messaging.api.Refused`."""

    reason: str


@fact("messaging.doubtful", person="handle")
@dataclass(frozen=True)
class MessageDoubtful(_OfMessage):
    """Whether the message arrived is not known. It is not sent again unless a person says so."""


@fact("messaging.returned", person="handle")
@dataclass(frozen=True)
class MessageReturned(_OfMessage):
    """The message had been taken and came back: it did not arrive. `reason`: a value of `messaging.api.Refused`."""

    reason: str
