"""The 360 card on the screen."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from wayloop.customers.testing import SPRING, card_address, happen, see, shown_amounts
from wayloop.kernel import clock

QUERIES_OF_THE_CARD = 35


@pytest.mark.parametrize("events", [1, 3])
def test_the_card_asks_the_database_no_more_for_three_events_than_for_one(
    events: int, owner: Client, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    handle = see("1", "Anna", town="Kyiv")
    happen(handle, events)
    card = card_address(handle)
    with django_assert_num_queries(QUERIES_OF_THE_CARD):
        owner.get(card)


def test_the_timeline_goes_on_to_the_first_event(owner: Client) -> None:
    handle = see("1", "Anna")
    happen(handle, 95)
    path, shown, steps = card_address(handle), [], 0
    headers = {}
    while path:
        page = owner.get(path, headers=headers).content.decode()
        shown += shown_amounts(page)
        found = re.search(r'hx-get="([^"]*before=[^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
        headers, steps = {"HX-Request": "true", "HX-Target": "div#timeline-more"}, steps + 1
    amounts = [int(re.sub(r"\D", "", text)) for text in shown]
    assert (steps, amounts) == (3, [100 + number for number in reversed(range(95))])


def test_a_fragment_of_the_timeline_is_no_whole_page(owner: Client) -> None:
    handle = see("1")
    happen(handle, 1)
    page = owner.get(
        card_address(handle), headers={"HX-Request": "true", "HX-Target": "div#timeline-more"}
    ).content.decode()
    assert ("<html" in page, len(shown_amounts(page))) == (False, 1)


def test_a_long_absence_is_said_first(owner: Client) -> None:
    card = card_address(see("1", "Anna"))
    told = []
    for days in (1, 180, 181):
        with clock.standing_at(SPRING + timedelta(days=days)):
            page = owner.get(card).content.decode()
        told.append(("In touch" in page, "Away for long" in page))
    assert told == [(True, False), (True, False), (False, True)]


def test_the_card_tells_where_each_fact_comes_from(owner: Client) -> None:
    page = owner.get(card_address(see("17850", "Anna", town="Odesa"))).content.decode()
    facts = re.sub(r"<[^>]+>|\s+", " ", page.partition("split-side")[2])
    assert ("Number in shop" in facts, "17850" in facts, "Odesa" in facts) == (True, True, True)
