"""The Olist sample: a folder of files that belong together, counted exactly."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.committed import real_transactions
from tests.oracle import differences_to
from tests.rows_behind import OF_CASES, differences
from wayloop.business import api as business
from wayloop.contracts.scope import EVERYTHING
from wayloop.imports.api import ImportInfo, import_path
from wayloop.imports.enums import ImportState
from wayloop.kernel import clock
from wayloop.metrics import api as metrics

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def run(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[ImportInfo]:
    """The one import all of these look at."""
    folder = tmp_path_factory.mktemp("olist")
    for packed in (shared_data / "olist_sample").glob("*.csv.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    with real_transactions(django_db_blocker):
        yield import_path(path=folder, mapping="olist")


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_every_order_and_every_score_is_in(run: ImportInfo) -> None:
    # Two vouchers of nothing.
    assert (run.problem, run.state, run.rows_refused) == ("", ImportState.DONE, 2)
    assert ask("SELECT count(*), count(DISTINCT number) FROM commerce_order") == [(8_135, 8_135)]
    assert ask("SELECT count(*) FROM commerce_orderline") == [(8_365,)]
    assert ask("SELECT count(*), count(DISTINCT order_id) FROM surveys_score") == [(8_225, 8_135)]


def test_every_payment_of_something_is_in(run: ImportInfo) -> None:
    assert ask("SELECT count(*), sum(amount) FROM commerce_payment") == [(8_919, 142_860_281)]


def test_lateness_is_counted_by_days_of_the_place(run: ImportInfo) -> None:
    delivered = "order_status = 'completed' AND done_day IS NOT NULL"
    found = ask(
        f"SELECT count(*), count(*) FILTER (WHERE done_day > promised_day) FROM api_commerce_deliveries "  # noqa: S608
        f"WHERE {delivered}"
    )
    assert found[0][0] == 5_164
    assert round(100 * found[0][1] / found[0][0], 2) == 6.62


def test_words_of_the_file_are_our_statuses(run: ImportInfo) -> None:
    assert ask("SELECT status, count(*) FROM commerce_order GROUP BY 1 ORDER BY 1") == [
        ("cancelled", 625 + 609),
        ("completed", 5_172),
        ("confirmed", 2 + 301 + 314),
        ("placed", 5),
        ("ready", 1_107),
    ]


def test_late_orders_are_liked_less(run: ImportInfo) -> None:
    """One score per order, the latest, over the orders that came."""
    question = metrics.Question(
        EVERYTHING,
        "BRL",
        business.ReportClock.of("America/Sao_Paulo"),
        where=(("late", ("late", "on_time")),),
        by="late",
    )
    satisfaction, late = metrics.read(["csat", "late_share"], replace(question, where=()))
    assert (round(late.whole.value or 0, 4), late.whole.n) == (0.0662, 5_164)
    (delivered,) = metrics.read(["csat"], question)
    mean = delivered.whole.beside
    assert mean is not None
    assert (round(mean.value, 3), mean.scale) == (4.135, (1, 5))
    means = {row.key: round(row.beside.value, 2) for row in satisfaction.rows if row.beside}
    assert (means["late"], means["on_time"]) == (2.18, 4.27)
    assert sum(row.n for row in satisfaction.rows) == satisfaction.whole.n == 8_135


def test_every_number_is_what_the_rows_it_opens_come_to(run: ImportInfo) -> None:
    """Counted once more from the pages of rows."""
    cuts = dict.fromkeys(metrics.BY_NAME, ("channel", "month"))
    cuts |= {
        "orders": ("category", "late", "town"),
        "csat": ("late", "month", "town"),
        "late_share": ("town", "week"),
        "complaint_share": ("month",),
    }
    asked = ("nps", "nps_1_10", "ces", "ces_1_5", "response_rate", "positive_ratings")
    nothing = ("returns", *asked, *OF_CASES)
    assert differences("all", cuts, most=3, nothing=nothing) == []


def test_every_number_is_what_numpy_and_scipy_count(run: ImportInfo) -> None:
    start, end = (datetime(year, month, 1, tzinfo=UTC) for year, month in ((2017, 10), (2018, 6)))
    found, counted = differences_to(start, end, clock.now())
    assert (found, "csat" in counted, "late_share" in counted) == ([], True, True)
