"""Numbers that are taken at moments: who was lost, who is loyal, who is new, what is open."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.business import api as business
from wayloop.commerce.testing import MORNING, Deal, buy
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.kernel import clock
from wayloop.metrics import api as metrics
from wayloop.metrics.api import Answer, Question
from wayloop.metrics.tests.test_views import page, plain
from wayloop.surveys.testing import Asked, QuestionType, asked, invite_people, publish
from wayloop.work.testing import Case, move_to, start

DAY = timedelta(days=1)
DAYS = business.ReportClock.of("UTC")
JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3, 4))
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)


def ask(name: str, by: str = "", scope: Scope = EVERYTHING, **others: Any) -> Answer:
    with clock.standing_at(LATER):
        (answer,) = metrics.read([name], Question(scope, "UAH", DAYS, by=by, **others))
    return answer


def every(days: int, customer: str, first: datetime, last: datetime, **more: Any) -> list[Deal]:
    """Orders of a customer, so many days apart."""
    moments = [first + place * days * DAY for place in range((last - first).days // days + 1)]
    return [Deal(f"{customer}-{place}", customer, at, **more) for place, at in enumerate(moments)]


@pytest.fixture
def rhythms(db: None) -> None:
    """Weekly customers who stop on 31 January, a monthly one who stays, one who came once, one who came twice a day."""
    buy(
        *every(7, "weekly", JANUARY, JANUARY + 28 * DAY),
        *every(7, "stays", JANUARY, APRIL),
        *every(30, "monthly", JANUARY, JANUARY + 60 * DAY),
        Deal("once", "once", JANUARY + 10 * DAY),
        Deal("twice-1", "twice", JANUARY + 5 * DAY), Deal("twice-2", "twice", JANUARY + 5 * DAY + timedelta(hours=3)),
        Deal("guest", at=JANUARY),
    )  # fmt: skip


def test_lost_is_who_stays_away_three_times_as_long_as_usual(rhythms: None) -> None:
    # The weekly one bought last on 29 January: 21 days are three gaps, and nobody is lost before 30 days are over.
    told = {
        day: ask("churn", start=FEBRUARY, end=FEBRUARY + day * DAY).whole for day in (27, 28, 60)
    }  # fmt: skip
    assert {day: (one.value, one.n) for day, one in told.items()} == {27: (0.4, 5), 28: (0.6, 5), 60: (0.6, 5)}
    # Who came on one day only is held against the median of all, seven days: the visits of one day are one.
    assert ask("churn", start=JANUARY + 36 * DAY, end=JANUARY + 42 * DAY).whole.value == 0.25
    # The monthly one is lost after ninety days only.
    late = ask("churn", start=MARCH, end=datetime(2026, 6, 10, tzinfo=UTC)).whole
    assert (late.value, late.n) == (1, 2)


def test_of_whom_nobody_knows_how_often_they_come_nothing_is_said(db: None) -> None:
    buy(*(Deal(str(number), f"c{number}", JANUARY) for number in range(3)))
    told = ask("churn", start=FEBRUARY, end=MARCH).whole
    assert (told.value, told.n, dict(told.left_out)) == (None, 0, {"rhythm_unknown": 3})


def test_a_part_and_a_month_of_churn_are_what_they_are_alone(rhythms: None) -> None:
    buy(*every(10, "far", JANUARY, FEBRUARY, location=7), Deal("fresh", "fresh", MARCH, location=7))
    by_place = {row.key: (row.value, row.n) for row in ask("churn", "location", start=MARCH, end=APRIL).rows}
    alone = {
        place: ask("churn", start=MARCH, end=APRIL, where=(("location", (place,)),)).whole for place in ("7", "")
    }  # fmt: skip
    assert by_place == {place or None: (one.value, one.n) for place, one in alone.items()}
    months = {row.key: (row.value, row.n) for row in ask("churn", "month", start=FEBRUARY, end=APRIL).rows}
    assert months == {
        key: (one.value, one.n)
        for key, one in (
            ("2026-02", ask("churn", start=FEBRUARY, end=MARCH).whole),
            ("2026-03", ask("churn", start=MARCH, end=APRIL).whole),
        )
    }
    assert months["2026-02"][1] == 6


def test_nobody_is_lost_in_days_to_come(rhythms: None) -> None:
    with clock.standing_at(FEBRUARY + 10 * DAY):
        (answer,) = metrics.read(["churn"], Question(EVERYTHING, "UAH", DAYS, FEBRUARY, APRIL))
    # Until the day after today, who came once or on one day is lost; the weekly one will be, later on.
    assert (answer.whole.value, answer.whole.n) == (0.4, 5)
    assert ask("churn", start=FEBRUARY, end=APRIL).whole.value == 0.6


def test_both_sides_of_a_change_are_what_each_is_alone(rhythms: None) -> None:
    turn = Question(EVERYTHING, "UAH", DAYS, FEBRUARY, APRIL, turn=(MARCH, MARCH))
    names = ["churn", "loyal_customers", "cases_open", "retention"]
    with clock.standing_at(LATER):
        both = metrics.read_change(names, turn)
    for name, turned in zip(names, both, strict=True):
        now, before = (ask(name, start=start, end=end).whole for start, end in ((MARCH, APRIL), (FEBRUARY, MARCH)))
        assert ([turned.now.value, turned.now.n], [turned.before.value, turned.before.n]) == (
            [now.value, now.n], [before.value, before.n],
        ), name  # fmt: skip


def test_a_new_customer_is_one_of_the_first_order_and_of_its_place(db: None) -> None:
    buy(
        Deal("1", "a", JANUARY, location=1), Deal("2", "a", FEBRUARY, location=2), Deal("3", "b", FEBRUARY, location=2),
        Deal("4", at=FEBRUARY), Deal("5", "c", JANUARY, status="cancelled"), Deal("6", "c", MARCH, location=1),
    )  # fmt: skip
    assert [row.value for row in ask("new_customers", "month").rows] == [1, 1, 1]
    assert {row.key: row.value for row in ask("new_customers", "location").rows} == {"1": 2, "2": 1}
    assert ask("new_customers", start=FEBRUARY, end=MARCH).whole.value == 1
    # Who sees the second place only does not know what was bought at the first.
    assert ask("new_customers", scope=Scope((2,)), start=FEBRUARY, end=MARCH).whole.value == 2


def test_loyal_is_who_ordered_three_times_in_the_year_until_the_end(db: None) -> None:
    buy(
        *every(100, "loyal", JANUARY, JANUARY + 200 * DAY), *every(200, "rare", JANUARY, JANUARY + 200 * DAY),
        Deal("old", "old", JANUARY - 200 * DAY),
    )  # fmt: skip
    told = [ask("loyal_customers", start=end - DAY, end=end).whole for end in (MARCH, datetime(2026, 8, 1, tzinfo=UTC))]
    # On the day of asking the third order has not come, and the old one lies more than a year back.
    assert [(one.value, one.n) for one in told] == [(0, 3), (0, 2)]
    with clock.standing_at(JANUARY + 300 * DAY):
        (answer,) = metrics.read(["loyal_customers"], Question(EVERYTHING, "UAH", DAYS, JANUARY, JANUARY + 301 * DAY))
    assert (answer.whole.value, answer.whole.n) == (0.5, 2)


def test_open_cases_complaints_and_what_was_given(db: None, near_location: int) -> None:
    buy(*(Deal(str(number), f"c{number}", MORNING, location=near_location) for number in range(8)))
    for number in range(3):
        with clock.standing_at(MORNING + number * DAY):
            case = start(None, f"Cold {number}", location_id=near_location)
        Case.objects.filter(pk=case.pk).update(given=250, currency="UAH" if number else "EUR")
        if number == 0:
            move_to(case, "solved", at=MORNING + 40 * DAY)
    may, june = MORNING + 30 * DAY, MORNING + 50 * DAY
    assert [ask("cases_open", start=MORNING, end=end).whole.value for end in (may, june)] == [3, 2]
    assert [row.value for row in ask("cases_open", "month", start=MORNING - 3 * DAY, end=june).rows] == [3, 2]
    complaints = ask("complaint_share", start=MORNING, end=may)
    assert (complaints.whole.value, complaints.whole.n) == (3 / 8, 8)
    assert [(row.key, row.value, row.n) for row in ask("complaint_share", "cause").rows] == [(None, 3 / 8, 8)]
    given = ask("compensation").whole
    assert (given.value, given.n, given.unit, dict(given.left_out)) == (500, 2, "UAH", {"other_currency": 1})


def test_more_complaints_than_orders_are_told_without_an_interval(db: None) -> None:
    buy(Deal("1", "a"))
    for number in range(2):
        with clock.standing_at(MORNING):
            start(None, f"Cold {number}")
    told = ask("complaint_share").whole
    assert (told.value, told.n, told.interval) == (2, 1, None)


def test_the_response_rate_is_of_what_was_delivered(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    survey = publish(asked(QuestionType.CSAT, "q"), name="After the visit")
    ways = ["lost"] * 2 + ["delivered"] * 11 + ["handed"] * 5 + ["seen"] * 4 + ["begun"] * 4 + ["answered"] * 16
    invite_people(survey, *(Asked(way, MORNING) for way in ways))
    told = ask("response_rate").whole
    assert (told.value, told.n, dict(told.left_out)) == (0.4, 40, {"not_delivered": 2})
    assert told.beside is not None
    assert (told.beside.kind, told.beside.value, told.beside.other) == ("steps", 0.6, 0.5)
    with clock.standing_at(MORNING + DAY):
        shown = plain(page(owner, "/numbers/response_rate/?period=30d"))
        assert ("40.0%" in shown, "seen by 60% · begun by 50%" in shown) == (True, True)
        behind = plain(page(owner, "/numbers/invitations/?period=30d"))
        assert ("After the visit 40 24 20 16 2" in behind, "40 delivered, 16 answered" in behind) == (True, True)
        statuses = [who.get("/numbers/invitations/").status_code for who in (owner, reader, front_desk, stranger)]
        assert statuses == [200, 200, 403, 302]


def test_the_page_says_that_retention_and_churn_need_not_make_a_whole(rhythms: None, owner: Client) -> None:
    for name in ("retention", "churn"):
        with clock.standing_at(MARCH):
            assert "need not make 100% together" in plain(page(owner, f"/numbers/{name}/?period=30d"))
