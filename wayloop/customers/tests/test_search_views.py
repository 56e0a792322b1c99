"""Customers in the search of the whole program."""

from django.test import Client

from wayloop.customers.testing import see

GARBAGE = ["", "x", "\x00", "'", "%", "\\", "🥐", "-1", "0", "9" * 40, "null", "x" * 3000]


def test_search_asks_only_where_the_member_may_look(owner: Client, front_desk: Client, stranger: Client) -> None:
    see("1", "Anna")
    answers = [who.get("/search/?q=anna") for who in (owner, front_desk, stranger)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert ["Anna" in answer.content.decode() for answer in answers] == [True, False, False]


def test_search_takes_anything(owner: Client) -> None:
    see("1", "Anna")
    assert [owner.get("/search/", {"q": value}).status_code for value in GARBAGE] == [200] * len(GARBAGE)
