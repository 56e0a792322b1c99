"""Times on the wall, over the days on which clocks change."""

from datetime import UTC, datetime, time

import pytest

from wayloop.kernel.due.rules import Daily, Every, Monthly, Rule, Weekly, instant_of, read_rule


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-07-01 09:00", "Europe/Kyiv", "2026-07-01 06:00"),
        # Left out: 03:00 to 04:00 in Kyiv, 02:00 to 03:00 in New York, 02:00 to 02:30 on Lord Howe.
        ("2026-03-29 03:30", "Europe/Kyiv", "2026-03-29 01:00"),
        ("2026-03-29 03:00", "Europe/Kyiv", "2026-03-29 01:00"),
        ("2026-03-29 04:00", "Europe/Kyiv", "2026-03-29 01:00"),
        ("2026-03-08 02:30", "America/New_York", "2026-03-08 07:00"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:30"),
        # Twice.
        ("2026-10-25 03:30", "Europe/Kyiv", "2026-10-25 00:30"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30"),
        ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04 14:45"),
        ("2026-10-25 03:30", "Europe/Moscow", "2026-10-25 00:30"),
        # A whole day that Samoa never had.
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 10:00"),
    ],
)
def test_a_time_on_the_wall_has_one_instant(local: str, zone: str, instant: str) -> None:
    assert instant_of(datetime.fromisoformat(local), zone) == utc(instant)


def times(rule: Rule, start: str, number: int) -> list[str]:
    instant, found = utc(start), []
    for _ in range(number):
        instant = rule.after(instant).instant
        found.append(f"{instant:%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        (Every(15), "2026-03-29 00:50", ["03-29 01:00", "03-29 01:15", "03-29 01:30"]),
        (Daily(time(9), "Europe/Kyiv"), "2026-03-28 07:00", ["03-29 06:00", "03-30 06:00", "03-31 06:00"]),
        (Daily(time(3, 30), "Europe/Kyiv"), "2026-03-28 01:30", ["03-29 01:00", "03-30 00:30", "03-31 00:30"]),
        (Daily(time(3, 30), "Europe/Kyiv"), "2026-10-24 00:30", ["10-25 00:30", "10-26 01:30", "10-27 01:30"]),
        (Weekly((1, 5), time(9), "UTC"), "2026-05-01 09:00", ["05-04 09:00", "05-08 09:00", "05-11 09:00"]),
        (Monthly(31, time(9), "UTC"), "2026-01-31 09:00", ["02-28 09:00", "03-31 09:00", "04-30 09:00"]),
    ],
)
def test_a_rule_goes_from_time_to_time(rule: Rule, start: str, expected: list[str]) -> None:
    assert times(rule, start, 3) == expected


@pytest.mark.parametrize(
    "rule",
    [Every(90), Daily(time(2, 30), "UTC"), Weekly((1, 7), time(9), "Europe/Kyiv"), Monthly(31, time(0), "UTC")],
)
def test_a_rule_reads_as_it_was_written(rule: Rule) -> None:
    assert read_rule(str(rule), rule.zone) == rule


@pytest.mark.parametrize("wrong", ["hourly", "every", "every x", "daily 9:00", "weekly 8 09:00", "monthly 0 09:00"])
def test_what_is_no_rule_is_refused(wrong: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_rule(wrong, "UTC")
