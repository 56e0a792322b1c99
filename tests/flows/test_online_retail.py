"""The whole of Online Retail: half a million real lines, counted to the penny, the second time without a trace."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.committed import real_transactions, take_fingerprints
from wayloop.business import api as business
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.imports.api import ImportInfo, import_path
from wayloop.imports.enums import ImportState
from wayloop.imports.services import STEPS
from wayloop.ledger import api as ledger
from wayloop.metrics import api as metrics

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def file(shared_data: Path) -> Path:
    return shared_data / "online_retail.parquet"


@pytest.fixture(scope="module")
def told() -> list[int]:
    """How far the import said it was, step by step."""
    return []


@pytest.fixture(scope="module")
def run(file: Path, told: list[int], django_db_setup: None, django_db_blocker: Any) -> Iterator[ImportInfo]:
    """The one import all of these look at."""
    with real_transactions(django_db_blocker):
        yield import_path(path=file, mapping="online-retail", tell=lambda run: told.append(run.rows_seen))


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_every_row_is_in_or_left_out(run: ImportInfo) -> None:
    assert (run.state, run.problem) == (ImportState.DONE, "")
    assert (run.rows_total, run.rows_done, run.rows_refused) == (541_909, 406_789, 135_120)
    assert run.counts == {
        "orders": 18_532,
        "orders_known": 0,
        "orders_moved": 0,
        "orders_lines": 397_884,
        "orders_lines_known": 0,
        "returns": 3_654,
        "returns_known": 0,
        "returns_lines": 8_905,
        "returns_lines_known": 0,
    }


def test_the_numbers_are_right_to_the_penny(run: ImportInfo) -> None:
    names = ["orders", "gross_revenue", "returns", "net_revenue", "buyers"]
    readings = metrics.read_metrics(names=names, scope=EVERYTHING, currency="GBP")
    assert {one.metric.name: (one.value, one.unit) for one in readings} == {
        "orders": (18_532, "orders"),
        "gross_revenue": (891_140_790, "GBP"),
        "returns": (61_134_209, "GBP"),
        "net_revenue": (830_006_581, "GBP"),
        "buyers": (4_338, "buyers"),
    }
    assert {one.metric.name: dict(one.left_out) for one in readings} == {name: {} for name in names}


def test_customers_are_counted_as_published(run: ImportInfo) -> None:
    question = metrics.Question(EVERYTHING, "GBP", business.ReportClock.of("Europe/London"))
    repeat, retention = metrics.read(["repeat_purchase", "retention"], question)
    assert (round(repeat.whole.value or 0, 3), repeat.whole.n) == (0.656, 4_338)
    assert (retention.cohorts[0].key, retention.cohorts[0].active[:4]) == ("2010-12", (885, 324, 286, 340))
    assert sum(one.active[0] for one in retention.cohorts) == 4_338


@pytest.mark.parametrize("by", ["month", "week", "channel", "product", "currency"])
def test_parts_of_the_money_are_the_whole(by: str, run: ImportInfo) -> None:
    question = metrics.Question(EVERYTHING, "GBP", business.ReportClock.of("Europe/London"), by=by)
    answers = metrics.read(["gross_revenue", "returns", "net_revenue"], question)
    assert [(one.whole.value, sum(row.value or 0 for row in one.rows)) for one in answers] == [
        (891_140_790, 891_140_790),
        (61_134_209, 61_134_209),
        (830_006_581, 830_006_581),
    ]


def test_the_average_order_has_an_interval_around_it(run: ImportInfo) -> None:
    question = metrics.Question(EVERYTHING, "GBP", business.ReportClock.of("Europe/London"))
    reading = metrics.read(["average_order_value"], question)[0].whole
    assert (round(reading.value or 0), reading.n) == (44_788, 18_532)
    assert reading.interval is not None
    assert reading.interval.low < 44_788 < reading.interval.high
    assert reading.beside is not None
    assert (
        reading.beside.value
        == ask("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM commerce_order")[0][0]
    )


def test_lines_stand_behind_the_totals(run: ImportInfo) -> None:
    assert ask("SELECT count(*), sum(amount) FROM commerce_orderline") == [(397_884, 891_140_790)]
    assert ask("SELECT count(*), sum(amount) FROM commerce_returnline") == [(8_905, 61_134_209)]


def test_everybody_who_bought_or_gave_back_has_a_card(run: ImportInfo) -> None:
    assert customers.count_cards(scope=EVERYTHING, exact=True).number == 4_371
    assert ask("SELECT count(*), max(ordinal) FROM identity_person") == [(4_371, 4_370)]


def test_each_order_and_return_is_one_event_in_its_month(run: ImportInfo) -> None:
    assert ask("SELECT kind, count(*), sum(amount) FROM ledger_event GROUP BY kind ORDER BY kind") == [
        ("order.placed", 18_532, 891_140_790),
        ("return.made", 3_654, 61_134_209),
    ]
    assert ask("SELECT count(DISTINCT tableoid) FROM ledger_event") == [(13,)]
    assert ask("SELECT count(*) FROM ledger_event_rest") == [(0,)]
    assert "order.placed" in ledger.kinds()


def test_the_error_file_tells_every_row_and_why(run: ImportInfo) -> None:
    assert run.errors
    with run.errors.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        head = next(rows)
        numbers, reasons, formulas = [], Counter[str](), 0
        for row in rows:
            numbers.append(int(row[0]))
            reasons[row[1]] += 1
            formulas += sum(cell[:1] in ("=", "@") for cell in row)
    assert head[:4] == ["Row", "Why it is not in", "InvoiceNo", "StockCode"]
    assert (len(numbers), len(set(numbers)), numbers == sorted(numbers)) == (135_120, 135_120, True)
    assert (reasons, formulas) == (
        {
            "There is no value in “Customer number”.": 135_080,
            "The value in “Price per unit” must be above 0.": 40,
        },
        0,
    )


def test_progress_only_grows_and_ends_at_the_last_row(run: ImportInfo, told: list[int]) -> None:
    assert (told == sorted(told), told[0], told[-1]) == (True, 0, 541_909)
    # First the rows left out and a first small step; then none larger than a step may be and the rows read with it.
    # How many there are depends on how fast the machine is.
    steps = [now - before for before, now in pairwise(told)]
    assert (steps[0] < 135_120 + STEPS[0], max(steps[1:]) < sum(STEPS)) == (True, True)


# Half a minute; a small file is brought in twice among the tests of imports.
@pytest.mark.faults
def test_bringing_the_file_in_again_changes_nothing(run: ImportInfo, file: Path) -> None:
    apart = ("imports_", "identity_claim", "kernel_storedfile")
    before = take_fingerprints(without=apart)
    again = import_path(path=file, mapping="online-retail")
    assert take_fingerprints(without=apart) == before
    assert (again.state, again.rows_done, again.rows_refused) == (ImportState.DONE, 406_789, 135_120)
    assert {name: count for name, count in again.counts.items() if count} == {
        "orders_known": 18_532,
        "orders_lines_known": 397_884,
        "returns_known": 3_654,
        "returns_lines_known": 8_905,
    }
    assert isinstance(again.finished_at, datetime)
