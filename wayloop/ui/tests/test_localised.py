"""Texts in the languages of the business: what the form takes, gives, marks and says."""

import re
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from wayloop.kernel.localised import Localised
from wayloop.ui import fields
from wayloop.ui.localised import LocalisedTextField, language_name

COFFEE = Localised({"uk": "Кава", "en": "Coffee", "pl": "Kawa"}, source="uk")
LANGUAGES = ["ru", "uk", "en"]


def form_of(data: dict[str, str] | None = None, before: Localised | None = COFFEE, **options: Any) -> forms.Form:
    class SampleForm(forms.Form):
        name = LocalisedTextField(label="Name", languages=LANGUAGES, before=before, longest=20, **options)

    return SampleForm(data)


def html_of(form: forms.Form) -> str:
    return re.sub(r"\s+", " ", render_to_string("ui/field.html", fields.describe(form["name"])))


def cleaned(data: dict[str, str], **options: Any) -> Localised:
    form = form_of(data, **options)
    assert form.is_valid(), form.errors
    found = form.cleaned_data["name"]
    assert isinstance(found, Localised)
    return found


def test_what_is_written_comes_back_with_its_source_and_other_languages() -> None:
    found = cleaned({"name_uk": " Кава мелена ", "name_en": "", "name_ru": "Кофе"})
    assert (found.texts, found.source) == ({"uk": "Кава мелена", "ru": "Кофе", "pl": "Kawa"}, "uk")


def test_a_new_text_has_the_first_language_as_its_source() -> None:
    assert cleaned({"name_ru": "Чай"}, before=None) == Localised({"ru": "Чай"}, source="ru")


def test_a_source_that_was_emptied_gives_way_to_what_is_written() -> None:
    assert cleaned({"name_en": "Tea"}, before=None, required=False) == Localised({"en": "Tea"}, source="en")
    assert cleaned({}, before=None, required=False) == Localised({}, source="ru")


def test_a_required_text_needs_its_source_language() -> None:
    with translation.override("en"):
        form = form_of({"name_en": "Coffee"})
        assert form.errors == {"name": ["Write the text in the source language first: Ukrainian."]}


def test_each_text_has_its_limit_and_the_error_names_its_language() -> None:
    with translation.override("en"):
        form = form_of({"name_uk": "Кава", "name_en": "x" * 21, "name_ru": "a\x00b"})
        assert form.errors["name"] == [
            "Russian: a character that cannot be kept.",
            "English: at most 20 characters, now 21.",
        ]
        html = html_of(form)
    invalid = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', html)
    assert sorted(invalid) == ["name_en", "name_ru"]


def test_every_row_has_its_label_language_and_text() -> None:
    with translation.override("en"):
        html = html_of(form_of())
    controls = dict(re.findall(r'<input[^>]*name="name_(\w+)"[^>]*lang="(\w+)"', html))
    labels = dict(re.findall(r'for="id_name_(\w+)">([^<]+)</label>', html))
    values = dict(re.findall(r'name="name_(\w+)" value="([^"]*)"', html))
    assert controls == {code: code for code in LANGUAGES}
    assert labels == {"ru": "Russian", "uk": "Ukrainian", "en": "English"}
    assert values == {"uk": "Кава", "en": "Coffee"}
    assert (html.count("<fieldset"), html.count("<legend"), "2 of 3 languages" in html) == (1, 1, True)


def test_the_source_is_marked_and_an_empty_row_shows_what_readers_see_until_then() -> None:
    with translation.override("en"):
        html = html_of(form_of())
    rows = html.split('class="localised-row"')[1:]
    assert [("source" in row, "missing" in row) for row in rows] == [(False, True), (True, False), (False, False)]
    assert 'placeholder="Кава"' in rows[0]
    assert 'aria-required="true"' in rows[1]


def test_what_was_typed_stays_after_a_mistake_and_is_escaped() -> None:
    html = html_of(form_of({"name_uk": "", "name_en": '"><script>'}))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_a_form_sent_unchanged_has_not_changed() -> None:
    same = {"name_uk": "Кава", "name_en": "Coffee", "name_ru": ""}
    assert [form_of(data).has_changed() for data in (same, same | {"name_ru": "Кофе"})] == [False, True]


def test_a_long_text_has_several_lines() -> None:
    assert html_of(form_of(long=True)).count("<textarea") == 3


@pytest.mark.parametrize(
    ("code", "reader", "name"),
    [
        ("uk", "en", "Ukrainian"),
        ("uk", "ru", "Украинский"),
        ("pl", "uk", "Польська"),
        ("xx", "en", "Xx"),
        ("?", "en", "?"),
    ],
)
def test_a_language_is_called_as_its_reader_calls_it(code: str, reader: str, name: str) -> None:
    with translation.override(reader):
        assert language_name(code) == name


def test_completeness_counts_the_languages_of_the_business() -> None:
    assert COFFEE.missing_in(LANGUAGES) == ("ru",)
