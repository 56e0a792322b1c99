"""When things happen: instants, local times and rules that repeat. Pure.

A local time that a zone leaves out (clocks go forward) happens at the first moment after the gap; one that a zone has
twice (clocks go back) happens once, the first time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Protocol
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RULE = re.compile(r"(every|daily|weekly|monthly)(?: ([\d,]+))?(?: (\d\d):(\d\d))?")


@dataclass(frozen=True)
class Local:
    """A time on the wall: `moment` is naive, `zone` an IANA name."""

    moment: datetime
    zone: str


@dataclass(frozen=True)
class Occurrence:
    """One time of a rule: the instant, and what the wall shows then (None for rules that know no wall)."""

    instant: datetime
    local: datetime | None


class Rule(Protocol):
    """Something that happens again and again."""

    @property
    def zone(self) -> str:
        """The IANA name of the zone, or "" when the rule needs none."""
        ...

    def after(self, instant: datetime) -> Occurrence:
        """The first occurrence later than `instant`."""
        ...


@dataclass(frozen=True)
class Every:
    """Every n minutes, counted from the first minute of 1970 in UTC, so that restarts do not move it."""

    minutes: int
    zone: str = ""

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError("at most once a minute")

    def __str__(self) -> str:
        return f"every {self.minutes}"

    def after(self, instant: datetime) -> Occurrence:
        """See `Rule`."""
        step = timedelta(minutes=self.minutes)
        return Occurrence(EPOCH + ((instant - EPOCH) // step + 1) * step, None)


@dataclass(frozen=True)
class Daily:
    """Every day at a time on the wall."""

    at: time
    zone: str

    def __str__(self) -> str:
        return f"daily {self.at:%H:%M}"

    def after(self, instant: datetime) -> Occurrence:
        """See `Rule`."""
        return _first_after(instant, _days(instant, self.zone), self.at, self.zone)


@dataclass(frozen=True)
class Weekly:
    """On some days of the week (1 is Monday, 7 Sunday) at a time on the wall."""

    days: tuple[int, ...]
    at: time
    zone: str

    def __post_init__(self) -> None:
        if not self.days or not set(self.days) <= set(range(1, 8)):
            raise ValueError("days of the week are 1 to 7")

    def __str__(self) -> str:
        return f"weekly {','.join(map(str, self.days))} {self.at:%H:%M}"

    def after(self, instant: datetime) -> Occurrence:
        """See `Rule`."""
        days = (day for day in _days(instant, self.zone) if day.isoweekday() in self.days)
        return _first_after(instant, days, self.at, self.zone)


@dataclass(frozen=True)
class Monthly:
    """On one day of each month at a time on the wall; months that are too short have it on their last day."""

    day: int
    at: time
    zone: str

    def __post_init__(self) -> None:
        if not 1 <= self.day <= 31:
            raise ValueError("days of the month are 1 to 31")

    def __str__(self) -> str:
        return f"monthly {self.day} {self.at:%H:%M}"

    def after(self, instant: datetime) -> Occurrence:
        """See `Rule`."""
        days = (day for day in _days(instant, self.zone) if day.day == min(self.day, _last_day(day)))
        return _first_after(instant, days, self.at, self.zone)


def read_rule(text: str, zone: str) -> Rule:
    """The rule that `str()` had written. Raises `ValueError` for anything else."""
    found = RULE.fullmatch(text)
    if not found:
        raise ValueError(f"not a rule: {text}")
    kind, number, hour, minute = found.groups()
    if kind == "every":
        return Every(int(number))
    at = time(int(hour), int(minute))
    if kind == "daily":
        return Daily(at, zone)
    if kind == "weekly":
        return Weekly(tuple(int(day) for day in number.split(",")), at, zone)
    return Monthly(int(number), at, zone)


def instant_of(local: datetime, zone: str) -> datetime:
    """The instant at which the wall of `zone` shows `local` (naive) for the first time, or the end of the gap."""
    place = ZoneInfo(zone)
    found = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    if _wall(found, place) == local:
        return found
    # In a gap both readings are wrong, one on each side of it: the jump lies between them.
    before = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    offset = before.astimezone(place).utcoffset()
    while found - before > SECOND:
        middle = before + (found - before) // 2
        if middle.astimezone(place).utcoffset() == offset:
            before = middle
        else:
            found = middle
    return found.replace(microsecond=0)


def _wall(instant: datetime, place: ZoneInfo) -> datetime:
    return instant.astimezone(place).replace(tzinfo=None, fold=0)


def _days(instant: datetime, zone: str) -> Iterator[date]:
    # One day early: the end of a gap may lie on the day after.
    first = _wall(instant, ZoneInfo(zone)).date() - DAY
    return (first + number * DAY for number in count())


def _first_after(instant: datetime, days: Iterator[date], at: time, zone: str) -> Occurrence:
    for day in days:
        local = datetime.combine(day, at)
        found = instant_of(local, zone)
        if found > instant:
            return Occurrence(found, local)
    raise AssertionError("days never end")


def _last_day(day: date) -> int:
    following = (day.replace(day=28) + 4 * DAY).replace(day=1)
    return (following - DAY).day
