"""The one business of an installation."""

import pytest

from wayloop.business import api
from wayloop.business.api import BusinessRefused, NewLocation, Trade, set_up_business
from wayloop.kernel.localised import Localised

ANSWERS = {
    "name": "Café Orchard",
    "trade": Trade.CAFE,
    "zone": "Europe/Kyiv",
    "currency": "UAH",
    "content_languages": ("uk", "en"),
    "locations": (
        NewLocation(Localised.of("Поділ", "uk"), town="Київ"),
        NewLocation(Localised.of("Riga", "en"), zone="Europe/Riga"),
    ),
}


def test_before_the_first_run_the_business_is_nameless_and_lives_in_utc(db: None) -> None:
    assert (api.profile(), api.locations()) == (api.NOT_SET_UP, ())


def test_a_business_is_read_as_it_was_set_up(db: None) -> None:
    set_up_business(**ANSWERS)
    assert api.profile() == api.BusinessProfile(
        name="Café Orchard",
        trade="cafe",
        country="UA",
        zone="Europe/Kyiv",
        currency="UAH",
        content_languages=("uk", "en"),
        is_sample=False,
    )


def test_locations_keep_their_order_and_take_the_zone_of_the_business_unless_they_have_one(db: None) -> None:
    set_up_business(**ANSWERS)
    assert [(str(place.name), place.zone, place.town) for place in api.locations()] == [
        ("Поділ", "Europe/Kyiv", "Київ"),
        ("Riga", "Europe/Riga", ""),
    ]


def test_there_is_one_business_only(db: None) -> None:
    set_up_business(**ANSWERS)
    with pytest.raises(BusinessRefused):
        set_up_business(**ANSWERS)


@pytest.mark.parametrize(
    ("part", "value"),
    [("trade", "piracy"), ("zone", "Europe/Atlantis"), ("zone", "../../etc/passwd"), ("currency", "XXZ")],
)
def test_a_part_that_does_not_exist_is_refused_by_name_and_nothing_is_written(db: None, part: str, value: str) -> None:
    with pytest.raises(BusinessRefused) as refusal:
        set_up_business(**ANSWERS | {part: value})
    assert (refusal.value.part, api.profile()) == (part, api.NOT_SET_UP)


def test_a_location_in_an_unknown_zone_is_refused(db: None) -> None:
    with pytest.raises(BusinessRefused) as refusal:
        set_up_business(**ANSWERS | {"locations": [NewLocation(Localised.of("Moon", "en"), zone="Moon/Tycho")]})
    assert refusal.value.part == "zone"
