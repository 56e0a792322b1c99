"""The page of one order and what members do on it: who may, each step once, each mistake taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.commerce.api import cart_hours
from wayloop.commerce.models import Delivery, Payment, StatusChange
from wayloop.commerce.testing import MORNING, Deal, Order, buy, give_back
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7

NOON = MORNING + timedelta(hours=3)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _standing_clock() -> Any:
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def order(owner: Client, near_location: int) -> Order:
    buy(Deal("1", "770", status="placed", paid_by="", location=near_location, name="Anna Near"))
    return Order.objects.get()


def page(order: Order, end: str = "") -> str:
    return f"/orders/{order.uuid}/{end}"


def words(client: Client, path: str) -> str:
    text = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"(<[^>]*>|\s)+", " ", text)


def step(client: Client, order: Order, status: str, key: object = None) -> int:
    return client.post(page(order, "step/"), {"do": status, "key": str(key or uuid7())}).status_code


def toast_undo(client: Client, order: Order) -> str:
    """Where the toast of the next page takes back what was done."""
    found = re.search(r'action="([^"]+/(?:back|again)/[^"]*)"', client.get(page(order)).content.decode())
    assert found
    return found[1]


def delivery(client: Client, order: Order, **given: str) -> Delivery:
    client.post(page(order, "delivery/"), {"key": str(uuid7()), "way": "courier"} | given)
    return Delivery.objects.get()


def posts(order: Order) -> dict[str, dict[str, str]]:
    """Every address that changes something, with what it needs."""
    key = str(uuid7())
    made = StatusChange.objects.create(
        uuid=uuid7(), order=order, former="placed", status="confirmed", happened_at=NOON
    ).uuid
    paid = Payment.objects.create(
        uuid=uuid7(), order=order, method="card", amount=5, currency="UAH", counted=5, happened_at=NOON
    ).uuid
    sent = Delivery.objects.create(uuid=uuid7(), order=order, way="courier", planned_at=NOON).uuid
    return {
        page(order, "step/"): {"do": "confirmed", "key": key},
        page(order, "paid/"): {"method": "card", "key": key, "seen": "1000"},
        page(order, "payment/"): {"method": "card", "key": key, "amount": "1", "currency": "UAH"},
        page(order, "refund/"): {"method": "card", "key": key, "amount": "1", "currency": "UAH"},
        page(order, "delivery/"): {"key": key, "way": "courier"},
        f"/orders/steps/{made}/back/": {},
        f"/orders/payments/{paid}/back/": {},
        f"/orders/payments/{paid}/again/": {},
        f"/orders/deliveries/{sent}/": {"key": key, "way": "pickup"},
        f"/orders/deliveries/{sent}/step/": {"do": "done"},
        f"/orders/deliveries/{sent}/back/planned/": {},
    }


def test_who_may_not_change_orders_changes_nothing(
    order: Order, reader: Client, front_desk: Client, far_manager: Client, stranger: Client,
    fingerprints: Callable[..., object],
) -> None:  # fmt: skip
    asked = posts(order)
    before = fingerprints()
    for who, status in ((reader, 403), (front_desk, 403), (far_manager, 404), (stranger, 302)):
        assert {path: who.post(path, data).status_code for path, data in asked.items()} == dict.fromkeys(asked, status)
    assert fingerprints() == before
    assert [who.get(page(order)).status_code for who in (reader, far_manager, front_desk, stranger)] == [
        200, 404, 403, 302,
    ]  # fmt: skip


def test_a_reader_sees_the_order_and_nothing_to_press(order: Order, owner: Client, reader: Client) -> None:
    delivery(owner, order, to_day="2026-05-05")
    told = words(reader, page(order))
    assert [part in told for part in ("Anna Near", "owed ₴10.00", "Planned", "Promised until tomorrow, 23:59")] == [
        True
    ] * 4
    main = reader.get(page(order)).content.decode().partition("<main")[2].partition("</main>")[0]
    assert ('method="post"' in main, "Plan a delivery" in told) == (False, False)


def test_looking_changes_nothing(order: Order, owner: Client, fingerprints: Callable[..., object]) -> None:
    asked = posts(order)
    before = fingerprints()
    answers = {path: owner.get(path).status_code for path in (page(order), *asked)}
    assert fingerprints() == before
    forms = {path for path, status in answers.items() if status == 200}
    sent = next(path for path in asked if "/deliveries/" in path and path.count("/") == 4)
    expected = {page(order), *(page(order, end) for end in ("payment/", "refund/", "delivery/")), sent}
    assert (forms, set(answers.values())) == (expected, {200, 405})


def test_an_order_goes_on_and_the_toast_takes_it_back(order: Order, owner: Client) -> None:
    assert step(owner, order, "confirmed") == 302
    assert "In work" in words(owner, page(order))
    step(owner, order, "ready")
    undo = toast_undo(owner, order)
    assert owner.post(undo).status_code == 302
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_the_same_press_twice_is_one(order: Order, owner: Client) -> None:
    key = uuid7()
    for _press in range(2):
        step(owner, order, "confirmed", key)
        owner.post(page(order, "paid/"), {"method": "cash", "key": str(key), "seen": "1000"})
    assert (StatusChange.objects.count(), Payment.objects.count()) == (1, 1)


def test_an_order_is_marked_paid_in_a_press_and_back(order: Order, owner: Client) -> None:
    owner.post(page(order, "paid/"), {"method": "cash", "key": str(uuid7()), "seen": "1000"})
    assert "Owed nothing" in words(owner, page(order))
    undo = f"/orders/payments/{Payment.objects.get().uuid}/back/"
    owner.post(undo)
    assert "owed ₴10.00" in words(owner, page(order))
    owner.post(undo.replace("back", "again"))
    order.refresh_from_db()
    assert (order.paid, order.balance) == (1000, 0)


def test_who_pressed_on_an_old_page_is_told_and_nothing_is_paid_twice(order: Order, owner: Client) -> None:
    for seen in ("1000", "1000"):
        owner.post(page(order, "paid/"), {"method": "cash", "key": str(uuid7()), "seen": seen})
    assert "What is owed has changed meanwhile" in owner.get(page(order)).content.decode()
    assert Payment.objects.count() == 1


def test_a_part_is_paid_and_given_back(order: Order, owner: Client) -> None:
    form = {"method": "card", "amount": "4.50", "currency": "UAH", "seen": "1000"}
    assert owner.post(page(order, "payment/"), form | {"key": str(uuid7())}).status_code == 302
    assert owner.post(page(order, "refund/"), form | {"key": str(uuid7()), "amount": "1"}).status_code == 302
    told = words(owner, page(order))
    assert [part in told for part in ("Paid ₴3.50", "Owed ₴6.50", "Money went back", "Bank card")] == [True] * 4


@pytest.mark.parametrize(
    ("end", "amount", "told"),
    [
        ("payment/", "0", "above zero"),
        ("payment/", "-1", "above zero"),
        ("payment/", "10.01", "At most 10.00."),
        ("payment/", "1.005", "At most 2 digits"),
        ("payment/", "x", "Enter a number"),
        ("payment/", "", "required"),
        ("payment/", "1e9", "above zero"),
        ("refund/", "1", "At most 0.00."),
    ],
)
def test_an_amount_that_cannot_be_is_told_beside_the_field(
    end: str, amount: str, told: str, order: Order, owner: Client
) -> None:
    form = {"method": "card", "amount": amount, "currency": "UAH", "key": str(uuid7()), "seen": "1000"}
    answer = owner.post(page(order, end), form)
    assert (answer.status_code, told in answer.content.decode(), Payment.objects.count()) == (422, True, 0)


def test_a_delivery_is_planned_moved_sent_and_taken_back(order: Order, owner: Client) -> None:
    made = delivery(owner, order, to_day="2026-05-04", to_time="18:00", carrier="Nova Poshta", number="590001")
    # Kyiv is three hours ahead in summer.
    assert made.promised_to == MORNING.replace(hour=15)
    assert "590001" in words(owner, page(order))
    path = f"/orders/deliveries/{made.uuid}/"
    assert 'value="18:00"' in owner.get(path).content.decode()
    owner.post(path, {"key": str(made.uuid), "way": "courier", "to_day": "2026-05-03"})
    with clock.standing_at(NOON + DAY):
        assert "late" in words(owner, page(order))
        owner.post(f"{path}step/", {"do": "done"})
        assert "came late" in words(owner, page(order))
    owner.post(f"{path}back/done/")
    made.refresh_from_db()
    assert (made.status, made.ended_at) == ("planned", None)
    owner.post(f"{path}back/planned/")
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"to_time": "18:00"}, "Choose the day too."),
        ({"from_day": "2026-05-06", "to_day": "2026-05-05"}, "ends before it begins"),
        ({"to_day": "yesterday"}, "Enter a valid date"),
        ({"to_day": "0001-01-01"}, "between 1970 and 2199"),
        ({"from_day": "9999-12-31"}, "between 1970 and 2199"),
        ({"way": "pigeon"}, "valid choice"),
        ({"carrier": "x" * 81}, "at most 80"),
    ],
)
def test_a_promise_that_cannot_be_is_told(given: dict[str, str], told: str, order: Order, owner: Client) -> None:
    answer = owner.post(page(order, "delivery/"), {"key": str(uuid7()), "way": "courier"} | given)
    assert (answer.status_code, told in answer.content.decode(), Delivery.objects.count()) == (422, True, 0)


@pytest.mark.parametrize(
    ("end", "data", "status"),
    [
        ("step/", {"do": "flying", "key": "{key}"}, 400),
        ("step/", {"do": "ready"}, 400),
        ("step/", {"do": "ready", "key": "x"}, 400),
        ("paid/", {"method": "shells", "key": "{key}", "seen": "1000"}, 400),
        ("paid/", {"method": "card", "key": "{key}", "seen": "-1"}, 400),
        ("paid/", {"method": "card", "key": "{key}", "seen": "9" * 30}, 400),
    ],
)
def test_what_no_form_sends_is_refused(
    end: str, data: dict[str, str], status: int, order: Order, owner: Client
) -> None:
    given = {name: value.format(key=uuid7()) for name, value in data.items()}
    assert owner.post(page(order, end), given).status_code == status


def test_a_step_back_is_told_and_not_made(order: Order, owner: Client) -> None:
    step(owner, order, "ready")
    step(owner, order, "confirmed")
    assert "cannot become “In work”" in owner.get(page(order)).content.decode()


def test_there_is_no_step_of_nothing(owner: Client) -> None:
    paths = [f"/orders/{kind}/{uuid4()}/back/" for kind in ("steps", "payments")]
    paths += [f"/orders/{uuid4()}/step/", f"/orders/deliveries/{uuid4()}/step/", f"/orders/payments/{uuid4()}/again/"]
    assert [owner.post(path, {"do": "done", "key": str(uuid7())}).status_code for path in paths] == [404] * 5


def test_the_page_tells_what_came_back_and_what_we_owe(order: Order, owner: Client) -> None:
    owner.post(page(order, "paid/"), {"method": "card", "key": str(uuid7()), "seen": "1000"})
    give_back(Deal("C1", "770", lines=(("tea", "1", "4"),), of_order="1"))
    told = words(owner, page(order))
    assert [part in told for part in ("To give back ₴4.00", "Return C1", "Came back −₴4.00")] == [True] * 3


def test_the_list_is_narrowed_to_what_needs_somebody(order: Order, owner: Client, far_manager: Client) -> None:
    delivery(owner, order, to_day="2026-05-03")
    buy(Deal("2", "771"), Deal("3", "771", status="cancelled"))

    def numbers(client: Client, state: str) -> list[str]:
        shown = client.get("/orders/", {"state": state}).content.decode()
        return re.findall(r'class="row-link" href="[^"]+">([^<]*)<', shown)

    assert [numbers(owner, state) for state in ("", "open", "late", "unpaid", "cancelled", "nonsense")] == [
        ["2", "1"], ["1"], ["1"], ["1"], ["3"], ["2", "1"],
    ]  # fmt: skip
    assert [numbers(far_manager, state) for state in ("", "open", "late", "unpaid")] == [["2"], [], [], []]


@pytest.mark.parametrize("things", [1, 3])
def test_the_page_asks_the_database_no_more_for_three_than_for_one(
    things: int, order: Order, owner: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _thing in range(things):
        owner.post(page(order, "delivery/"), {"key": str(uuid7()), "way": "courier"})
        form = {"method": "card", "amount": "1", "currency": "UAH", "key": str(uuid7())}
        owner.post(page(order, "payment/"), form)
    with django_assert_num_queries(14):
        owner.get(page(order))


def test_the_timeline_tells_the_life_of_an_order(order: Order, owner: Client) -> None:
    made = delivery(owner, order, to_day="2026-05-05")
    owner.post(f"/orders/deliveries/{made.uuid}/step/", {"do": "done"})
    owner.post(page(order, "paid/"), {"method": "transfer", "key": str(uuid7()), "seen": "1000"})
    step(owner, order, "completed")
    card = re.search(r'href="(/customers/[0-9a-f-]{36}/)"', owner.get(page(order)).content.decode())[1]
    told = words(owner, card)
    for sentence in (
        "Order 1 is completed",
        "Paid for order 1 Bank transfer",
        "Order 1 reached the customer Courier · in time",
        "Order 1 has a delivery date Courier · promised until tomorrow, 23:59",
    ):
        assert sentence in told


def test_a_late_order_is_the_open_matter_of_the_card(order: Order, owner: Client, far_manager: Client) -> None:
    delivery(owner, order, to_day="2026-05-03")
    card = re.search(r'href="(/customers/[0-9a-f-]{36}/)"', owner.get(page(order)).content.decode())[1]
    assert "Order is late Order 1 was promised until yesterday, 23:59" in words(owner, card)
    buy(Deal("2", "770"))
    assert "Order is late" not in words(far_manager, card)


def test_the_hours_of_carts_are_a_setting(owner: Client, reader: Client, stranger: Client) -> None:
    path = "/orders/carts/"
    assert [who.get(path).status_code for who in (owner, reader, stranger)] == [200, 200, 302]
    assert [who.post(path, {"hours": "9"}).status_code for who in (reader, stranger)] == [403, 302]
    for wrong in ("0", "721", "x", "", "1.5"):
        assert owner.post(path, {"hours": wrong}).status_code == 422
    assert cart_hours() == 1
    assert (owner.post(path, {"hours": "9"}).status_code, cart_hours()) == (302, 9)
