"""An event, a purchase with its lines and a payment, broken at every single call: sent again, each is there once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection

from tests.faults.nth_call import (
    Break,
    cut,
    cut_after_commit,
    every_call,
    fail,
    killed_at,
    lose_answer,
)
from tests.faults.proxy import Proxy
from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.commerce.models import Payment
from wayloop.commerce.testing import Order, OrderLine, Product
from wayloop.contracts.commerce import PurchaseLine
from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.ledger import api as ledger

# Of one customer: events by kind, orders with their lines and totals, payments.
Effects = tuple[list[tuple[str, int | None]], list[tuple[int, int]], int]
ONCE: Effects = (
    [("order.placed", 800), ("payment.received", 800), ("visit.made", None)],
    [(2, 800)],
    1,
)


@dataclass(frozen=True)
class Guest:
    """A customer, and the keys under which the till sends what it has to tell, as often as it likes."""

    handle: int
    visit: UUID = field(default_factory=uuid7)
    purchase: UUID = field(default_factory=uuid7)
    payment: UUID = field(default_factory=uuid7)


@pytest.fixture
def guests(committed: None) -> Callable[[], Guest]:
    """Makes new ones: what the ledger holds stays."""
    business.set_up_business(
        name="Tea house",
        trade="cafe",
        zone="Europe/Kyiv",
        currency="UAH",
        content_languages=["uk"],
        locations=[],
    )
    for code, price in (("tea", "2.50"), ("bun", "3")):
        Product.objects.create(source="shop", code=code, price=Decimal(price), currency="UAH")
    numbers = iter(range(1000))
    return lambda: Guest(see(str(next(numbers))))


def tell(guest: Guest) -> None:
    """What a till tells of one guest, in three transactions."""
    moment = clock.now()
    ledger.record_events(
        columns=EventColumns(
            kind="visit.made",
            source="till",
            is_news=True,
            message_ids=[str(guest.visit)],
            handles=[guest.handle],
            occurred_at=[moment],
            offset_minutes=[120],
            subject_kind="visit",
            subject_ids=[guest.handle],
        )
    )
    tea, bun = Product.objects.order_by("-code").values_list("pk", flat=True)
    commerce.record_purchase(
        key=guest.purchase,
        location_id=None,
        handle=guest.handle,
        lines=[PurchaseLine(tea, Decimal(2)), PurchaseLine(bun)],
        happened_at=moment,
    )
    order = Order.objects.get(uuid=guest.purchase)
    commerce.record_payment(
        order=order.pk, key=guest.payment, method=commerce.PaymentMethod.CASH, amount=order.total, by=None
    )


def effects(guest: Guest) -> Effects:
    events = [(event.kind, event.amount) for event in ledger.timeline(handles=[guest.handle], scope=EVERYTHING)]
    orders = Order.objects.filter(handle=guest.handle)
    shapes = [(OrderLine.objects.filter(order=order).count(), order.total) for order in orders]
    return sorted(events), shapes, Payment.objects.filter(order__in=orders).count()


def run_all(guests: Callable[[], Guest], breaking: Break, what: str) -> None:
    for point in every_call(breaking):
        guest = guests()
        with point:
            tell(guest)
        connection.close()
        tell(guest)
        assert effects(guest) == ONCE, f"{what} {point.number}"
    # Three transactions, so three commits at least.
    assert point.number > 3
    print(f"\n  {what:<52} {point.number - 1:>3} points, each effect exactly once", end="")


def test_told_undisturbed(guests: Callable[[], Guest]) -> None:
    guest = guests()
    tell(guest)
    assert effects(guest) == ONCE


def test_a_statement_that_fails(guests: Callable[[], Guest]) -> None:
    run_all(guests, fail(), "event, order, payment: n-th statement fails")


@pytest.mark.faults
def test_a_connection_cut_at_any_statement(guests: Callable[[], Guest], proxy: Proxy) -> None:
    run_all(guests, cut(proxy), "event, order, payment: cut at the n-th statement")


@pytest.mark.faults
def test_an_answer_lost_at_any_statement(guests: Callable[[], Guest], proxy: Proxy) -> None:
    run_all(guests, lose_answer(proxy), "event, order, payment: answer of the n-th lost")


def test_a_connection_cut_between_commit_and_its_answer(guests: Callable[[], Guest], proxy: Proxy) -> None:
    run_all(guests, cut_after_commit(proxy), "event, order, payment: cut after the n-th COMMIT")


@pytest.mark.faults
def test_a_process_killed_at_any_statement(guests: Callable[[], Guest]) -> None:
    number = 0
    while True:
        number += 1
        guest = guests()
        was_killed = killed_at(number, lambda: tell(guest))  # noqa: B023 – runs before the next guest comes
        tell(guest)
        assert effects(guest) == ONCE, number
        if not was_killed:
            break
    assert number > 3
    print(f"\n  {'event, order, payment: kill -9 at the n-th':<52} {number - 1:>3} points, each effect once", end="")
