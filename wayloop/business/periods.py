"""Periods that reports speak of, in the business's zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from wayloop.business.rules.clocks import ReportClock
from wayloop.kernel import clock


@dataclass(frozen=True)
class NamedPeriod:
    """A period people choose by name; `days` None means all time."""

    key: str
    label: Any
    days: int | None


PERIODS = (
    NamedPeriod("30d", _("30 days"), 30),
    NamedPeriod("90d", _("90 days"), 90),
    NamedPeriod("12m", _("12 months"), 365),
    NamedPeriod("all", _("All time"), None),
)


def named_period(key: str) -> NamedPeriod | None:
    """The period of this key, or None."""
    return next((period for period in PERIODS if period.key == key), None)


def borders(period: NamedPeriod, days: ReportClock) -> tuple[datetime | None, datetime | None]:
    """(start, end) instants: whole days of the clock, today included; the end is the coming midnight."""
    if period.days is None:
        return None, None
    today = days.day_of(clock.now())
    return days.start_of(today - timedelta(days=period.days - 1)), days.start_of(today + timedelta(days=1))
