"""The one clock. Code asks here and nowhere else, so that a test can turn it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo

_offset: timedelta = timedelta()
_frozen: datetime | None = None
FIRST_YEAR, LAST_YEAR = 1970, 2199


def now() -> datetime:
    """The instant, in UTC."""
    return _frozen or datetime.now(UTC) + _offset


def is_in_our_time(*moments: date | None) -> bool:
    """Whether all of these that there are lie in years that can be shown and reckoned with in every zone."""
    return all(FIRST_YEAR <= moment.year <= LAST_YEAR for moment in moments if moment)


def offset_minutes(moment: datetime) -> int:
    """The minutes between UTC and the wall that an aware moment is told by; 0 for a naive one."""
    offset = moment.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def instant_of(wall: datetime | None, zone: tzinfo) -> datetime | None:
    """The instant, in UTC, at which the wall of a zone showed this naive time; nothing stays nothing."""
    return wall.replace(tzinfo=zone).astimezone(UTC) if wall else None


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Lets the clock stand still at `instant` (aware) inside the block. For tests and for building sample data."""
    global _frozen
    before, _frozen = _frozen, instant
    try:
        yield
    finally:
        _frozen = before
