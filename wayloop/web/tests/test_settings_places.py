"""Brands and locations on the screen."""

import re
from typing import Any

import pytest
from django.test import Client

from wayloop.business import api as business
from wayloop.kernel.localised import Localised

PAGE = "/settings/places/"
ANSWERS = {"name_uk": "Оболонь", "name_en": "Obolon", "zone": "Europe/Kyiv", "town": "Kyiv", "address_uk": "Річна, 1"}


def names(*, with_archived: bool = False) -> list[str]:
    return [place.name.in_language("uk") for place in business.locations(with_archived=with_archived)]


def main(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]


def undo_of(page: str) -> str:
    found = re.search(r'action="([^"]+do=restore)"', page)
    assert found
    return found[1]


def test_a_location_is_added_and_changed_with_its_names(owner: Client) -> None:
    brand = business.add_brand(name=Localised.of("Сад", "uk"))
    assert owner.post(f"{PAGE}new/", ANSWERS | {"brand": brand}).headers["Location"] == PAGE
    made = business.locations()[1]
    assert (made.name.texts, made.brand, made.town, made.address.texts) == (
        {"uk": "Оболонь", "en": "Obolon"},
        brand,
        "Kyiv",
        {"uk": "Річна, 1"},
    )
    owner.post(f"{PAGE}{made.id}/", ANSWERS | {"name_en": "", "town": "Vyshhorod", "zone": "Europe/Warsaw"})
    found = business.locations()[1]
    assert (found.name.texts, found.brand, found.town, found.zone) == (
        {"uk": "Оболонь"},
        None,
        "Vyshhorod",
        "Europe/Warsaw",
    )


@pytest.mark.parametrize(
    "wrong",
    [{"name_uk": ""}, {"name_uk": "x" * 121}, {"zone": "Moon/Tycho"}, {"town": "x" * 121}, {"address_uk": "x" * 201}],
)
def test_a_wrong_answer_comes_back_with_what_was_typed(
    owner: Client, near_location: int, wrong: dict[str, str]
) -> None:
    before = business.locations()
    for path in (f"{PAGE}new/", f"{PAGE}{near_location}/"):
        answer = owner.post(path, ANSWERS | wrong)
        page = answer.content.decode()
        assert (answer.status_code, page.count('class="field-error"'), 'value="Obolon"' in page) == (422, 1, True)
    assert business.locations() == before


def test_a_location_is_put_away_with_a_way_back(owner: Client, near_location: int, far_location: int) -> None:
    deed = f"{PAGE}{near_location}/do/"
    page = owner.post(deed, {"do": "archive"}, follow=True).content.decode()
    assert (names(), "“Podil” is put away" in page, "Bring back" in page) == (["Lviv"], True, True)
    owner.post(undo_of(page))
    assert names() == ["Podil", "Lviv"]


def test_the_last_location_is_kept_and_it_is_said_why(owner: Client, near_location: int) -> None:
    page = owner.post(f"{PAGE}{near_location}/do/", {"do": "archive"}, follow=True).content.decode()
    assert (names(), "This is the last location" in page) == (["Podil"], True)


def test_locations_are_put_in_order(owner: Client, near_location: int, far_location: int) -> None:
    orders = []
    for deed in ("down", "down", "up"):
        owner.post(f"{PAGE}{near_location}/do/", {"do": deed})
        orders.append(names())
    assert orders == [["Lviv", "Podil"], ["Lviv", "Podil"], ["Podil", "Lviv"]]


def test_brands_are_added_renamed_put_away_and_brought_back(owner: Client) -> None:
    owner.post("/settings/brands/new/", {"name_uk": "Сад"})
    (brand,) = business.brands()
    owner.post(f"/settings/brands/{brand.id}/", {"name_uk": "Сад", "name_en": "Orchard"})
    assert business.brands()[0].name.texts == {"uk": "Сад", "en": "Orchard"}
    page = owner.post(f"/settings/brands/{brand.id}/do/", {"do": "archive"}, follow=True).content.decode()
    assert business.brands() == ()
    owner.post(undo_of(page))
    assert len(business.brands()) == 1
    assert owner.post("/settings/brands/new/", {"name_uk": ""}).status_code == 422


def test_a_brand_that_was_put_away_is_no_choice_but_stays_where_it_is(owner: Client, near_location: int) -> None:
    brand = business.add_brand(name=Localised.of("Old Sign", "en"))
    owner.post(f"{PAGE}{near_location}/", ANSWERS | {"brand": brand})
    business.archive_brand(brand=brand)
    offered = ["Old Sign" in main(owner, path) for path in (f"{PAGE}new/", f"{PAGE}{near_location}/")]
    assert (offered, business.locations()[0].brand) == ([False, True], brand)


@pytest.mark.parametrize("end", ["404/", "404/do/", "0/", "9" * 30 + "/"])
def test_there_is_no_page_of_nothing(owner: Client, end: str) -> None:
    for kind in ("places", "brands"):
        assert owner.post(f"/settings/{kind}/{end}", {"do": "up"}).status_code == 404


def test_a_deed_nobody_knows_is_refused(owner: Client, near_location: int) -> None:
    brand = business.add_brand(name=Localised.of("Сад", "uk"))
    paths = (f"{PAGE}{near_location}/do/", f"/settings/brands/{brand}/do/")
    assert [owner.post(path, {"do": deed}).status_code for path in paths for deed in ("", "explode")] == [400] * 4


def test_who_only_reads_sees_the_places_and_no_buttons(reader: Client, near_location: int) -> None:
    page = main(reader)
    assert ("Podil" in page, "<form" in page, "/new/" in page) == (True, False, False)


def test_who_sees_one_location_sees_no_other(
    far_manager: Client, owner: Client, owner_member: Any, near_location: int, far_location: int
) -> None:
    assert (["Podil" in main(who) for who in (owner, far_manager)], "Lviv" in main(far_manager)) == (
        [True, False],
        True,
    )
    owner_member.location_ids = [far_location]
    owner_member.save()
    answers = [
        owner.get(f"{PAGE}{near_location}/").status_code,
        owner.post(f"{PAGE}{near_location}/", ANSWERS).status_code,
        owner.post(f"{PAGE}{near_location}/do/", {"do": "archive"}).status_code,
        owner.get(f"{PAGE}{far_location}/").status_code,
    ]
    assert (answers, names()) == ([404, 404, 404, 200], ["Podil", "Lviv"])


def test_names_are_texts_and_no_markup(owner: Client) -> None:
    owner.post(f"{PAGE}new/", ANSWERS | {"name_en": "<script>alert(1)</script>", "town": "<b>Kyiv"})
    assert [bad in main(owner) for bad in ("<script>alert", "<b>Kyiv")] == [False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    count: int, owner: Client, django_assert_num_queries: Any
) -> None:
    for number in range(1, count):
        owner.post(f"{PAGE}new/", ANSWERS | {"name_uk": f"Точка {number}"})
    owner.get(PAGE)
    with django_assert_num_queries(6):
        owner.get(PAGE)
