"""The list of customers: every order of it, page by page, nobody lost, nobody twice."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.queries import cards, lists
from wayloop.customers.queries.lists import Order
from wayloop.customers.testing import SPRING, Sight, see_all
from wayloop.kernel.paging import write_key

HOUR = timedelta(hours=1)


def paged(order: Order, limit: int, scope: Scope = EVERYTHING, text: str = "") -> list[list[str]]:
    pages, after = [], None
    while True:
        page = lists.list_cards(scope=scope, text=text, order=order, after=after, limit=limit)
        pages.append([row.known_as for row in page.rows])
        after = page.next_key
        if after is None:
            return pages


@pytest.fixture
def crowd(db: None) -> list[tuple[str, str, int]]:
    """Number, name, hours since spring: with equal names, without names, at equal times."""
    people = [(str(100 + place), ["Анна", "Bob", "", "Їжак", "Анна"][place % 5], place // 3) for place in range(23)]
    mixed = random.Random(5).sample(people, len(people))
    see_all(*(Sight(number, name, SPRING + hours * HOUR) for number, name, hours in mixed))
    return people


@pytest.mark.parametrize("limit", [1, 4, 7, 23, 50])
@pytest.mark.parametrize("order", ["seen", "name"])
def test_pages_show_everybody_once_in_one_order(order: Order, limit: int, crowd: list[tuple[str, str, int]]) -> None:
    pages = paged(order, limit)
    (whole,) = paged(order, 1000)
    assert [number for page in pages for number in page] == whole
    assert sorted(whole) == [number for number, _, _ in crowd]
    assert [len(page) for page in pages] == [limit] * (23 // limit) + ([23 % limit] if 23 % limit else [])


def test_those_seen_last_come_first(crowd: list[tuple[str, str, int]]) -> None:
    hours = {number: hour for number, _, hour in crowd}
    (whole,) = paged("seen", 1000)
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
    page = lists.list_cards(scope=EVERYTHING, order="name")
    assert [row.title for row in page.rows] == [
        "No. 7", "Anna", "Zoe", "Zoë", "анна", "Гринь", "Ґудзь", "Дума", "Ёж", "Ежи", "Езда", "Єва", "Іван", "Їжак",
        "Йосип", "Пʼять",
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["seen", "name"])
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
def test_a_key_changed_by_hand_begins_at_the_top(order: Order, key: str, crowd: list[tuple[str, str, int]]) -> None:
    top = lists.list_cards(scope=EVERYTHING, order=order, limit=5)
    assert lists.list_cards(scope=EVERYTHING, order=order, after=key, limit=5) == top


def test_the_key_of_one_order_begins_the_other_at_the_top(crowd: list[tuple[str, str, int]]) -> None:
    orders: tuple[Order, ...] = ("seen", "name")
    for order, other in (orders, orders[::-1]):
        top = lists.list_cards(scope=EVERYTHING, order=other, limit=5)
        key = lists.list_cards(scope=EVERYTHING, order=order, limit=5).next_key
        assert lists.list_cards(scope=EVERYTHING, order=other, after=key, limit=5) == top


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
    assert {number for page in paged("seen", 1, scope) for number in page} == seen
    assert {number for page in paged("name", 2, scope) for number in page} == seen
    assert lists.count_cards(scope=scope).number == len(seen)
    made = {number: cards.titles_of([handle])[handle].uuid for number, handle in people.items()}
    assert {number for number, uuid in made.items() if cards.card_by_uuid(uuid, scope)} == seen


def test_there_is_no_card_at_an_unknown_address(db: None) -> None:
    assert cards.card_by_uuid(uuid4(), EVERYTHING) is None
