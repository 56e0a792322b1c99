"""What the business tells other contexts, and what it asks them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from wayloop.kernel.stream.facts import fact


class PlaceChange(StrEnum):
    """What happened to a location."""

    ADDED = "added"
    CHANGED = "changed"
    ARCHIVED = "archived"
    RESTORED = "restored"


@fact("business.location_changed")
@dataclass(frozen=True)
class LocationChanged:
    """A location came, changed, was put away or came back. `by`: the member, None when nobody signed in did it."""

    location: int
    change: PlaceChange
    by: int | None


@fact("business.zone_changed")
@dataclass(frozen=True)
class ZoneChanged:
    """Reports live in other zones from `starts_at` on (None: from the beginning): days and weeks begin elsewhere."""

    starts_at: datetime | None
    by: int | None


@fact("business.rates_changed")
@dataclass(frozen=True)
class RatesChanged:
    """Rates of a currency were entered, corrected or removed; the earliest of them counts from `first_day` on."""

    currency: str
    first_day: date
    by: int | None


@fact("business.hours_changed")
@dataclass(frozen=True)
class HoursChanged:
    """Hours are other ones on the days from `first_day` (None: all) to `last_day` (None: no end).

    `location` None: of the business as a whole, and of every location that follows it. Deadlines that run already keep
    the hours they began with (`hours(as_of=…)`).
    """

    location: int | None
    first_day: date | None
    last_day: date | None
    by: int | None


class MoneyKeeper(Protocol):
    """Somebody who may hold amounts counted in the business's currency; while anyone does, it cannot be changed."""

    def keeps_money(self) -> bool:
        """Whether there are any. One quick read."""
        ...
