"""Carts: as they were last seen, abandoned after the hours of the setting, closed by their order."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from wayloop.commerce import api as commerce
from wayloop.commerce.api import CommerceRefused
from wayloop.commerce.models import Cart, CartLine
from wayloop.commerce.tasks import sweep_carts
from wayloop.commerce.testing import MORNING, Deal, Order, buy
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.due.handlers import Tick
from wayloop.ledger import api as ledger

HOUR = timedelta(hours=1)
TEA = ("tea", "2", "1.50")


@pytest.fixture(autouse=True)
def _set_up(owner_member: object) -> None:
    """There is a business."""


def fill(
    number: str, *lines: tuple[str, str, str], at: datetime = MORNING, customer: str = "770", is_news: bool = True
) -> int:
    return commerce.update_carts(
        carts=commerce.CartColumns(
            source="shop",
            is_news=is_news,
            channel="web",
            numbers=[number],
            handles=[see(customer)],
            updated_at=[at],
            offset_minutes=[180],
            currencies=["UAH"],
        ),
        lines=commerce.LineColumns(
            language="en",
            deals=[0] * len(lines),
            product_codes=[line[0] for line in lines],
            product_names=[line[0].title() for line in lines],
            quantities=[Decimal(line[1]) for line in lines],
            unit_prices=[Decimal(line[2]) for line in lines],
        ),
    )


def sweep(at: datetime) -> int:
    with clock.standing_at(at):
        return commerce.abandon_carts()


def events(customer: str = "770") -> list[tuple[Any, ...]]:
    return [
        (one.kind, one.occurred_at, one.amount, one.properties["lines"])
        for one in ledger.timeline(handles=[see(customer)], scope=EVERYTHING)
        if one.kind.startswith("cart.")
    ]


def test_a_cart_is_what_it_was_last() -> None:
    fill("c1", TEA, ("bun", "1", "3"))
    fill("c1", TEA, at=MORNING + HOUR)
    cart = Cart.objects.get()
    assert (cart.total, cart.line_count, cart.status, cart.created_at, cart.updated_at) == (
        300, 1, "open", MORNING, MORNING + HOUR,
    )  # fmt: skip
    assert list(CartLine.objects.values_list("product__code", "amount")) == [("tea", 300)]
    assert events() == [("cart.updated", MORNING + HOUR, 300, 1), ("cart.updated", MORNING, 600, 2)]


def test_an_update_that_is_known_or_comes_late_changes_nothing() -> None:
    assert [fill("c1", TEA, at=MORNING + HOUR), fill("c1", TEA, at=MORNING + HOUR), fill("c1")] == [1, 0, 0]
    assert (Cart.objects.get().total, len(events())) == (300, 1)


def test_a_cart_is_abandoned_after_its_hours_and_not_before() -> None:
    fill("c1", TEA)
    assert [sweep(MORNING + HOUR - timedelta(seconds=1)), sweep(MORNING + 5 * HOUR), sweep(MORNING + 5 * HOUR)] == [
        0, 1, 0,
    ]  # fmt: skip
    cart = Cart.objects.get()
    # Dated when the hours were over, however late the sweep came.
    assert (cart.status, cart.abandoned_at, events()[0]) == (
        "abandoned", MORNING + HOUR, ("cart.abandoned", MORNING + HOUR, 300, 1),
    )  # fmt: skip
    newest = ledger.timeline(handles=[see("770")], scope=EVERYTHING)[0]
    assert (newest.kind, newest.is_news) == ("cart.abandoned", True)


def test_an_abandoned_cart_that_is_touched_is_open_again() -> None:
    fill("c1", TEA)
    sweep(MORNING + 2 * HOUR)
    fill("c1", TEA, TEA, at=MORNING + 3 * HOUR)
    cart = Cart.objects.get()
    assert (cart.status, cart.abandoned_at) == ("open", None)
    sweep(MORNING + 9 * HOUR)
    assert [kind for kind, *_others in events()].count("cart.abandoned") == 2


def test_an_emptied_cart_is_never_abandoned() -> None:
    fill("c1", TEA)
    fill("c1", at=MORNING + HOUR)
    assert (sweep(MORNING + 9 * HOUR), Cart.objects.get().status) == (0, "emptied")


def test_the_order_closes_its_cart() -> None:
    fill("c1", TEA)
    buy(Deal("1", "770", cart="c1"))
    cart = Cart.objects.get()
    assert (cart.status, cart.order_id) == ("ordered", Order.objects.get().pk)
    assert (sweep(MORNING + 9 * HOUR), fill("c1", TEA, TEA, at=MORNING + HOUR)) == (0, 0)


def test_the_hours_can_be_set_and_count_for_open_carts() -> None:
    fill("c1", TEA)
    commerce.set_cart_hours(hours=3)
    assert (commerce.cart_hours(), sweep(MORNING + 2 * HOUR), sweep(MORNING + 3 * HOUR)) == (3, 0, 1)


@pytest.mark.parametrize("hours", [0, -1, 721])
def test_hours_that_cannot_be_are_refused(hours: int) -> None:
    with pytest.raises(CommerceRefused, match="from 1 to 720"):
        commerce.set_cart_hours(hours=hours)
    assert commerce.cart_hours() == 1


@pytest.mark.parametrize(("is_news", "late"), [(False, HOUR), (True, timedelta(days=3))])
def test_what_is_imported_or_noticed_days_later_triggers_nothing(is_news: bool, late: timedelta) -> None:
    fill("c1", TEA, is_news=is_news)
    sweep(MORNING + HOUR + late)
    newest = ledger.timeline(handles=[see("770")], scope=EVERYTHING)[0]
    assert (newest.kind, newest.is_news) == ("cart.abandoned", False)


def test_the_due_table_sweeps() -> None:
    fill("c1", TEA)
    with clock.standing_at(MORNING + 2 * HOUR):
        sweep_carts(Tick("commerce.abandon_carts", "", MORNING))
    assert Cart.objects.get().status == "abandoned"
