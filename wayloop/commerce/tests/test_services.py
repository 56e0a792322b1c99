"""Orders and returns are written once, rounded once, and told to the ledger once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.commerce.testing import MORNING, Deal, Order, OrderLine, Product, Return, ReturnLine, buy, give_back
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import see
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger


def totals() -> dict[str, tuple[str, int, int | None]]:
    return {row.number: (row.currency, row.total, row.total_base) for row in Order.objects.all()}


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "amount"),
    [
        ("6", "2.55", "GBP", 1530),
        ("3", "0.005", "EUR", 2),
        ("1", "0.005", "EUR", 1),
        ("1", "0.004999", "EUR", 0),
        ("0.333", "10", "EUR", 333),
        ("2.5", "1", "JPY", 3),
        ("1", "0.0005", "KWD", 1),
        ("9999999", "9999999", "EUR", 9_999_998_000_000_100),
    ],
)
def test_the_amount_of_a_line_is_rounded_once(quantity: str, price: str, currency: str, amount: int, db: None) -> None:
    buy(Deal("1", lines=(("tea", quantity, price),), currency=currency))
    assert OrderLine.objects.get().amount == amount


def test_the_total_is_the_sum_of_rounded_lines(db: None) -> None:
    buy(Deal("1", lines=(("a", "1", "0.005"), ("b", "1", "0.005"), ("c", "1", "0.005"))))
    assert totals() == {"1": ("UAH", 3, 3)}


@pytest.mark.parametrize(
    ("rate", "base"), [("1", 1005), ("0.5", 503), ("41.25", 41456), ("0.000000001", 0), (None, None)]
)
def test_the_total_in_the_currency_of_the_business_follows_the_rate(
    rate: str | None, base: int | None, db: None
) -> None:
    buy(Deal("1", lines=(("tea", "1", "10.05"),), currency="EUR", rate=rate))
    assert totals() == {"1": ("EUR", 1005, base)}


@pytest.mark.parametrize(
    ("price", "currency", "rate", "base"),
    # Yen have no smaller part, dinars a thousand of them; the hryvnia of the business has a hundred.
    [("100", "JPY", "0.27", 2700), ("1.005", "KWD", "134", 13467)],
)
def test_currencies_of_other_digits_come_out_right(
    price: str, currency: str, rate: str, base: int, owner_member: object
) -> None:
    buy(Deal("1", lines=(("tea", "1", price),), currency=currency, rate=rate))
    assert totals()["1"][2] == base


def test_a_deal_without_a_rate_gets_the_one_entered_for_its_time(owner_member: object) -> None:
    days = [(MORNING + step * timedelta(days=1)).date() for step in (-2, 0)]
    business.enter_rates(currency="EUR", days=days, rates=[Decimal(45), Decimal(46)], by=None)
    with_rates = [
        Deal("1", currency="EUR", rate=None, at=MORNING - timedelta(days=1)),
        Deal("2", currency="EUR", rate=None),
        Deal("3", currency="EUR", rate="40"),
        Deal("4", currency="EUR", rate=None, at=MORNING - timedelta(days=9)),
        Deal("5", currency="USD", rate=None),
        Deal("6", currency="UAH", rate=None),
    ]
    buy(*with_rates)
    assert {number: base for number, (_currency, _total, base) in totals().items()} == {
        "1": 45_000,
        "2": 46_000,
        "3": 40_000,
        "4": None,
        "5": None,
        "6": 1_000,
    }
    give_back(Deal("C1", currency="EUR", rate=None))
    assert (Return.objects.get().rate, Return.objects.get().total_base) == (Decimal(46), 46_000)


def test_a_rate_corrected_later_leaves_written_orders_as_they_are(owner_member: object) -> None:
    for rate in (45, 50):
        business.enter_rates(currency="EUR", days=[MORNING.date()], rates=[Decimal(rate)], by=None)
        buy(Deal(str(rate), currency="EUR", rate=None))
    assert {number: base for number, (_currency, _total, base) in totals().items()} == {"45": 45_000, "50": 50_000}


def test_the_currency_of_the_business_stays_once_an_order_is_counted_in_it(owner_member: object) -> None:
    before = business.currency_is_fixed()
    give_back(Deal("C1"))
    assert (before, business.currency_is_fixed()) == (False, True)


def test_lines_keep_their_order_quantity_and_price(db: None) -> None:
    buy(Deal("1", lines=(("tea", "2", "1.5"), ("bun", "0.125", "8.123456"), ("tea", "1", "1.4"))))
    lines = OrderLine.objects.order_by("position").values_list("position", "product__code", "quantity", "unit_price")
    assert [(place, code, str(quantity), str(price)) for place, code, quantity, price in lines] == [
        (1, "tea", "2.000", "1.500000"),
        (2, "bun", "0.125", "8.123456"),
        (3, "tea", "1.000", "1.400000"),
    ]


def test_the_outcome_tells_what_is_new_what_was_here_and_what_differs(db: None) -> None:
    first = buy(Deal("1"), Deal("2"))
    second = buy(Deal("2"), Deal("3"), Deal("1", lines=(("tea", "2", "10"),)))
    assert (first.written, first.unchanged, first.conflicting) == ({"1", "2"}, set(), set())
    assert (second.written, second.unchanged, second.conflicting) == ({"3"}, {"2"}, {"1"})
    assert totals() == dict.fromkeys("123", ("UAH", 1000, 1000))


@pytest.mark.parametrize(
    ("lines", "is_same"),
    [
        ((("tea", "2", "1.5"), ("bun", "1", "3")), True),
        ((("tea", "2.000", "1.500000"), ("bun", "1.0", "3.00")), True),
        ((("bun", "1", "3"), ("tea", "2", "1.5")), False),
        ((("tea", "2", "1.5"),), False),
        ((("tea", "2", "1.5"), ("bun", "1", "3"), ("bun", "1", "3")), False),
        ((("tea", "2", "1.500001"), ("bun", "1", "3")), False),
        ((("tea", "2.001", "1.5"), ("bun", "1", "3")), False),
        ((("coffee", "2", "1.5"), ("bun", "1", "3")), False),
    ],
)
def test_the_same_number_with_other_lines_is_noticed(
    lines: tuple[tuple[str, str, str], ...], is_same: bool, db: None
) -> None:
    buy(Deal("1", lines=(("tea", "2", "1.5"), ("bun", "1", "3"))))
    outcome = buy(Deal("1", lines=lines))
    assert (outcome.unchanged, outcome.conflicting) == (({"1"}, set()) if is_same else (set(), {"1"}))


def test_what_was_here_already_changes_nothing(db: None, fingerprints: Any) -> None:
    buy(Deal("1", "17850"), Deal("2"))
    give_back(Deal("C1", "17850"))
    before = fingerprints()
    buy(Deal("2"), Deal("1", "17850", lines=(("tea", "9", "9"),)))
    give_back(Deal("C1", "17850"))
    assert fingerprints() == before


def test_numbers_are_of_their_source_and_of_their_side(db: None) -> None:
    outcomes = [buy(Deal("1")), buy(Deal("1"), source="till"), give_back(Deal("1"))]
    assert [outcome.written for outcome in outcomes] == [{"1"}] * 3
    assert (Order.objects.count(), Return.objects.count(), Product.objects.count()) == (2, 1, 2)


def test_returns_stand_apart_with_their_lines(db: None) -> None:
    give_back(Deal("C1", "17850", lines=(("tea", "2", "1.25"), ("bun", "1", "3"))))
    (back,) = Return.objects.values("number", "total", "line_count", "order")
    assert back == {"number": "C1", "total": 550, "line_count": 2, "order": None}
    assert list(ReturnLine.objects.order_by("position").values_list("amount", flat=True)) == [250, 300]
    assert (Order.objects.count(), OrderLine.objects.count()) == (0, 0)


def test_each_deal_of_a_customer_is_an_event(db: None) -> None:
    buy(Deal("1", "17850", location=3))
    give_back(Deal("C1", "17850", MORNING + timedelta(days=1), (("tea", "1", "4"), ("bun", "1", "1"))))
    handle = see("17850")
    told = [
        (
            event.kind,
            event.occurred_at,
            event.amount,
            event.currency,
            event.location_id,
            event.channel,
            event.properties,
        )
        for event in ledger.timeline(handles=[handle], scope=EVERYTHING)
    ]
    assert told == [
        ("return.made", MORNING + timedelta(days=1), 500, "UAH", None, "till", {"number": "C1", "lines": 2}),
        ("order.placed", MORNING, 1000, "UAH", 3, "till", {"number": "1", "lines": 1}),
    ]


def test_a_guest_has_an_order_and_no_event(db: None) -> None:
    buy(Deal("1"), Deal("2", "17850"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT properties ->> 'number' FROM ledger_event")
        assert cursor.fetchall() == [("2",)]
    assert Order.objects.filter(handle=None).get().number == "1"


def test_the_first_name_of_a_product_stays(db: None) -> None:
    for number, name in enumerate(["", "Green tea", "GREEN TEA!!", ""]):
        buy(Deal(str(number)), names={"tea": name})
    assert Product.objects.get().name == Localised({"en": "Green tea"}, "en")


def test_the_first_name_that_is_not_empty_counts_within_one_batch(db: None) -> None:
    lines = (("tea", "1", "1"), ("bun", "1", "1"), ("tea", "1", "2"))
    deal = Deal("1", lines=lines)
    buy(deal, replace(deal, number="2"), names={"tea": "Tea"})
    assert {product.code: str(product.name) for product in Product.objects.all()} == {"tea": "Tea", "bun": "bun"}


def test_products_can_be_named_beforehand_and_again(db: None) -> None:
    names = [Localised({"uk": "Чай", "en": "Tea"}, "uk")]
    commerce.name_products(source="shop", codes=["tea"], names=names, categories=["drinks"])
    buy(Deal("1"), names={"tea": "Another"})
    assert Product.objects.values_list("code", "name", "category").get() == ("tea", names[0], "drinks")
    commerce.name_products(source="shop", codes=["tea"], names=[Localised.of("Te", "en")], categories=[""])
    assert Product.objects.values_list("name", "category").get() == (Localised.of("Te", "en"), "")


def test_a_batch_that_breaks_at_its_last_step_leaves_nothing(
    db: None, fingerprints: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(**_: Any) -> None:
        raise ConnectionError

    see("17850", at=MORNING)
    before = fingerprints()
    monkeypatch.setattr(ledger, "record_events", break_off)
    with pytest.raises(ConnectionError):
        buy(Deal("1", "17850"))
    assert fingerprints() == before


def test_an_order_without_lines_comes_to_nothing(db: None) -> None:
    assert (buy(Deal("1", lines=())).written, totals()) == ({"1"}, {"1": ("UAH", 0, 0)})


def test_no_orders_are_fine(db: None) -> None:
    assert buy().written == frozenset()
