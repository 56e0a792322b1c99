"""Periods that reports speak of, in the business's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from wayloop.business.rules.clocks import ReportClock
from wayloop.kernel import clock


@dataclass(frozen=True)
class NamedPeriod:
    """A period people choose by name. `days`: how long it is, None means all time; `first`: of one that stands still,
    as a quarter does, its first day. The others end today."""

    key: str
    label: Any
    days: int | None
    first: date | None = None


PERIODS = (
    NamedPeriod("30d", _("30 days"), 30),
    NamedPeriod("90d", _("90 days"), 90),
    NamedPeriod("12m", _("12 months"), 365),
    NamedPeriod("all", _("All time"), None),
)
# Years that people have data of.
QUARTER = re.compile(r"((?:19|20)\d\d)-Q([1-4])")


def named_period(key: str) -> NamedPeriod | None:
    """The period of this key, or None: one of `PERIODS`, or a quarter, as 2026-Q3."""
    if found := QUARTER.fullmatch(key):
        first = date(int(found[1]), int(found[2]) * 3 - 2, 1)
        return quarter(first) if clock.is_in_our_time(first) else None
    return next((period for period in PERIODS if period.key == key), None)


def quarter(day: date) -> NamedPeriod:
    """The quarter that holds this day."""
    number = (day.month + 2) // 3
    first = date(day.year, number * 3 - 2, 1)
    following = date(day.year + number // 4, number % 4 * 3 + 1, 1)
    label = _("Q%(quarter)s %(year)s") % {"quarter": number, "year": day.year}
    return NamedPeriod(f"{day.year}-Q{number}", label, (following - first).days, first)


def borders(period: NamedPeriod, days: ReportClock) -> tuple[datetime | None, datetime | None]:
    """(start, end) instants: whole days of the clock, today included; the end is the coming midnight.

    A quarter ends with its last day, whether that has come or not.
    """
    if period.days is None:
        return None, None
    if period.first is not None:
        return days.start_of(period.first), days.start_of(period.first + timedelta(days=period.days))
    today = days.day_of(clock.now())
    return days.start_of(today - timedelta(days=period.days - 1)), days.start_of(today + timedelta(days=1))
