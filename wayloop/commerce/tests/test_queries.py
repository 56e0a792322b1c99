"""Lists of orders, returns and buyers: complete, page by page, without what the reader may not see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from wayloop.commerce.queries import deals as queries
from wayloop.commerce.queries.deals import Period, Side
from wayloop.commerce.testing import MORNING, Deal, Order, buy, give_back
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see

DAY = timedelta(days=1)
ALWAYS = Period()


def all_pages(read: Callable[[str | None], Any]) -> list[list[Any]]:
    pages, after = [], None
    while True:
        page = read(after)
        pages.append(list(page.rows))
        after = page.next_key
        if after is None:
            return pages


def numbers(side: Side = "orders", scope: Scope = EVERYTHING, period: Period = ALWAYS, **others: Any) -> list[str]:
    rows = queries.list_deals(side=side, scope=scope, period=period, **others).rows
    assert queries.count_deals(side=side, scope=scope, period=period, **others).number == len(rows)
    return [row.number for row in rows]


@pytest.mark.parametrize("limit", [1, 3, 10, 11])
def test_pages_of_orders_show_each_once_even_at_one_instant(limit: int, db: None) -> None:
    buy(*(Deal(str(number), at=MORNING + (number // 4) * DAY) for number in range(10)))
    pages = all_pages(
        lambda after: queries.list_deals(side="orders", scope=EVERYTHING, period=ALWAYS, after=after, limit=limit)
    )
    shown = [row.number for page in pages for row in page]
    assert (shown, sorted(shown)) == (numbers(), [str(number) for number in range(10)])
    assert [len(page) for page in pages] == [limit] * (10 // limit) + ([10 % limit] if 10 % limit else [])


def test_the_newest_come_first(db: None) -> None:
    buy(Deal("old", at=MORNING), Deal("new", at=MORNING + DAY), Deal("middle", at=MORNING + DAY / 2))
    assert numbers() == ["new", "middle", "old"]


def test_a_period_begins_with_its_start_and_ends_before_its_end(db: None) -> None:
    buy(*(Deal(str(day), at=MORNING + day * DAY) for day in range(5)))
    assert numbers(period=Period(MORNING + DAY, MORNING + 3 * DAY)) == ["2", "1"]
    assert numbers(period=Period(MORNING + 3 * DAY)) == ["4", "3"]
    assert numbers(period=Period(None, MORNING + DAY)) == ["0"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("53", ["5366", "5365"]),
        ("5365", ["5365"]),
        (" 5365 ", ["5365"]),
        ("365", []),
        ("%", ["%1"]),
        ("_", []),
        ("", None),
    ]
    + [(odd, []) for odd in ("'", "\\", "🥐", "x" * 5000, "\x00x", "%s")]
    + [("\x00", None), ("53\x0065", ["5365"])],
)
def test_orders_are_found_by_the_beginning_of_their_number(text: str, found: list[str] | None, db: None) -> None:
    buy(*(Deal(number, at=MORNING + day * DAY) for day, number in enumerate(["%1", "5365", "5366"])))
    assert numbers(text=text) == (["5366", "5365", "%1"] if found is None else found)


def test_one_customers_orders_and_returns(db: None) -> None:
    buy(Deal("1", "17850"), Deal("2", "17851"), Deal("3"))
    give_back(Deal("C1", "17850"), Deal("C2"))
    person = see("17850")
    assert (numbers(person=person), numbers("returns", person=person)) == (["1"], ["C1"])
    assert (sorted(numbers()), sorted(numbers("returns"))) == (["1", "2", "3"], ["C1", "C2"])


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, {"nowhere", "here", "there"}),
        (Scope((1,)), {"nowhere", "here"}),
        (Scope((2,)), {"nowhere", "there"}),
        (Scope(()), {"nowhere"}),
    ],
)
def test_orders_of_hidden_locations_are_not_there(scope: Scope, seen: set[str], db: None) -> None:
    deals = [Deal("nowhere", "17850"), Deal("here", "17850", location=1), Deal("there", "17851", location=2)]
    buy(*deals)
    give_back(*deals)
    assert (set(numbers(scope=scope)), set(numbers("returns", scope))) == (seen, seen)
    found = {order.number: order.uuid for order in Order.objects.all()}
    open_to = {number for number, uuid in found.items() if queries.deal_by_uuid(side="orders", uuid=uuid, scope=scope)}
    assert open_to == seen
    people = [see("17850"), see("17851")]
    told = queries.totals_by_person(side="orders", people=people, scope=scope)
    assert sum(row[1] for rows in told.values() for row in rows) == len(seen)
    buyers = queries.list_buyers(scope=scope, period=ALWAYS).rows
    assert sum(buyer.orders for buyer in buyers) == len(seen)
    assert sum(buyer.gross - buyer.returned for buyer in buyers) == 0
    assert queries.count_buyers(scope=scope, period=ALWAYS).number == len(buyers)


@pytest.mark.parametrize("limit", [1, 2, 7, 50])
def test_pages_of_buyers_show_each_once(limit: int, db: None) -> None:
    buy(*(Deal(f"{one}-{day}", str(one), MORNING + (one // 2 + day) * DAY) for one in range(7) for day in range(2)))
    buy(Deal("guest"))
    pages = all_pages(lambda after: queries.list_buyers(scope=EVERYTHING, period=ALWAYS, after=after, limit=limit))
    shown = [row.person for page in pages for row in page]
    assert (len(shown), set(shown)) == (7, {see(str(one)) for one in range(7)})
    assert {row.orders for page in pages for row in page} == {2}
    last = [row.last_order_at for page in pages for row in page]
    assert last == sorted(last, reverse=True)


def test_a_buyer_of_a_period_counts_only_what_lies_in_it(db: None) -> None:
    for day in range(3):
        buy(Deal(f"1-{day}", "17850", MORNING + day * DAY))
        give_back(Deal(f"C-{day}", "17850", MORNING + day * DAY, (("tea", "1", str(day)),)))
    (buyer,) = queries.list_buyers(scope=EVERYTHING, period=Period(MORNING + DAY, MORNING + 3 * DAY)).rows
    assert (buyer.orders, buyer.gross, buyer.returned, buyer.last_order_at) == (2, 2000, 300, MORNING + 2 * DAY)


def test_who_only_gave_something_back_is_no_buyer(db: None) -> None:
    give_back(Deal("C1", "17850"))
    assert (
        queries.list_buyers(scope=EVERYTHING, period=ALWAYS).rows,
        queries.count_buyers(scope=EVERYTHING, period=ALWAYS).number,
    ) == ((), 0)


def test_money_of_two_currencies_is_never_one_sum(db: None) -> None:
    buy(Deal("1", "17850", currency="EUR"), Deal("2", "17850"), Deal("3", "17850"))
    give_back(Deal("C1", "17850", currency="EUR"), Deal("C2", "17850", lines=(("tea", "1", "3"),)))
    (buyer,) = queries.list_buyers(scope=EVERYTHING, period=ALWAYS).rows
    assert (buyer.orders, buyer.currency, buyer.gross, buyer.returned) == (3, "UAH", 2000, 300)
    person = see("17850")
    told = queries.totals_by_person(side="orders", people=[person], scope=EVERYTHING)
    assert told == {person: [("UAH", 2, 2000, MORNING), ("EUR", 1, 1000, MORNING)]}


@pytest.mark.parametrize("key", ["x", "\x00", "WzEsIDJd"])
def test_a_key_changed_by_hand_begins_at_the_top(key: str, db: None) -> None:
    buy(Deal("1", "17850"))
    assert numbers() == [
        row.number for row in queries.list_deals(side="orders", scope=EVERYTHING, period=ALWAYS, after=key).rows
    ]
    assert len(queries.list_buyers(scope=EVERYTHING, period=ALWAYS, after=key).rows) == 1


def test_the_first_products_of_a_deal_are_named_in_its_order(db: None) -> None:
    lines = tuple((code, "1", "1") for code in ("tea", "bun", "tea", "jam"))
    buy(Deal("1", lines=lines), Deal("2"))
    first, second = Order.objects.order_by("number")
    told = queries.product_names(side="orders", deals=[first.pk, second.pk])
    assert {deal: [str(name) for name in names] for deal, names in told.items()} == {
        first.pk: ["tea", "bun", "tea"],
        second.pk: ["tea"],
    }
