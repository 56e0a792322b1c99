"""The clock of reports: which zone the business lived in at each moment, and where its days begin and end. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wayloop.kernel.due.rules import instant_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ZoneSpan:
    """A zone (IANA name) from an instant on; None: from the beginning of time."""

    starts_at: datetime | None
    zone: str


@dataclass(frozen=True)
class ReportClock:
    """The zones of the business, oldest first; the first one has no start.

    Days follow each other without a gap and without one coming back: the day of a move is longer or shorter, as days
    are on which clocks change.
    """

    spans: tuple[ZoneSpan, ...]

    @classmethod
    def of(cls, zone: str) -> "ReportClock":
        """The clock of somebody who never moved."""
        return cls((ZoneSpan(None, zone),))

    def zone_at(self, instant: datetime) -> ZoneInfo:
        """The zone the business lived in at an instant."""
        return ZoneInfo(self._span_at(instant).zone)

    def local(self, instant: datetime) -> datetime:
        """The instant as the wall showed it then."""
        return instant.astimezone(self.zone_at(instant))

    def day_of(self, instant: datetime) -> date:
        """The business's day an instant belongs to."""
        return self.local(instant).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day, in UTC; the day ends where the next one begins."""
        for span, following in zip(self.spans, (*self.spans[1:], None), strict=True):
            found = _midnight(day, span.zone)
            if following is None or following.starts_at is None or found < following.starts_at:
                return found if span.starts_at is None else max(found, span.starts_at)
        raise AssertionError("the last zone has no end")

    def instant(self, day: date, minutes: int) -> datetime:
        """The instant at which the wall showed this many minutes after midnight of `day`; above 1440, the next day.

        A time that clocks leave out is the end of the gap; one that they show twice is the first of the two.
        """
        wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
        # On the day of a move nearly all of its hours are those of the new zone.
        return instant_of(wall, self.zone_at(self.start_of(day + DAY) - timedelta.resolution).key)

    def with_change(self, zone: str, day: date) -> ZoneSpan:
        """What a move into `zone` on `day` adds: it begins at midnight there, but never after the day is over here."""
        return ZoneSpan(min(_midnight(day, zone), self.start_of(day + DAY)), zone)

    def _span_at(self, instant: datetime) -> ZoneSpan:
        for span in reversed(self.spans[1:]):
            if span.starts_at is not None and span.starts_at <= instant:
                return span
        return self.spans[0]


def clock_of(spans: Sequence[ZoneSpan]) -> ReportClock:
    """The clock of these spans in any order. Without any: UTC."""
    beginning = datetime.min.replace(tzinfo=UTC)
    found = sorted(spans, key=lambda span: span.starts_at or beginning)
    if not found or found[0].starts_at is not None:
        found.insert(0, ZoneSpan(None, found[0].zone if found else "UTC"))
    return ReportClock(tuple(found))


def _midnight(day: date, zone: str) -> datetime:
    return instant_of(datetime.combine(day, time()), zone)
