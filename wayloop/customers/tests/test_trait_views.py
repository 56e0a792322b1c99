"""Traits on the card: read with their source, written in place, undone; who may not, does not."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.accounts.testing import KeyBrowser, Member
from wayloop.customers.models import Card, TraitDefinition, TraitValue
from wayloop.customers.testing import SPRING, card_address, see

PANEL = {"HX-Request": "true", "HX-Target": "section#traits"}


def panel(client: Client, handle: int, query: str = "") -> str:
    return client.get(card_address(handle) + query, headers=PANEL).content.decode()


def write(client: Client, handle: int, key: str, value: Any, seen: int = 0, **headers: Any) -> Any:
    data = {"trait-value": value, "trait-seen": seen}
    return client.post(f"{card_address(handle)}traits/{key}/write/", data, headers=headers or PANEL)


def told(page: str) -> dict[str, str]:
    """Label → value and source of what the panel shows."""
    rows = re.findall(r'<li class="trait".*?</li>', page, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    labels = re.findall(r'trait-label">([^<]+)<', page)
    return {label: text.removeprefix(label).strip() for label, text in zip(labels, texts, strict=True)}


def traits(handle: int) -> dict[str, Any]:
    return Card.objects.get(person=handle).traits


def test_each_trait_shows_its_source_and_its_time(owner: Client) -> None:
    handle = see("1", "Anna", town="Odesa", at=SPRING)
    Card.objects.filter(person=handle).update(
        computed={"purchase_gap": 19, "channels": ["till"]}, computed_at=SPRING + timedelta(days=1)
    )
    assert told(panel(owner, handle)) == {
        "Town": "Odesa shop · 1 April",
        "Time between purchases": "19 days computed · 2 April",
        "Channels": "Till computed · 2 April",
    }


def test_what_is_not_known_is_asked_for_and_what_is_about_companies_is_not(owner: Client) -> None:
    page = panel(owner, see("1", "Anna", town="Odesa"))
    offered = re.findall(r"\?edit=(\w+)#", page)
    assert ("profession" in offered, "industry" in offered, "favourites" in offered) == (True, False, False)


def test_a_trait_is_written_in_place_and_undone(owner: Client, owner_member: Member) -> None:
    handle = see("1", "Anna", town="Odesa")
    (seen,) = TraitValue.objects.values_list("pk", flat=True)
    form = panel(owner, handle, "?edit=town")
    answer = write(owner, handle, "town", "Lviv", seen)
    page = answer.content.decode()
    undo = re.search(r'action="(/customers/[^"]+/undo/)"', page)
    assert ('value="Odesa"' in form, f'value="{seen}"' in form) == (True, True)
    assert (answer.status_code, told(page)["Town"].partition(" ·")[0]) == (200, "Lviv Olena Sad")
    assert (traits(handle), undo is not None) == ({"town": "Lviv"}, True)
    assert owner.post(undo[1]).status_code == 302
    assert traits(handle) == {"town": "Odesa"}


def test_without_scripts_the_whole_card_comes_back(owner: Client) -> None:
    handle = see("1", "Anna")
    form = owner.get(f"{card_address(handle)}?edit=birth_date").content.decode()
    plain = {"Accept": "text/html"}
    saved = write(owner, handle, "birth_date", "31.12.1990", **plain)
    refused = write(owner, handle, "birth_date", "soon", TraitValue.objects.get().pk, **plain)
    assert ('name="trait-value"' in form, "<html" in form) == (True, True)
    assert (saved.status_code, saved.headers["Location"]) == (302, f"{card_address(handle)}#traits")
    assert (refused.status_code, "Write a date" in refused.content.decode()) == (422, True)
    assert traits(handle) == {"birth_date": "1990-12-31"}


@pytest.mark.parametrize(
    ("key", "value", "status", "stored"),
    [
        ("sex", "female", 200, {"sex": "female"}),
        ("sex", "unknown", 422, {}),
        ("lifestyle", ["active", "travel"], 200, {"lifestyle": ["active", "travel"]}),
        ("interests", "tea\nclimbing", 200, {"interests": ["tea", "climbing"]}),
        ("profession", "x" * 300, 422, {}),
        ("profession", "\x00", 422, {}),
        ("country", "UA", 200, {"country": "UA"}),
        ("language", "zz", 422, {}),
        ("town", "", 200, {}),
    ],
)
def test_values_are_checked_by_their_type(
    key: str, value: Any, status: int, stored: dict[str, Any], owner: Client
) -> None:
    handle = see("1", "Anna")
    assert (write(owner, handle, key, value).status_code, traits(handle)) == (status, stored)


def test_whoever_saw_another_value_is_told_and_may_insist(owner: Client, owner_member: Member) -> None:
    handle = see("1", "Anna", town="Odesa")
    refused = write(owner, handle, "town", "Lviv", seen=0)
    page = refused.content.decode()
    seen = re.search(r'name="trait-seen" value="(\d+)"', page)[1]
    assert (refused.status_code, "Somebody has written “Odesa” meanwhile" in page) == (422, True)
    assert ('value="Lviv"' in page, traits(handle)) == (True, {"town": "Odesa"})
    assert (write(owner, handle, "town", "Lviv", int(seen)).status_code, traits(handle)) == (200, {"town": "Lviv"})


def test_an_undo_that_comes_too_late_changes_nothing(owner: Client) -> None:
    handle = see("1", "Anna")
    write(owner, handle, "town", "Lviv")
    first = TraitValue.objects.get().pk
    write(owner, handle, "town", "Kyiv", first)
    answer = owner.post(f"{card_address(handle)}traits/{first}/undo/", follow=True)
    assert ("It stays as it is" in answer.content.decode(), traits(handle)) == (True, {"town": "Kyiv"})


def test_the_history_tells_all_values(owner: Client, reader: Client) -> None:
    handle = see("1", "Anna", town="Odesa")
    write(owner, handle, "town", "Lviv", TraitValue.objects.get().pk)
    page = reader.get(f"{card_address(handle)}traits/town/").content.decode()
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    assert [row.split(" ")[0] for row in rows[1:]] == ["Lviv", "Odesa"]
    assert ("Olena Sad" in rows[1], "shop" in rows[2]) == (True, True)


def test_a_reader_sees_values_and_cannot_write(reader: Client, front_desk: Client, stranger: Client) -> None:
    handle = see("1", "Anna", town="Odesa")
    page = reader.get(f"{card_address(handle)}?edit=town").content.decode()
    plain = {"Accept": "text/html"}
    answers = [write(who, handle, "town", "Lviv", **plain).status_code for who in (reader, front_desk, stranger)]
    undone = [who.post(f"{card_address(handle)}traits/1/undo/").status_code for who in (reader, front_desk, stranger)]
    assert ("Odesa" in page, 'name="trait-value"' in page, re.findall(r'(?:href|hx-get)="[^"]*edit=', page)) == (
        True,
        False,
        [],
    )
    assert (answers, undone, traits(handle)) == ([403, 403, 302], [403, 403, 302], {"town": "Odesa"})


def test_a_trait_for_others_eyes_is_nowhere(owner: Client, reader: Client) -> None:
    handle = see("1", "Anna")
    write(owner, handle, "income_level", "high")
    TraitDefinition.objects.filter(key="income_level").update(sight="owner")
    path = f"{card_address(handle)}traits/income_level/"
    shown = ["Above average" in who.get(card_address(handle)).content.decode() for who in (owner, reader)]
    assert (shown, [who.get(path).status_code for who in (owner, reader)]) == ([True, False], [200, 404])


def test_people_of_another_location_keep_their_traits_to_themselves(
    owner: Client, far_manager: Client, near_location: int
) -> None:
    handle = see("1", "Anna", town="Odesa", location=near_location)
    paths = [f"{card_address(handle)}traits/town/", f"{card_address(handle)}?edit=town"]
    assert [far_manager.get(path).status_code for path in paths] == [404, 404]
    assert (write(far_manager, handle, "town", "Lviv").status_code, traits(handle)) == (404, {"town": "Odesa"})


@pytest.mark.parametrize("key", ["orders_count", "shoe_size", "name"])
def test_what_is_no_trait_to_be_written_is_not_there(key: str, owner: Client) -> None:
    assert write(owner, see("1"), key, "5").status_code == 404
    assert owner.post(f"/customers/{uuid4()}/traits/town/write/").status_code == 404


def test_a_traits_row_asks_no_more_for_many_values_than_for_one(
    owner: Client, django_assert_max_num_queries: Any
) -> None:
    handle = see("1", "Anna", town="Odesa", country="UA")
    for key, value in {"profession": "Baker", "interests": "tea\nfish", "sex": "female"}.items():
        write(owner, handle, key, value)
    with django_assert_max_num_queries(9):
        panel(owner, handle)


def test_what_is_computed_over_all_locations_is_nothing_for_those_who_see_some(
    owner: Client, far_manager: Client, owner_key: KeyBrowser, far_key: KeyBrowser, near_location: int,
    far_location: int,
) -> None:  # fmt: skip
    handle = see("1", "Anna", location=near_location, town="Odesa")
    see("1", "Anna", location=far_location, town="Odesa")
    Card.objects.update(computed={"purchase_gap": 19}, computed_at=SPRING)
    paths = (card_address(handle), f"{card_address(handle)}traits/purchase_gap/")
    pages = [[who.get(path) for path in paths] for who in (owner, far_manager)]
    assert ["19 days" in mine[0].content.decode() for mine in pages] == [True, False]
    assert [[page.status_code for page in mine] for mine in pages] == [[200, 200], [200, 404]]
    uuid = card_address(handle).split("/")[2]
    told = [[key.get(path).content.decode() for path in (f"customers/{uuid}", f"customers/{uuid}/traits", "customers")]
            for key in (owner_key, far_key)]  # fmt: skip
    assert [["purchase_gap" in text for text in mine] for mine in told] == [[True] * 3, [False] * 3]
    assert ["purchase_gap" in key.get("traits").content.decode() for key in (owner_key, far_key)] == [True, False]
