"""The one clock. Code asks here and nowhere else, so that a test can turn it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset: timedelta = timedelta()
_frozen: datetime | None = None


def now() -> datetime:
    """The instant, in UTC."""
    return _frozen or datetime.now(UTC) + _offset


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Lets the clock stand still at `instant` (aware) inside the block. For tests and for building sample data."""
    global _frozen
    before, _frozen = _frozen, instant
    try:
        yield
    finally:
        _frozen = before
