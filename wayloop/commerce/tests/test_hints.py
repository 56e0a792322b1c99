"""The one hint at the counter: which comes first, and when there is none."""

from datetime import date, timedelta

import pytest

from wayloop.commerce.hints import Seen, next_birthday, pick_hint
from wayloop.contracts.customers import Sign

TODAY = date(2026, 3, 10)
LAST_WEEK = TODAY - timedelta(days=7)
REGULAR = (LAST_WEEK, LAST_WEEK - timedelta(days=7), LAST_WEEK - timedelta(days=14))
LOW = Sign("score", "bad", "", "")
AWAY = Sign("rhythm", "warn", "", "")
FAITHFUL = Sign("rhythm", "good", "", "")
LONG_AGO = Sign("contact", "warn", "", "")


def hint(days: tuple[date, ...] = REGULAR, *signs: Sign, birth: date | None = None, usual: int = 0) -> str | None:
    seen = Seen(TODAY, days, signs, birth, usual="Flat white" if usual else "", usual_orders=usual, orders=10)
    found = pick_hint(seen)
    return found.text if found else None


def test_the_first_that_applies_is_told() -> None:
    birth = date(1990, 3, 10)
    told = [
        hint((), LOW, birth=birth),
        hint((), AWAY, birth=birth),
        hint((), AWAY),
        hint(REGULAR[:1], AWAY),
        hint(REGULAR[:1]),
        hint(usual=6),
        hint(usual=5),
    ]
    assert told == [
        "Their last score was low: ask what would make it better.",
        "It is their birthday: congratulate them.",
        "First time here: say who you are and what is special here.",
        "Not here for 7 days: say that you are glad to see them again.",
        "Second time here: ask how they liked the first.",
        "Mostly takes Flat white: ask “The usual?”",
        None,
    ]


@pytest.mark.parametrize(
    ("birth", "told"),
    [
        (date(1990, 3, 17), "Birthday soon, 17 March: ask how they will celebrate."),
        (date(1990, 3, 18), None),
        (date(1990, 3, 11), "Birthday soon, tomorrow: ask how they will celebrate."),
        (date(1990, 3, 7), "Had a birthday 7 March: congratulate them."),
        (date(1990, 3, 6), None),
    ],
)
def test_a_birthday_counts_from_a_week_before_to_three_days_after(birth: date, told: str | None) -> None:
    assert hint(birth=birth) == told


def test_a_birthday_is_the_nearest_one_also_over_new_year_and_in_leap_years() -> None:
    days = [
        next_birthday(date(1980, 12, 30), date(2026, 1, 2)),
        next_birthday(date(1980, 1, 2), date(2026, 12, 30)),
        next_birthday(date(1988, 2, 29), date(2027, 2, 27)),
        next_birthday(date(1988, 2, 29), date(2028, 2, 27)),
    ]
    assert days == [-3, 3, 1, 2]


def test_their_own_rhythm_comes_before_the_mere_last_contact() -> None:
    told = [hint(REGULAR, FAITHFUL, LONG_AGO), hint(REGULAR, LONG_AGO)]
    assert told == [None, "Not here for 7 days: say that you are glad to see them again."]
