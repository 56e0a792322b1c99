"""Pages of the customers: who reaches them, what stands on them, what they keep back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.contracts.ledger import EventColumns
from wayloop.customers.models import Card
from wayloop.customers.testing import SPRING, Sight, see, see_all
from wayloop.kernel import clock
from wayloop.ledger import api as ledger

LIST = "/customers/"
GARBAGE = ["", "x", "\x00", "'", "%", "\\", "🥐", "-1", "0", "9" * 40, "null", "x" * 3000]
QUERIES_OF_THE_LIST = 9
QUERIES_OF_THE_CARD = 16


def address(handle: int) -> str:
    return f"/customers/{Card.objects.get(person=handle).uuid}/"


def titles(client: Client, path: str = LIST) -> list[str]:
    page = client.get(path).content.decode()
    return re.findall(r'class="row-link" href="/customers/[^"]+">([^<]*)<', page)


def happen(
    handle: int, count: int, *, location: int | None = None, prefix: str = "e", kind: str = "order.placed"
) -> None:
    ledger.record_events(
        columns=EventColumns(
            kind=kind,
            source="shop",
            is_news=False,
            message_ids=[f"{prefix}{number}" for number in range(count)],
            handles=[handle] * count,
            occurred_at=[SPRING + timedelta(hours=number) for number in range(count)],
            offset_minutes=[180] * count,
            subject_kind="order",
            subject_ids=[0] * count,
            location_ids=[location] * count,
            amounts=[100 + number for number in range(count)],
            currencies=["UAH"] * count,
        )
    )


def entries(page: str) -> list[str]:
    """The amounts of the timeline, in the order of the page."""
    return re.findall(r"₴\s?[\d,.]+|[\d,.]+\s?₴", page.partition("split-side")[0])


@pytest.mark.parametrize("method", ["get", "head"])
def test_members_who_see_customers_come_in_and_others_do_not(
    method: str, owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    card = address(see("1", "Anna"))
    for path in (LIST, card):
        answers = [getattr(who, method)(path).status_code for who in (owner, reader, far_manager, front_desk, stranger)]
        assert answers == [200, 200, 200, 403, 302]
    assert stranger.get(card).headers["Location"] == f"/sign-in/?next={card}"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_sent_to_pages_that_only_show(method: str, owner: Client) -> None:
    for path in (LIST, address(see("1"))):
        assert getattr(owner, method)(path).status_code == 405


def test_looking_changes_nothing(owner: Client, stranger: Client, fingerprints: object) -> None:
    assert callable(fingerprints)
    handle = see("1", "Anna", town="Kyiv")
    happen(handle, 3)
    before = fingerprints()
    for who in (owner, stranger):
        for path in (LIST, f"{LIST}?q=anna&sort=name&exact", address(handle), "/search/?q=anna"):
            who.get(path)
            who.head(path)
    assert fingerprints() == before


def test_there_is_no_page_of_nobody(owner: Client) -> None:
    assert [owner.get(f"/customers/{end}/").status_code for end in (uuid4(), "1", "x")] == [404, 404, 404]


def test_garbage_in_the_address_breaks_nothing(owner: Client) -> None:
    handle = see("1", "Anna")
    happen(handle, 2)
    for path, names in {LIST: ("q", "sort", "after", "exact"), address(handle): ("show", "before")}.items():
        answers = [owner.get(path, dict.fromkeys(names, value)).status_code for value in GARBAGE]
        assert answers == [200] * len(GARBAGE)


def test_an_empty_list_teaches_and_offers_a_file_to_who_may_bring_one(owner: Client, reader: Client) -> None:
    offered = [
        'href="/imports/new/"' in who.get(LIST).content.decode().partition("<main")[2] for who in (owner, reader)
    ]
    told = ["No customers yet" in who.get(LIST).content.decode() for who in (owner, reader)]
    assert (offered, told) == ([True, False], [True, True])


def test_the_list_shows_titles_in_the_order_asked_for(owner: Client) -> None:
    see_all(Sight("1", "Їжак", SPRING), Sight("2", "Анна", SPRING + timedelta(hours=1)), Sight("3", "", SPRING))
    assert titles(owner) == ["Анна", "No. 3", "Їжак"]
    assert titles(owner, f"{LIST}?sort=name") == ["No. 3", "Анна", "Їжак"]
    assert titles(owner, f"{LIST}?q=їж") == ["Їжак"]
    assert titles(owner, f"{LIST}?q=nobody") == []


def test_names_are_texts_and_no_markup(owner: Client) -> None:
    handle = see("1", "<script>alert(1)</script>", town='"><b>Kyiv')
    for path in (LIST, address(handle), f"{LIST}?q=<script>alert(1)"):
        page = owner.get(path).content.decode()
        assert ("<script>alert" in page, "<b>Kyiv" in page) == (False, False)


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
    people: int, owner: Client, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    see_all(*(Sight(str(number), "Anna", location=None, town="Kyiv") for number in range(people)))
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        owner.get(LIST)


@pytest.mark.parametrize("events", [1, 3])
def test_the_card_asks_the_database_no_more_for_three_events_than_for_one(
    events: int, owner: Client, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    handle = see("1", "Anna", town="Kyiv")
    happen(handle, events)
    card = address(handle)
    with django_assert_num_queries(QUERIES_OF_THE_CARD):
        owner.get(card)


def test_the_timeline_goes_on_to_the_first_event(owner: Client) -> None:
    handle = see("1", "Anna")
    happen(handle, 95)
    path, shown, steps = address(handle), [], 0
    headers = {}
    while path:
        page = owner.get(path, headers=headers).content.decode()
        shown += entries(page)
        found = re.search(r'hx-get="([^"]*before=[^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
        headers, steps = {"HX-Request": "true", "HX-Target": "div#timeline-more"}, steps + 1
    amounts = [int(re.sub(r"\D", "", text)) for text in shown]
    assert (steps, amounts) == (3, [100 + number for number in reversed(range(95))])


def test_a_fragment_of_the_timeline_is_no_whole_page(owner: Client) -> None:
    handle = see("1")
    happen(handle, 1)
    page = owner.get(address(handle), headers={"HX-Request": "true", "HX-Target": "div#timeline-more"}).content.decode()
    assert ("<html" in page, len(entries(page))) == (False, 1)


def test_a_long_absence_is_said_first(owner: Client) -> None:
    card = address(see("1", "Anna"))
    told = []
    for days in (1, 180, 181):
        with clock.standing_at(SPRING + timedelta(days=days)):
            page = owner.get(card).content.decode()
        told.append(("In touch" in page, "Long away" in page))
    assert told == [(True, False), (True, False), (False, True)]


def test_people_of_another_location_are_nowhere(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    near = see("1", "Anna Near", location=near_location)
    both = see("2", "Anna Both", location=near_location)
    see("2", "Anna Both", location=far_location)
    happen(both, 2, location=near_location, prefix="near")
    happen(both, 1, location=far_location, prefix="far")
    assert [who.get(address(near)).status_code for who in (owner, far_manager)] == [200, 404]
    assert [sorted(titles(who)) for who in (owner, far_manager)] == [["Anna Both", "Anna Near"], ["Anna Both"]]
    assert [re.search(r"(\d+) customers?\b", who.get(LIST).content.decode())[1] for who in (owner, far_manager)] == [
        "2",
        "1",
    ]
    found = [
        re.findall(r"<span>(Anna \w+)", who.get("/search/?q=anna").content.decode()) for who in (owner, far_manager)
    ]
    assert (sorted(found[0]), found[1]) == (["Anna Both", "Anna Near"], ["Anna Both"])
    assert [len(entries(who.get(address(both)).content.decode())) for who in (owner, far_manager)] == [3, 1]


def test_search_asks_only_where_the_member_may_look(owner: Client, front_desk: Client, stranger: Client) -> None:
    see("1", "Anna")
    answers = [who.get("/search/?q=anna") for who in (owner, front_desk, stranger)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert ["Anna" in answer.content.decode() for answer in answers] == [True, False, False]


def test_search_takes_anything(owner: Client) -> None:
    see("1", "Anna")
    assert [owner.get("/search/", {"q": value}).status_code for value in GARBAGE] == [200] * len(GARBAGE)


def test_the_card_tells_where_each_fact_comes_from(owner: Client) -> None:
    page = owner.get(address(see("17850", "Anna", town="Odesa"))).content.decode()
    facts = re.sub(r"<[^>]+>|\s+", " ", page.partition("split-side")[2])
    assert ("Number in shop" in facts, "17850" in facts, "Odesa" in facts) == (True, True, True)
