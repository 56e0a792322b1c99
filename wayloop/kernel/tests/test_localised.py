"""Texts in several languages fall back to one that exists."""

import pytest
from django.utils import translation

from wayloop.kernel.localised import Localised

COFFEE = Localised({"uk": "Кава", "en": "Coffee"}, source="uk")


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        (COFFEE, "en", "Coffee"),
        (COFFEE, "uk", "Кава"),
        (COFFEE, "ru", "Кава"),
        (Localised({"uk": "", "en": "Coffee"}, source="uk"), "ru", "Coffee"),
        (Localised({"en": "Coffee"}, source="uk"), "uk", "Coffee"),
        (Localised({"uk": "Кава", "en": ""}, source="uk"), "en", "Кава"),
        (Localised(), "en", ""),
    ],
)
def test_a_reader_gets_their_language_else_the_first_one_written(text: Localised, language: str, shown: str) -> None:
    assert text.in_language(language) == shown


@pytest.mark.parametrize(("active", "shown"), [("en", "Coffee"), ("en-gb", "Coffee"), ("ru", "Кава")])
def test_as_a_text_it_speaks_the_language_of_the_page(active: str, shown: str) -> None:
    with translation.override(active):
        assert str(COFFEE) == shown


def test_without_a_language_it_speaks_its_own() -> None:
    with translation.override(None):
        assert str(COFFEE) == "Кава"


@pytest.mark.parametrize("text", [COFFEE, Localised(), Localised.of("Чай", "ru")])
def test_what_is_stored_comes_back_the_same(text: Localised) -> None:
    assert Localised.from_json(text.to_json()) == text


def test_nothing_stored_is_an_empty_text() -> None:
    assert Localised.from_json(None) == Localised()
