"""What people and files write becomes a value of its type, or one line that says what to do."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from wayloop.customers.enums import TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.values import ValueRefused, age_on, read_value, value_in_words


def trait(kind: TraitType, **others: Any) -> TraitDefinition:
    return TraitDefinition(key="own", type=kind, position=1, **others)


COLOURS = [
    {"code": "red", "label": {"source": "uk", "texts": {"uk": "Червоний", "en": "Red one"}}},
    {"code": "blue", "label": None, "archived": True},
]


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  Чай\x00  ", "Чай"),
        ("number", "12", 12),
        ("number", "12,50", 12.5),
        ("number", "1 234 567.891", 1234567.891),
        ("number", "−3", -3),
        ("date", "1990-12-31", "1990-12-31"),
        ("date", "31.12.1990", "1990-12-31"),
        ("date", "1/2/1990", "1990-02-01"),
        ("yes_no", "Так", True),
        ("yes_no", "no", False),
        ("choice", "red", "red"),
        ("choice", "червоний", "red"),
        ("choice", "RED ONE", "red"),
        ("choices", ["red", "blue", "red"], ["red", "blue"]),
        ("choices", "red; blue", ["red", "blue"]),
        ("money", "12.5", {"amount": 1250, "currency": "EUR"}),
        ("money", "12.5 JPY", {"amount": 13, "currency": "JPY"}),
        ("country", "ua", "UA"),
        ("country", "Channel Islands", "Channel Islands"),
        ("language", "UK", "uk"),
        ("url", "example.com/a", "https://example.com/a"),
        ("url", "HTTP://example.com", "HTTP://example.com"),
        *((kind, nothing, None) for kind in TraitType.values for nothing in ("", "  ", "\x00")),
    ],
)
def test_what_is_typed_becomes_a_value(kind: str, typed: Any, stored: Any) -> None:
    assert read_value(trait(TraitType(kind), options=COLOURS), typed, currency="EUR") == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", "x" * 255),
        ("number", "twelve"),
        ("number", "NaN"),
        ("number", "1e30"),
        ("date", "31.02.1990"),
        ("date", "0001-01-01"),
        ("date", "soon"),
        ("yes_no", "perhaps"),
        ("choice", "green"),
        ("money", "12 XYZ"),
        ("money", "much EUR"),
        ("language", "klingon"),
        ("url", "javascript:alert(1)"),
        ("url", "https://nowhere"),
        ("url", "https://[broken.example"),
        ("url", "https://a b.com"),
        ("choices", [str(number) for number in range(31)]),
    ],
)
def test_what_is_no_value_is_refused_with_a_word(kind: str, typed: Any) -> None:
    with pytest.raises(ValueRefused, match=r"\w"):
        read_value(trait(TraitType(kind), options=COLOURS), typed, currency="EUR")


@pytest.mark.parametrize(
    ("kind", "value", "english", "ukrainian"),
    [
        ("text", "Чай", "Чай", "Чай"),
        ("number", 1234.5, "1,234.5\xa0kg", "1\xa0234,5\xa0kg"),
        ("date", "1990-12-31", "31 December 1990", "31 грудня 1990\u202fр."),
        ("date", "broken", "broken", "broken"),
        ("yes_no", True, "yes", "так"),
        ("choice", "red", "Red one", "Червоний"),
        ("choices", ["red", "blue", "gone"], "Red one, blue, gone", "Червоний, blue, gone"),
        ("money", {"amount": 1250, "currency": "EUR"}, "€12.50", "12,50\xa0€"),
        ("country", "UA", "Ukraine", "Україна"),
        ("language", "uk", "Ukrainian", "українська"),
        ("text", None, "", ""),
    ],
)
def test_a_value_is_told_in_the_readers_language(kind: str, value: Any, english: str, ukrainian: str) -> None:
    unit = {"source": "en", "texts": {"en": "kg"}}
    one = trait(TraitType(kind), options=COLOURS)
    one.unit = TraitDefinition._meta.get_field("unit").to_python(unit)
    told = []
    for language in ("en", "uk"):
        with translation.override(language):
            told.append(value_in_words(one, value))
    assert told == [english, ukrainian]


@pytest.mark.parametrize(
    ("born", "age"),
    [("1990-11-22", 36), ("1990-11-23", 35), ("2026-11-22", 0), ("2027-01-01", None), ("", None)],
)
def test_age_is_counted_in_whole_years(born: str, age: int | None) -> None:
    assert age_on(date(2026, 11, 22), born) == age
