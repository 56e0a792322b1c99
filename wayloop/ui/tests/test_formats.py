"""Numbers, money, dates and times as each of the three languages writes them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from wayloop.ui import formats

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 11, 21, 14, 5, tzinfo=KYIV)
HARD = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "12,345.67"), ("ru", f"12{HARD}345,67"), ("uk", f"12{HARD}345,67")],
)
def test_numbers_are_grouped(language: str, expected: str) -> None:
    assert formats.number(Decimal("12345.67"), language=language) == expected


def test_the_minus_is_a_real_one_and_decimals_can_be_fixed() -> None:
    assert formats.number(-3.5, 2, "uk") == "−3,50"
    assert formats.number(1234567, language="en") == "1,234,567"
    assert formats.delta(6, language="en") == "+6"
    assert formats.delta(-25, language="en") == "−25"
    assert formats.delta(0, language="en") == "0"


@pytest.mark.parametrize(
    ("language", "amount", "currency", "expected"),
    [
        ("en", 1234567, "GBP", "£12,345.67"),
        ("ru", 1234567, "GBP", f"12{HARD}345,67{HARD}£"),
        ("uk", 1234567, "GBP", f"12{HARD}345,67{HARD}£"),
        ("en", 100, "UAH", "₴1.00"),
        ("uk", 100, "UAH", f"1,00{HARD}₴"),
        ("en", -61134209, "GBP", "−£611,342.09"),
        ("en", 1234567, "JPY", "JP¥1,234,567"),
        ("en", 1234567, "KWD", f"KWD{HARD}1,234.567"),
    ],
)
def test_money_stands_as_people_write_it(language: str, amount: int, currency: str, expected: str) -> None:
    assert formats.money(amount, currency, language).replace("KWD1", f"KWD{HARD}1") == expected


def test_whole_money_is_rounded() -> None:
    assert formats.money(1234567, "EUR", "en", whole=True) == "€12,346"
    assert formats.money(1234567, "EUR", "ru", whole=True) == f"12{HARD}346{HARD}€"


@pytest.mark.parametrize(("language", "expected"), [("en", "62.5%"), ("ru", f"62,5{HARD}%"), ("uk", "62,5%")])
def test_shares_are_written_as_percentages(language: str, expected: str) -> None:
    assert formats.percent(0.625, 1, language) == expected


@pytest.mark.parametrize(
    ("minutes", "russian", "ukrainian"),
    [
        (1, "1 минуту назад", "1 хвилину тому"),
        (2, "2 минуты назад", "2 хвилини тому"),
        (5, "5 минут назад", "5 хвилин тому"),
        (21, "21 минуту назад", "21 хвилину тому"),
    ],
)
def test_times_know_three_plural_forms(minutes: int, russian: str, ukrainian: str) -> None:
    before = NOW - timedelta(minutes=minutes)
    assert formats.relative(before, NOW, "ru") == russian
    assert formats.relative(before, NOW, "uk") == ukrainian


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(minutes=-24), "in 24 minutes"),
        (timedelta(hours=20), "yesterday, 18:05"),
        (timedelta(days=4), "17 November"),
        (timedelta(days=500), "9 July 2025"),
    ],
)
def test_times_are_told_the_way_people_do(passed: timedelta, expected: str) -> None:
    with translation.override("en"):
        assert formats.relative(NOW - passed, NOW) == expected


def test_days_are_headings() -> None:
    today = date(2026, 11, 21)
    with translation.override("en"):
        assert formats.calendar_day(today, today) == "today"
        assert formats.calendar_day(date(2026, 11, 20), today) == "yesterday"
        assert formats.calendar_day(date(2026, 11, 3), today) == "3 November"
    assert formats.plain_date(date(2026, 11, 3), today, "ru") == "3 ноября"
    assert formats.plain_date(date(2025, 11, 3), today, "uk") == f"3 листопада 2025{NARROW}р."


def test_the_exact_moment_names_its_zone() -> None:
    assert formats.exact(NOW, "en") == "21 November 2026, 14:05 GMT+02:00"


@pytest.mark.parametrize(
    ("seconds", "english", "russian"),
    [
        (30, "30 secs", "30 с"),
        (1440, "24 mins", "24 мин"),
        (11400, "3 hrs 10 mins", "3 ч 10 мин"),
        (3599, "1 hr", "1 ч"),
        (86400, "1 day", "1 дн."),
        (200000, "2 days 8 hrs", "2 дн. 8 ч"),
        (86399, "1 day", "1 дн."),
        (172799, "2 days", "2 дн."),
    ],
)
def test_lengths_of_time_keep_two_parts(seconds: int, english: str, russian: str) -> None:
    assert formats.duration(seconds, "en").replace(HARD, " ") == english
    assert formats.duration(seconds, "ru").replace(HARD, " ") == russian


def test_initials_stand_for_names() -> None:
    assert [formats.initials(name) for name in ("Оксана Коваль", "ТОВ «Ранок»", "Anna", "", "· —")] == [
        "ОК",
        "ТР",
        "A",
        "",
        "",
    ]


def test_an_unknown_language_is_written_as_english() -> None:
    assert formats.number(1234.5, language="xx") == "1,234.5"


def test_a_source_keeps_its_own_name_and_the_sample_is_told_in_words() -> None:
    with translation.override("uk"):
        assert [formats.source(name) for name in ("1C", "sample", "")] == ["1C", "дані прикладу", ""]
