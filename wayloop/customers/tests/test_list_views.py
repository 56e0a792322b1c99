"""The list on the screen."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from wayloop.customers.testing import SPRING, Sight, see_all, shown_titles
from wayloop.kernel import patience

LIST = "/customers/"
QUERIES_OF_THE_LIST = 17


def test_an_empty_list_teaches_and_offers_a_file_to_who_may_bring_one(owner: Client, reader: Client) -> None:
    offered = [
        'href="/imports/new/"' in who.get(LIST).content.decode().partition("<main")[2] for who in (owner, reader)
    ]
    told = ["No customers yet" in who.get(LIST).content.decode() for who in (owner, reader)]
    assert (offered, told) == ([True, False], [True, True])


def test_the_list_shows_titles_in_the_order_asked_for(owner: Client) -> None:
    see_all(Sight("1", "Їжак", SPRING), Sight("2", "Анна", SPRING + timedelta(hours=1)), Sight("3", "", SPRING))
    assert shown_titles(owner) == ["Анна", "No. 3", "Їжак"]
    assert shown_titles(owner, f"{LIST}?sort=name") == ["No. 3", "Анна", "Їжак"]
    assert shown_titles(owner, f"{LIST}?q=їж") == ["Їжак"]
    assert shown_titles(owner, f"{LIST}?q=nobody") == []


def test_pages_of_the_list_lead_to_the_last_customer(owner: Client) -> None:
    see_all(*(Sight(str(number), f"Guest {number:03}", SPRING + timedelta(hours=number)) for number in range(120)))
    shown, path, pages = [], LIST, 0
    while path:
        page = owner.get(path).content.decode()
        shown += re.findall(r">(Guest \d+)<", page.partition("<main")[2])
        found = re.search(r'href="([^"]*after=[^"]+)"[^>]* rel="next"', page)
        path, pages = (found[1].replace("&amp;", "&") if found else ""), pages + 1
    assert (pages, len(shown), shown) == (3, 120, [f"Guest {number:03}" for number in reversed(range(120))])


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    people: int, owner: Client, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(django_assert_num_queries)
    see_all(*(Sight(str(number), "Anna", location=None, town="Kyiv") for number in range(people)))
    # Asked anew, and known for the next minute: an older answer might end between here and the page.
    monkeypatch.setattr(patience, "_known", {})
    patience.is_large("customers_card")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        owner.get(LIST)
