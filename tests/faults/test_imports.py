"""kill -9 while a file comes in and while it is taken back: in the end exactly the file, or exactly nothing."""

import csv
import hashlib
import json
import os
import random
import time
from typing import Any

import psycopg
import pytest

from tests.faults.installation import PATIENCE, Installation
from wayloop.operations.processes import wait_until

pytestmark = pytest.mark.faults
# Kills of each process in each of both directions.
TIMES = int(os.environ.get("IMPORT_KILLS", "5"))
ORDERS = 12_000
SECONDS = (0.3, 6.0)
NOTHING = (0, 0, 0, 0)
COUNTS = """
SELECT (SELECT count(*) FROM commerce_order), (SELECT count(*) FROM commerce_orderline),
    (SELECT coalesce(sum(amount), 0)::bigint FROM commerce_orderline), (SELECT count(*) FROM customers_card)
"""
MAKE = """
INSERT INTO imports_import (file_name, mapping, content, is_trial, state, attempt, rows_total, rows_done, rows_refused,
    rows_undone, problem, language, started_by, taken_as, created_at)
VALUES ('orders.csv', 'online-retail', %s, false, 'queued', 0, 0, 0, 0, 0, '', 'en', '', '', now()) RETURNING id
"""
STORE = """
INSERT INTO kernel_storedfile (sha256, size, name, created_at) VALUES (%s, %s, 'orders.csv', now())
ON CONFLICT (sha256) DO UPDATE SET size = excluded.size RETURNING id
"""
JOB = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock) VALUES ('default', %s, %s, %s)
"""


@pytest.fixture(scope="module")
def whole(installation: Installation) -> tuple[int, int, int, int]:
    """Puts the file into the home; what it makes when it is in."""
    place = installation.home.path / "orders.csv"
    total = 0
    with place.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
        )
        for number in range(ORDERS):
            total += (number % 7 + 1) * 250
            row = (10_000 + number, number % 90, "Tea", number % 7 + 1, "2024-03-05 10:00:00", "2.50", number % 900, "")
            writer.writerow(row)
    return (ORDERS, ORDERS, total, 900)


def ask(installation: Installation, statement: str, values: Any = None) -> Any:
    with psycopg.connect(installation.address, connect_timeout=5) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def begin(installation: Installation) -> int:
    """An import of the file, as the page makes it."""
    content = (installation.home.path / "orders.csv").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    place = installation.home.files / sha256[:2] / sha256
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)
    mapping = {
        "entity": "order_lines",
        "source": "shop",
        "zone": "Europe/Kyiv",
        "currency": "UAH",
        "language": "uk",
        "channel": "web",
        "fields": {
            "number": "InvoiceNo",
            "happened_at": "InvoiceDate",
            "customer": "CustomerID",
            "product_code": "StockCode",
            "product_name": "Description",
            "quantity": "Quantity",
            "unit_price": "UnitPrice",
        },
    }
    ((file,),) = ask(installation, STORE, [sha256, len(content)])
    ((run,),) = ask(installation, MAKE, [json.dumps(mapping)])
    ask(
        installation,
        "INSERT INTO imports_importfile (run_id, position, file_id, name) VALUES (%s, 0, %s, 'orders.csv')",
        [run, file],
    )
    ask(installation, JOB, ["imports.run_import", json.dumps({"import_id": run}), f"import {run}"])
    return int(run)


def begin_undo(installation: Installation, run: int) -> None:
    ask(
        installation,
        "UPDATE imports_import SET state = 'undoing', attempt = attempt + 1, undone_at = now() WHERE id = %s",
        [run],
    )
    ask(installation, JOB, ["imports.run_undo", json.dumps({"import_id": run}), f"import {run}"])


def state(installation: Installation, run: int) -> str:
    try:
        return str(ask(installation, "SELECT state FROM imports_import WHERE id = %s", [run])[0][0])
    except psycopg.OperationalError:
        return ""


def ends(installation: Installation, run: int, wanted: str) -> None:
    over = (wanted, "failed")
    assert wait_until(lambda: state(installation, run) in over, seconds=PATIENCE), installation.output()[-3000:]
    assert state(installation, run) == wanted


@pytest.mark.parametrize("name", ["worker", "database", "web"])
def test_killed_again_and_again_it_is_exactly_the_file_or_nothing(
    name: str, installation: Installation, whole: tuple[int, int, int, int]
) -> None:
    dice = random.Random(name)
    # What a part before this one left at work would be told as this one's.
    assert wait_until(lambda: ask(installation, COUNTS) == [NOTHING], seconds=PATIENCE), installation.output()[-3000:]
    for _ in range(TIMES):
        run = begin(installation)
        time.sleep(dice.uniform(*SECONDS))
        installation.kill(name)
        ends(installation, run, "done")
        assert ask(installation, COUNTS) == [whole]
        assert ask(installation, "SELECT rows_total, rows_done FROM imports_import WHERE id = %s", [run]) == [
            (ORDERS, ORDERS)
        ]
        begin_undo(installation, run)
        time.sleep(dice.uniform(*SECONDS) / 2)
        installation.kill(name)
        ends(installation, run, "undone")
        assert ask(installation, COUNTS) == [NOTHING]
        assert list((installation.home.path / "work").glob("import-*")) == []
    print(f"{TIMES} kills of {name} while the file came in and {TIMES} while it was taken back: each time exactly it")
