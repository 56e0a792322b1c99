"""People are found by the beginning of what they are known by."""

import pytest

from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind, Match
from wayloop.identity.models import Person


@pytest.fixture
def people(in_ukraine: None) -> dict[str, int]:
    numbers = ["17850", "178501", "17851", "100%", "a_b", "back\\slash"]
    found = dict(
        zip(
            numbers,
            identity.resolve_handles(kind=IdentifierKind.EXTERNAL, namespace="shop", values=numbers),
            strict=True,
        )
    )
    identity.add_identifiers(kind=IdentifierKind.EMAIL, handles=[found["17850"]], values=["Anna.Sad@example.com"])
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[found["17851"]], values=["+380441234567"])
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("17850", ["17850", "178501"]),
        ("1785", ["17850", "17851", "178501"]),
        ("anna", ["17850"]),
        ("ANNA.sad@EXAMPLE.com", ["17850"]),
        ("+38 (044) 123", ["17851"]),
        ("0038044 1234567", ["17851"]),
        ("100%", ["100%"]),
        ("%", []),
        ("a_b", ["a_b"]),
        ("a", []),
        ("_", []),
        ("back\\", ["back\\slash"]),
        ("8 044 123", ["17851"]),
        ("044 123", ["17851"]),
        ("44123", ["17851"]),
        ("380 44", ["17851"]),
        ("4567", ["17851"]),
        ("45-67", ["17851"]),
        ("234 45 67", []),
        ("567", []),
        ("7850", []),
        ("", []),
        (" ", []),
        ("\x00", []),
        ("1785\x000", ["17850", "178501"]),
        ("'; DROP TABLE identity_person", []),
        ("🥐" * 500, []),
    ],
)
def test_people_are_found_by_a_beginning_exact_ones_first(text: str, found: list[str], people: dict[str, int]) -> None:
    assert identity.find_people(text, 10) == [people[number] for number in found]


def test_no_more_than_asked_for_are_found(people: dict[str, int]) -> None:
    assert identity.find_people("178", 2) == [people["17850"], people["17851"]]


def test_phones_and_cards_are_found_by_their_end_and_other_numbers_are_not(people: dict[str, int]) -> None:
    identity.add_identifiers(kind=IdentifierKind.CARD, handles=[people["17850"]], values=["2200-4567"])
    assert identity.match_people("4567", 10) == [(people["17850"], Match.ENDING), (people["17851"], Match.ENDING)]
    assert identity.match_people("22004567", 10) == [(people["17850"], Match.WHOLE)]
    assert identity.match_people("8501", 10) == []


def test_everybody_with_a_shared_phone_is_found(people: dict[str, int]) -> None:
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[people["17850"]], values=["0441234567"])
    assert identity.find_people("+380441234567", 10) == [people["17850"], people["17851"]]


def test_who_was_merged_is_found_by_every_identifier_as_one(people: dict[str, int]) -> None:
    Person.objects.filter(handle=people["17851"]).update(person=people["17850"])
    assert identity.find_people("044 123 45 67", 10) == [people["17850"]]
    assert identity.find_people("1785", 10) == [people["17850"], people["178501"]]


def test_visitors_known_by_a_cookie_only_are_not_found(people: dict[str, int]) -> None:
    (visitor,) = identity.resolve_handles(kind=IdentifierKind.COOKIE, values=["17857777"])
    assert identity.find_people("17857777", 10) == []
    identity.add_identifiers(kind=IdentifierKind.EMAIL, handles=[visitor], values=["v@example.com"])
    assert identity.find_people("v@example.com", 10) == [visitor]


def test_normal_forms_are_those_of_the_business(in_ukraine: None) -> None:
    assert identity.normal_forms(IdentifierKind.PHONE, ["067 123 45 67", "nobody"]) == ["+380671234567", None]
