"""Whoever waits for a late delivery or for money from us is left alone, and only as long as they wait."""

from datetime import timedelta
from uuid import UUID

import pytest

from wayloop.commerce import api as commerce
from wayloop.commerce.api import DeliveryStatus, DeliveryWay, PaymentMethod, Plan
from wayloop.commerce.services.holding import hold_back
from wayloop.commerce.testing import MORNING, Deal, Order, buy, give_back
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.privacy.api import Purpose
from wayloop.privacy.testing import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner_member")]
HOUR = timedelta(hours=1)


def placed(number: str, customer: str) -> Order:
    buy(Deal(number, customer, status="placed", paid_by=""))
    return Order.objects.get(number=number)


def promise(order: Order, *, hours: int) -> UUID:
    key = uuid7()
    plan = Plan(way=DeliveryWay.COURIER, promised_to=MORNING + hours * HOUR)
    commerce.plan_delivery(order=order.pk, key=key, plan=plan)
    return key


def against(customer: str) -> tuple[str, ...]:
    """What stands against a survey, asked anew each time."""
    return ask((see(customer), 1), purpose=Purpose.SURVEY, key=str(uuid7()), channel="web").reasons


def test_a_late_delivery_holds_its_customer_back_until_it_comes() -> None:
    with clock.standing_at(MORNING):
        late, _early = promise(placed("1", "770"), hours=1), promise(placed("2", "771"), hours=9)
    with clock.standing_at(MORNING + 2 * HOUR):
        assert hold_back() == (1, 0)
        assert hold_back() == (0, 0)
        assert (against("770"), against("771")) == (("late_order",), ())
        commerce.move_delivery_on(delivery=late, status=DeliveryStatus.DONE)
        assert hold_back() == (0, 1)
        commerce.take_delivery_back(delivery=late, status=DeliveryStatus.DONE)
        assert hold_back() == (1, 0)
        assert against("770") == ("late_order",)


def test_a_delivery_that_was_forgotten_long_ago_holds_nobody_back_for_ever() -> None:
    with clock.standing_at(MORNING):
        promise(placed("1", "770"), hours=1)
    with clock.standing_at(MORNING + timedelta(days=29)):
        assert hold_back() == (1, 0)
    with clock.standing_at(MORNING + timedelta(days=31)):
        assert hold_back() == (0, 1)


def test_whoever_gave_something_back_is_held_back_until_they_have_their_money() -> None:
    with clock.standing_at(MORNING):
        order = placed("1", "770")
        pay = {"order": order.pk, "method": PaymentMethod.CARD, "amount": 1000, "by": None}
        commerce.record_payment(key=uuid7(), **pay)  # type: ignore[arg-type]
        assert hold_back() == (0, 0)
        give_back(Deal("r1", "770", of_order="1"))
        assert hold_back() == (1, 0)
        assert against("770") == ("refund",)
        commerce.record_refund(key=uuid7(), **pay)  # type: ignore[arg-type]
        assert hold_back() == (0, 1)
        assert against("770") == ()
