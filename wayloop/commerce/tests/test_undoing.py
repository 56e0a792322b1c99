"""What an import brought goes away in steps; what people have built on it since stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from wayloop.commerce import api as commerce
from wayloop.commerce.api import DeliveryWay, OrderStatus, PaymentMethod, Plan
from wayloop.commerce.enums import AgreementKind
from wayloop.commerce.models import Agreement, Delivery, Order, Payment, Product, Return
from wayloop.commerce.services.agreements import Terms, add_agreement, change_agreement
from wayloop.commerce.services.undoing import tell_kept_step, undo_batch_step
from wayloop.commerce.testing import MORNING, Deal, buy, give_back
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import see
from wayloop.kernel.ids import uuid7
from wayloop.ledger import api as ledger

BATCH = "import:7"
CAKE = (("cake", "2", "3.00"), ("tea", "1", "10.00"))
pytestmark = pytest.mark.usefixtures("owner_member")


def undo(batch: str = BATCH, limit: int = 1) -> list[int]:
    """Every step until nothing is left, the ledger's in between; how many rows each step of ours took."""
    steps = []
    while taken := undo_batch_step(batch=batch, limit=limit):
        steps.append(taken)
    while not ledger.retract_batch_step(batch=batch).is_last:
        pass
    while tell_kept_step(batch=batch, limit=limit):
        pass
    return steps


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """What commerce keeps and the ledger tells, without ids."""
    selects = {
        "orders": "SELECT number, status, paid, balance, batch FROM commerce_order",
        "lines": "SELECT o.number, position, code, amount FROM commerce_orderline l JOIN commerce_order o "
        "ON o.id = order_id JOIN commerce_product p ON p.id = product_id",
        "returns": "SELECT number, total, batch FROM commerce_return",
        "payments": "SELECT amount, method, batch FROM commerce_payment",
        "deliveries": "SELECT due_at, batch FROM commerce_delivery",
        "products": "SELECT code, batch FROM commerce_product",
        "agreements": "SELECT number, batch FROM commerce_agreement",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, select in selects.items():
            cursor.execute(select)
            found[name] = sorted(cursor.fetchall(), key=repr)
    found["events"] = sorted(
        (event.kind, str(event.subject_id))
        for event in ledger.timeline(handles=[see("770"), see("771")], scope=EVERYTHING)
    )
    return found


def bring_in() -> None:
    """Two orders with a return, and money, goods and a delivery of an order that was here before."""
    buy(
        Deal("2", "770", lines=CAKE, paid_by="card"),
        Deal("3", "771", lines=CAKE, status="cancelled"),
        names={"cake": "Cake"},
        batch=BATCH,
    )
    give_back(Deal("R1", "770", of_order="1"), Deal("R2", "771", of_order="3"), batch=BATCH)
    here = Order.objects.get(number="1")
    Payment.objects.create(
        uuid=uuid7(),
        order=here,
        method="card",
        amount=400,
        currency="UAH",
        counted=400,
        happened_at=MORNING,
        batch=BATCH,
    )
    Delivery.objects.create(uuid=uuid7(), order=here, way="courier", planned_at=MORNING, due_at=MORNING, batch=BATCH)


@pytest.mark.parametrize("limit", [1, 1000])
def test_an_import_leaves_nothing_behind_and_can_come_again(limit: int) -> None:
    buy(Deal("1", "770", status="placed", paid_by=""))
    before = rows()
    bring_in()
    brought = rows()
    steps = undo(limit=limit)
    # The two kinds of each: money, a delivery, returns, orders and the product nobody else sells.
    assert (len(steps), rows()) == ({1: 7, 1000: 5}[limit], before)
    bring_in()
    assert {name: found for name, found in rows().items() if name != "events"} == {
        name: found for name, found in brought.items() if name != "events"
    }
    assert len(rows()["events"]) == len(brought["events"])


def test_another_import_and_what_lives_are_left_alone() -> None:
    buy(Deal("1", "770"))
    buy(Deal("2", "771"), batch="import:70")
    before = rows()
    assert (undo(), rows()) == ([], before)


def pay(order: Order) -> None:
    commerce.record_payment(order=order.pk, key=uuid7(), method=PaymentMethod.CASH, amount=100, by=None)


def step(order: Order) -> None:
    commerce.change_status(order=order.pk, key=uuid7(), status=OrderStatus.READY, by=None)


def deliver(order: Order) -> None:
    plan = Plan(way=DeliveryWay.COURIER, promised_to=MORNING + timedelta(days=1))
    commerce.plan_delivery(order=order.pk, key=uuid7(), plan=plan)


def take_back(order: Order) -> None:
    give_back(Deal("R1", "770", of_order="2"))


@pytest.mark.parametrize("work", [pay, step, deliver, take_back])
def test_an_order_somebody_worked_on_stays_with_all_that_is_told_of_it(work: Callable[[Order], None]) -> None:
    buy(Deal("2", "770", status="placed", paid_by=""), Deal("3", "770"), batch=BATCH)
    order = Order.objects.get(number="2")
    work(order)
    told = [event for event in rows()["events"] if event[1] != str(Order.objects.get(number="3").pk)]
    lines = [line for line in rows()["lines"] if line[0] == "2"]
    undo()
    assert (rows()["lines"], rows()["events"]) == (lines, told)
    assert [(one.pk, one.batch) for one in Order.objects.all()] == [(order.pk, "")]
    # Its product has become part of the business.
    assert [(one.code, one.batch) for one in Product.objects.all()] == [("tea", "")]
    assert (undo(), buy(Deal("2", "770", status="placed", paid_by=""), batch=BATCH).unchanged) == ([], {"2"})


def test_an_agreement_goes_unless_a_member_has_changed_it(owner_member: Any) -> None:
    terms = Terms(kind=AgreementKind.CONTRACT, title="Beans", starts_on=MORNING.date())
    agreements = [add_agreement(person=see("770"), terms=terms) for _ in range(2)]
    Agreement.objects.update(batch=BATCH)
    longer = replace(terms, ends_on=date(2199, 12, 31))
    change_agreement(agreement_id=agreements[0].pk, terms=longer, seen=1, by=owner_member.pk)
    undo()
    assert [(one.pk, one.batch) for one in Agreement.objects.all()] == [(agreements[0].pk, "")]


def test_returns_are_gone_before_the_orders_they_belong_to() -> None:
    buy(Deal("2", "770"), batch=BATCH)
    give_back(Deal("R1", "770", of_order="2"), batch=BATCH)
    undo()
    assert (Order.objects.count(), Return.objects.count()) == (0, 0)
