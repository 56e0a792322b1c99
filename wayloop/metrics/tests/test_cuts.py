"""Numbers cut by place, product, time and lateness: the parts are the whole, and each part is what it is alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wayloop.business import api as business
from wayloop.commerce.testing import MORNING, Deal, buy, deliver, give_back
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.api import note_traits
from wayloop.customers.testing import see
from wayloop.metrics import api as metrics
from wayloop.metrics.api import Answer, Question

DAY = timedelta(days=1)
UTC_DAYS = business.ReportClock.of("UTC")
ADDED = ("orders", "gross_revenue", "returns", "net_revenue")


def ask(name: str, by: str = "", scope: Scope = EVERYTHING, **others: Any) -> Answer:
    (answer,) = metrics.read([name], Question(scope, "UAH", UTC_DAYS, by=by, **others))
    return answer


def rows(name: str, by: str, **others: Any) -> dict[str | None, float | None]:
    return {row.key: row.value for row in ask(name, by, **others).rows}


def tea(number: str, customer: str = "", price: str = "10", **others: Any) -> Deal:
    return replace(Deal(number, customer), lines=(("tea", "1", price),), **others)


@pytest.fixture
def trade(db: None) -> None:
    buy(
        tea("1", "a", "10", location=1),
        tea("2", "a", "20", location=2, at=MORNING + 31 * DAY),
        replace(Deal("3", "b", lines=(("tea", "1", "5"), ("cup", "2", "7"), ("tea", "1", "5"))), location=1),
        tea("4", price="40", currency="UAH", at=MORNING + 100 * DAY),
    )
    give_back(tea("C1", "a", "4", location=1), tea("C2", price="3", at=MORNING + 31 * DAY))


@pytest.mark.parametrize(
    "by", ["location", "channel", "category", "currency", "day", "week", "month", "quarter", "year"]
)
@pytest.mark.parametrize("name", ADDED)
def test_parts_add_up_to_the_whole(name: str, by: str, trade: None) -> None:
    answer = ask(name, by)
    assert (answer.whole.value, sum(row.value or 0 for row in answer.rows)) == (
        {"orders": 4, "gross_revenue": 9400, "returns": 700, "net_revenue": 8700}[name],
        answer.whole.value,
    )


@pytest.mark.parametrize("name", ["gross_revenue", "returns", "net_revenue"])
def test_money_of_products_adds_up_too(name: str, trade: None) -> None:
    answer = ask(name, "product")
    assert sum(row.value or 0 for row in answer.rows) == answer.whole.value


def test_numbers_are_cut_by_the_town_their_customers_live_in(trade: None) -> None:
    a, b = see("a"), see("b")
    note_traits(trait="town", handles=[a, b], values=["Суми", "Луцьк"], valid_from=[MORNING] * 2, source="shop")
    assert rows("orders", "town") == {"Суми": 2, "Луцьк": 1, None: 1}
    assert rows("net_revenue", "town") == {"Суми": 3000 - 400, "Луцьк": 2400, None: 4000 - 300}
    assert (rows("buyers", "town"), rows("repeat_purchase", "town")["Суми"]) == ({"Суми": 1, "Луцьк": 1, None: 0}, 1)
    assert [ask(name, where=(("town", ("Суми",)),)).whole.value for name in ("orders", "buyers", "returns")] == [
        2, 1, 400,
    ]  # fmt: skip
    assert {row.key: (row.value, row.n) for row in ask("retention", "town", start=MORNING + 20 * DAY).rows} == {
        "Суми": (1, 1), "Луцьк": (0, 1),
    }  # fmt: skip
    deliver(("1", 1, 2), ("3", 1, 1))
    assert rows("late_share", "town") == {"Суми": 1, "Луцьк": 0}


def test_what_is_not_stated_is_a_row_of_its_own(trade: None) -> None:
    assert rows("orders", "location") == {"1": 2, "2": 1, None: 1}
    assert rows("gross_revenue", "category") == {None: 9400}
    question = Question(EVERYTHING, "UAH", UTC_DAYS, by="location")
    labelled = metrics.with_labels(question, ask("orders", "location").rows)
    assert labelled[-1].label == "not stated"


def test_an_order_with_two_lines_of_a_product_is_one_order_of_it(trade: None) -> None:
    named = {
        row.label: row.value
        for row in metrics.with_labels(
            Question(EVERYTHING, "UAH", UTC_DAYS, by="product"), ask("orders", "product").rows
        )
    }
    assert named == {"tea": 4, "cup": 1}


@pytest.mark.parametrize("by", ["location", "channel", "product", "currency"])
@pytest.mark.parametrize("name", ["orders", "gross_revenue", "returns", "net_revenue", "buyers"])
def test_a_part_is_the_same_as_the_number_narrowed_to_it(name: str, by: str, trade: None) -> None:
    found = {row.key: (row.value, row.n) for row in ask(name, by).rows}
    alone = {key: ask(name, where=((by, (key or "",)),)).whole for key in found}
    assert found == {key: (reading.value, reading.n) for key, reading in alone.items()}


def test_months_without_orders_stand_in_the_row_as_zeros(trade: None) -> None:
    assert rows("orders", "month") == {"2026-05": 2, "2026-06": 1, "2026-07": 0, "2026-08": 1}
    assert list(rows("orders", "quarter")) == ["2026-Q2", "2026-Q3"]
    assert list(rows("orders", "week"))[:2] == ["2026-W19", "2026-W20"]


def test_days_are_those_of_the_zone_the_business_lived_in_then(db: None) -> None:
    late = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)
    buy(tea("1", at=late), tea("2", at=late + 10 * DAY))
    moved = business.ReportClock((business.ZoneSpan(None, "Europe/Kyiv"), business.ZoneSpan(late + 5 * DAY, "UTC")))
    (answer,) = metrics.read(["orders"], Question(EVERYTHING, "UAH", moved, by="day"))
    assert [row.key for row in answer.rows if row.value] == ["2026-05-05", "2026-05-14"]


def test_hidden_locations_are_in_no_part(trade: None) -> None:
    assert rows("orders", "location", scope=Scope((2,))) == {"2": 1, None: 1}
    assert list(rows("gross_revenue", "product", scope=Scope(())).values()) == [4000]


def test_ratios_are_what_they_divide(trade: None) -> None:
    told = {
        name: ask(name).whole
        for name in (
            "average_order_value",
            "repeat_purchase",
            "purchase_frequency",
            "revenue_per_customer",
            "returns_share",
        )
    }
    assert {name: (one.value, one.n) for name, one in told.items()} == {
        "average_order_value": (8700 / 4, 4),
        "repeat_purchase": (0.5, 2),
        "purchase_frequency": (1.5, 2),
        "revenue_per_customer": ((5400 - 400) / 2, 2),
        "returns_share": (700 / 9400, 4),
    }
    assert told["average_order_value"].beside == metrics.Beside("median", 2200)
    assert {name: dict(one.left_out) for name, one in told.items() if one.left_out} == {
        name: {"guest_orders": 1} for name in ("repeat_purchase", "purchase_frequency", "revenue_per_customer")
    }
    assert [one.is_enough for one in told.values()] == [False] * 5


def test_a_ratio_of_thirty_is_enough_and_has_an_interval_around_it(db: None) -> None:
    buy(*(tea(str(number), f"c{number}", str(10 + number % 5)) for number in range(30)))
    reading = ask("average_order_value").whole
    assert (reading.value, reading.is_enough) == (1200, True)
    assert reading.interval is not None
    assert 1100 < reading.interval.low < 1200 < reading.interval.high < 1300
    assert ask("average_order_value").whole.interval == reading.interval


def test_retention_is_of_those_who_were_there(db: None) -> None:
    month = 31 * DAY
    buy(
        tea("1", "a"), tea("2", "b"), tea("3", "c"),
        tea("4", "a", at=MORNING + month), tea("5", "d", at=MORNING + month),
        tea("6", "a", at=MORNING + 2 * month), tea("7", "d", at=MORNING + 2 * month), tea("8", at=MORNING + month),
    )  # fmt: skip
    answer = ask("retention")
    assert [(one.key, one.active) for one in answer.cohorts] == [("2026-05", (3, 1, 1)), ("2026-06", (1, 1))]
    # The last order lies in July, which is not over: June is the last whole month.
    assert (answer.whole.value, answer.whole.n) == (1 / 3, 3)
    june = ask("retention", start=datetime(2026, 6, 1, tzinfo=UTC), end=datetime(2026, 7, 1, tzinfo=UTC)).whole
    assert (june.value, june.n) == (1 / 3, 3)
    assert {row.key: (row.value, row.n) for row in ask("retention", "month").rows} == {
        "2026-05": (None, 0), "2026-06": (1 / 3, 3), "2026-07": (0.5, 4),
    }  # fmt: skip


def test_both_sides_of_a_change_of_retention_are_what_each_is_alone(db: None) -> None:
    month = 30 * DAY
    buy(
        tea("1", "a"), tea("2", "b"), tea("3", "c"), tea("4", "a", at=MORNING + month),
        tea("5", "d", at=MORNING + month), tea("6", "d", at=MORNING + 2 * month + DAY),
        tea("7", "a", at=MORNING + 2 * month + DAY), tea("8", "b", at=MORNING + 2 * month - DAY),
    )  # fmt: skip
    before, now, end = MORNING + month - DAY, MORNING + 2 * month, MORNING + 3 * month
    turn = Question(EVERYTHING, "UAH", UTC_DAYS, before, end, turn=(now, now - 2 * DAY))
    (turned,) = metrics.read_change(["retention"], turn)
    alone = [ask("retention", start=now, end=end).whole, ask("retention", start=before, end=now - 2 * DAY).whole]
    assert [(one.value, one.n) for one in (turned.now, turned.before)] == [(0.5, 4), (1 / 3, 3)]
    assert [(one.value, one.n) for one in alone] == [(0.5, 4), (1 / 3, 3)]


def test_late_is_a_later_calendar_day_than_promised(db: None) -> None:
    buy(*(tea(str(number)) for number in range(5)))
    deliver(("0", 2, 2), ("1", 2, 3), ("2", 3, 1), ("3", None, 4))
    reading = ask("late_share").whole
    assert (reading.value, reading.n, dict(reading.left_out)) == (1 / 3, 3, {"without_promise": 1})
    assert rows("late_share", "day") == {"2026-05-05": 0, "2026-05-06": 0, "2026-05-07": 1, "2026-05-08": None}
    assert rows("orders", "late") == {"late": 1, "on_time": 2, None: 2}


def test_a_change_is_one_only_when_its_interval_leaves_zero(db: None) -> None:
    buy(*(tea(f"a{number}", f"c{number}") for number in range(100)))
    buy(*(tea(f"b{number}", f"c{number}", at=MORNING + 10 * DAY) for number in range(110)))
    buy(*(tea(f"d{number}", f"c{number}", at=MORNING + 20 * DAY) for number in range(160)))
    first, second, third = (
        ask("orders", start=MORNING + start * DAY, end=MORNING + (start + 1) * DAY).whole for start in (0, 10, 20)
    )
    assert [metrics.compare(second, first).verdict, metrics.compare(third, first).verdict] == ["same", "changed"]
    few = ask("repeat_purchase", start=MORNING - DAY, end=MORNING).whole
    assert metrics.compare(few, few).verdict == "unknown"


@pytest.mark.parametrize(
    ("name", "asked", "answer"),
    [
        ("csat", {"by": "product"}, "csat cannot be cut by product."),
        ("orders", {"where": ["moon=1"]}, "moon=1 is not understood."),
        ("orders", {"where": ["location=Atlantis"]}, "There is no location Atlantis."),
        ("orders", {"where": ["product=none"]}, "There is no product with the code none."),
        ("orders", {"first": MORNING.date(), "end": MORNING.date()}, "The period ends before it begins."),
    ],
)
def test_a_question_nobody_can_answer_is_refused_in_a_line(name: str, asked: Any, answer: str, db: None) -> None:
    with pytest.raises(metrics.QuestionRefused) as refused:
        metrics.question_of(metric=metrics.BY_NAME[name], **asked)
    assert str(refused.value).startswith(answer)


def test_fields_are_read_as_people_write_them(trade: None) -> None:
    asked = metrics.question_of(metric=metrics.BY_NAME["orders"], where=["product=cup", "location=", "currency=uah"])
    assert [(name, values) for name, values in asked.where if name != "product"] == [
        ("location", ("",)),
        ("currency", ("UAH",)),
    ]
    assert [metrics.read(["orders"], asked)[0].whole.value, ask("orders", where=asked.where[:1]).whole.value] == [0, 1]
