"""Deadlines in business hours against somebody who looks at the wall in every minute, over random calendars.

Zones with all ways of changing clocks, split days, nights, holidays, special days of one year and of each, temporary
weeks, hours that change, a clock that is stopped. `make faults` does it with 10,000 deadlines.
"""

import os
import random
import secrets
import time as stopwatch
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays
import pytest

from wayloop.business.api import (
    NEVER,
    Hours,
    ReportClock,
    Span,
    Special,
    Week,
    add_business_time,
    business_time_between,
)
from wayloop.business.rules.hours import Regular
from wayloop.business.rules.public_holidays import HolidayCalendar
from wayloop.kernel.localised import Localised
from wayloop.work.clocks import deadline_of, time_waited

ZONES = (
    "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tashkent", "America/Santiago",
    "Asia/Kathmandu", "Pacific/Apia", "Europe/London", "Atlantic/Azores",
)  # fmt: skip
COUNTRIES = ("", "DE", "US", "BR", "GB")
# Around the days on which clocks change in one half of the world or the other, and the turn of the year.
BEGINNINGS = (date(2026, 3, 1), date(2026, 4, 20), date(2026, 9, 1), date(2026, 10, 15), date(2026, 12, 10))
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Life:
    """Some hours, and each of the minutes they are watched for: whether it is open, and how many were before."""

    hours: Hours
    begin: datetime
    is_open: list[bool]
    passed: list[int]

    def minutes(self, start: datetime, end: datetime) -> int:
        """Open minutes between two full minutes."""
        return self.passed[(end - self.begin) // MINUTE] - self.passed[(start - self.begin) // MINUTE]

    def after(self, start: datetime, minutes: int) -> datetime | None:
        """The end of the minute with which so many open ones have passed; None behind the watched time."""
        wanted = self.passed[(start - self.begin) // MINUTE] + minutes
        place = bisect_left(self.passed, wanted)
        return None if place == len(self.passed) else self.begin + place * MINUTE


def some_day(rng: random.Random) -> tuple[Span, ...]:
    """Closed, open once, or with breaks; now and then into the night."""
    borders = sorted(rng.sample(range(144), 2 * rng.choice((0, 1, 1, 2, 2, 3))))
    spans = [Span(start * 10, end * 10) for start, end in zip(borders[::2], borders[1::2], strict=True)]
    if rng.random() < 0.2 and (not spans or spans[-1].end < 1380):
        spans.append(Span(rng.randint(138, 143) * 10, 1440 + rng.randint(1, 24) * 10))
    return tuple(spans)


def some_week(rng: random.Random) -> Week:
    return tuple(some_day(rng) for _ in range(7))


def some_life(rng: random.Random, days: int) -> Life:
    """Random hours, watched minute by minute."""
    zone, first = rng.choice(ZONES), rng.choice(BEGINNINGS)
    calendar = HolidayCalendar(rng.choice(COUNTRIES))
    regular = [Regular(None, some_week(rng), calendar)]
    if rng.random() < 0.5:
        regular.append(Regular(first + rng.randrange(days) * DAY, some_week(rng), calendar))
    specials = []
    for number in range(1, rng.randrange(5)):
        starts = first + rng.randrange(days) * DAY
        is_week, is_yearly = rng.random() < 0.3, rng.random() < 0.3
        week = NEVER if rng.random() < 0.5 else some_week(rng)
        ends = starts + rng.randrange(10 if is_week else 2) * DAY
        if is_yearly:
            starts, ends = starts.replace(year=2021), starts.replace(year=2021) + (ends - starts)
        specials.append(
            Special(
                starts, ends, Localised(), week, is_yearly=is_yearly, is_week=is_week,
                holidays_too=rng.random() < 0.5, number=number,
            )
        )  # fmt: skip
    hours = Hours(ReportClock.of(zone), tuple(regular), tuple(specials))
    begin = datetime.combine(first, time(), UTC)
    is_open = list(watched(hours, ZoneInfo(zone), calendar.country, begin, days * 1440))
    return Life(hours, begin, is_open, [0, *accumulate(is_open)])


def watched(hours: Hours, zone: ZoneInfo, country: str, begin: datetime, minutes: int) -> Iterator[bool]:
    """Whether it is open in each minute, by what the wall shows: hours begin when it shows their start for the first
    time, or has gone past it, and end in the same way.
    """
    offs = set(holidays.country_holidays(country, years=range(2025, 2029)) if country else ())
    spans: dict[date, list[tuple[datetime, datetime]]] = {}
    shown = datetime(1970, 1, 1)  # noqa: DTZ001 – what a wall shows has no zone
    for minute in range(-3 * 1440, minutes):
        shown = max(shown, (begin + minute * MINUTE).astimezone(zone).replace(tzinfo=None))
        if minute < 0:
            continue
        today = shown.date()
        if today not in spans:
            spans[today] = [
                (datetime.combine(day, time()) + span.start * MINUTE, datetime.combine(day, time()) + span.end * MINUTE)
                for day in (today - DAY, today)
                for span in day_of(hours, offs, day)
            ]
        yield any(start <= shown < end for start, end in spans[today])


def day_of(hours: Hours, offs: set[date], day: date) -> tuple[Span, ...]:
    """What counts on a day: a special one, the last written first, before a temporary week, before a holiday."""
    begun = [one for one in hours.regular if one.valid_from is None or one.valid_from <= day]
    week = begun[-1].week or NEVER
    covering = [one for one in hours.specials if covers(one, day)]
    for one in sorted(covering, key=lambda one: (not one.is_week, one.number), reverse=True):
        if one.is_week and day in offs and not one.holidays_too:
            return ()
        return one.week[day.weekday()]
    return () if day in offs else week[day.weekday()]


def covers(special: Special, day: date) -> bool:
    if not special.is_yearly:
        return special.first_day <= day <= special.last_day
    length = special.last_day - special.first_day
    return any(
        special.first_day.replace(year=year) <= day <= special.first_day.replace(year=year) + length
        for year in (day.year - 1, day.year)
    )


def compare(*, seed: int, lives: int, deadlines: int, days: int) -> None:
    rng, begun = random.Random(seed), stopwatch.monotonic()
    different, behind, stopped = [], 0, 0
    for number in range(lives):
        life = some_life(rng, days)
        for _ in range(deadlines // lives):
            start = life.begin + rng.randrange(days * 1440 * 2 // 3) * MINUTE
            wish = rng.randint(1, 2400)
            expected, found = life.after(start, wish), add_business_time(life.hours, start, wish * MINUTE)
            if expected is None:
                behind += 1
                end = life.begin + (days * 1440) * MINUTE
                is_same = (found is None or found > end) and (
                    business_time_between(life.hours, start, end) == life.minutes(start, end) * MINUTE
                )
            else:
                is_same = found == expected
                is_same &= business_time_between(life.hours, start, expected) == wish * MINUTE
                waits_start = start + rng.randrange(2000) * MINUTE
                waits_end = waits_start + rng.randrange(3000) * MINUTE
                if waits_end < life.begin + days * 1440 * MINUTE:
                    stopped += 1
                    is_same &= with_a_stop(life, start, wish, waits_start, waits_end)
            if not is_same:
                different.append((number, start, wish, expected, found))
    print(
        f"\n  business time, seed {seed}: {deadlines // lives * lives:,} deadlines in {lives} calendars and "
        f"{len(ZONES)} zones, {stopped:,} of them with a stopped clock, {behind:,} behind the watched days, "
        f"{len(different)} differences, {stopwatch.monotonic() - begun:.1f} s",
        end="",
    )
    assert different[:3] == []


def with_a_stop(life: Life, start: datetime, wish: int, stops: datetime, goes_on: datetime) -> bool:
    """Whether the clock of a case that waits for a while is as that of somebody who counts."""
    before = life.minutes(start, stops)
    expected = life.after(start, wish) if before >= wish else life.after(goes_on, wish - before)
    found = deadline_of(life.hours, start, wish * MINUTE, [(stops, goes_on)])
    waited = time_waited(life.hours, start, goes_on, [(stops, goes_on)])
    is_there = deadline_of(life.hours, start, wish * MINUTE, [(stops, None)])
    still = life.after(start, wish) if before >= wish else None
    is_same = expected is None or found == expected
    return is_same and waited == life.minutes(stops, goes_on) * MINUTE and is_there == still


def test_deadlines_agree_with_somebody_who_counts_the_minutes() -> None:
    compare(seed=int(os.environ.get("FAULT_SEED") or secrets.randbelow(10**6)), lives=3, deadlines=150, days=20)


@pytest.mark.faults
def test_ten_thousand_deadlines_agree_with_somebody_who_counts_the_minutes() -> None:
    compare(seed=int(os.environ.get("FAULT_SEED") or secrets.randbelow(10**6)), lives=100, deadlines=10_000, days=60)
