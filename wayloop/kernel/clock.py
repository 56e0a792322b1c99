"""The one clock. Code asks here and nowhere else, so that a test can turn it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

_offset: timedelta = timedelta()
_frozen: datetime | None = None


def now() -> datetime:
    """The instant, in UTC."""
    return _frozen or datetime.now(UTC) + _offset


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
