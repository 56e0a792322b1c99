"""The numbers: computed once, from rows that can be counted by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wayloop.business import api as business
from wayloop.commerce.testing import MORNING, Deal, buy, give_back
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.kernel import clock
from wayloop.metrics import api as metrics
from wayloop.metrics.api import Reading

NAMES = ["orders", "gross_revenue", "returns", "net_revenue", "buyers"]
DAY = timedelta(days=1)
KYIV = ZoneInfo("Europe/Kyiv")


def read(scope: Scope = EVERYTHING, **period: Any) -> dict[str, Reading]:
    readings = metrics.read_metrics(names=NAMES, scope=scope, currency="UAH", **period)
    return {reading.metric.name: reading for reading in readings}


def values(scope: Scope = EVERYTHING, **period: Any) -> dict[str, int | None]:
    return {name: reading.value for name, reading in read(scope, **period).items()}


def tea(number: str, customer: str = "", price: str = "10", **others: Any) -> Deal:
    return replace(Deal(number, customer), lines=(("tea", "1", price),), **others)


@pytest.fixture
def trade(db: None) -> None:
    buy(tea("1", "a", "10"), tea("2", "a", "20", at=MORNING + DAY), tea("3", "b", "30", at=MORNING + 2 * DAY), tea("4"))
    give_back(tea("C1", "a", "5", at=MORNING + DAY), tea("C2", "", "1", at=MORNING + 2 * DAY))


def test_each_number_is_what_its_sentence_says(trade: None) -> None:
    told = {name: (one.value, one.n, one.unit, dict(one.left_out)) for name, one in read().items()}
    assert told == {
        "orders": (4, 4, "orders", {}),
        "gross_revenue": (7000, 4, "UAH", {}),
        "returns": (600, 2, "UAH", {}),
        "net_revenue": (6400, 6, "UAH", {}),
        "buyers": (2, 2, "buyers", {}),
    }


def test_an_empty_business_has_zeros_in_its_own_currency(db: None) -> None:
    told = {name: (one.value, one.n, one.unit, list(one.series)) for name, one in read().items()}
    assert told == {
        "orders": (0, 0, "orders", []),
        "gross_revenue": (0, 0, "UAH", []),
        "returns": (0, 0, "UAH", []),
        "net_revenue": (0, 0, "UAH", []),
        "buyers": (0, 0, "buyers", []),
    }


def test_one_number_is_the_same_alone_and_among_others(trade: None) -> None:
    alone = [metrics.read_metrics(names=[name], scope=EVERYTHING, currency="UAH")[0] for name in NAMES]
    assert alone == list(read().values())


def test_a_number_nobody_defined_is_refused(db: None) -> None:
    with pytest.raises(KeyError):
        metrics.read_metrics(names=["happiness"], scope=EVERYTHING, currency="UAH")


def test_a_period_begins_with_its_start_and_ends_before_its_end(trade: None) -> None:
    told = values(start=MORNING + DAY, end=MORNING + 2 * DAY)
    assert told == {"orders": 1, "gross_revenue": 2000, "returns": 500, "net_revenue": 1500, "buyers": 1}
    assert values(start=MORNING + 2 * DAY)["orders"] == 1
    assert values(end=MORNING + DAY)["orders"] == 2


def test_a_return_counts_on_its_own_date(db: None) -> None:
    buy(tea("1", "a", "10"))
    give_back(tea("C1", "a", "10", at=MORNING + 40 * DAY))
    assert [values(start=MORNING)["net_revenue"], values(start=MORNING + DAY)["net_revenue"]] == [0, -1000]


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"start": MORNING - DAY, "end": MORNING + 5 * DAY},
        {"start": MORNING, "end": MORNING + DAY},
        {"start": MORNING},
    ],
)
def test_the_parts_add_up_to_the_whole(period: dict[str, datetime], trade: None) -> None:
    give_back(tea("C0", "a", "2", at=MORNING - 3 * DAY), tea("C9", "a", "3", at=MORNING + 9 * DAY))
    for name, reading in read(**period).items():
        if name != "buyers":
            assert (len(reading.series), sum(reading.series)) == (12, reading.value), name


def test_parts_are_in_the_order_of_time(db: None) -> None:
    buy(*(tea(str(part), price=str(part + 1), at=MORNING + part * DAY) for part in range(12)))
    told = read(start=MORNING, end=MORNING + 12 * DAY)["gross_revenue"].series
    assert list(told) == [100 * (part + 1) for part in range(12)]


def test_returns_alone_have_parts_too(db: None) -> None:
    give_back(tea("C1", price="1"), tea("C2", price="2", at=MORNING + DAY))
    told = read()
    assert (sum(told["returns"].series), sum(told["net_revenue"].series)) == (300, -300)


@pytest.mark.parametrize(
    ("scope", "orders", "net", "buyers"),
    [(EVERYTHING, 3, 5300, 2), (Scope((1,)), 2, 2800, 1), (Scope((2,)), 2, 3500, 1), (Scope(()), 1, 1000, 0)],
)
def test_hidden_locations_are_in_no_number(scope: Scope, orders: int, net: int, buyers: int, db: None) -> None:
    buy(tea("W"), tea("N", "a", "20", location=1), tea("F", "b", "30", location=2))
    give_back(tea("CN", "a", "2", location=1), tea("CF", "b", "5", location=2))
    told = read(scope)
    assert [told[name].value for name in ("orders", "net_revenue", "buyers")] == [orders, net, buyers]
    assert [sum(told[name].series) for name in ("orders", "net_revenue")] in ([orders, net], [0, 0])


def test_one_foreign_currency_is_told_in_itself(db: None) -> None:
    buy(tea("1", currency="GBP", rate=None))
    give_back(tea("C1", price="1", currency="GBP", rate="55"))
    told = read()
    assert [
        (told[name].value, told[name].unit, dict(told[name].left_out)) for name in ("gross_revenue", "net_revenue")
    ] == [
        (1000, "GBP", {}),
        (900, "GBP", {}),
    ]


def test_two_currencies_are_added_by_their_rates(db: None) -> None:
    buy(tea("1"), tea("2", currency="EUR", rate="45.5"))
    give_back(tea("C1", price="1", currency="EUR", rate="46"))
    told = read()
    assert {name: told[name].value for name in NAMES} == {
        "orders": 2,
        "gross_revenue": 1000 + 45500,
        "returns": 4600,
        "net_revenue": 46500 - 4600,
        "buyers": 0,
    }
    assert ({told[name].unit for name in NAMES[1:4]}, told["gross_revenue"].left_out) == ({"UAH"}, {})


def test_what_has_no_rate_is_left_out_and_named_where_it_would_count(db: None) -> None:
    buy(tea("1"), tea("2", currency="EUR", rate=None), tea("3", currency="EUR", rate="45"))
    give_back(tea("C1", price="1", currency="USD", rate=None), tea("C2", price="1"))
    told = read()
    assert {name: (told[name].value, dict(told[name].left_out)) for name in NAMES} == {
        "orders": (3, {}),
        "gross_revenue": (1000 + 45000, {"without_rate": 1}),
        "returns": (100, {"without_rate": 1}),
        "net_revenue": (45900, {"without_rate": 2}),
        "buyers": (0, {}),
    }


@pytest.mark.parametrize(
    ("now", "key", "start", "end"),
    [
        # The clocks of Kyiv go back on 25 October 2026: that day has 25 hours.
        (datetime(2026, 10, 25, 12, tzinfo=UTC), "30d", (2026, 9, 26), (2026, 10, 26)),
        (datetime(2026, 11, 10, 12, tzinfo=UTC), "30d", (2026, 10, 12), (2026, 11, 11)),
        # They go forward on 29 March 2026: that day has 23.
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "30d", (2026, 2, 28), (2026, 3, 30)),
        # Half past midnight in Kyiv, still yesterday in UTC.
        (datetime(2026, 5, 3, 21, 30, tzinfo=UTC), "90d", (2026, 2, 4), (2026, 5, 5)),
        (datetime(2026, 5, 4, 12, tzinfo=UTC), "12m", (2025, 5, 5), (2026, 5, 5)),
    ],
)
def test_a_period_holds_whole_days_of_the_business(
    now: datetime, key: str, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    period = business.named_period(key)
    assert period
    with clock.standing_at(now):
        borders = business.borders(period, business.ReportClock.of(KYIV.key))
    assert borders == (datetime(*start, tzinfo=KYIV), datetime(*end, tzinfo=KYIV))


def test_a_day_of_25_hours_counts_its_first_and_its_last_minute(db: None) -> None:
    midnight = datetime(2026, 10, 25, tzinfo=KYIV)
    after = datetime(2026, 10, 26, tzinfo=KYIV)
    assert after.astimezone(UTC) - midnight.astimezone(UTC) == timedelta(hours=25)
    minute = timedelta(minutes=1)
    moments = [moment.astimezone(UTC) for moment in (midnight, after)]
    buy(*(tea(f"{place}{step}", at=moment + step * minute) for place, moment in enumerate(moments) for step in (-1, 0)))
    assert values(start=midnight, end=after)["orders"] == 2
    assert read(start=midnight, end=after)["orders"].series == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_every_number_has_a_sentence_and_a_page() -> None:
    assert {metric.name for metric in metrics.METRICS} == set(metrics.BY_NAME)
    assert [str(metric.definition).endswith(".") for metric in metrics.METRICS] == [True] * len(metrics.METRICS)
