"""Two years of local times in five zones, with the worker down at random: everything happens once, nothing is missed.

The expected times are found by looking at what the wall shows minute by minute, in another way than the product does.
`make faults` does it with a year more rules and three seeds.
"""

import os
import random
import secrets
import time as stopwatch
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from wayloop.kernel import clock
from wayloop.kernel.due.handlers import Tick, due_many, only
from wayloop.kernel.due.rules import Daily, Every, Local, Monthly, Rule, Weekly
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.due.table import schedule, schedule_many
from wayloop.kernel.models import Due

ZONES = ("Europe/Kyiv", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NINE, GAP = time(9), time(2, 30)
# In the hour that is left out, and the one that comes twice, of each zone.
CRITICAL = {"Europe/Kyiv": time(3, 30), "Australia/Lord_Howe": time(1, 45)}


def rules(*, is_long: bool) -> list[Rule]:
    found: list[Rule] = []
    for zone in ZONES:
        found += [Daily(CRITICAL.get(zone, GAP), zone), Weekly((1, 7), GAP, zone), Monthly(31, NINE, zone)]
        if is_long:
            found += [Daily(at, zone) for at in (time(0), time(2), time(2, 15), time(3), NINE)]
    return [*found, Every(180)] + ([Every(60)] if is_long else [])


def moment(day: date, at: time, zone: str) -> datetime:
    """The first minute on which the wall shows `at` or, when it never does, something later."""
    place, naive = ZoneInfo(zone), datetime.combine(day, at)
    # Twelve hours before noon there is no doubt; offsets reach from -5 to +11 hours here.
    minute = naive.replace(tzinfo=UTC) - timedelta(hours=12)
    step = timedelta(hours=1)
    while minute.astimezone(place).replace(tzinfo=None) < naive - timedelta(hours=2):
        minute += step
    while minute.astimezone(place).replace(tzinfo=None) < naive:
        minute += MINUTE
    return minute


def expected(rule: Rule) -> list[datetime]:
    if isinstance(rule, Every):
        step = timedelta(minutes=rule.minutes)
        return [BEGIN + number * step for number in range(1, (END - BEGIN) // step + 1)]
    days = [(BEGIN - 2 * DAY + number * DAY).date() for number in range((END - BEGIN).days + 4)]
    if isinstance(rule, Weekly):
        days = [day for day in days if day.weekday() + 1 in rule.days]
    if isinstance(rule, Monthly):
        days = [day for day in days if day.day == rule.day or (day + DAY).day == 1]
    assert isinstance(rule, Daily | Weekly | Monthly)
    return [at for day in days if BEGIN < (at := moment(day, rule.at, rule.zone)) <= END]


def awake(seed: int) -> Iterator[datetime]:
    """When the worker looks: within minutes, or not for hours, days or a month."""
    chance, now = random.Random(seed), BEGIN
    while now < END:
        away = chance.choices((MINUTE * 20, timedelta(hours=5), DAY, 4 * DAY, 31 * DAY), (10, 10, 10, 40, 5))[0]
        now = min(END, now + away * chance.random() + MINUTE)
        yield now


def live(seed: int, *, is_long: bool) -> None:
    begun, done = stopwatch.monotonic(), Counter[tuple[str, datetime]]()
    wanted: Counter[tuple[str, datetime]] = Counter()
    with only(), clock.standing_at(BEGIN):

        @due_many("tick")
        def tick(ticks: Sequence[Tick]) -> None:
            assert all(one.due_at <= clock.now() for one in ticks)
            done.update((one.key, one.due_at) for one in ticks)

        for number, rule in enumerate(rules(is_long=is_long)):
            schedule("tick", f"rule {number}", rule)
            wanted.update((f"rule {number}", at) for at in expected(rule))
        singles = [(zone, (BEGIN + number * DAY).date()) for zone in ZONES for number in range(1, 730)]
        schedule_many(
            "tick",
            [(f"{zone} {day}", Local(datetime.combine(day, time(2, 15)), zone), {}) for zone, day in singles],
        )
        wanted.update((f"{zone} {day}", moment(day, time(2, 15), zone)) for zone, day in singles)
        looks = 0
        for now in awake(seed):
            looks += 1
            with clock.standing_at(now):
                worker = Runner()
                while worker.turn():
                    pass
    missed, extra = wanted - done, done - wanted
    print(
        f"\n  due-table, seed {seed}: {sum(wanted.values()):,} times in {len(ZONES)} zones over 2 years, "
        f"{looks} looks, {sum(missed.values())} missed, {sum(extra.values())} double or wrong, "
        f"{stopwatch.monotonic() - begun:.1f} s",
        end="",
    )
    assert (missed, extra) == (Counter(), Counter())
    assert Due.objects.filter(rule="").count() == 0


def test_an_empty_table_has_nothing_due(db: None) -> None:
    with only():
        assert Runner().turn() == 0


def test_two_years_without_a_miss_and_without_a_double(committed: None) -> None:
    live(int(os.environ.get("FAULT_SEED") or secrets.randbelow(10**6)), is_long=False)


@pytest.mark.faults
def test_two_years_with_more_rules_three_times(committed: None) -> None:
    for _ in range(3):
        Due.objects.all().delete()
        live(int(os.environ.get("FAULT_SEED") or secrets.randbelow(10**6)), is_long=True)
