"""Pages of the customers: who reaches them, and what they keep back."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.customers.testing import card_address, happen, see, shown_amounts, shown_titles

LIST = "/customers/"
GARBAGE = ["", "x", "\x00", "'", "%", "\\", "🥐", "-1", "0", "9" * 40, "null", "x" * 3000]


@pytest.mark.parametrize("method", ["get", "head"])
def test_members_who_see_customers_come_in_and_others_do_not(
    method: str, owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    card = card_address(see("1", "Anna"))
    for path in (LIST, card):
        answers = [getattr(who, method)(path).status_code for who in (owner, reader, far_manager, front_desk, stranger)]
        assert answers == [200, 200, 200, 403, 302]
    assert stranger.get(card).headers["Location"] == f"/sign-in/?next={card}"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_sent_to_pages_that_only_show(method: str, owner: Client) -> None:
    for path in (LIST, card_address(see("1"))):
        assert getattr(owner, method)(path).status_code == 405


def test_looking_changes_nothing(owner: Client, stranger: Client, fingerprints: object) -> None:
    assert callable(fingerprints)
    handle = see("1", "Anna", town="Kyiv")
    happen(handle, 3)
    before = fingerprints()
    for who in (owner, stranger):
        for path in (LIST, f"{LIST}?q=anna&sort=name&exact", card_address(handle), "/search/?q=anna"):
            who.get(path)
            who.head(path)
    assert fingerprints() == before


def test_there_is_no_page_of_nobody(owner: Client) -> None:
    assert [owner.get(f"/customers/{end}/").status_code for end in (uuid4(), "1", "x")] == [404, 404, 404]


def test_garbage_in_the_address_breaks_nothing(owner: Client) -> None:
    handle = see("1", "Anna")
    happen(handle, 2)
    for path, names in {LIST: ("q", "sort", "after", "exact"), card_address(handle): ("show", "before")}.items():
        answers = [owner.get(path, dict.fromkeys(names, value)).status_code for value in GARBAGE]
        assert answers == [200] * len(GARBAGE)


def test_names_are_texts_and_no_markup(owner: Client) -> None:
    handle = see("1", "<script>alert(1)</script>", town='"><b>Kyiv')
    for path in (LIST, card_address(handle), f"{LIST}?q=<script>alert(1)"):
        page = owner.get(path).content.decode()
        assert ("<script>alert" in page, "<b>Kyiv" in page) == (False, False)


def test_people_of_another_location_are_nowhere(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    near = see("1", "Anna Near", location=near_location)
    both = see("2", "Anna Both", location=near_location)
    see("2", "Anna Both", location=far_location)
    happen(both, 2, location=near_location, prefix="near")
    happen(both, 1, location=far_location, prefix="far")
    assert [who.get(card_address(near)).status_code for who in (owner, far_manager)] == [200, 404]
    assert [sorted(shown_titles(who)) for who in (owner, far_manager)] == [["Anna Both", "Anna Near"], ["Anna Both"]]
    assert [re.search(r"(\d+) customers?\b", who.get(LIST).content.decode())[1] for who in (owner, far_manager)] == [
        "2",
        "1",
    ]
    found = [
        re.findall(r"<span>(Anna \w+)", who.get("/search/?q=anna").content.decode()) for who in (owner, far_manager)
    ]
    assert (sorted(found[0]), found[1]) == (["Anna Both", "Anna Near"], ["Anna Both"])
    assert [len(shown_amounts(who.get(card_address(both)).content.decode())) for who in (owner, far_manager)] == [3, 1]
