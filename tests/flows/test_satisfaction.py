"""Satisfaction: scores of the surveys, counted by the metrics below them, cut by the deliveries of commerce."""

import re
from datetime import UTC, datetime

from django.test import Client

from wayloop.business import api as business
from wayloop.commerce.testing import Deal, buy, deliver
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see
from wayloop.metrics import api as metrics
from wayloop.metrics.api import Answer, Question
from wayloop.surveys.testing import Given, give

DAYS = business.ReportClock.of("UTC")


def ask(by: str = "", scope: Scope = EVERYTHING, name: str = "csat") -> Answer:
    return metrics.read([name], Question(scope, "UAH", DAYS, by=by))[0]


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


def test_everybody_recommends_once_and_scales_are_never_counted_together(db: None) -> None:
    olena, taras, iryna = (see(name) for name in ("o", "t", "i"))
    later = datetime(2026, 6, 2, tzinfo=UTC)
    give(
        Given("3", "n0", "nps", "0-10", handle=olena),
        Given("9", "n1", "nps", "0-10", handle=olena, at=later),
        Given("6", "n2", "nps", "0-10", handle=taras),
        Given("7", "n3", "nps", "0-10", handle=iryna),
        # Of nobody we know, each stands by itself.
        Given("10", "n4", "nps", "0-10"),
        Given("10", "n5", "nps", "0-10"),
        # Another question, though of the same people.
        Given("1", "n6", "nps", "1-10", handle=olena, at=later),
        Given("1", "n7", "csat", "1-5", handle=olena, at=later),
    )
    ten, nine = ask(name="nps").whole, ask(name="nps_1_10").whole
    # Three for, one against, of five: olena's first answer is forgotten.
    assert (ten.value, ten.n, dict(ten.left_out)) == (40.0, 5, {"other_scale": 1})
    assert (nine.value, nine.n, dict(nine.left_out)) == (-100.0, 1, {"other_scale": 5})
    assert ten.beside is not None
    assert (ten.beside.kind, ten.beside.value, ten.beside.other) == ("split", 0.6, 0.2)
    assert metrics.reading_as_json(ten) | {"interval": None, "left_out": {}} == {
        "value": 40.0, "n": 5, "unit": "points", "interval": None, "enough": False, "left_out": {}, "good": 0.6,
        "bad": 0.2,
    }  # fmt: skip


def test_ease_is_told_on_its_scale_and_effort_on_its_own(db: None) -> None:
    give(
        *(Given(value, f"c{value}", "ces", "1-7") for value in ("1", "4", "5", "7")),
        # 1 is very easy there.
        *(Given(value, f"e{value}", "ces", "5-1") for value in ("1", "2", "3")),
    )
    ease, effort = (ask(name=name).whole for name in ("ces", "ces_1_5"))
    assert (ease.value, ease.n, effort.value, effort.n) == (0.5, 4, 2 / 3, 3)
    assert [one.beside and one.beside.value for one in (ease, effort)] == [4.25, 2.0]


def test_the_rows_of_a_recommendation_are_those_it_counts(owner: Client) -> None:
    olena, taras = see("o"), see("t")
    later = datetime(2026, 6, 2, tzinfo=UTC)
    give(
        Given("3", "n0", "nps", "0-10", comment="dear", handle=olena),
        Given("9", "n1", "nps", "0-10", comment="fine", handle=olena, at=later),
        Given("6", "n2", "nps", "0-10", comment="slow", handle=taras),
        Given("2", "n3", "nps", "1-10", comment="elsewhere", handle=taras),
    )
    shown = [
        set(re.findall("dear|fine|slow|elsewhere", owner.get(f"/scores/?metric=nps&counted={asked}").content.decode()))
        for asked in ("nps.0-10", "nps.0-10&feel=good", "nps.0-10&feel=bad", "nps_1_10.1-10", "nps.1-10")
    ]
    # A scale the number does not have narrows nothing.
    assert shown == [{"fine", "slow"}, {"fine"}, {"slow"}, {"elsewhere"}, {"dear", "fine", "slow", "elsewhere"}]
