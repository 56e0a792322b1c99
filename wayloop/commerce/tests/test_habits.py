"""What follows from orders: traits of the customer, and the rhythm of their own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from wayloop.commerce import api as commerce
from wayloop.commerce.api import DealColumns, LineColumns
from wayloop.commerce.habits import OrderRhythm, OrderTraits, favourites_of, rhythm_sign
from wayloop.commerce.testing import Product
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers import api as customers
from wayloop.customers.testing import Card, see
from wayloop.kernel import clock

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def buy(person: int, *days: int, what: str = "latte", price: int = 3, location: int | None = None) -> None:
    """One order of one piece on each of these days after a Monday."""
    at = [MONDAY + day * DAY for day in days]
    commerce.record_orders(
        deals=DealColumns(
            source="till",
            batch="",
            is_news=False,
            channel="till",
            numbers=[f"{person}-{what}-{day}" for day in days],
            handles=[person] * len(days),
            happened_at=at,
            offset_minutes=[180] * len(days),
            currencies=["UAH"] * len(days),
            rates=[Decimal(1)] * len(days),
            location_ids=[location] * len(days),
        ),
        lines=LineColumns(
            language="en",
            deals=list(range(len(days))),
            product_codes=[what] * len(days),
            product_names=[what.title()] * len(days),
            quantities=[Decimal(1)] * len(days),
            unit_prices=[Decimal(price)] * len(days),
        ),
    )


@pytest.fixture
def anna(owner_member: object) -> int:
    return see("1", "Anna", at=MONDAY)


def test_traits_follow_from_the_orders(anna: int) -> None:
    boris = see("2", "Boris")
    buy(anna, 0, 7, 14, 28)
    buy(anna, 7, what="cake", price=5)
    buy(boris, 0)
    Product.objects.filter(code="latte").update(category="coffee")
    latte = str(Product.objects.get(code="latte").pk)
    found = OrderTraits().values([anna, boris])
    assert found[anna] == {
        "orders_count": 5,
        "last_purchase": "2026-06-29",
        "spent_total": {"amount": 1700, "currency": "UAH"},
        "average_order": {"amount": 340, "currency": "UAH"},
        "purchase_gap": 7,
        "purchase_days": ["mon"],
        "favourites": [latte],
        "bought_categories": ["coffee"],
    }
    assert (found[boris]["orders_count"], "purchase_gap" in found[boris], found[boris]["favourites"]) == (1, False, [])
    assert OrderTraits().words({"favourites": [latte, "0", "x"]}) == {"favourites": {latte: "Latte"}}


def test_computed_traits_stand_on_the_card_and_nobody_elses(anna: int) -> None:
    boris = see("2", "Boris")
    buy(anna, 0, 7, 14)
    buy(boris, 3)
    customers.compute_traits(people=[anna])
    cards = {card.person: card for card in Card.objects.all()}
    assert (cards[anna].computed["orders_count"], cards[anna].computed["channels"]) == (3, ["till"])
    assert (cards[anna].traits, cards[boris].computed, cards[boris].computed_at) == ({}, {}, None)


def test_money_without_a_rate_is_told_in_the_currency_used_most(anna: int) -> None:
    buy(anna, 0, 7)
    deals = {"source": "till", "batch": "", "is_news": False, "channel": "web", "offset_minutes": [0]}
    commerce.record_orders(
        deals=DealColumns(
            **deals, numbers=["pln"], handles=[anna], happened_at=[MONDAY], currencies=["PLN"], rates=[None]
        ),
        lines=LineColumns("en", [0], ["latte"], ["Latte"], [Decimal(1)], [Decimal(9)]),
    )
    found = OrderTraits().values([anna])[anna]
    assert (found["spent_total"], found["average_order"]) == (
        {"amount": 600, "currency": "UAH"},
        {"amount": 300, "currency": "UAH"},
    )


@pytest.mark.parametrize(
    ("gaps", "passed", "tone"),
    [
        ([], 900, None),
        ([10], 900, None),
        ([10, 10], 20, "good"),
        ([10, 10], 21, "warn"),
        ([10, 10], 40, "warn"),
        ([10, 10], 41, "bad"),
        ([1, 1, 1], 8, "good"),
        ([1, 1, 1], 9, "bad"),
        ([200, 200, 220], 400, "good"),
        ([5, 90, 5, 5], 12, "good"),
        ([10, 10], -3, "good"),
    ],
)
def test_the_rhythm_is_their_own(gaps: list[int], passed: int, tone: str | None) -> None:
    days = [date(2026, 1, 1)]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    sign = rhythm_sign(days, days[-1] + timedelta(days=passed))
    assert (sign.tone if sign else None) == tone


def test_the_sentence_names_the_last_order_and_the_usual_gap(anna: int) -> None:
    buy(anna, 0, 19, 38)
    with clock.standing_at(MONDAY + 100 * DAY):
        sign = OrderRhythm().look(anna, EVERYTHING)
    assert sign is not None
    assert (sign.about, sign.word, sign.sentence) == (
        "rhythm",
        "Later than usual",
        "Last order 9 July, usually every 19 days",
    )


def test_orders_of_hidden_places_tell_no_rhythm(anna: int) -> None:
    buy(anna, 0, 7, 14, location=2)
    told: list[Any] = [OrderRhythm().look(anna, scope) for scope in (Scope((1,)), Scope((2,)))]
    assert [sign is None for sign in told] == [True, False]


def test_favourites_are_what_was_bought_more_than_once() -> None:
    assert favourites_of({"1": 1, "2": 5, "3": 2, "10": 5, "4": 2}) == ["2", "10", "3"]
