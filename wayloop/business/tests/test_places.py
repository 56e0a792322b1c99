"""Brands and locations: nothing is lost, and only those who may see them see them."""

import pytest

from wayloop.business import api
from wayloop.business.api import BusinessRefused, LocationDetails
from wayloop.contracts.business import LocationChanged, PlaceChange
from wayloop.contracts.scope import Scope
from wayloop.kernel.localised import Localised
from wayloop.kernel.testing import announced


def details(name: str = "Obolon", **parts: object) -> LocationDetails:
    given = {"brand": None, "zone": "Europe/Kyiv", "town": "Kyiv", "address": Localised.of("1 River St", "en")} | parts
    return LocationDetails(name=Localised.of(name, "en"), **given)  # type: ignore[arg-type]


def names(**wishes: object) -> list[str]:
    return [str(place.name) for place in api.locations(**wishes)]  # type: ignore[arg-type]


def test_a_location_is_read_as_it_was_written(owner_member: object, near_location: int) -> None:
    brand = api.add_brand(name=Localised.of("Orchard", "en"))
    made = api.add_location(details=details(brand=brand), by=7)
    api.change_location(location=made, details=details("Obolon Quay", brand=brand, town=" Vyshhorod "), by=7)
    assert api.locations()[1] == api.Place(
        id=made,
        name=Localised.of("Obolon Quay", "en"),
        brand=brand,
        zone="Europe/Kyiv",
        town="Vyshhorod",
        address=Localised.of("1 River St", "en"),
        is_archived=False,
    )


@pytest.mark.parametrize(
    ("parts", "part"),
    [({"name": " "}, "name"), ({"zone": "Moon/Tycho"}, "zone"), ({"brand": 404}, "brand")],
)
def test_a_location_that_cannot_be_is_refused_and_nothing_is_written(
    owner_member: object, parts: dict[str, object], part: str
) -> None:
    with pytest.raises(BusinessRefused) as refusal:
        api.add_location(details=details(**parts), by=None)  # type: ignore[arg-type]
    assert (refusal.value.part, len(api.locations())) == (part, 1)


def test_an_archived_location_is_named_but_not_chosen_and_comes_back_to_its_place(
    owner_member: object, near_location: int
) -> None:
    api.add_location(details=details(), by=None)
    api.archive_location(location=near_location, by=None)
    assert (names(), names(with_archived=True)) == (["Obolon"], ["Podil", "Obolon"])
    api.restore_location(location=near_location, by=None)
    assert names() == ["Podil", "Obolon"]


def test_the_last_location_stays(owner_member: object, near_location: int) -> None:
    with pytest.raises(BusinessRefused):
        api.archive_location(location=near_location, by=None)
    assert names() == ["Podil"]


def test_places_change_with_their_neighbour_and_archived_ones_do_not_count(
    owner_member: object, near_location: int
) -> None:
    away, last = (api.add_location(details=details(name), by=None) for name in ("Away", "Last"))
    api.archive_location(location=away, by=None)
    api.move_location(location=last, down=False)
    assert names() == ["Last", "Podil"]
    for down in (True, True):
        api.move_location(location=last, down=down)
    api.restore_location(location=away, by=None)
    assert (names()[0], sorted(names())) == ("Podil", ["Away", "Last", "Podil"])


def test_brands_are_put_away_and_in_order_like_locations(owner_member: object) -> None:
    first, second = (api.add_brand(name=Localised.of(name, "en")) for name in ("Orchard", "Bakery"))
    api.move_brand(brand=second, down=False)
    api.change_brand(brand=first, name=Localised.of("Orchard & Sons", "en"))
    assert [str(brand.name) for brand in api.brands()] == ["Bakery", "Orchard & Sons"]
    api.archive_brand(brand=second)
    told = [(str(brand.name), brand.is_archived) for brand in api.brands(with_archived=True)]
    assert (len(api.brands()), told) == (1, [("Bakery", True), ("Orchard & Sons", False)])
    api.restore_brand(brand=second)
    assert len(api.brands()) == 2


def test_what_does_not_exist_cannot_be_changed(owner_member: object) -> None:
    for attempt in (
        lambda: api.change_location(location=404, details=details(), by=None),
        lambda: api.archive_location(location=404, by=None),
        lambda: api.restore_location(location=404, by=None),
        lambda: api.move_location(location=404, down=True),
        lambda: api.change_brand(brand=404, name=Localised.of("x", "en")),
        lambda: api.archive_brand(brand=404),
        lambda: api.restore_brand(brand=404),
    ):
        with pytest.raises(LookupError):
            attempt()


def test_a_scope_sees_its_own_locations_only(owner_member: object, near_location: int, far_location: int) -> None:
    assert [names(scope=Scope(ids)) for ids in (None, (far_location,), ())] == [["Podil", "Lviv"], ["Lviv"], []]


def test_each_change_of_a_location_is_announced_once(owner_member: object, near_location: int) -> None:
    made = api.add_location(details=details(), by=7)
    for _ in range(2):
        api.archive_location(location=made, by=7)
    for _ in range(2):
        api.restore_location(location=made, by=7)
    told = [one for one in announced("business.location_changed") if one.location == made]
    changes = (PlaceChange.ADDED, PlaceChange.ARCHIVED, PlaceChange.RESTORED)
    assert told == [LocationChanged(location=made, change=change, by=7) for change in changes]
