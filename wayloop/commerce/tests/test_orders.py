"""The life of an order: its status, the money for it, its deliveries; each step told once, each mistake taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.commerce.api import CommerceRefused, DeliveryStatus, DeliveryWay, OrderStatus, PaymentMethod, Plan
from wayloop.commerce.models import Delivery, Payment, StatusChange
from wayloop.commerce.queries import deals as lists
from wayloop.commerce.queries import orders as queries
from wayloop.commerce.queries.deals import Period
from wayloop.commerce.rules import is_late
from wayloop.commerce.testing import MORNING, Deal, Order, buy, give_back
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.ledger import api as ledger

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = MORNING + 3 * HOUR


@pytest.fixture(autouse=True)
def _standing_clock(request: Any) -> Any:
    if "committed" not in request.fixturenames:
        request.getfixturevalue("owner_member")
    with clock.standing_at(NOON):
        yield


def placed(number: str = "1", customer: str = "770", **others: Any) -> Order:
    """An open order of 10.00 that nothing was paid for."""
    buy(Deal(number, customer, **{"status": "placed", "paid_by": ""} | others))
    return Order.objects.get(number=number)


def events(customer: str = "770") -> list[str]:
    """The kinds of what happened to somebody, the latest first."""
    return [event.kind for event in ledger.timeline(handles=[see(customer)], scope=EVERYTHING)]


def step(order: Order, status: OrderStatus, key: UUID | None = None) -> bool:
    return commerce.change_status(order=order.pk, key=key or uuid7(), status=status, by=None)


def pay(order: Order, amount: int, key: UUID | None = None, **others: Any) -> bool:
    return commerce.record_payment(
        **{"order": order.pk, "key": key or uuid7(), "method": PaymentMethod.CARD, "amount": amount, "by": None}
        | others
    )


def refund(order: Order, amount: int, key: UUID | None = None) -> bool:
    return commerce.record_refund(order=order.pk, key=key or uuid7(), method=PaymentMethod.CARD, amount=amount, by=None)


def money(order: Order) -> tuple[int | None, int | None]:
    order.refresh_from_db()
    return order.paid, order.balance


def deliver(order: Order, until: datetime | None = None, **others: Any) -> UUID:
    key = uuid7()
    commerce.plan_delivery(
        order=order.pk, key=key, plan=Plan(**{"way": DeliveryWay.COURIER, "promised_to": until} | others)
    )
    return key


def test_an_order_goes_on_step_by_step_and_each_is_told(near_location: int) -> None:
    order = placed(location=near_location)
    for status in (OrderStatus.CONFIRMED, OrderStatus.READY, OrderStatus.COMPLETED):
        assert step(order, status)
    told = ledger.timeline(handles=[see("770")], scope=EVERYTHING)
    assert [event.kind for event in told] == ["order.completed", "order.ready", "order.confirmed", "order.placed"]
    assert [(one.subject_kind, one.subject_id, one.location_id, one.amount, one.source) for one in told] == [
        ("order", order.pk, near_location, 1000, "shop")
    ] * 4
    assert [(one.former, one.status) for one in queries.steps_of(order=order.pk)] == [
        ("placed", "confirmed"), ("confirmed", "ready"), ("ready", "completed"),
    ]  # fmt: skip


def test_an_order_whose_source_tells_no_status_is_completed_and_nothing_is_owed() -> None:
    buy(Deal("1", "770"))
    order = Order.objects.get()
    assert (order.status, order.paid, order.balance) == ("completed", None, None)


def test_the_same_step_twice_is_one() -> None:
    order, key = placed(), uuid7()
    assert [step(order, OrderStatus.READY, key), step(order, OrderStatus.READY, key)] == [True, False]
    assert step(order, OrderStatus.READY) is False
    assert events() == ["order.ready", "order.placed"]


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("confirmed", {"placed"}),
        ("ready", {"placed", "confirmed"}),
        ("completed", {"placed", "confirmed", "ready", "cancelled"}),
        ("cancelled", {"placed", "confirmed", "ready", "completed"}),
        ("placed", set()),
    ],
)
def test_no_step_leads_back(status: str, refused: set[str]) -> None:
    orders = {wanted: placed(wanted, "", status=status) for wanted in OrderStatus.values if wanted != status}
    found = set()
    for wanted, order in orders.items():
        try:
            step(order, OrderStatus(wanted))
        except CommerceRefused:
            found.add(wanted)
    assert found == refused


def test_a_step_taken_back_never_happened() -> None:
    order = placed()
    first, last = uuid7(), uuid7()
    step(order, OrderStatus.READY, first)
    step(order, OrderStatus.CANCELLED, last)
    with pytest.raises(CommerceRefused, match="last step back first"):
        commerce.take_status_back(change=first)
    assert commerce.take_status_back(change=last) == OrderStatus.READY
    assert commerce.take_status_back(change=last) == OrderStatus.READY
    assert events() == ["order.ready", "order.placed"]
    # The same may happen again afterwards, and for good.
    step(order, OrderStatus.CANCELLED)
    order.refresh_from_db()
    assert (order.status, events()[0], StatusChange.objects.count()) == ("cancelled", "order.cancelled", 3)


def test_guests_have_no_history_and_their_orders_go_on_all_the_same() -> None:
    order = placed(customer="")
    step(order, OrderStatus.READY)
    pay(order, 1000)
    deliver(order, NOON)
    assert (money(order), events()) == ((1000, 0), [])


def test_what_is_paid_and_owed_adds_up() -> None:
    order = placed()
    assert money(order) == (0, 1000)
    pay(order, 400)
    assert money(order) == (400, 600)
    pay(order, 600, method=PaymentMethod.CASH)
    assert money(order) == (1000, 0)
    refund(order, 250)
    assert money(order) == (750, 250)
    told = ledger.timeline(handles=[see("770")], scope=EVERYTHING)
    assert [(one.kind, one.amount, one.properties.get("method")) for one in told[:3]] == [
        ("payment.refunded", 250, "card"), ("payment.received", 600, "cash"), ("payment.received", 400, "card"),
    ]  # fmt: skip


def test_the_same_payment_twice_is_one() -> None:
    order, key = placed(), uuid7()
    assert [pay(order, 400, key), pay(order, 400, key)] == [True, False]
    assert (money(order), events()) == ((400, 600), ["payment.received", "order.placed"])


def test_a_payment_taken_back_never_was_and_can_come_back() -> None:
    order, key = placed(), uuid7()
    pay(order, 400, key)
    for _again in range(2):
        commerce.take_payment_back(payment=key)
    assert (money(order), events()) == ((0, 1000), ["order.placed"])
    for _again in range(2):
        commerce.restore_payment(payment=key)
    assert (money(order), events()) == ((400, 600), ["payment.received", "order.placed"])


def test_a_payment_that_was_given_back_cannot_be_taken_back_before_the_refund() -> None:
    order, paid, back = placed(), uuid7(), uuid7()
    pay(order, 400, paid)
    refund(order, 300, back)
    with pytest.raises(CommerceRefused, match="Take that back first"):
        commerce.take_payment_back(payment=paid)
    commerce.take_payment_back(payment=back)
    commerce.take_payment_back(payment=paid)
    with pytest.raises(CommerceRefused, match="cannot go back"):
        commerce.restore_payment(payment=back)
    assert money(order) == (0, 1000)


def test_money_of_a_cancelled_order_is_to_be_given_back() -> None:
    order = placed()
    pay(order, 400)
    step(order, OrderStatus.CANCELLED)
    assert money(order) == (400, -400)
    refund(order, 400)
    assert money(order) == (0, 0)


def test_what_came_back_of_an_order_is_not_owed() -> None:
    order = placed(lines=(("tea", "4", "10"),))
    pay(order, 4000)
    give_back(Deal("C1", "770", lines=(("tea", "1", "10"),), of_order="1"), Deal("C2", "770"))
    assert money(order) == (4000, -1000)
    assert [back.number for back in queries.returns_of(order=order.pk)] == ["C1"]


def test_what_was_paid_on_the_spot_belongs_to_the_order_itself() -> None:
    order = placed(paid_by="cash", status="completed")
    payment = Payment.objects.get()
    assert (money(order), payment.method, payment.amount, events()) == ((1000, 0), "cash", 1000, ["order.placed"])
    with pytest.raises(CommerceRefused, match="Enter a refund instead"):
        commerce.take_payment_back(payment=payment.uuid)
    refund(order, 1000)
    assert money(order) == (0, 1000)


def test_foreign_money_counts_by_the_entered_rates() -> None:
    business.enter_rates(currency="EUR", days=[MORNING.date()], rates=[Decimal(50)], by=None)
    order = placed(lines=(("tea", "1", "100.00"),))
    pay(order, 100, currency="EUR")
    assert money(order) == (5000, 5000)
    with pytest.raises(CommerceRefused, match="No rate is known from USD to UAH"):
        pay(order, 100, currency="USD")
    # Both ways, and between digits: yen have no smaller part.
    business.enter_rates(currency="JPY", days=[MORNING.date()], rates=[Decimal("0.25")], by=None)
    euro = placed("2", currency="EUR", rate="50")
    pay(euro, 2000, currency="JPY")
    assert money(euro) == (1000, 0)


@pytest.mark.parametrize("amount", [0, -1, 10**16])
def test_an_amount_that_is_none_is_refused(amount: int) -> None:
    order = placed()
    with pytest.raises(CommerceRefused, match="above zero"):
        pay(order, amount)
    assert money(order) == (0, 1000)


def test_more_than_was_paid_never_goes_back() -> None:
    order = placed()
    pay(order, 400)
    with pytest.raises(CommerceRefused, match="cannot go back"):
        refund(order, 401)
    assert money(order) == (400, 600)


def test_who_saw_another_balance_is_told() -> None:
    order = placed()
    pay(order, 400, seen_balance=1000)
    with pytest.raises(CommerceRefused, match="changed meanwhile"):
        pay(order, 1000, seen_balance=1000)
    assert money(order) == (400, 600)


def test_two_payments_at_once_lose_nothing(committed: None) -> None:
    buy(Deal("1", "770", status="placed", paid_by="", lines=(("tea", "8", "10"),)))
    order = Order.objects.get()
    failed: list[BaseException] = []

    def half() -> None:
        try:
            for _payment in range(4):
                pay(order, 1000)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=half) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert (failed, money(order), Payment.objects.count(), len(events())) == ([], (8000, 0), 8, 9)


def test_a_delivery_is_promised_sent_and_reaches_the_customer() -> None:
    order = placed()
    delivery = deliver(order, NOON + DAY, carrier="Nova Poshta", number="590001")
    for status in (DeliveryStatus.SENT, DeliveryStatus.DONE):
        assert commerce.move_delivery_on(delivery=delivery, status=status)
        assert commerce.move_delivery_on(delivery=delivery, status=status) is False
    told = ledger.timeline(handles=[see("770")], scope=EVERYTHING)
    assert [one.kind for one in told] == ["delivery.done", "delivery.sent", "delivery.promised", "order.placed"]
    assert told[0].properties == {"number": "1", "way": "courier", "promised_to": NOON + DAY, "is_late": False}
    with pytest.raises(CommerceRefused, match="“Delivered” meanwhile"):
        commerce.move_delivery_on(delivery=delivery, status=DeliveryStatus.FAILED)


@pytest.mark.parametrize("last", [DeliveryStatus.SENT, DeliveryStatus.DONE, DeliveryStatus.FAILED])
def test_a_step_of_a_delivery_taken_back_never_happened(last: DeliveryStatus) -> None:
    order = placed()
    delivery = deliver(order, NOON)
    before = events()
    commerce.move_delivery_on(delivery=delivery, status=last)
    for _again in range(2):
        commerce.take_delivery_back(delivery=delivery, status=last)
    row = Delivery.objects.get()
    assert (row.status, row.sent_at, row.ended_at, events()) == ("planned", None, None, before)
    commerce.move_delivery_on(delivery=delivery, status=last)
    with pytest.raises(CommerceRefused, match="gone further"):
        commerce.take_delivery_back(delivery=delivery, status=DeliveryStatus.PLANNED)
    commerce.take_delivery_back(delivery=delivery, status=last)
    commerce.take_delivery_back(delivery=delivery, status=DeliveryStatus.PLANNED)
    assert (Delivery.objects.count(), events()) == (0, ["order.placed"])


def test_the_moved_promises_of_a_delivery_go_with_it_and_those_of_another_stay() -> None:
    order = placed()
    first, second = deliver(order, NOON + DAY), deliver(order, NOON + DAY)
    later = Plan(way=DeliveryWay.COURIER, promised_to=NOON + 2 * DAY)
    for hours, delivery in enumerate((first, second), 1):
        with clock.standing_at(NOON + hours * HOUR):
            commerce.change_delivery(delivery=delivery, plan=later)
    before = sorted(events())
    commerce.take_delivery_back(delivery=first, status=DeliveryStatus.PLANNED)
    assert before == ["delivery.moved", "delivery.moved", "delivery.promised", "delivery.promised", "order.placed"]
    assert sorted(events()) == ["delivery.moved", "delivery.promised", "order.placed"]


def test_a_promise_whose_seconds_the_form_does_not_show_is_not_moved_by_a_new_carrier() -> None:
    order = placed()
    delivery = deliver(order, NOON + timedelta(seconds=27))
    commerce.change_delivery(
        delivery=delivery, plan=Plan(way=DeliveryWay.COURIER, promised_to=NOON, carrier="Nova Poshta")
    )
    assert "delivery.moved" not in events()
    found = Delivery.objects.get(uuid=delivery)
    assert (found.carrier, found.promised_to) == ("Nova Poshta", NOON + timedelta(seconds=27))


@pytest.mark.parametrize(
    ("status", "due", "ended", "late"),
    [
        ("planned", None, None, False),
        ("planned", NOON, None, False),
        ("sent", NOON - HOUR, None, True),
        ("done", NOON - HOUR, NOON - 2 * HOUR, False),
        ("done", NOON - HOUR, NOON, True),
        ("failed", NOON - HOUR, NOON, False),
    ],
)
def test_late_is_one_rule(status: str, due: datetime | None, ended: datetime | None, late: bool) -> None:
    assert is_late(status, due, ended, NOON) is late


def test_a_broken_promise_stays_broken_when_another_is_made() -> None:
    order = placed()
    kept, broken = deliver(order, NOON + HOUR), deliver(order, NOON - HOUR)
    for delivery in (kept, broken):
        commerce.change_delivery(delivery=delivery, plan=Plan(DeliveryWay.COURIER, promised_to=NOON + DAY))
    with clock.standing_at(NOON + 2 * HOUR):
        assert {row.delivery.uuid: row.is_late for row in queries.deliveries_of(order=order.pk)} == {
            kept: False, broken: True,
        }  # fmt: skip
    assert events().count("delivery.moved") == 2


def test_what_cannot_be_promised_is_refused_in_one_line() -> None:
    order = placed()
    backwards = Plan(DeliveryWay.COURIER, NOON, NOON - HOUR)
    with pytest.raises(CommerceRefused, match="ends before it begins"):
        commerce.plan_delivery(order=order.pk, key=uuid7(), plan=backwards)
    delivery = deliver(order)
    with pytest.raises(CommerceRefused, match="ends before it begins"):
        commerce.change_delivery(delivery=delivery, plan=backwards)
    commerce.move_delivery_on(delivery=delivery, status=DeliveryStatus.DONE)
    with pytest.raises(CommerceRefused, match="is over"):
        commerce.change_delivery(delivery=delivery, plan=replace(backwards, promised_to=NOON))
    step(order, OrderStatus.CANCELLED)
    with pytest.raises(CommerceRefused, match="cancelled"):
        deliver(order)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: commerce.change_status(order=0, key=uuid7(), status=OrderStatus.READY, by=None),
        lambda: commerce.take_status_back(change=uuid7()),
        lambda: commerce.take_payment_back(payment=uuid7()),
        lambda: commerce.move_delivery_on(delivery=uuid7(), status=DeliveryStatus.SENT),
    ],
)
def test_what_is_not_there_is_named_so(ask: Callable[[], object]) -> None:
    with pytest.raises(LookupError):
        ask()


def listed(state: str, scope: Scope = EVERYTHING, **others: Any) -> list[str]:
    period = Period()
    rows = lists.list_deals(side="orders", scope=scope, period=period, state=state, **others).rows
    assert lists.count_deals(side="orders", scope=scope, period=period, state=state, **others).number == len(rows)
    return sorted(row.number for row in rows)


def test_lists_show_what_needs_somebody(near_location: int, far_location: int) -> None:
    late = placed("late", "1", paid_by="cash", location=near_location)
    deliver(late, NOON - HOUR)
    deliver(placed("soon", "2", paid_by="cash"), NOON + HOUR)
    placed("gone", "3", paid_by="cash", status="cancelled", location=far_location)
    placed("owed", "4", location=near_location)
    buy(Deal("old", "5"))
    assert [listed(state) for state in ("", "open", "late", "unpaid", "cancelled", "to_return")] == [
        ["late", "old", "owed", "soon"], ["late", "owed", "soon"], ["late"], ["owed"], ["gone"], ["gone"],
    ]  # fmt: skip
    far = Scope((far_location,))
    assert [listed(state, far) for state in ("late", "unpaid", "cancelled")] == [[], [], ["gone"]]
    # A number is found whatever became of the order.
    assert (listed("", text="gone"), listed("open", text="gone")) == (["gone"], [])
    assert queries.late_among(orders=[late.pk, Order.objects.get(number="soon").pk]) == {late.pk}


def test_cancelled_orders_were_not_bought() -> None:
    placed("1", status="cancelled")
    placed("2")
    totals = lists.totals_by_person(side="orders", people=[see("770")], scope=EVERYTHING)
    assert [row[1:3] for row in totals[see("770")]] == [(1, 1000)]


def test_many_steps_payments_and_deliveries_come_at_once_and_count_once() -> None:
    orders = [placed(str(number), str(number)) for number in range(3)]
    ids, keys = [order.pk for order in orders], [uuid7() for _ in orders]
    steps = commerce.StatusColumns(
        is_news=False,
        orders=[*ids, ids[0]],
        keys=[*keys, uuid7()],
        statuses=["ready", "completed", "cancelled", "confirmed"],
        happened_at=[NOON] * 4,
    )
    paid = commerce.PaymentColumns(
        is_news=False,
        orders=ids,
        keys=keys,
        are_refunds=[False] * 3,
        methods=["card"] * 3,
        amounts=[1000, 400, 300],
        currencies=["UAH", "UAH", "XXX"],
        happened_at=[NOON] * 3,
    )
    sent = commerce.DeliveryColumns(
        is_news=False,
        orders=ids,
        keys=keys,
        ways=["courier"] * 3,
        planned_at=[NOON] * 3,
        promised_from=[None, None, NOON],
        promised_to=[NOON + HOUR, NOON + HOUR, NOON - HOUR],
        sent_at=[NOON + HOUR] * 3,
        ended_at=[NOON + 2 * HOUR, None, None],
        have_failed=[False] * 3,
        carriers=[""] * 3,
        numbers=[""] * 3,
    )
    for expected in ((3, 2, 2), (0, 0, 0)):
        assert (
            commerce.change_statuses(columns=steps),
            commerce.record_payments(columns=paid),
            commerce.record_deliveries(columns=sent),
        ) == expected
    unreadable = [datetime(1, 1, 1, tzinfo=UTC)] * 3
    odd = replace(sent, keys=[uuid7() for _ in orders], promised_from=[None] * 3, promised_to=unreadable)
    assert commerce.record_deliveries(columns=odd) == 0
    for order in orders:
        order.refresh_from_db()
    assert [(one.status, one.paid, one.balance) for one in orders] == [
        ("ready", 1000, 0), ("completed", 400, 600), ("cancelled", 0, 0),
    ]  # fmt: skip
    assert sorted(events("0")) == [
        "delivery.done", "delivery.promised", "delivery.sent", "order.placed", "order.ready", "payment.received",
    ]  # fmt: skip
    assert not any(event.is_news for event in ledger.timeline(handles=[see("0")], scope=EVERYTHING)[:5])


def test_what_is_entered_late_is_history() -> None:
    order = placed()
    for number, moment in enumerate((NOON - 2 * DAY, NOON - HOUR)):
        pay(order, 100 + number, happened_at=moment)
    told = ledger.timeline(handles=[see("770")], scope=EVERYTHING)
    assert {one.amount: one.is_news for one in told if one.kind == "payment.received"} == {100: False, 101: True}


def test_days_of_a_delivery_are_those_of_the_place_it_was_told_in() -> None:
    order = placed()
    evening = datetime(2026, 5, 5, 1, tzinfo=UTC)
    told = {"way": DeliveryWay.CARRIER, "planned_at": MORNING, "promised_to": evening, "due_at": evening}
    ended = {"status": DeliveryStatus.DONE, "ended_at": evening + 3 * HOUR}
    for zone in ("America/Sao_Paulo", "", "Europe/Kyiv"):
        Delivery.objects.create(uuid=uuid7(), order=order, zone=zone, **told, **ended)
    Delivery.objects.create(uuid=uuid7(), order=order, zone="UTC", **told, status=DeliveryStatus.FAILED, ended_at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, order_status, channel, promised_day::text, done_day::text, done_at "
            "FROM api_commerce_deliveries ORDER BY id"
        )
        found = cursor.fetchall()
    # One in the morning of the fifth in London is the evening of the fourth in Brazil; the order itself is at +3.
    same = ("2026-05-05", "2026-05-05", evening + 3 * HOUR)
    assert found == [
        (order.pk, "placed", "till", *days)
        for days in (("2026-05-04", "2026-05-05", evening + 3 * HOUR), same, same, ("2026-05-05", None, None))
    ]


def test_a_delivery_that_is_planned_here_is_told_in_the_zone_of_the_business() -> None:
    delivery = deliver(placed(), NOON)
    assert Delivery.objects.get(uuid=delivery).zone == business.profile().zone
