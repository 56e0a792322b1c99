"""Pages of commerce: who reaches them, what stands on them, what they keep back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.commerce.testing import MORNING, Deal, Order, Return, buy, give_back
from wayloop.kernel import clock

ORDERS, RETURNS, BUYERS = LISTS = ("/orders/", "/orders/returns/", "/orders/buyers/")
GARBAGE = ["", "x", "\x00", "'", "%", "\\", "🥐", "-1", "9" * 40, "x" * 3000]
DAY = timedelta(days=1)


def order_page(number: str) -> str:
    return f"/orders/{Order.objects.get(number=number).uuid}/"


def return_page(number: str) -> str:
    return f"/orders/returns/{Return.objects.get(number=number).uuid}/"


def rows(client: Client, path: str) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]+">([^<]*)<', client.get(path).content.decode())


def words(client: Client, path: str) -> str:
    page = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"(<[^>]*>|\s)+", " ", page)


def total(client: Client, path: str) -> str:
    """The number in the head of a list."""
    found = re.search(r"([\d,]+) (?:orders?|returns?|buyers?)\b", words(client, path))
    assert found
    return found[1]


def test_members_who_see_orders_come_in_and_others_do_not(
    owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    buy(Deal("1", "17850"))
    give_back(Deal("C1"))
    for path in (*LISTS, order_page("1"), return_page("C1")):
        answers = [who.get(path).status_code for who in (owner, reader, far_manager, front_desk, stranger)]
        assert answers == [200, 200, 200, 403, 302]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_sent_to_pages_that_only_show(method: str, owner: Client) -> None:
    buy(Deal("1"))
    assert {getattr(owner, method)(path).status_code for path in (*LISTS, order_page("1"))} == {405}


def test_looking_changes_nothing(owner: Client, stranger: Client, fingerprints: object) -> None:
    assert callable(fingerprints)
    buy(Deal("1", "17850"))
    give_back(Deal("C1", "17850"))
    paths = (*LISTS, order_page("1"), return_page("C1"), f"{ORDERS}?exact&period=30d&q=1", "/search/?q=17850")
    before = fingerprints()
    for who in (owner, stranger):
        for path in paths:
            who.get(path)
            who.head(path)
    assert fingerprints() == before


def test_there_is_no_page_of_nothing(owner: Client) -> None:
    buy(Deal("1"))
    give_back(Deal("C1"))
    of_the_other_side = [
        order_page("1").replace("orders/", "orders/returns/"),
        return_page("C1").replace("returns/", ""),
    ]
    paths = [f"/orders/{uuid4()}/", f"/orders/returns/{uuid4()}/", "/orders/1/", *of_the_other_side]
    assert [owner.get(path).status_code for path in paths] == [404] * 5


@pytest.mark.parametrize("path", LISTS)
def test_garbage_in_the_address_breaks_nothing(path: str, owner: Client) -> None:
    names = ("q", "period", "customer", "after", "exact")
    answers = [owner.get(path, dict.fromkeys(names, value)).status_code for value in GARBAGE]
    assert answers == [200] * len(GARBAGE)


def test_a_customer_nobody_knows_has_no_orders(owner: Client) -> None:
    buy(Deal("1", "17850"))
    for customer in (uuid4(), "x", "17850"):
        assert rows(owner, f"{ORDERS}?customer={customer}") == []


def test_the_lists_show_their_own_side(owner: Client) -> None:
    buy(Deal("1", "17850", name="Anna"), Deal("2"))
    give_back(Deal("C1", "17850"))
    assert (sorted(rows(owner, ORDERS)), rows(owner, RETURNS), rows(owner, BUYERS)) == (["1", "2"], ["C1"], ["Anna"])
    assert [total(owner, path) for path in LISTS] == ["2", "1", "1"]
    assert "guest" in words(owner, ORDERS)


def test_a_period_holds_whole_days_of_the_business(owner: Client) -> None:
    # Kyiv is three hours ahead in summer: half past nine in the evening in UTC is half past midnight there.
    now = MORNING.replace(hour=21, minute=30)
    first_midnight = now.replace(hour=21, minute=0) - 30 * DAY
    for number, moment in {"in": first_midnight + DAY, "out": first_midnight + DAY - timedelta(seconds=1)}.items():
        buy(Deal(number, number, moment))
    with clock.standing_at(now):
        assert [rows(owner, f"{ORDERS}?period={period}") for period in ("30d", "90d", "all")] == [
            ["in"],
            ["in", "out"],
            ["in", "out"],
        ]
        assert rows(owner, f"{BUYERS}?period=30d") == ["in"]


def test_an_order_shows_its_lines_total_and_customer(owner: Client) -> None:
    buy(
        Deal("536365", "17850", lines=(("tea", "2", "1.50"), ("bun", "1", "4")), name="Anna Sad"),
        names={"tea": "Green tea", "bun": ""},
    )
    told = words(owner, order_page("536365"))
    assert [part in told for part in ("Order 536365", "Green tea", "bun", "₴7.00", "₴3.00", "Anna Sad", "Till")] == [
        True
    ] * 7


def test_names_are_texts_and_no_markup(owner: Client) -> None:
    buy(Deal("<b>1", "17850", name="<script>x"), names={"tea": "<i>tea"})
    for path in (*LISTS, order_page("<b>1"), "/search/?q=<b>1", f"{ORDERS}?q=<b>1"):
        page = owner.get(path).content.decode()
        assert [sign in page for sign in ("<b>1", "<script>x", "<i>tea")] == [False] * 3


def test_orders_of_another_location_are_nowhere(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    buy(
        Deal("N1", "1", location=near_location, name="Anna Near"),
        Deal("F1", "2", location=far_location, name="Boris Far"),
        Deal("W1"),
    )
    give_back(Deal("NC1", "1", location=near_location), Deal("FC1", "2", location=far_location))
    assert [sorted(rows(who, ORDERS)) for who in (owner, far_manager)] == [["F1", "N1", "W1"], ["F1", "W1"]]
    assert [sorted(rows(who, RETURNS)) for who in (owner, far_manager)] == [["FC1", "NC1"], ["FC1"]]
    assert [sorted(rows(who, BUYERS)) for who in (owner, far_manager)] == [["Anna Near", "Boris Far"], ["Boris Far"]]
    assert [[total(who, path) for path in LISTS] for who in (owner, far_manager)] == [["3", "2", "2"], ["2", "1", "1"]]
    assert [who.get(order_page("N1")).status_code for who in (owner, far_manager)] == [200, 404]
    assert [who.get(return_page("NC1")).status_code for who in (owner, far_manager)] == [200, 404]
    found = [
        re.findall(r"<span>(Order \w+)", who.get("/search/?q=N1").content.decode()) for who in (owner, far_manager)
    ]
    assert found == [["Order N1"], []]


def test_the_name_of_a_hidden_customer_does_not_stand_above_their_orders(
    owner: Client, far_manager: Client, near_location: int
) -> None:
    buy(Deal("N1", "1", location=near_location, name="Anna Near"))
    uuid = re.search(r'href="/customers/([0-9a-f-]{36})/"', owner.get(order_page("N1")).content.decode())[1]
    path = f"{ORDERS}?customer={uuid}"
    assert ["Anna Near" in words(who, path) for who in (owner, far_manager)] == [True, False]


def test_numbers_of_a_customer_stop_at_hidden_locations(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    buy(Deal("N1", "1", location=near_location), Deal("F1", "1", location=far_location, lines=(("tea", "1", "3"),)))
    told = [words(who, "/customers/") for who in (owner, far_manager)]
    assert [("₴13.00" in text, "₴3.00" in text) for text in told] == [(True, False), (False, True)]


@pytest.mark.parametrize(("path", "queries"), [(ORDERS, 11), (RETURNS, 10), (BUYERS, 9)])
@pytest.mark.parametrize("deals", [1, 3])
def test_lists_ask_the_database_no_more_for_three_rows_than_for_one(
    path: str, queries: int, deals: int, owner: Client, near_location: int, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    buy(*(Deal(str(number), str(number), location=near_location) for number in range(deals)))
    give_back(*(Deal(str(number), str(number), location=near_location) for number in range(deals)))
    with django_assert_num_queries(queries):
        owner.get(path)


@pytest.mark.parametrize("lines", [1, 3])
def test_an_order_asks_the_database_no_more_for_three_lines_than_for_one(
    lines: int, owner: Client, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    buy(Deal("1", "17850", lines=tuple((str(line), "1", "1") for line in range(lines))))
    page = order_page("1")
    with django_assert_num_queries(14):
        owner.get(page)


@pytest.mark.parametrize("orders", [1, 3])
def test_the_timeline_of_orders_asks_no_more_for_three_than_for_one(
    orders: int, owner: Client, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    buy(*(Deal(str(number), "17850") for number in range(orders)))
    page = re.search(r'href="(/customers/[0-9a-f-]{36}/)"', owner.get(order_page("0")).content.decode())[1]
    with django_assert_num_queries(34):
        owner.get(page)


def test_the_timeline_names_orders_and_returns_and_leads_to_them(owner: Client) -> None:
    lines = tuple((code, "1", "1") for code in ("tea", "bun", "jam", "nut", "fig"))
    buy(Deal("1", "17850", lines=lines))
    give_back(Deal("C1", "17850", MORNING + DAY))
    page = owner.get(re.search(r'href="(/customers/[0-9a-f-]{36}/)"', owner.get(order_page("1")).content.decode())[1])
    told = page.content.decode().partition("split-side")[0]
    assert [order_page("1") in told, return_page("C1") in told] == [True, True]
    assert re.findall(r"tea, bun, jam and 2 more lines|Order 1|Return C1", told) == [
        "Return C1",
        "Order 1",
        "tea, bun, jam and 2 more lines",
    ]
