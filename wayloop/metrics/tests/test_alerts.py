"""Alerts: raised once when a number leaves its band beyond chance, with the reason, and settled when it is back."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate

import pytest
from django.test import Client

from wayloop.commerce.testing import MORNING, Deal, buy, deliver
from wayloop.contracts.metrics import Interval, Reading
from wayloop.kernel import clock
from wayloop.metrics.bands import CHANCE_A_YEAR, blame, blame_change, far_interval, is_outside
from wayloop.metrics.enums import Standing
from wayloop.metrics.evidence import Net, Share, Total
from wayloop.metrics.intervals import Middle, Ratio, wilson
from wayloop.metrics.models import Alert, Goal
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.services.alerts import WITHIN
from wayloop.metrics.services.goals import look_at_goals
from wayloop.metrics.standing import stands
from wayloop.metrics.tests.test_goals import LIST, NEW, typed
from wayloop.metrics.tests.test_views import page, plain

DAY = timedelta(days=1)
ALERTS = "/numbers/goals/alerts/"
EARLY, LATER, BACK = (MORNING + days * DAY for days in (3, 42, 82))


def share(hits: int, n: int, key: str | None = None, name: str = "csat") -> Reading:
    evidence = Share(hits, n)
    return Reading(BY_NAME[name], hits / n, n, "share", key=key, interval=wilson(hits, n), evidence=evidence)


def total(value: float, key: str | None = None, name: str = "orders") -> Reading:
    return Reading(BY_NAME[name], value, int(value), "orders", key=key, evidence=Total(value, value))


def test_a_number_is_outside_when_its_goal_lies_three_standard_errors_away() -> None:
    # Score intervals of 80 of 100 with z = 3, by the formula of Wilson: 0.658 … 0.893.
    found = far_interval(share(80, 100), 0.85)
    assert found is not None
    assert (round(found.low, 3), round(found.high, 3)) == (0.658, 0.893)
    assert [is_outside(share(80, 100), target) for target in (0.85, 0.89, 0.9, None)] == [False, False, True, False]
    # Of late deliveries fewer are better.
    assert [is_outside(share(30, 100, name="late_share"), target) for target in (0.1, 0.2, 0.4)] == [True, False, False]
    assert [far_interval(total(100), target) for target in (50, 144)] == [Interval(70, 130), Interval(64, 136)]
    # Of four orders awaited, none may be chance; of sixteen it is not.
    assert [is_outside(total(0), target) for target in (4, 9, 16)] == [False, False, True]
    ratio = Reading(BY_NAME["average_order_value"], 10, 40, "UAH", evidence=Ratio(10, 2, 0.5, 40))
    assert far_interval(ratio, 9) == Interval(4, 16)
    middle = Reading(BY_NAME["resolution_time"], 5, 40, "hours", evidence=Middle(5, Interval(4, 6), 0.5, 40))
    assert [is_outside(middle, target) for target in (4, 3)] == [False, True]
    net = Reading(BY_NAME["nps"], 30, 400, "points", evidence=Net(200, 80, 400))
    assert [is_outside(net, target) for target in (40, 50)] == [False, True]
    # Of too little nothing is said.
    assert far_interval(share(5, 20), 0.9) is None


def test_the_part_that_is_worse_than_all_others_beyond_doubt_is_named() -> None:
    parts = [share(90, 100, "1"), share(45, 100, "2"), share(88, 100, "3"), share(5, 40, "4"), share(1, 10, None)]
    whole = share(229, 350)
    named = blame("location", whole, parts)
    # Part 4 is worse, but it holds fewer rows: part 2 weighs more.
    assert named is not None
    assert (named.cut, named.reading.key, round(named.excess)) == ("location", "2", 29)
    assert blame("location", share(270, 300), [share(90, 100, key) for key in "123"]) is None
    lost = blame_change("channel", [total(100, "shop"), total(95, "till")], [total(110, "shop"), total(300, "web")])
    assert lost is not None
    assert (lost.reading.key, lost.reading.value, lost.excess) == ("web", 0, 300)
    assert blame_change("channel", [total(100, "shop")], [total(110, "shop")]) is None


@pytest.mark.parametrize("days", [30, 90, 365])
def test_chance_alone_raises_no_more_alerts_than_is_said(
    days: int, record_property: Callable[[str, object], None]
) -> None:
    """Numbers that truly stand on their goal of 85 %, looked at daily, 20 answers a day."""
    chance = random.Random(20261122)
    years, raised = 300, 0
    for _year in range(years):
        good = [sum(chance.random() < 0.85 for _answer in range(20)) for _day in range(365 + days)]
        sums = list(accumulate(good, initial=0))
        was_within = False
        for day in range(days, 365 + days):
            number = share(sums[day] - sums[day - days], 20 * days)
            # As `follow_goal` does: outside counts only for what was within before.
            if is_outside(number, 0.85):
                raised += was_within
                was_within = False
            elif stands(number, 0.85) in WITHIN:
                was_within = True
    record_property(f"alerts in {years} years of daily looks over {days} days", raised)
    assert 0 < raised <= CHANCE_A_YEAR[days] * years


@pytest.fixture
def deliveries(owner: Client, near_location: int, far_location: int) -> None:
    """Sixty orders of each place, delivered in three times; in the second those of the far place come late."""
    for first, day, late in ((0, 1, (3, 3)), (60, 40, (3, 40)), (120, 80, (3, 2))):
        for place, name, lates in ((near_location, "n", late[0]), (far_location, "f", late[1])):
            numbers = [f"{name}{first + number}" for number in range(60)]
            buy(*(Deal(number, number, MORNING + day * DAY, location=place) for number in numbers))
            deliver(*((one, day - (place < lates), day) for place, one in enumerate(numbers)))


def test_an_alert_is_raised_once_with_its_reason_and_settled_when_the_number_is_back(
    deliveries: None, owner: Client, far_location: int
) -> None:
    with clock.standing_at(EARLY):
        owner.post(NEW, typed(metric="late_share", aim="10", action="A second carrier"))
        assert (Goal.objects.get().standing, look_at_goals()) == (Standing.REACHED, 0)
    with clock.standing_at(LATER):
        assert [look_at_goals(), look_at_goals()] == [1, 0]
        alert = Alert.objects.get()
        assert (alert.n, round(alert.value, 3), alert.target, alert.settled_at) == (120, 0.358, 0.1, None)
        assert (alert.cut, alert.part, alert.part_n) == ("location", str(far_location), 60)
        shown = plain(page(owner, ALERTS))
        assert "35.8%, it should be 10.0%" in shown
        assert "66.7% · from 60 delivered orders" in shown
        assert "A second carrier" in shown
        home = plain(page(owner, "/"))
        assert "Share of late deliveries left its band" in home
        assert "goal is missed" not in home
    with clock.standing_at(BACK):
        look_at_goals()
        assert Alert.objects.get().settled_at == BACK
        assert "left its band" not in plain(page(owner, "/"))
        assert "Settled" in plain(page(owner, ALERTS))


def test_a_goal_that_was_never_reached_raises_no_alert(deliveries: None, owner: Client) -> None:
    with clock.standing_at(LATER):
        owner.post(NEW, typed(metric="late_share", aim="10"))
        look_at_goals()
        assert (Goal.objects.get().standing, Alert.objects.count()) == (Standing.MISSED, 0)


def test_a_goal_that_is_set_anew_begins_anew(deliveries: None, owner: Client) -> None:
    with clock.standing_at(EARLY):
        owner.post(NEW, typed(metric="late_share", aim="10"))
    with clock.standing_at(LATER):
        look_at_goals()
        goal = Goal.objects.get()
        edit = f"{LIST}{goal.pk}/"
        # Words about the goal change nothing of what is watched.
        owner.post(edit, typed(metric="late_share", aim="10", note="Snow"))
        assert Alert.objects.filter(settled_at=None).count() == 1
        owner.post(edit, typed(metric="late_share", aim="50", note="Snow"))
        assert Alert.objects.filter(settled_at=None).count() == 0
        goal.refresh_from_db()
        assert goal.was_within


def test_who_sees_to_an_alert_is_told_and_can_be_taken_back(
    deliveries: None, owner: Client, reader: Client, stranger: Client, front_desk: Client
) -> None:
    with clock.standing_at(EARLY):
        owner.post(NEW, typed(metric="late_share", aim="10"))
    with clock.standing_at(LATER):
        look_at_goals()
        number = Alert.objects.get().pk
        take, leave = f"{ALERTS}{number}/take/", f"{ALERTS}{number}/leave/"
        assert [who.get(ALERTS).status_code for who in (owner, reader, front_desk, stranger)] == [200, 200, 403, 302]
        assert [who.post(take).status_code for who in (reader, front_desk, stranger)] == [403, 403, 302]
        assert "left its band" in plain(page(reader, "/"))
        assert owner.post(take)["Location"] == ALERTS
        # Whoever sees to it is still reminded, the others are not.
        assert ["left its band" in plain(page(who, "/")) for who in (owner, reader)] == [True, False]
        assert "I see to it" not in plain(page(reader, ALERTS))
        owner.post(leave)
        assert "left its band" in plain(page(reader, "/"))
        assert owner.post(f"{ALERTS}{number + 1}/take/").status_code == 404


def test_whoever_sees_one_location_sees_its_alerts_only(
    deliveries: None, owner: Client, far_manager: Client, far_location: int
) -> None:
    with clock.standing_at(EARLY):
        owner.post(NEW, typed(metric="late_share", aim="10"))
        owner.post(NEW, typed(metric="late_share", aim="12", location_id=str(far_location)))
    with clock.standing_at(LATER):
        look_at_goals()
        whole, far = Alert.objects.order_by("goal__location_id").reverse()
        assert (whole.goal.location_id, far.goal.location_id, far.cut) == (None, far_location, "")
        assert ["it should be 10.0%" in plain(page(who, ALERTS)) for who in (owner, far_manager)] == [True, False]
        assert ["it should be 12.0%" in plain(page(who, ALERTS)) for who in (owner, far_manager)] == [True, True]
        assert [far_manager.post(f"{ALERTS}{one.pk}/take/").status_code for one in (whole, far)] == [404, 302]
