"""Money: minor units, rounded once, half away from zero."""

from decimal import Decimal

import pytest

from wayloop.kernel.money import is_currency, minor_digits, to_decimal, to_minor


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("2.55", "GBP", 255),
        ("0.005", "EUR", 1),
        ("0.0049999", "EUR", 0),
        ("-0.005", "EUR", -1),
        ("1.015", "UAH", 102),
        ("1.025", "UAH", 103),
        ("0.5", "JPY", 1),
        ("1.5", "JPY", 2),
        ("2.5", "JPY", 3),
        ("-2.5", "JPY", -3),
        ("0.0005", "KWD", 1),
        ("1.2345", "KWD", 1235),
        ("0", "EUR", 0),
        ("99999999999.995", "EUR", 10_000_000_000_000),
    ],
)
def test_amounts_are_rounded_half_away_from_zero(value: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(value), currency) == minor


def test_each_currency_has_its_own_digits() -> None:
    assert [minor_digits(code) for code in ("EUR", "UAH", "JPY", "KWD")] == [2, 2, 0, 3]


@pytest.mark.parametrize(
    ("minor", "currency", "written"), [(255, "GBP", "2.55"), (-1, "EUR", "-0.01"), (7, "JPY", "7"), (1, "KWD", "0.001")]
)
def test_minor_units_come_back_as_people_write_them(minor: int, currency: str, written: str) -> None:
    assert str(to_decimal(minor, currency)) == written


def test_only_known_codes_are_currencies() -> None:
    assert [code for code in ("EUR", "UAH", "JPY", "eur", "EURO", "", "XX1") if is_currency(code)] == [
        "EUR",
        "UAH",
        "JPY",
    ]
