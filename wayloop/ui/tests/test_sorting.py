"""Sorting: the order readers of each language expect, from bytes any database compares."""

import random

import pytest

from wayloop.ui.sorting import sort_key

UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@pytest.mark.parametrize("alphabet", [UKRAINIAN, RUSSIAN, "abcdefghijklmnopqrstuvwxyz"])
def test_each_alphabet_keeps_its_own_order(alphabet: str) -> None:
    shuffled = list(alphabet + alphabet.upper())
    random.Random(1).shuffle(shuffled)
    expected = [letter for small in alphabet for letter in (small, small.upper())]
    assert sorted(shuffled, key=sort_key) == expected


@pytest.mark.parametrize(
    "names",
    [
        ["еж", "ёж", "езда", "ёлка", "ель", "ещё", "жук"],
        ["Ігор", "Інна", "Їжак", "Йосип"],
        ["Галина", "Гнат", "Ґалаґан", "Дарина"],
        ["Ева", "Євген", "Женя"],
        ["Anna", "Émile", "Zoë", "Анна", "Яна"],
        ["7 небо", "ааа", "Ааа", "ааб"],
        ["кафе", "кафе 2", "кафедра"],
    ],
)
def test_names_stand_where_people_look_for_them(names: list[str]) -> None:
    shuffled = names.copy()
    random.Random(2).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == names


def test_apostrophes_and_doubled_spaces_do_not_count() -> None:
    assert sort_key("Пʼятниця") == sort_key("П'ятниця") == sort_key("П’ятниця") == sort_key("  Пятниця ")


def test_other_scripts_are_sorted_after_and_never_refused() -> None:
    assert min(["日本", "Яна", "नमस्ते", "😀", ""], key=sort_key) == ""
    assert sort_key("Яна") < sort_key("日本")


def test_most_keys_are_two_bytes_a_letter() -> None:
    assert len(sort_key("марина")) == 12
    assert len(sort_key("Марина")) == 12 + 5
