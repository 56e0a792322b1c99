"""The list of scores: who reaches it, what stands on it, what it keeps back; and scores on the card."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.business.testing import Location
from wayloop.customers.testing import card_address, see
from wayloop.kernel import clock
from wayloop.surveys.testing import JUNE, Given, give

SCORES = "/scores/"
GARBAGE = ["", "x", "\x00", "'", "%", "🥐", "-1", "9" * 40, "x" * 3000]


def words(client: Client, path: str) -> str:
    page = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"(<[^>]*>|\s)+", " ", page)


def shown(client: Client, path: str = SCORES) -> list[str]:
    """The comments of a list, which name their scores in these tests."""
    return re.findall(r'data-label="Comment">(\w+)<', client.get(path).content.decode())


def test_members_who_see_scores_come_in_and_others_do_not(
    owner: Client, reader: Client, far_manager: Client, front_desk: Client, stranger: Client
) -> None:
    give(Given("2", comment="cold"))
    answers = [who.get(SCORES).status_code for who in (owner, reader, far_manager, front_desk, stranger)]
    assert answers == [200, 200, 200, 403, 302]
    assert {owner.post(SCORES).status_code, owner.delete(SCORES).status_code} == {405}


def test_a_list_is_narrowed_by_what_stands_in_the_address(owner: Client) -> None:
    anna = see("1", "Anna")
    give(
        Given("1", comment="bad"),
        Given("3", comment="so", at=JUNE + timedelta(hours=1)),
        Given("5", comment="good", at=JUNE + timedelta(hours=2), handle=anna),
        Given("9", comment="promoter", metric="nps", at=JUNE + timedelta(hours=3)),
    )
    assert shown(owner) == ["promoter", "good", "so", "bad"]
    assert shown(owner, f"{SCORES}?metric=csat&feel=good") == ["good"]
    assert shown(owner, f"{SCORES}?feel=bad") == ["bad"]
    assert shown(owner, f"{SCORES}?feel=neutral") == ["so"]
    assert shown(owner, f"{SCORES}?customer={card_address(anna).split('/')[2]}") == ["good"]
    assert shown(owner, f"{SCORES}?customer={uuid4()}") == []
    with clock.standing_at(JUNE + timedelta(days=31)):
        assert shown(owner, f"{SCORES}?period=30d") == []
        assert shown(owner, f"{SCORES}?period=90d") == ["promoter", "good", "so", "bad"]
    assert "3 of 5" in words(owner, SCORES)
    assert "4 scores" in words(owner, SCORES)


def test_pages_go_on_where_the_last_one_ended(owner: Client) -> None:
    give(*(Given("5", comment=f"c{number}", at=JUNE + timedelta(minutes=number)) for number in range(53)))
    first = owner.get(SCORES).content.decode()
    after = re.search(r"after=([\w-]+)", first)
    assert after
    assert (len(shown(owner)), shown(owner, f"{SCORES}?after={after[1]}")) == (50, ["c2", "c1", "c0"])


@pytest.mark.parametrize("name", ["metric", "feel", "period", "customer", "location", "comment", "after", "exact"])
def test_garbage_in_the_address_breaks_nothing(name: str, owner: Client) -> None:
    assert {owner.get(SCORES, {name: value}).status_code for value in GARBAGE} == {200}


def test_scores_of_another_location_stay_hidden(owner: Client, far_manager: Client) -> None:
    here = Location.objects.order_by("id").first()
    assert here is not None
    anna = see("1", "Anna")
    give(Given("1", comment="here", location=here.pk, handle=anna), Given("4", comment="nowhere", handle=anna))
    assert (shown(owner), shown(far_manager)) == (["nowhere", "here"], ["nowhere"])
    assert "Not happy" not in words(far_manager, card_address(anna))


def test_the_card_tells_the_last_score_with_its_words(owner: Client) -> None:
    anna = see("1", "Anna")
    give(Given("2", "1", comment="cold latte", handle=anna))
    card = words(owner, card_address(anna))
    assert "Not happy" in card
    assert "Last score: 2 of 5" in card
    assert "Satisfaction (CSAT): 2 of 5" in card
    assert card.count("cold latte") == 3  # the line of health, the panel, the timeline
    give(Given("5", "2", at=JUNE + timedelta(days=1), handle=anna))
    assert "Not happy" not in words(owner, card_address(anna))


def test_an_empty_list_says_what_to_do(owner: Client) -> None:
    assert "No scores yet" in words(owner, SCORES)
    assert "Show all scores" in words(owner, f"{SCORES}?feel=bad")
