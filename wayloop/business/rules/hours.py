"""When the business is open: plans of days, intervals, deadlines. Pure; docs/explanation/hours.md tells the rules.

A day's hours are times on the wall and belong to the day they begin on, also when they end after midnight. On days on
which clocks change, a border that is left out lies at the end of the gap, one that comes twice at its first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from wayloop.business.rules.clocks import ReportClock
from wayloop.business.rules.public_holidays import NO_HOLIDAYS, HolidayCalendar, PublicHoliday, holidays_of
from wayloop.business.rules.week import ALWAYS, CLOSED, Day, Week, join_spans
from wayloop.kernel.localised import Localised

ONE_DAY = timedelta(days=1)
NOTHING = timedelta()
# Whoever is not open once in ten years is closed for good.
LONGEST_LOOK = 3660
# Beyond it the calendar of the machine ends.
LAST_DAY = date(9990, 1, 1)


@dataclass(frozen=True)
class Regular:
    """The week as it is from a day on (None: always), until the next version.

    `week` None: as the whole business from then on. On a holiday of `calendar` that is a day off the business is closed
    unless its key is in `works_on`; on one that is only marked it is open unless in `rests_on`. `number`: what the
    version is called by when it is taken back.
    """

    valid_from: date | None
    week: Week | None
    calendar: HolidayCalendar = NO_HOLIDAYS
    works_on: frozenset[str] = frozenset()
    rests_on: frozenset[str] = frozenset()
    number: int = field(default=0, compare=False)

    def closing_holiday(self, day: date) -> PublicHoliday | None:
        """The holiday for which it is closed on that day, if any."""
        found = holidays_of(self.calendar, day.year).get(day)
        if found is None or found.key in self.works_on:
            return None
        return found if found.is_day_off or found.key in self.rests_on else None


@dataclass(frozen=True)
class NewSpecial:
    """Other hours on some days (both included), to be written: a day off, a short day, or a temporary week.

    `week`: the hours by day of the week. `is_yearly`: the same days each year. A temporary week (`is_week`) is closed
    on holidays like any other unless `holidays_too`.
    """

    first_day: date
    last_day: date
    title: Localised
    week: Week
    is_yearly: bool = False
    is_week: bool = False
    holidays_too: bool = False


@dataclass(frozen=True)
class Special(NewSpecial):
    """Special days that are written, under their number."""

    number: int = field(kw_only=True)

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        if not self.is_yearly:
            return self.first_day <= day <= self.last_day
        return any(first <= day <= last for first, last in (self._in_year(day.year - 1), self._in_year(day.year)))

    def _in_year(self, year: int) -> tuple[date, date]:
        years = self.last_day.year - self.first_day.year
        return _moved(self.first_day, year), _moved(self.last_day, year + years)


@dataclass(frozen=True)
class Plan:
    """The hours of one day and where they come from.

    `holiday`: the one that falls on this day, also when it is worked. `special`: what replaces the week, if anything.
    """

    day: date
    spans: Day
    source: Literal["week", "holiday", "special"]
    holiday: PublicHoliday | None = None
    special: Special | None = None


@dataclass(frozen=True)
class Interval:
    """From an instant until just before another, in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True)
class OpenState:
    """Whether it is open, and until when that stays so (None: for ever)."""

    is_open: bool
    until: datetime | None


@dataclass(frozen=True)
class Hours:
    """The hours of a location, or of the business as a whole (then without `business`).

    `regular`: versions of the week; without any, or before the first one, the business's hours count, and without
    those it is always open. Special days of the business count for its locations too.
    """

    clock: ReportClock
    regular: tuple[Regular, ...] = ()
    specials: tuple[Special, ...] = ()
    business: "Hours | None" = None
    _plans: dict[date, tuple[Interval, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_entered(self) -> bool:
        """Whether anybody has said when it is open."""
        return bool(self.regular) or (self.business is not None and self.business.is_entered)

    def regular_on(self, day: date) -> Regular:
        """The version that counts on a day."""
        begun = [one for one in self.regular if one.valid_from is None or one.valid_from <= day]
        latest = max(begun, key=lambda one: one.valid_from or date.min, default=None)
        if latest is not None and latest.week is not None:
            return latest
        return self.business.regular_on(day) if self.business else Regular(None, ALWAYS)

    def plan(self, day: date) -> Plan:
        """The hours of one day, and why."""
        regular = self.regular_on(day)
        holiday = holidays_of(regular.calendar, day.year).get(day)
        closed_for = regular.closing_holiday(day)
        special = self._special_on(day)
        if special and not (special.is_week and closed_for and not special.holidays_too):
            return Plan(day, join_spans(special.week[day.weekday()]), "special", holiday, special)
        if closed_for:
            return Plan(day, CLOSED, "holiday", holiday)
        return Plan(day, join_spans((regular.week or ALWAYS)[day.weekday()]), "week", holiday)

    def intervals_of(self, day: date) -> tuple[Interval, ...]:
        """The open times that begin on a day, in order."""
        if day not in self._plans:
            found = (
                Interval(self.clock.instant(day, span.start), self.clock.instant(day, span.end))
                for span in self.plan(day).spans
            )
            self._plans[day] = tuple(one for one in found if one.start < one.end)
        return self._plans[day]

    def _special_on(self, day: date) -> Special | None:
        """Single days before temporary weeks, the location's own before those of all, the one written last first."""
        own = [(not one.is_week, True, one.number, one) for one in self.specials if one.covers(day)]
        shared = self.business.specials if self.business else ()
        all_of_them = own + [(not one.is_week, False, one.number, one) for one in shared if one.covers(day)]
        return max(all_of_them, key=lambda ranked: ranked[:3])[3] if all_of_them else None


def open_intervals(hours: Hours, start: datetime, end: datetime) -> list[Interval]:
    """The open times between two instants, in order, cut at both; times that touch or overlap are one."""
    found: list[Interval] = []
    for interval in _from(hours, start, (end - start).days + 3):
        if interval.start >= end:
            break
        cut = Interval(interval.start, min(interval.end, end))
        if found and found[-1].end == cut.start:
            found[-1] = Interval(found[-1].start, cut.end)
        else:
            found.append(cut)
    return found


def is_open_at(hours: Hours, instant: datetime) -> bool:
    """Whether it is open at an instant; at the border it is what follows."""
    return any(one.start <= instant < one.end for day in _around(hours, instant) for one in hours.intervals_of(day))


def add_business_time(hours: Hours, start: datetime, duration: timedelta) -> datetime | None:
    """The first instant by which this much open time has passed since `start`; `start` itself for none.

    None when ten years do not hold so much. Raises `ValueError` for a duration below zero.
    """
    if duration < NOTHING:
        raise ValueError("time passes forwards only")
    if not duration:
        return start
    left = duration
    for interval in _from(hours, start, LONGEST_LOOK):
        if left <= interval.length:
            return interval.start + left
        left -= interval.length
    return None


def business_time_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much open time lies between two instants; none when `end` is not after `start`."""
    return sum((interval.length for interval in open_intervals(hours, start, end)), NOTHING)


def open_state(hours: Hours, instant: datetime) -> OpenState:
    """Whether it is open at an instant, and when that changes next."""
    end = None
    for interval in _from(hours, instant, LONGEST_LOOK):
        if end is None and interval.start > instant:
            return OpenState(False, interval.start)
        if end is not None and interval.start > end:
            break
        end = interval.end
        if end - instant > timedelta(days=LONGEST_LOOK // 10):
            return OpenState(True, None)
    return OpenState(end is not None, end)


def special_days(hours: Hours, first: date, days: int) -> list[Plan]:
    """The days from `first` on that are not like every week: holidays, worked ones too, and special days."""
    plans = (hours.plan(first + number * ONE_DAY) for number in range(days))
    return [plan for plan in plans if plan.holiday or plan.special]


def _from(hours: Hours, start: datetime, days: int) -> Iterator[Interval]:
    """Open times from an instant on, in order, none twice; looks at this many days."""
    reached = start
    # What began the day before may still last.
    first = hours.clock.day_of(start) - 2 * ONE_DAY
    for number in range(days + 2):
        day = first + number * ONE_DAY
        if day > LAST_DAY:
            return
        for interval in hours.intervals_of(day):
            if interval.end > reached:
                yield Interval(max(interval.start, reached), interval.end)
                reached = interval.end


def _around(hours: Hours, instant: datetime) -> Iterator[date]:
    today = hours.clock.day_of(instant)
    return (today + number * ONE_DAY for number in (-2, -1, 0))


def _moved(day: date, year: int) -> date:
    """The same day of another year; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
