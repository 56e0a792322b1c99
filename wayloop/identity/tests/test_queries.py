"""People are found by the beginning of what they are known by."""

import pytest

from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind


@pytest.fixture
def people(db: None) -> dict[str, int]:
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
        ("a_", ["a_b"]),
        ("_", []),
        ("back\\", ["back\\slash"]),
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
