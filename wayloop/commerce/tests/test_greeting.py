"""The greeting at the counter and its settings."""

from typing import Any

import pytest
from django.test import Client

from wayloop.commerce.models import GreetingPoint
from wayloop.commerce.queries.counter import MOST_POINTS, points_at
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services.greeting import add_point, archive_point, change_point, move_point, restore_point
from wayloop.kernel.localised import Localised

SETTINGS = "/settings/greeting/"


def add(text: str, **place: int) -> int:
    return add_point(text=Localised.of(text, "en"), **place)


def at(location: int | None, brand: int | None = None) -> list[str]:
    return [str(point.text) for point in points_at(location_id=location, brand_id=brand)]


@pytest.mark.usefixtures("db")
def test_a_location_has_the_points_for_all_of_its_brand_and_its_own_in_their_order() -> None:
    first, brand, own = add("Hello"), add("Scarf", brand_id=3), add("Seat", location_id=7)
    assert [at(7, 3), at(7), at(8, 3), at(None)] == [
        ["Hello", "Scarf", "Seat"], ["Hello", "Seat"], ["Hello", "Scarf"], ["Hello"],
    ]  # fmt: skip
    move_point(point_id=own, down=False)
    move_point(point_id=first, down=False)
    assert at(7, 3) == ["Hello", "Seat", "Scarf"]
    archive_point(point_id=first)
    change_point(point_id=brand, text=Localised.of("Shawl", "en"), location_id=None, brand_id=None)
    assert (at(7, 3), at(None)) == (["Seat", "Shawl"], ["Shawl"])
    restore_point(point_id=first)
    assert at(None) == ["Hello", "Shawl"]


@pytest.mark.usefixtures("db")
def test_a_place_takes_as_many_points_as_are_read() -> None:
    made = [add(str(number)) for number in range(MOST_POINTS)]
    other = add("there", location_id=7)
    with pytest.raises(CommerceRefused, match="More than 8 points"):
        add("one more")
    with pytest.raises(CommerceRefused):
        change_point(point_id=other, text=Localised.of("there", "en"), location_id=None, brand_id=None)
    archive_point(point_id=made[0])
    add("one more")
    with pytest.raises(CommerceRefused):
        restore_point(point_id=made[0])


def test_who_may_write_the_greeting(
    owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    number = add("Hello")
    people = (owner, reader, front_desk, far_manager, stranger)
    for path in ("", "new/", f"{number}/"):
        assert [who.get(SETTINGS + path).status_code for who in people] == [200, 403, 403, 403, 302]
    for path in ("new/", f"{number}/", f"{number}/do/"):
        assert [who.post(SETTINGS + path, {"do": "archive", "text_en": "x"}).status_code for who in people[1:]] == [
            403, 403, 403, 302,
        ]  # fmt: skip
    assert at(None) == ["Hello"]


def test_a_point_is_written_in_three_languages_for_one_place(owner: Client, far_location: int) -> None:
    fields = {"text_en": "Hello", "text_uk": "Вітання", "text_ru": "", "place": f"location:{far_location}"}
    assert owner.post(f"{SETTINGS}new/", fields).status_code == 302
    point = GreetingPoint.objects.get()
    assert (dict(point.text.texts), point.location_id) == ({"en": "Hello", "uk": "Вітання"}, far_location)
    assert b"Lviv" in owner.get(SETTINGS).content
    assert owner.post(f"{SETTINGS}{point.pk}/", fields | {"place": ""}).status_code == 302
    assert GreetingPoint.objects.get().location_id is None
    for wrong in ({"text_uk": ""}, {"place": "location:99"}, {"place": "x"}, {"text_uk": "ї" * 121}):
        assert owner.post(f"{SETTINGS}new/", fields | wrong).status_code == 422
    assert GreetingPoint.objects.count() == 1


def test_a_point_is_put_away_and_brought_back(owner: Client) -> None:
    number = add("Hello")
    gone = owner.post(f"{SETTINGS}{number}/do/", {"do": "archive"}, follow=True).content.decode()
    assert (f"{SETTINGS}{number}/do/?do=restore" in gone, at(None)) == (True, [])
    assert owner.post(f"{SETTINGS}{number}/do/?do=restore").status_code == 302
    assert at(None) == ["Hello"]
    answers: list[Any] = [
        owner.post(f"{SETTINGS}{path}/do/", {"do": what}) for path, what in ((number, "x"), (99, "up"))
    ]
    assert [answer.status_code for answer in answers] == [400, 404]
