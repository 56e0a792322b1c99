"""The port of a channel: how messages leave the house. Each way out is an adapter in `channels`, or its twin."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Parcel:
    """One message ready to leave.

    `key`: the same for every try, so that whoever gets it twice can tell (of an e-mail, the Message-ID). `to`: the
    address. `text` is always there, `html` may be empty. `brand_id` says whose name it bears. `leave`: the absolute
    address that a mail program posts to for leaving with one click (RFC 8058); empty where nobody can leave.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    brand_id: int | None = None
    leave: str = ""


class Outcome(StrEnum):
    """What became of a try to hand a message over."""

    TAKEN = "taken"  # the other side took it
    LATER = "later"  # not this one, not now
    NEVER = "never"  # not this one, for good
    DEAD = "dead"  # there is nobody at this address
    UNSURE = "unsure"  # it was told all, and its answer never came
    AWAY = "away"  # the server is away or does not let us in; nothing can be said of the message
    KEPT = "kept"  # `may_go` said no


@dataclass(frozen=True)
class Handed:
    """The end of one try. `detail`: what the other side said, at most 300 letters; it is theirs and may be anything."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class Returned:
    """A letter that was taken and came back later. `key`: that of its parcel; `outcome`: DEAD, NEVER, or LATER."""

    key: str
    outcome: Outcome
    detail: str = ""


class Session(Protocol):
    """An open door: several messages may leave through it, one after the other."""

    def hand_over(self, parcel: Parcel, may_go: Callable[[], bool]) -> Handed:
        """Hands one message over, and never raises for what the other side does.

        `may_go` is asked when everything is prepared and only the message itself remains to be told: on False the
        message stays here. Once it was True and no clear answer comes, the outcome is `UNSURE`.
        """
        ...


class Way(Protocol):
    """One way out, offered by its name: a value of `privacy.api.Channel`."""

    channel: str

    def is_ready(self) -> bool:
        """Whether it was set up and nobody switched it off."""
        ...

    def per_minute(self) -> int:
        """How many messages may leave in a minute; 0: as many as go."""
        ...

    def session(self) -> AbstractContextManager[Session]:
        """Opens the door. When nobody is there, each message handed over says so."""
        ...
