"""Goals: how a number stands to them by rule, who sets them, who sees which."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.commerce.testing import MORNING, Deal, buy
from wayloop.contracts.metrics import Interval, Reading
from wayloop.kernel import clock
from wayloop.metrics.enums import GoalKind, Standing
from wayloop.metrics.goal_cards import ten_goals
from wayloop.metrics.models import Goal
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.services.goals import GoalRefused, GoalTold, look_at_goals, set_goal
from wayloop.metrics.standing import stands, target_of
from wayloop.metrics.tests.test_views import page, plain

DAY = timedelta(days=1)
TODAY = MORNING + timedelta(hours=3)
NEW, LIST = "/numbers/goals/new/", "/numbers/goals/"


def typed(**others: Any) -> dict[str, Any]:
    """What a member types into the form of a goal: more than two orders in 30 days."""
    return {"metric": "orders", "kind": "value", "aim": "2", "period": "30d"} | others


def reading(name: str, value: float | None, interval: Interval | None = None, n: int = 100) -> Reading:
    return Reading(BY_NAME[name], value, n, "", interval=interval)


@pytest.mark.parametrize(
    ("number", "target", "expected"),
    [
        (reading("csat", 0.86, Interval(0.8, 0.9)), 0.85, Standing.REACHED),
        (reading("csat", 0.83, Interval(0.78, 0.87)), 0.85, Standing.CLOSE),
        (reading("csat", 0.83, Interval(0.81, 0.84)), 0.85, Standing.MISSED),
        # Of late deliveries fewer are better.
        (reading("late_share", 0.04, Interval(0.02, 0.07)), 0.05, Standing.REACHED),
        (reading("late_share", 0.09, Interval(0.07, 0.11)), 0.05, Standing.MISSED),
        # A count has no interval: a twentieth away is close.
        (reading("orders", 95), 100, Standing.CLOSE),
        (reading("orders", 94), 100, Standing.MISSED),
        (reading("csat", 0.2, Interval(0.1, 0.5), n=29), 0.85, Standing.UNKNOWN),
        (reading("csat", None), 0.85, Standing.UNKNOWN),
        (reading("orders", 5), None, Standing.UNKNOWN),
    ],
)
def test_how_a_number_stands_is_a_rule(number: Reading, target: float | None, expected: Standing) -> None:
    assert stands(number, target) == expected


def test_a_target_comes_from_the_aim_the_baseline_or_the_time_before() -> None:
    asked = [(GoalKind.VALUE, 5.0), (GoalKind.BASELINE, 0.12), (GoalKind.GROWTH, 20.0)]
    assert [target_of(kind, aim, 100, 90) for kind, aim in asked] == [5, 112, 110]
    assert [target_of(kind, aim, None, None) for kind, aim in asked] == [5, None, None]
    # Twelve per cent more of a loss of 100 is less of it.
    assert target_of(GoalKind.BASELINE, 0.12, -100, None) == -88


@pytest.fixture
def trade(owner: Client, near_location: int, far_location: int) -> None:
    buy(
        *(Deal(f"n{number}", f"c{number}", MORNING - DAY, location=near_location) for number in range(3)),
        Deal("f1", "c9", MORNING - DAY, location=far_location),
        Deal("old", "c9", MORNING - 40 * DAY, location=near_location),
    )


def test_a_goal_is_set_shown_with_its_number_changed_and_put_away_with_a_way_back(trade: None, owner: Client) -> None:
    with clock.standing_at(TODAY):
        sent = typed(action="A second barista", owner_name="Bar", aim="3", risk="Queues")
        assert owner.post(NEW, sent)["Location"] == LIST
        goal = Goal.objects.get()
        text = plain(page(owner, LIST))
        assert [
            part for part in ("at least 3", "reached", "A second barista", "Bar", "Queues", "Every goal is reached")
            if part in text
        ] == ["at least 3", "reached", "A second barista", "Bar", "Queues", "Every goal is reached"]  # fmt: skip
        assert (goal.standing, goal.stood_at, goal.should_be, goal.baseline) == (Standing.REACHED, 4, 3, 4)
        assert owner.post(f"{LIST}{goal.pk}/", typed(aim="9"))["Location"] == LIST
        assert "1 goal is missed." in plain(page(owner, LIST))
        assert "1 goal is missed" in plain(page(owner, "/"))
        owner.post(f"{LIST}{goal.pk}/archive/")
        assert "No goals yet" in plain(page(owner, LIST))
        owner.post(f"{LIST}{goal.pk}/back/")
        assert "1 goal is missed." in plain(page(owner, LIST))


def test_the_number_of_a_goal_opens_the_rows_of_its_place_and_time(
    trade: None, owner: Client, far_location: int
) -> None:
    with clock.standing_at(TODAY):
        owner.post(NEW, typed(aim="1", location_id=str(far_location)))
        shown = owner.get(LIST).content.decode()
        address = next(part for part in shown.split('"') if part.startswith("/orders/?")).replace("&amp;", "&")
        assert f"location={far_location}" in address
        assert [code in owner.get(address).content.decode() for code in (">f1<", ">n1<", ">old<")] == [
            True,
            False,
            False,
        ]


def test_a_change_is_measured_from_where_it_began(trade: None, owner: Client) -> None:
    with clock.standing_at(TODAY):
        owner.post(NEW, typed(kind="baseline", aim="50"))
        buy(Deal("new1", "c1", MORNING), Deal("new2", "c2", MORNING))
        look_at_goals()
        goal = Goal.objects.get()
        assert (goal.baseline, goal.should_be, goal.stood_at, goal.standing) == (4, 6, 6, Standing.REACHED)
        # Growth is measured against the 30 days before, in which one order was placed.
        owner.post(f"{LIST}{goal.pk}/", typed(kind="growth", aim="6"))
        goal.refresh_from_db()
        assert (goal.should_be, goal.standing) == (7, Standing.MISSED)
        assert "6 more than the 30 days before" in plain(page(owner, LIST))


def test_where_a_change_began_is_told_in_the_currency_of_then(owner: Client) -> None:
    buy(Deal("u1", "c1", MORNING - DAY, currency="USD"), Deal("u2", "c2", MORNING - DAY, currency="USD"))
    with clock.standing_at(TODAY):
        owner.post(NEW, typed(metric="gross_revenue", kind="baseline", aim="50"))
        buy(Deal("h1", "c1", MORNING, currency="UAH"))
        look_at_goals()
        goal = Goal.objects.get()
        assert (goal.baseline_unit, goal.currency, goal.unit, goal.standing) == ("USD", "USD", "UAH", Standing.UNKNOWN)
        # The rest of the goal changes, where it began does not.
        owner.post(f"{LIST}{goal.pk}/", typed(metric="gross_revenue", kind="baseline", aim="60"))
        goal.refresh_from_db()
        assert (goal.baseline_unit, goal.currency) == ("USD", "USD")
        assert "At the start US$20.00" in plain(page(owner, LIST))


def test_money_is_typed_whole_and_kept_exactly(trade: None, owner: Client) -> None:
    with clock.standing_at(TODAY):
        owner.post(
            NEW, typed(metric="gross_revenue", aim="40.50", norm="25", norm_source="Guild", norm_day="2026-01-01")
        )
        goal = Goal.objects.get()
        assert (goal.aim, goal.norm, goal.currency, goal.standing) == (4050, 2500, "UAH", Standing.CLOSE)
        form = owner.get(f"{LIST}{goal.pk}/").content.decode()
        assert ('value="40.5"' in form, 'value="25"' in form) == (True, True)
        owner.post(f"{LIST}{goal.pk}/", typed(metric="csat", aim="85"))
        goal.refresh_from_db()
        assert (goal.aim, goal.standing) == (0.85, Standing.UNKNOWN)


def test_the_daily_look_remembers_since_when_a_goal_stands_so(trade: None, owner: Client) -> None:
    with clock.standing_at(TODAY):
        owner.post(NEW, typed(aim="4"))
    with clock.standing_at(TODAY + DAY):
        assert look_at_goals() == 0
    with clock.standing_at(TODAY + 40 * DAY):
        assert look_at_goals() == 1
        assert "Orders: 0, it should be 4" in plain(page(owner, "/"))
    goal = Goal.objects.get()
    assert (goal.standing, goal.stands_since) == (Standing.MISSED, TODAY + 40 * DAY)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"metric": "happiness"}, "happiness is not one of the available choices"),
        ({"aim": ""}, "This field is required"),
        ({"aim": "much"}, "Enter a number"),
        ({"aim": "9" * 14}, "Ensure that there are no more than"),
        ({"aim": "-5"}, "It is never below zero."),
        ({"metric": "csat", "aim": "101"}, "A share lies between 0 and 100 per cent."),
        ({"metric": "nps", "aim": "-101"}, "It lies between −100 and 100."),
        ({"kind": "baseline", "aim": "-101"}, "A change lies between −100% and 10,000%."),
        ({"norm": "-1", "norm_source": "Guild", "norm_day": "2026-01-01"}, "It is never below zero."),
        ({"due_on": "0001-01-01"}, "Days lie between 1970 and 2199."),
        ({"kind": "luck"}, "luck is not one of the available choices"),
        ({"period": "all"}, "all is not one of the available choices"),
        ({"norm": "5"}, "A norm of the field needs its source and its day."),
        ({"metric": "csat", "kind": "baseline"}, "There is not enough data yet to begin from."),
        ({"location_id": "999999"}, "999999 is not one of the available choices"),
        ({"roi_link": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"note": "x\x00y"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_a_goal_is_told_and_nothing_is_set(
    changed: dict[str, str], words: str, trade: None, owner: Client
) -> None:
    with clock.standing_at(TODAY):
        answer = owner.post(NEW, typed(**changed))
    assert (answer.status_code, words in plain(answer.content.decode()), Goal.objects.count()) == (422, True, 0)


def test_the_usual_goals_are_set_once_as_far_as_there_is_data(trade: None, owner: Client) -> None:
    with clock.standing_at(TODAY):
        for _time in range(2):
            owner.post(f"{LIST}usual/")
    kept = list(Goal.objects.order_by("id").values_list("metric", "kind", "aim"))
    # An average of five orders is too little to begin from.
    assert kept == [
        ("csat", "value", 0.85),
        ("first_contact", "value", 0.7),
        ("nps", "value", 50),
        ("retention", "value", 0.6),
        ("resolution_time", "value", 4),
        ("net_revenue", "growth", 2_500_000),
        ("churn", "value", 0.08),
    ]


def test_the_same_goal_is_not_set_twice(trade: None, owner: Client, near_location: int) -> None:
    with clock.standing_at(TODAY):
        assert [owner.post(NEW, typed()).status_code for _time in range(2)] == [302, 422]
        assert "This goal is set already" in plain(owner.post(NEW, typed()).content.decode())
        # Another value, time or place is another goal.
        others = [typed(aim="3"), typed(period="90d"), typed(location_id=str(near_location))]
        assert [owner.post(NEW, other).status_code for other in others] == [302] * 3
        first = Goal.objects.earliest("id").pk
        assert owner.post(f"{LIST}{first}/", typed()).status_code == 302
        assert owner.post(f"{LIST}{first}/", typed(aim="3")).status_code == 422
        # One that was put away may be set again, and does not come back beside the new one.
        owner.post(f"{LIST}{first}/archive/")
        assert owner.post(NEW, typed()).status_code == 302
        assert "This goal is set already" in plain(owner.post(f"{LIST}{first}/back/", follow=True).content.decode())
    assert Goal.objects.filter(archived_at=None).count() == 4


def test_of_the_ten_goals_of_the_field_eight_can_be_set_and_two_say_what_they_wait_for(
    trade: None, owner: Client
) -> None:
    with clock.standing_at(TODAY):
        told = ten_goals(set())
        shown = plain(page(owner, LIST))
    assert (len(told), [metric for _label, _aim, metric, why in told if not why]) == (
        10,
        [
            "csat", "first_contact", "nps", "retention", "average_order_value", "resolution_time", "net_revenue",
            "churn",
        ],
    )  # fmt: skip
    assert [bool(why) != bool(metric) for _label, _aim, metric, why in told] == [True] * 10
    assert ("Churn (CCR) at most 8.0%" in shown, "Counted from visits of your site." in shown) == (True, True)


def test_a_norm_without_a_source_is_kept_by_nobody(trade: None) -> None:
    with pytest.raises(GoalRefused):
        set_goal(told=GoalTold("orders", "value", 1, "30d", norm=3))


def test_who_may_set_goals_and_who_may_look(
    trade: None, owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    everybody = (owner, reader, front_desk, stranger)
    with clock.standing_at(TODAY):
        owner.post(NEW, typed())
        number = Goal.objects.get().pk
        assert [who.get(LIST).status_code for who in everybody] == [200, 200, 403, 302]
        for path in (NEW, f"{LIST}{number}/"):
            assert [who.get(path).status_code for who in everybody] == [200, 403, 403, 302]
        for path in (f"{LIST}{number}/", f"{LIST}{number}/archive/", f"{LIST}{number}/back/", f"{LIST}usual/"):
            assert [who.post(path, typed(aim="77")).status_code for who in (reader, front_desk, stranger)] == [
                403,
                403,
                302,
            ]
        assert ("at least 2" in page(reader, LIST), "/archive/" in page(reader, LIST)) == (True, False)
    assert Goal.objects.filter(aim=2, archived_at=None).count() == 1


def test_who_sees_one_place_sees_its_goals_only(
    trade: None, owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    with clock.standing_at(TODAY):
        for place, aim in (("", "71"), (near_location, "72"), (far_location, "73")):
            owner.post(NEW, typed(aim=aim, location_id=str(place)))
        text = plain(page(far_manager, LIST))
        assert [f"at least {aim}" in text for aim in (71, 72, 73)] == [False, False, True]
        assert "1 goal is missed" in plain(page(far_manager, "/"))
        hidden = Goal.objects.exclude(location_id=far_location).values_list("pk", flat=True)
        for number in hidden:
            for path in (f"{LIST}{number}/", f"{LIST}{number}/archive/", f"{LIST}{number}/back/"):
                assert far_manager.post(path, typed()).status_code == 404
        # A goal of the whole business would tell of the other places.
        assert far_manager.post(NEW, typed()).status_code == 422
        assert far_manager.post(f"{LIST}usual/").status_code == 404
    assert Goal.objects.filter(archived_at=None).count() == 3


@pytest.mark.parametrize("goals", [1, 3])
def test_the_page_asks_no_more_for_three_goals_of_a_time_than_for_one(
    goals: int, trade: None, owner: Client, django_assert_num_queries: Any
) -> None:
    with clock.standing_at(TODAY):
        for aim in range(goals):
            owner.post(NEW, typed(aim=str(aim)))
        with django_assert_num_queries(12):
            owner.get(LIST)
