"""The list of customers: every order of it, page by page, nobody lost, nobody twice."""

import random
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Literal
from uuid import uuid4

import pytest

from wayloop.contracts.conditions import EVERYBODY, Where
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.fields.orders import read_sort
from wayloop.customers.listing import Desk, desk_of
from wayloop.customers.queries import cards, finding, lists
from wayloop.customers.testing import SPRING, Sight, see_all
from wayloop.kernel.paging import Page, write_key

HOUR = timedelta(hours=1)


Step = Literal["after", "before"]
ORDERS = ("-seen", "seen", "name", "-name", "first", "trait.town", "-trait.town")


def desk(scope: Scope = EVERYTHING) -> Desk:
    return desk_of(SimpleNamespace(id=1, role="owner", scope=scope))


def read(order: str, limit: int, scope: Scope = EVERYTHING, text: str = "", **place: str | None) -> Page[Any]:
    mine = desk(scope)
    condition = Where("text", "is", (text,)) if text else EVERYBODY
    found = lists.CustomerList(condition=condition, eyes=mine.eyes, fields=mine.fields)
    return found.page(sort=read_sort(order, dict(mine.sorts)), limit=limit, **place)


def paged(order: str, limit: int, scope: Scope = EVERYTHING, text: str = "") -> list[list[str]]:
    pages, after = [], None
    while True:
        page = read(order, limit, scope, text, after=after)
        pages.append([row.known_as for row in page.rows])
        after = page.next_key
        if after is None:
            return pages


@pytest.fixture
def crowd(db: None) -> list[tuple[str, str, int]]:
    """Number, name, hours since spring: with equal names, without names, at equal times."""
    people = [(str(100 + place), ["Анна", "Bob", "", "Їжак", "Анна"][place % 5], place // 3) for place in range(23)]
    mixed = random.Random(5).sample(people, len(people))
    towns = ["Їжівці", "", "Ужгород", ""]
    see_all(*(Sight(number, name, SPRING + hours * HOUR, town=towns[int(number) % 4]) for number, name, hours in mixed))
    return people


@pytest.mark.parametrize("limit", [1, 4, 23])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_show_everybody_once_in_one_order(order: str, limit: int, crowd: list[tuple[str, str, int]]) -> None:
    pages = paged(order, limit)
    (whole,) = paged(order, 1000)
    assert [number for page in pages for number in page] == whole
    assert sorted(whole) == [number for number, _, _ in crowd]
    assert [len(page) for page in pages] == [limit] * (23 // limit) + ([23 % limit] if 23 % limit else [])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("few", "expected"), [(3, 1), (1_000, 1), (3, 100_000)])
def test_among_millions_the_same_pages_are_found_in_other_ways(
    few: int, expected: int, order: str, crowd: list[tuple[str, str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [paged(order, 5), paged(order, 5, text="анна")]
    monkeypatch.setattr(lists, "is_large", lambda _table: True)
    monkeypatch.setattr(lists, "FEW", few)
    monkeypatch.setattr(lists, "GATHERED_AT_MOST", few)
    monkeypatch.setattr(finding, "REMEMBERED", few)
    monkeypatch.setattr(lists.CustomerList, "_expected", lambda _self: expected)
    assert [paged(order, 5), paged(order, 5, text="анна")] == here
    assert len(here[1][0]) == 5


def test_a_number_is_exact_or_says_that_it_is_not(
    crowd: list[tuple[str, str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = desk()
    monkeypatch.setattr(lists, "is_large", lambda _table: True)
    told = []
    for expected in (1, 40_000, 123_456):
        monkeypatch.setattr(lists.CustomerList, "_expected", lambda _self, number=expected: number)
        for reads_first in (True, False):
            found = lists.CustomerList(condition=EVERYBODY, eyes=mine.eyes, fields=mine.fields)
            if reads_first:
                found.page(sort=read_sort("-seen", dict(mine.sorts)), limit=5)
            told.append((found.count().number, found.count().is_exact, found.count(exact=True).number))
    assert told == [(23, True, 23)] * 4 + [(120_000, False, 23)] * 2


@pytest.mark.parametrize("order", ORDERS)
def test_pages_lead_back_to_the_top(order: str, crowd: list[tuple[str, str, int]]) -> None:
    forth, page = [], read(order, 4)
    assert page.previous_key is None
    while page.next_key:
        forth.append(page.rows)
        page = read(order, 4, after=page.next_key)
    back = []
    while page.previous_key:
        page = read(order, 4, before=page.previous_key)
        back.append(page.rows)
    assert back == forth[::-1]
    assert len(forth) == 5


def test_before_a_page_that_is_not_full_comes_the_top(crowd: list[tuple[str, str, int]]) -> None:
    whole = read("-seen", 50).rows
    third = read("-seen", 2, after=read("-seen", 3).next_key)
    # Between the top and the key lie three rows; a page of four has room for the one that follows.
    assert read("-seen", 4, before=third.previous_key).rows == whole[:4]


def test_who_has_no_value_comes_last_in_both_directions(crowd: list[tuple[str, str, int]]) -> None:
    for order, first in (("trait.town", "Їжівці"), ("-trait.town", "Ужгород")):
        towns = [row.traits.get("town") for row in read(order, 50).rows]
        assert [town is None for town in towns] == sorted(town is None for town in towns)
        assert towns[0] == first


def test_those_seen_last_come_first(crowd: list[tuple[str, str, int]]) -> None:
    hours = {number: hour for number, _, hour in crowd}
    (whole,) = paged("-seen", 1000)
    assert [hours[number] for number in whole] == sorted(hours.values(), reverse=True)


def test_names_stand_in_the_order_of_the_alphabet(db: None) -> None:
    names = [
        "Ґудзь",
        "Гринь",
        "Дума",
        "Єва",
        "Ежи",
        "Ёж",
        "Езда",
        "Їжак",
        "Іван",
        "Йосип",
        "Anna",
        "Zoë",
        "Zoe",
        "анна",
        "Пʼять",
    ]
    mixed = random.Random(1).sample(names, len(names))
    see_all(Sight("7"), *(Sight(str(number), name) for number, name in enumerate(mixed, start=100)))
    page = read("name", 50)
    assert [row.title for row in page.rows] == [
        "No. 7", "Anna", "Zoe", "Zoë", "анна", "Гринь", "Ґудзь", "Дума", "Ёж", "Ежи", "Езда", "Єва", "Іван", "Їжак",
        "Йосип", "Пʼять",
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["-seen", "name", "trait.town"])
@pytest.mark.parametrize("step", ["after", "before"])
@pytest.mark.parametrize(
    "key",
    [
        "",
        "nonsense",
        "\x00",
        "ж" * 10,
        write_key(("2026-01-01T00:00:00", 1)),
        write_key((b"\xff", "x")),
        write_key((1, 2, 3)),
    ],
)
def test_a_key_changed_by_hand_begins_at_the_top(
    order: str, step: Step, key: str, crowd: list[tuple[str, str, int]]
) -> None:
    assert read(order, 5, **{step: key}).rows == read(order, 5).rows


def test_the_key_of_one_order_begins_the_other_at_the_top(crowd: list[tuple[str, str, int]]) -> None:
    for order, other in (("-seen", "name"), ("name", "-seen"), ("trait.town", "name")):
        assert read(other, 5, after=read(order, 5).next_key) == read(other, 5)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, {"nowhere", "here", "there", "both"}),
        (Scope((1,)), {"nowhere", "here", "both"}),
        (Scope((2,)), {"nowhere", "there", "both"}),
        (Scope((3,)), {"nowhere"}),
        (Scope(()), {"nowhere"}),
    ],
)
def test_people_of_hidden_locations_are_not_there(scope: Scope, seen: set[str], db: None) -> None:
    sights = [("nowhere", None), ("here", 1), ("there", 2), ("both", 1), ("both", 2)]
    handles = see_all(*(Sight(number, location=location) for number, location in sights))
    people = {number: handle for (number, _), handle in zip(sights, handles, strict=True)}
    assert {number for page in paged("-seen", 1, scope) for number in page} == seen
    assert {number for page in paged("name", 2, scope) for number in page} == seen
    assert lists.count_cards(scope=scope).number == len(seen)
    made = {number: cards.titles_of([handle])[handle].uuid for number, handle in people.items()}
    assert {number for number, uuid in made.items() if cards.card_by_uuid(uuid, scope)} == seen


def test_there_is_no_card_at_an_unknown_address(db: None) -> None:
    assert cards.card_by_uuid(uuid4(), EVERYTHING) is None
