"""`wayloop metrics`: one number as a script reads it."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from wayloop.commerce.testing import Deal, buy, deliver, give_back
from wayloop.config.commands import metrics as module
from wayloop.operations.errors import OperationError

pytestmark = pytest.mark.usefixtures("no_server")


def told(*words: str) -> Any:
    answer = CliRunner().invoke(module.command, [*words, "--json"], catch_exceptions=False)
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.fixture
def trade(db: None) -> None:
    buy(Deal("1", "a", location=1), Deal("2", "a", location=2, lines=(("cup", "1", "5.55"),)), Deal("3", ""))
    give_back(Deal("C1", "a", lines=(("tea", "1", "4.05"),)))
    deliver(("1", 1, 2), ("2", 1, 1))


def test_money_is_told_in_whole_units_with_its_currency(trade: None) -> None:
    answer = told("net_revenue")
    assert {name: answer[name] for name in ("value", "n", "unit", "interval", "metric", "version")} == {
        "value": 21.5, "n": 4, "unit": "UAH", "interval": None, "metric": "net_revenue", "version": 1,
    }  # fmt: skip
    assert (told("average_order_value")["value"], told("average_order_value")["median"]) == (7.17, 10.0)


def test_a_table_has_rows_that_add_up(trade: None) -> None:
    answer = told("orders", "--by", "location")
    assert [(row["key"], row["label"], row["value"]) for row in answer["rows"]] == [
        ("1", "1", 1), ("2", "2", 1), (None, "not stated", 1),
    ]  # fmt: skip
    assert answer["value"] == sum(row["value"] for row in answer["rows"])


def test_fields_narrow_and_days_cut_off(trade: None) -> None:
    asked = [
        told("orders", "--where", "location="),
        told("orders", "--where", "product=cup"),
        told("orders", "--where", "late=late", "--where", "late=on_time"),
        told("orders", "--from", "2026-05-05"),
        told("orders", "--from", "2026-05-04", "--to", "2026-05-05"),
    ]
    assert [answer["value"] for answer in asked] == [1, 1, 2, 0, 3]


def test_shares_are_of_one_with_their_interval(trade: None) -> None:
    answer = told("late_share")
    assert (answer["value"], answer["n"], answer["unit"], answer["enough"]) == (0.5, 2, "share", False)
    assert [round(edge, 3) for edge in answer["interval"]] == [0.095, 0.905]


def test_retention_prints_its_cohorts(trade: None) -> None:
    (row,) = told("retention")["rows"]
    assert (row["key"], row["n"], row["active"]) == ("2026-05", 1, [1])
    (by_month,) = told("retention", "--by", "month")["rows"]
    assert by_month["active"] == [1]


def test_nothing_is_null_and_not_zero(db: None) -> None:
    answer = told("csat")
    assert (answer["value"], answer["n"], answer["interval"]) == (None, 0, None)


def test_without_a_name_all_are_listed(db: None) -> None:
    names = {row["name"] for row in told()["rows"]}
    assert {
        "orders", "gross_revenue", "net_revenue", "average_order_value", "repeat_purchase", "retention", "csat",
        "late_share",
    } <= names  # fmt: skip


def test_people_read_lines(trade: None) -> None:
    lines = CliRunner().invoke(module.command, ["orders", "--by", "channel"]).stdout.splitlines()
    assert (lines[0], lines[-1]) == ("Orders: 3 orders (n = 3)", "  Till  3 orders (n = 3)")


@pytest.mark.parametrize(
    "words",
    [
        ("happiness",),
        ("orders", "--by", "moon"),
        ("orders", "--where", "moon=1"),
        ("orders", "--from", "0001-01-01"),
        ("orders", "--to", "9999-12-31"),
    ],
)
def test_what_is_not_known_is_one_line(words: tuple[str, ...], db: None) -> None:
    with pytest.raises(OperationError):
        CliRunner().invoke(module.command, words, catch_exceptions=False)
