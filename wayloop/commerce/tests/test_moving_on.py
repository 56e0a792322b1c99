"""A newer export of the same orders moves them on; an older one, or the same again, changes nothing; undo undoes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wayloop.commerce.entities import OrderLines
from wayloop.commerce.enums import DeliveryStatus, OrderStatus
from wayloop.commerce.kept_words import KeptOfCommerce
from wayloop.commerce.models import Delivery, DeliveryBefore, Order, Payment, StatusChange
from wayloop.commerce.order_parts import Deliveries
from wayloop.commerce.services.deliveries import move_delivery_on
from wayloop.commerce.services.statuses import change_status
from wayloop.commerce.services.undoing import tell_kept_step, undo_batch_step
from wayloop.commerce.tests.test_entities import CONTEXT, MAY, bring, orders
from wayloop.contracts.imports import CountTold
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.ledger import api as ledger

pytestmark = pytest.mark.usefixtures("owner_member")
FIRST, NEWER = CONTEXT, replace(CONTEXT, batch="import:2")
DAY = timedelta(days=1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLACED: dict[str, Any] = {"customer": "7", "status": "placed", "paid": False, "promised_at": MAY + 2 * DAY}
DONE = PLACED | {
    "status": "completed", "paid": True, "paid_by": "card", "sent_at": MAY + DAY, "delivered_at": MAY + 3 * DAY,
    "tracking": "59",
}  # fmt: skip


def state() -> dict[str, Any]:
    """What stands in the tables and in the ledger, without ids."""
    handles = [one for one in Order.objects.values_list("handle", flat=True) if one]
    deliveries = Delivery.objects.values_list("status", "promised_to", "due_at", "sent_at", "ended_at", "number")
    return {
        "orders": list(Order.objects.order_by("number").values_list("number", "status", "paid", "balance")),
        "deliveries": sorted(deliveries, key=repr),
        "payments": sorted(Payment.objects.values_list("amount", "method")),
        "steps": sorted(StatusChange.objects.values_list("status", "batch")),
        "before": DeliveryBefore.objects.count(),
        "events": sorted(one.kind for one in ledger.timeline(handles=handles, scope=EVERYTHING)),
    }


def undo(batch: str) -> None:
    while undo_batch_step(batch=batch, limit=1):
        pass
    while not ledger.retract_batch_step(batch=batch).is_last:
        pass
    while tell_kept_step(batch=batch, limit=1):
        pass


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with clock.standing_at(NOW):
        yield


def test_a_newer_export_moves_status_money_and_delivery_on_and_its_undo_takes_that_back() -> None:
    orders(PLACED, context=FIRST)
    before = state()
    outcome = orders(DONE, context=NEWER)
    after = state()
    assert (outcome.counts["orders_moved"], outcome.counts["orders_known"], outcome.refused) == (1, 1, {})
    assert OrderLines().told(outcome.counts) == [CountTold("1 has moved on", "moved")]
    assert after["orders"] == [("1", "completed", 300, 0)]
    assert after["events"] == sorted(
        [*before["events"], "order.completed", "payment.received", "delivery.sent", "delivery.done"]
    )
    (delivery,) = Delivery.objects.all()
    assert (delivery.status, delivery.number, delivery.batch) == ("done", "59", "import:1")
    assert ledger.timeline(handles=[Order.objects.get().handle or 0], scope=EVERYTHING)[0].is_news is False
    # The same again, and the older one, change nothing.
    for again, context in ((DONE, NEWER), (DONE, replace(NEWER, batch="import:3")), (PLACED, NEWER)):
        assert (orders(again, context=context).counts["orders_moved"], state()) == (0, after)
    undo("import:2")
    assert state() == before
    assert orders(DONE, context=NEWER).counts["orders_moved"] == 1
    assert state() == after


def test_an_order_that_was_cancelled_by_then_owes_nothing_and_is_not_paid() -> None:
    orders(PLACED, context=FIRST)
    orders(DONE | {"status": "cancelled"}, context=NEWER)
    assert state()["orders"] == [("1", "cancelled", 0, 0)]


def test_who_tells_no_status_moves_nothing() -> None:
    orders(PLACED, context=FIRST)
    before = state()
    orders({"customer": "7"}, context=NEWER)
    assert state() == before


def test_a_promise_moves_once_and_does_not_come_back_with_the_older_file() -> None:
    orders(PLACED, context=FIRST)
    before = state()
    later = PLACED | {"promised_at": MAY + 60 * DAY}
    orders(later, context=NEWER)
    after = state()
    # A promise that was broken by then stays so: lateness counts from it.
    assert [one[1:3] for one in after["deliveries"]] == [
        (datetime(2026, 7, 3, 9, tzinfo=UTC), datetime(2026, 5, 6, 9, tzinfo=UTC))
    ]
    assert after["events"] == sorted([*before["events"], "delivery.moved"])
    orders(PLACED, context=replace(NEWER, batch="import:3"))
    assert state() == after
    undo("import:2")
    assert state() == before


def test_what_a_member_did_since_is_kept_and_told_with_the_reason(owner_member: Any) -> None:
    orders(PLACED, {"number": "2"} | PLACED, context=FIRST)
    ready, sent = {"status": "ready"}, {"sent_at": MAY + DAY}
    orders(PLACED | ready | sent, {"number": "2"} | PLACED | ready | sent, context=NEWER)
    first, second = Order.objects.order_by("number")
    change_status(order=first.pk, key=uuid7(), status=OrderStatus.COMPLETED, by=owner_member.pk)
    move_delivery_on(delivery=Delivery.objects.get(order=second).uuid, status=DeliveryStatus.DONE)
    before = state()
    undo("import:2")
    assert [one[:2] for one in state()["orders"]] == [("1", "completed"), ("2", "placed")]
    assert [one[0] for one in state()["deliveries"]] == ["done", "planned"]
    # Of the second order the status went back, of the first one the delivery.
    gone = ["delivery.sent", "order.ready"]
    for kind in gone:
        before["events"].remove(kind)
    assert state()["events"] == before["events"]
    assert KeptOfCommerce().kept_in_words(batch="import:2") == [
        "1 delivery stays as it is: it has been moved on since",
        "1 status stays: the order has gone further since",
    ]
    # The first import leaves what was worked on, with its deliveries.
    undo("import:1")
    assert [one.number for one in Order.objects.order_by("number")] == ["1", "2"]
    assert [one.status for one in Delivery.objects.all()] == ["done"]


def test_a_delivery_of_a_file_of_its_own_moves_on_too() -> None:
    orders({"customer": "7"}, context=FIRST)
    bring(Deliveries(), {"order": "1", "tracking": "59", "promised_at": MAY}, context=FIRST)
    before = state()
    failed: dict[str, Any] = {"order": "1", "tracking": "59", "failed_at": MAY + DAY}
    assert bring(Deliveries(), failed, context=NEWER).counts == {"new": 0, "moved": 1, "known": 0}
    assert bring(Deliveries(), failed, context=NEWER).counts == {"new": 0, "moved": 0, "known": 1}
    assert state()["events"] == sorted([*before["events"], "delivery.failed"])
    undo("import:2")
    assert state() == before
