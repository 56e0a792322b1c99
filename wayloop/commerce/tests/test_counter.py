"""A purchase or a visit in a tap: written once, priced by us, told to the ledger."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from wayloop.commerce import api as commerce
from wayloop.commerce.api import CommerceRefused, PurchaseLine
from wayloop.commerce.models import Payment
from wayloop.commerce.testing import Deal, Order, OrderLine, Product, Return, buy, give_back
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import Card, see
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.ledger import api as ledger

NOW = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _standing_clock(owner_member: object) -> Any:
    with clock.standing_at(NOW):
        yield


def product(code: str, price: str | None = "2.50", **others: Any) -> int:
    made = Product.objects.create(
        source="shop", code=code, price=None if price is None else Decimal(price), currency="UAH", **others
    )
    return int(made.pk)


def purchase(*lines: PurchaseLine, **others: Any) -> commerce.PurchaseInfo:
    return commerce.record_purchase(**{"key": uuid7(), "location_id": None, "handle": None, "lines": lines} | others)


def events(handle: int) -> list[tuple[str, int | None, int | None]]:
    return [
        (event.kind, event.amount, event.location_id) for event in ledger.timeline(handles=[handle], scope=EVERYTHING)
    ]


def test_a_purchase_by_product_costs_what_the_product_costs_today(near_location: int) -> None:
    tea, bun, anna = product("tea"), product("bun", "3"), see("770")
    made = purchase(
        PurchaseLine(tea, Decimal(2)), PurchaseLine(bun, unit_price=Decimal(1)), handle=anna, location_id=near_location
    )
    assert (made.total, made.currency, made.happened_at, made.is_new) == (600, "UAH", NOW, True)
    lines = OrderLine.objects.order_by("position").values_list("product", "amount")
    assert list(lines) == [(tea, 500), (bun, 100)]
    order = Order.objects.get()
    # Kyiv is three hours ahead in summer.
    assert (order.source, order.channel, order.offset_minutes, order.uuid) == ("counter", "till", 180, made.uuid)
    assert events(anna) == [("order.placed", 600, near_location)]


def test_a_purchase_may_be_just_an_amount() -> None:
    anna = see("770")
    made = purchase(amount=12_345, handle=anna)
    assert (made.total, Order.objects.get().line_count, events(anna)) == (12_345, 0, [("order.placed", 12_345, None)])


def test_the_same_tap_twice_is_one_purchase() -> None:
    key, anna = uuid7(), see("770")
    first = purchase(amount=500, key=key, handle=anna)
    again = purchase(amount=500, key=key, handle=anna)
    assert (first.is_new, again.is_new, first.number) == (True, False, again.number)
    assert (Order.objects.count(), len(events(anna))) == (1, 1)


def test_purchases_have_numbers_of_their_own() -> None:
    assert len({purchase(amount=1).number for _ in range(3)}) == 3


def test_a_key_that_belongs_to_another_purchase_is_refused() -> None:
    key = uuid7()
    purchase(amount=500, key=key, handle=see("770"))
    with pytest.raises(CommerceRefused, match="written already"):
        purchase(amount=500, key=key, handle=see("771"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Choose what was bought"),
        ({"amount": 5, "lines": [PurchaseLine(1)]}, "Choose what was bought"),
        ({"amount": 0}, "above zero"),
        ({"amount": -5}, "above zero"),
        ({"amount": 10**9}, "below ten million"),
        ({"lines": [PurchaseLine(-1)]}, "no longer sold"),
    ],
)
def test_what_is_no_purchase_is_refused_in_one_line(given: dict[str, Any], told: str) -> None:
    with pytest.raises(CommerceRefused, match=told):
        purchase(**{"lines": (), **given})
    assert Order.objects.count() == 0


def test_products_that_cannot_be_sold_are_refused_by_name() -> None:
    archived, free = product("old", archived_at=NOW), product("nut", None)
    for wrong, told in ((PurchaseLine(archived), "no longer sold"), (PurchaseLine(free), "“nut” has no price")):
        with pytest.raises(CommerceRefused, match=told):
            purchase(wrong)
    for wrong in (PurchaseLine(free, Decimal(0), Decimal(1)), PurchaseLine(free, unit_price=Decimal(-1))):
        with pytest.raises(CommerceRefused, match="above zero"):
            purchase(wrong)
    assert purchase(PurchaseLine(free, unit_price=Decimal("0.5"))).total == 50


def test_who_bought_or_came_by_was_seen_there(near_location: int) -> None:
    anna = see("770")
    purchase(amount=5, handle=anna, location_id=near_location)
    card = Card.objects.get()
    assert (card.seen_at, card.location_ids, card.handle_text) == (NOW, [near_location], "770")


def test_a_visit_counts_once(near_location: int) -> None:
    key, anna = uuid7(), see("770")
    told = [commerce.record_visit(key=key, location_id=near_location, handle=anna) for _ in range(2)]
    assert (told, events(anna), Card.objects.get().seen_at) == (
        [True, False],
        [("visit.made", None, near_location)],
        NOW,
    )


def test_a_purchase_by_mistake_is_taken_back_and_may_be_made_again(near_location: int) -> None:
    key, anna, tea = uuid7(), see("770"), product("tea")
    buy(Deal("1", "770"))
    purchase(PurchaseLine(tea), key=key, handle=anna)
    assert [commerce.undo_purchase(key=key), commerce.undo_purchase(key=key)] == [True, False]
    assert (Order.objects.get().number, [kind for kind, *_ in events(anna)]) == ("1", ["order.placed"])
    assert purchase(PurchaseLine(tea), key=key, handle=anna).is_new
    assert len(events(anna)) == 2


def test_only_what_was_made_at_the_counter_is_undone_there() -> None:
    buy(Deal("1", "770"))
    order = Order.objects.get()
    assert (commerce.undo_purchase(key=order.uuid), Order.objects.count()) == (False, 1)


def test_a_purchase_of_which_something_was_given_back_stays() -> None:
    key, anna, tea = uuid7(), see("770"), product("tea")
    made = purchase(PurchaseLine(tea), key=key, handle=anna)
    give_back(Deal("r1", "770"))
    Return.objects.update(order_id=made.order_id)
    with pytest.raises(CommerceRefused, match="Enter a return"):
        commerce.undo_purchase(key=key)
    assert Order.objects.count() == 1
    assert ("order.placed", 250, None) in events(anna)


def test_a_purchase_that_was_paid_stays_with_what_was_told_of_it() -> None:
    key, anna, tea = uuid7(), see("770"), product("tea")
    made = purchase(PurchaseLine(tea), key=key, handle=anna)
    Payment.objects.create(
        order_id=made.order_id, uuid=uuid7(), method="cash", amount=250, counted=250, currency="UAH", happened_at=NOW
    )
    with pytest.raises(CommerceRefused, match="Enter a return"):
        commerce.undo_purchase(key=key)
    assert (Order.objects.count(), events(anna)) == (1, [("order.placed", 250, None)])


def test_a_visit_by_mistake_is_taken_back(near_location: int) -> None:
    key, anna = uuid7(), see("770")
    commerce.record_visit(key=key, location_id=near_location, handle=anna)
    told = [commerce.undo_visit(key=key, handle=anna, happened_at=NOW) for _ in range(2)]
    assert (told, events(anna)) == ([True, False], [])
    assert commerce.record_visit(key=key, location_id=near_location, handle=anna)


def test_favourites_are_what_is_in_most_orders(near_location: int, far_location: int) -> None:
    tea, bun = (("tea", "1", "1"),), (("bun", "9", "1"),)
    buy(
        Deal("1", "770", lines=tea + bun, location=near_location),
        Deal("2", "770", lines=tea, location=near_location),
        Deal("3", "770", lines=(("jam", "1", "1"),), location=far_location),
        Deal("4", "771", lines=bun),
    )
    Product.objects.filter(code="jam").update(archived_at=NOW)
    person = see("770")
    for scope, expected in (
        (EVERYTHING, [("tea", 2), ("bun", 1)]),
        (Scope((far_location,)), []),
    ):
        found = commerce.favourites_of([person], scope=scope).get(person, [])
        assert [(one.product.code, one.orders) for one in found] == expected
    assert len(commerce.favourites_of([person], scope=EVERYTHING, limit=1)[person]) == 1
