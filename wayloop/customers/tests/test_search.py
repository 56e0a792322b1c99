"""Customers are found by what people type, however they type it."""

from datetime import timedelta

import pytest

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.queries import lists
from wayloop.customers.rules.words import search_words
from wayloop.customers.testing import SPRING, Sight, see, see_all
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind

NAMES = {
    "1001": "Алёна Ершова",
    "1002": "Оксана Пʼятниця",
    "1003": "Anna-Maria O’Brien",
    "1004": "Zoë Müller",
    "1005": "Ганна Їжакевич",
    "2001": "",
    "AB-7/9": "Anna Sad",
}


@pytest.fixture
def people(db: None) -> dict[str, int]:
    found = dict(zip(NAMES, see_all(*(Sight(number, name) for number, name in NAMES.items())), strict=True))
    identity.add_identifiers(
        kind=IdentifierKind.EMAIL,
        handles=[found["1001"], found["1004"]],
        values=["Alena.E@example.com", "zoe@example.org"],
    )
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[found["1002"]], values=["+380441234567"])
    return found


def numbers(text: str, scope: Scope = EVERYTHING) -> set[str]:
    page = lists.list_cards(scope=scope, text=text)
    assert lists.count_cards(scope=scope, text=text).number == len(page.rows)
    return {row.known_as for row in page.rows}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("анна", {"1003", "1005", "AB-7/9"}),
        ("anna", {"1003", "1005", "AB-7/9"}),
        ("ANNA-M", {"1003"}),
        ("anna sad", {"AB-7/9"}),
        ("sad anna", {"AB-7/9"}),
        ("an sa", {"AB-7/9"}),
        ("n", set()),
        ("sa", {"AB-7/9"}),
        ("maria", {"1003"}),
        ("anna-maria", {"1003"}),
        ("o'brien", {"1003"}),
        ("o’brien", {"1003"}),
        ("obrien", {"1003"}),
        ("алена", {"1001"}),
        ("Алёна", {"1001"}),
        ("ершова", {"1001"}),
        ("ёршова", {"1001"}),
        ("але\u0308на", {"1001"}),
        ("п'ятниця", {"1002"}),
        ("пʼятниця", {"1002"}),
        ("п’ятн", {"1002"}),
        ("пятниця", {"1002"}),
        ("їжак", {"1005"}),
        ("ижак", {"1005"}),
        ("yizhak", {"1005"}),
        ("Ершва", {"1001"}),
        ("fktyf", {"1001"}),
        ("оксана", {"1002"}),
        ("Ксюша", {"1002"}),
        ("Oksana Pyatnitsa", {"1002"}),
        ("Oksana 4567", {"1002"}),
        ("Oksana 4568", set()),
        ("Зоя Мюллер", {"1004"}),
        ("zoë", {"1004"}),
        ("müller", {"1004"}),
        ("MÜLLER zoë", {"1004"}),
        ("1001", {"1001"}),
        ("100", {"1001", "1002", "1003", "1004", "1005"}),
        ("2001", {"2001"}),
        ("AB-7/9", {"AB-7/9"}),
        ("ab-7", {"AB-7/9"}),
        ("alena.e@example.com", {"1001"}),
        ("ALENA.E@EXAMPLE.COM", {"1001"}),
        ("alena.e", {"1001"}),
        ("zoe@", {"1004"}),
        ("+380441234567", {"1002"}),
        ("+38 (044) 123-45", {"1002"}),
        ("00380 44 123 45 67", {"1002"}),
        ("anna unknown", set()),
        ("  anna  ", {"1003", "1005", "AB-7/9"}),
        ("anna unknown sad", {"AB-7/9"}),
        ("4567", {"1002"}),
        ("7", set()),
        ("", set(NAMES)),
        ("   ", set(NAMES)),
    ],
)
def test_the_beginnings_of_all_words_find_people(text: str, found: set[str], people: dict[str, int]) -> None:
    assert numbers(text) == found


ODD = [
    "'", "''", '"', "\\", "\\'", "%", "_", "&", "|", "!", ":*", "<->", "()", "(", "* *", "';--", "{}", "\x00", "'\x00'",
    "@",
    "@ +", "🥐", "🥐:*", "ﷺ" * 200, "x" * 5000, "é" * 3000, "\u202e\u200f", "－", "NULL", "%(x)z",
    "%d", "a\\", "a'",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_break_nothing(text: str, people: dict[str, int]) -> None:
    assert numbers(text) == ({"1003", "AB-7/9"} if text.startswith("a") else set())


@pytest.mark.parametrize("text", ["a:*", "! a", "a & ", "a " * 5000, "(a", "a | a", "a <-> a"])
def test_signs_of_the_database_are_no_orders_to_it(text: str, people: dict[str, int]) -> None:
    assert numbers(text) == {"1003", "AB-7/9"}


def test_nul_is_not_part_of_what_was_typed(people: dict[str, int]) -> None:
    assert numbers("an\x00na sad") == {"AB-7/9"}


def test_only_the_first_eight_words_count(people: dict[str, int]) -> None:
    assert numbers("anna sad " * 4 + "nobody zzz") == set()
    assert numbers(" ".join(["anna", "sad", "a", "s", "an", "sa", "ann", "ab", "nobody"])) == {"AB-7/9"}


def test_names_no_alphabet_knows_can_be_kept_and_found(db: None) -> None:
    names = {"1": "🥐", "2": "ﷺ" * 150, "3": "…", "4": "'", "5": "\\'"}
    see_all(*(Sight(number, name) for number, name in names.items()))
    assert (numbers("🥐"), numbers("ﷺ"), numbers("5")) == ({"1"}, {"2"}, {"5"})


def test_the_new_name_is_found_and_the_old_one_is_not(db: None) -> None:
    see("1", "Olga Old")
    see("1", "Olga New", at=SPRING + timedelta(days=1))
    assert (numbers("new"), numbers("old"), numbers("1")) == ({"1"}, set(), {"1"})


def test_hidden_people_are_not_found(db: None) -> None:
    _here, handle, _nowhere = see_all(
        Sight("1", "Anna Here", location=1), Sight("2", "Anna Secret", location=2), Sight("3", "Anna Nowhere")
    )
    identity.add_identifiers(kind=IdentifierKind.EMAIL, handles=[handle], values=["anna@example.com"])
    assert [numbers(text, Scope((1,))) for text in ("anna", "2", "secret", "anna@example.com")] == [
        {"1", "3"},
        set(),
        set(),
        set(),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna-Maria O’Brien", ["anna", "maria", "obrien"]),
        ("", []),
        ("Straße", ["strasse"]),
        ("Ёлка елка", ["елка"]),
        ("…", ["..."]),
    ],
)
def test_words_are_small_letters_without_apostrophes(name: str, words: list[str]) -> None:
    assert search_words(name) == words
