"""Satisfaction: scores of the surveys, counted by the metrics below them, cut by the deliveries of commerce."""

import re
from datetime import UTC, datetime

from django.test import Client

from wayloop.business import api as business
from wayloop.commerce.testing import Deal, buy, deliver
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.metrics import api as metrics
from wayloop.metrics.api import Answer, Question
from wayloop.surveys.testing import Given, give

DAYS = business.ReportClock.of("UTC")


def ask(by: str = "", scope: Scope = EVERYTHING) -> Answer:
    return metrics.read(["csat"], Question(scope, "UAH", DAYS, by=by))[0]


def test_satisfaction_counts_an_order_once_by_its_latest_score(db: None) -> None:
    buy(*(Deal(str(number)) for number in range(4)))
    deliver(("0", 2, 2), ("1", 2, 3), ("2", 2, 1))
    give(
        Given("5", order="0", number="s0", scale="1-5"),
        Given("5", order="1", number="s1", scale="1-5"),
        Given("1", order="1", number="s2", scale="1-5", at=datetime(2026, 6, 2, tzinfo=UTC)),
        Given("4", order="2", number="s3", scale="1-5"),
        Given("3", number="s4", scale="1-5"),
        Given("9", number="s5", scale="1-10"),
        Given("9", number="s6", scale="0-10", metric="nps"),
        # From the worst to the best: 1 is praise.
        Given("1", number="s7", scale="5-1"),
    )
    answer = ask("late")
    assert (answer.whole.value, answer.whole.n, dict(answer.whole.left_out)) == (0.5, 4, {"other_scale": 2})
    assert answer.whole.beside is not None
    assert (answer.whole.beside.value, answer.whole.beside.scale) == (3.25, (1, 5))
    means = {row.key: (row.beside.value if row.beside else None, row.n) for row in answer.rows}
    assert means == {"on_time": (4.5, 2), "late": (1, 1), None: (3, 1)}


def test_a_score_has_the_location_of_its_order_and_is_hidden_with_it(db: None) -> None:
    buy(Deal("0", location=1), Deal("1", location=2))
    give(*(Given("5", order=str(number), number=f"s{number}", scale="1-5") for number in range(2)))
    assert [row.key for row in ask("location").rows] == ["1", "2"]
    assert [ask(scope=Scope(seen)).whole.n for seen in ((1,), ())] == [1, 0]


def test_the_rows_of_a_part_are_those_it_counts(owner: Client) -> None:
    buy(*(Deal(str(number)) for number in range(3)))
    deliver(("0", 2, 2), ("1", 2, 3))
    give(*(Given("5", order=str(number), number=f"s{number}", scale="1-5") for number in range(3)))
    shown = [owner.get(f"/scores/?metric=csat&late={late}").content.decode() for late in ("late", "on_time", "none")]
    assert [re.findall(r"order (\d)<", one) for one in shown] == [["1"], ["0"], ["2"]]
