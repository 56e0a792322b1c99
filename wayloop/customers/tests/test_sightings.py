"""Cards follow what was seen: the first and the last time, the latest name, the places."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from wayloop.contracts.customers import CustomerColumns
from wayloop.customers import api as customers
from wayloop.customers.models import Card
from wayloop.customers.testing import SPRING
from wayloop.identity import api as identity

DAY = timedelta(days=1)


def note(*seen: tuple[int, str, datetime], **others: Any) -> None:
    """Sightings by handle, name and time."""
    columns = CustomerColumns(
        handles=[handle for handle, _, _ in seen],
        known_as=[str(handle) for handle, _, _ in seen],
        seen_at=[moment for _, _, moment in seen],
        source="shop",
        names=[name for _, name, _ in seen],
    )
    customers.note_sightings(columns=replace(columns, **others))


@pytest.fixture
def anna(db: None) -> int:
    return identity.resolve_handles(kind=identity.IdentifierKind.EXTERNAL, namespace="shop", values=["17850"])[0]


@pytest.fixture
def boris(anna: int) -> int:
    return identity.resolve_handles(kind=identity.IdentifierKind.EXTERNAL, namespace="shop", values=["17851"])[0]


def card(handle: int) -> Card:
    return Card.objects.get(person=handle)


def test_the_first_sight_makes_a_card_at_the_persons_address(anna: int) -> None:
    note((anna, "Anna Sad", SPRING))
    made = card(anna)
    assert (made.name, made.first_seen_at, made.seen_at, made.location_ids, made.traits) == (
        "Anna Sad",
        SPRING,
        SPRING,
        [],
        {},
    )
    assert made.uuid == identity.uuids_of([anna])[anna]


@pytest.mark.parametrize("order", [(0, 5, 9), (9, 5, 0), (5, 0, 9)])
def test_first_and_last_time_are_right_in_whatever_order_they_come(order: tuple[int, ...], anna: int) -> None:
    for days in order:
        note((anna, "", SPRING + days * DAY))
    assert (card(anna).first_seen_at, card(anna).seen_at) == (SPRING, SPRING + 9 * DAY)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ([("Anna", 0), ("Anna Sad", 1)], "Anna Sad"),
        ([("Anna Sad", 1), ("Anna", 0)], "Anna Sad"),
        ([("Anna", 0), ("", 1)], "Anna"),
        ([("", 0), ("Anna", 1)], "Anna"),
        ([("", 1), ("Anna", 0)], "Anna"),
        ([("Old", 0), ("", 3), ("Middle", 2), ("Early", 1)], "Middle"),
        ([("  Anna  ", 0)], "Anna"),
        ([("A\x00nna", 0)], "Anna"),
        ([("n" * 300, 0)], "n" * 200),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_the_latest_name_that_is_not_empty_counts(
    told: list[tuple[str, int]], name: str, at_once: bool, anna: int
) -> None:
    sightings = [(anna, text, SPRING + days * DAY) for text, days in told]
    for batch in [sightings] if at_once else [[one] for one in sightings]:
        note(*batch)
    assert card(anna).name == name


def test_without_a_name_they_are_called_by_their_number(anna: int) -> None:
    note((anna, "", SPRING), known_as=["17850"])
    assert (card(anna).title, str(customers.titles_of([anna])[anna].title)) == ("No. 17850", "No. 17850")


def test_what_is_no_number_stands_as_it_is(anna: int) -> None:
    note((anna, "", SPRING), known_as=["anna@example.com"])
    assert card(anna).title == "anna@example.com"


def test_places_are_gathered_and_sightings_without_one_hide_nothing(anna: int) -> None:
    for location in (2, None, 1, 2):
        note((anna, "", SPRING), location_ids=[location])
    assert card(anna).location_ids == [1, 2]


def test_several_sightings_of_several_people_at_once(anna: int, boris: int) -> None:
    note(
        (anna, "Anna", SPRING),
        (boris, "Boris", SPRING + DAY),
        (anna, "Anna Sad", SPRING + 2 * DAY),
        location_ids=[1, 2, 3],
    )
    told = [(one.name, one.first_seen_at, one.seen_at, one.location_ids) for one in (card(anna), card(boris))]
    assert told == [
        ("Anna Sad", SPRING, SPRING + 2 * DAY, [1, 3]),
        ("Boris", SPRING + DAY, SPRING + DAY, [2]),
    ]


def test_a_sighting_that_tells_nothing_new_writes_nothing(anna: int, fingerprints: Any) -> None:
    for _time in range(2):
        note((anna, "Anna", SPRING), location_ids=[1], traits={"town": ["Kyiv"]})
    before = fingerprints()
    version = _row_version(anna)
    note(
        (anna, "Anna", SPRING), (anna, "", SPRING + timedelta(0)), location_ids=[1, None], traits={"town": ["Kyiv", ""]}
    )
    assert (fingerprints(), _row_version(anna)) == (before, version)


def _row_version(person: int) -> Any:
    return Card.objects.extra(select={"version": "xmin::text || ctid::text"}).values_list("version")[0]


def test_columns_of_unequal_length_are_refused(anna: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        note((anna, "Anna", SPRING), known_as=[])


def test_a_trait_nobody_knows_is_refused(anna: int) -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        note((anna, "Anna", SPRING), traits={"shoe_size": ["43"]})


def test_a_visitor_known_by_a_cookie_gets_a_card_when_they_become_known(anna: int) -> None:
    (visitor,) = identity.resolve_handles(kind=identity.IdentifierKind.COOKIE, values=["c1"])
    note((anna, "Anna Sad", SPRING), (visitor, "Somebody", SPRING))
    before = list(Card.objects.values_list("person", flat=True))
    identity.add_identifiers(kind=identity.IdentifierKind.EMAIL, handles=[visitor], values=["vera@example.com"])
    note((visitor, "Vera", SPRING))
    assert (before, card(visitor).name) == ([anna], "Vera")
