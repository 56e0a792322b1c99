"""What rows of files become in commerce, and why others stay outside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from wayloop.business import api as business
from wayloop.commerce.catalogue import Agreements, Products
from wayloop.commerce.entities import OrderLines, Returns
from wayloop.commerce.models import Agreement, Delivery, Order, OrderLine, Payment, Product, Return
from wayloop.commerce.order_parts import Deliveries, Payments
from wayloop.commerce.services.undoing import undo_batch_step
from wayloop.contracts.imports import ImportContext, ImportOutcome
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import Card
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger

CONTEXT = ImportContext(
    source="shop", batch="import:1", zone="Europe/Kyiv", currency="UAH", language="uk", channel="web"
)
MAY = datetime(2026, 5, 4, 12)  # noqa: DTZ001 – as a file tells it
LINE = {"number": "1", "happened_at": MAY, "product_code": "tea", "quantity": Decimal(2), "unit_price": Decimal("1.5")}
pytestmark = pytest.mark.usefixtures("owner_member")


def bring(entity: Any, *rows: Mapping[str, Any], context: ImportContext = CONTEXT) -> ImportOutcome:
    names = {name for row in rows for name in row}
    columns: dict[str, Sequence[Any]] = {name: [row.get(name) for row in rows] for name in names}
    entity.prepare(context=context, columns=columns)
    return entity.write(context=context, rows=list(range(1, len(rows) + 1)), columns=columns)


def orders(*rows: Mapping[str, Any], **others: Any) -> ImportOutcome:
    return bring(OrderLines(), *({**LINE, **row} for row in rows), **others)


def test_an_order_tells_all_that_its_rows_tell() -> None:
    outcome = orders(
        {"phone": "+380 50 111 22 33", "email": "Anna@example.org", "customer_name": "Анна Коваль", "town": "Суми",
         "status": "placed", "currency": "eur", "paid_by": "card", "category": "Напої", "product_name": "Чай"},
        {"product_code": "cup", "quantity": None, "unit_price": None, "line_total": Decimal("7.335"), "discount": None},
        {"product_code": "milk", "quantity": Decimal(3), "unit_price": Decimal(1), "discount": Decimal("0.50")},
    )  # fmt: skip
    order = Order.objects.get()
    assert (outcome.counts["orders"], outcome.counts["orders_lines"], outcome.refused) == (1, 3, {})
    assert (order.status, order.currency, order.total, order.paid, order.balance) == ("placed", "EUR", 1284, 1284, 0)
    lines = OrderLine.objects.order_by("position").values_list("product__code", "quantity", "unit_price", "amount")
    assert [tuple(map(str, line)) for line in lines] == [
        ("tea", "2.000", "1.500000", "300"),
        ("cup", "1.000", "7.335000", "734"),
        ("milk", "3.000", "1.000000", "250"),
    ]
    card = Card.objects.get()
    assert (card.name, card.traits, card.person) == ("Анна Коваль", {"town": "Суми"}, order.handle)
    tea = Product.objects.get(code="tea")
    assert (str(tea.name), tea.category, tea.batch) == ("Чай", "Напої", "import:1")
    assert order.happened_at == datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_one_customer_is_known_by_any_of_number_phone_and_mail() -> None:
    orders({"customer": "7", "phone": "+380501112233"}, {"number": "2", "phone": "+380501112233"}, {"number": "3"})
    known = dict(Order.objects.values_list("number", "handle"))
    assert (known["1"] == known["2"], known["3"]) == (True, None)


def test_an_order_without_lines_is_one_too() -> None:
    nothing = dict.fromkeys(("product_code", "quantity", "unit_price"))
    orders({**nothing, "status": "cancelled"}, {**nothing, "number": "2", "order_total": Decimal("12.5")})
    assert list(Order.objects.order_by("number").values_list("number", "status", "total", "line_count")) == [
        ("1", "cancelled", 0, 0),
        ("2", "completed", 1250, 0),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"quantity": Decimal(0)}, "sign"),
        ({"quantity": Decimal(-1)}, "sign"),
        ({"unit_price": None}, "price"),
        ({"product_code": None}, "product"),
        ({"discount": Decimal(4)}, "discount"),
        ({"discount": Decimal(-1)}, "discount"),
        ({"location": "Nowhere"}, "place"),
        ({"currency": "XYZ1"}, "unreadable:currency"),
        ({"phone": "no phone"}, "unreadable:phone"),
        ({"email": "no mail"}, "unreadable:email"),
    ],
)
def test_a_row_that_cannot_be_stays_outside_with_its_reason(row: dict[str, Any], code: str) -> None:
    outcome = orders(row, {"number": "2"})
    assert (outcome.refused, [one.number for one in Order.objects.all()]) == ({1: code}, ["2"])
    if ":" not in code:
        assert OrderLines().reason(code).endswith(".")


def test_the_same_rows_again_change_nothing_and_other_lines_are_told_apart() -> None:
    rows: list[dict[str, Any]] = [{"discount": Decimal("0.5")}, {"number": "2", "order_total": Decimal(9)}]
    orders(*rows)
    again = orders(*rows)
    assert {name: count for name, count in again.counts.items() if count} == {
        "orders_known": 2,
        "orders_lines_known": 2,
    }
    other = orders({"discount": Decimal("0.6")}, rows[1])
    assert (other.refused, Order.objects.count(), Payment.objects.count()) == ({1: "conflict"}, 2, 0)


def test_a_promise_of_a_day_is_for_the_whole_of_it_by_the_clock_of_the_file() -> None:
    day = datetime(2026, 5, 6)  # noqa: DTZ001
    late = datetime(2026, 5, 7, 0, 30)  # noqa: DTZ001
    orders({"customer": "7", "promised_at": day, "delivered_at": late})
    found = Delivery.objects.get()
    assert (found.due_at, found.status, found.batch) == (
        datetime(2026, 5, 6, 20, 59, 59, tzinfo=UTC),
        "done",
        "import:1",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT done_day - promised_day FROM api_commerce_deliveries")
        assert cursor.fetchall() == [(1,)]


def test_payments_and_deliveries_come_in_files_of_their_own_once() -> None:
    orders({"customer": "7"}, {"number": "2", "customer": "7"})
    paid: list[dict[str, Any]] = [
        {"order": "1", "amount": Decimal(2), "method": "cash"},
        {"order": "1", "amount": Decimal(2), "method": "cash"},
        {"order": "1", "amount": Decimal(-1)},
        {"order": "2", "amount": Decimal(3), "number": "P1", "happened_at": MAY},
        {"order": "9", "amount": Decimal(3)},
        {"order": "2", "amount": Decimal(0)},
        {"order": "2", "amount": Decimal(1), "currency": "JPY"},
        {"order": "2", "amount": Decimal(1), "currency": "???"},
    ]
    sent: list[dict[str, Any]] = [
        {"order": "1", "delivered_at": MAY, "tracking": "59"},
        {"order": "1", "failed_at": MAY, "tracking": "58"},
        {"order": "9"},
    ]
    for new in (4, 0):
        outcome = bring(Payments(), *paid)
        assert (outcome.counts, outcome.refused) == (
            {"new": new, "known": 4 - new},
            {5: "order", 6: "nothing", 7: "no_rate", 8: "unreadable:currency"},
        )
    for new in (2, 0):
        outcome = bring(Deliveries(), *sent)
        assert (outcome.counts, outcome.refused) == ({"new": new, "moved": 0, "known": 2 - new}, {3: "order"})
    assert list(Order.objects.order_by("number").values_list("paid", "balance")) == [(300, 0), (300, 0)]
    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["done", "failed"]
    # All of it is of the import in the ledger, too: its undo finds it.
    handle = Order.objects.filter(number="1").values_list("handle", flat=True).get()
    before = len(ledger.timeline(handles=[handle or 0], scope=EVERYTHING))
    while not ledger.retract_batch_step(batch="import:1").is_last:
        pass
    assert (before > 5, ledger.timeline(handles=[handle or 0], scope=EVERYTHING)) == (True, [])


def test_places_are_found_by_name_and_channels_by_row() -> None:
    name = Localised.of("Troieshchyna", "en")
    at = business.add_location(details=business.LocationDetails(name, None, "Europe/Kyiv", "", name), by=None)
    orders({"location": "troieshchyna", "channel": "till"}, {"number": "2"}, context=replace(CONTEXT, channel="phone"))
    assert list(Order.objects.order_by("number").values_list("location_id", "channel")) == [
        (at, "till"),
        (None, "phone"),
    ]


def test_returns_come_in_a_file_of_their_own_and_belong_to_who_bought() -> None:
    orders({"customer": "7", "paid_by": "card"})
    rows: list[dict[str, Any]] = [
        {"number": "R1", "of_order": "1", "happened_at": MAY, "order_total": Decimal("-2.5")},
        {"number": "R2", "happened_at": MAY, "product_code": "tea", "quantity": Decimal(-1), "unit_price": Decimal(1)},
    ]
    for new in (2, 0):
        outcome = bring(Returns(), *rows)
        assert (outcome.counts["returns"], outcome.counts["returns_known"], outcome.refused) == (new, 2 - new, {})
    order = Order.objects.get()
    assert list(Return.objects.order_by("number").values_list("number", "total", "order", "handle", "line_count")) == [
        ("R1", 250, order.pk, order.handle, 0),
        ("R2", 100, None, None, 1),
    ]
    assert (order.paid, order.balance) == (300, -250)


def test_a_list_of_products_is_taken_back_to_what_stood_there_before() -> None:
    bring(Products(), {"code": "tea", "name": "Чай", "price": Decimal(5)}, context=replace(CONTEXT, batch="import:0"))
    listed: list[dict[str, Any]] = [
        {"code": "tea", "name_en": "Tea", "price": Decimal("5.50"), "cost": Decimal(2), "category": "Напої"},
        {"code": "cup", "name": "Чашка"},
        {"code": "cup"},
        {"code": "jug", "price": Decimal(-1)},
    ]
    for counts in ({"new": 1, "changed": 1, "known": 0}, {"new": 0, "changed": 0, "known": 2}):
        outcome = bring(Products(), *listed)
        assert (outcome.counts, outcome.refused) == (counts, {3: "twice", 4: "unreadable:price"})
    tea = Product.objects.get(code="tea")
    assert (tea.name.texts, tea.price, tea.cost, tea.currency) == (
        {"uk": "Чай", "en": "Tea"}, Decimal("5.5"), Decimal(2), "UAH",
    )  # fmt: skip
    while undo_batch_step(batch="import:1", limit=1):
        pass
    tea = Product.objects.get()
    assert (tea.code, tea.name.texts, tea.price, tea.cost, tea.category) == ("tea", {"uk": "Чай"}, Decimal(5), None, "")


def test_agreements_come_once_and_belong_to_somebody() -> None:
    day = date(2026, 1, 1)
    rows: list[dict[str, Any]] = [
        {"number": "A1", "customer": "7", "starts_on": day, "price": Decimal(100), "period": "month", "title": "Beans"},
        {"number": "A2", "starts_on": day},
        {"number": "A3", "customer": "7", "starts_on": day, "ends_on": date(2025, 1, 1)},
    ]
    for new in (1, 0):
        outcome = bring(Agreements(), *rows)
        assert (outcome.counts, outcome.refused) == ({"new": new, "known": 1 - new}, {2: "nobody", 3: "terms"})
    found = Agreement.objects.get()
    assert (found.number, found.price, found.currency, found.period, found.batch) == (
        "A1", 10000, "UAH", "month", "import:1",
    )  # fmt: skip
    assert Card.objects.get().person == found.handle
