"""The bench of imports: the whole path of a file, against a COPY of the very rows it wrote into the same tables.

It works in a home of its own inside this one, which goes afterwards. The file is made by lot, the same for each size:
orders of a shop for gifts in the columns of mapping `online-retail`, with one row in fifty that cannot come in.
"""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from wayloop.contracts.benches import Bench, Measured
from wayloop.imports import api as imports
from wayloop.operations.bench_homes import answer, count, peak, tell
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server

ROWS, LINES = 200_000, 10
PRODUCTS = 4_000
ADDITIONS = 10_000_000
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
COUNTRIES = ("United Kingdom",) * 9 + ("Germany", "France", "EIRE", "Spain", "Netherlands")
WORDS = ("WHITE", "HANGING", "HEART", "TEA", "LIGHT", "HOLDER", "RED", "RETROSPOT", "BAG", "GLASS", "STAR", "SET OF 3")
STEP = """
import sys, django
django.setup()
from wayloop.operations import import_bench
import_bench.{step}(*sys.argv[1:])
"""
# What an import writes of itself is no row of the file.
APART = ("imports_", "kernel_", "procrastinate_", "django_", "pg_")
TABLES = """
SELECT c.oid::regclass::text, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
GROUP BY c.oid ORDER BY 1
"""


def bring_in(rows: int = ROWS, lines: int = LINES) -> list[Measured]:
    """How many times as long as a binary COPY of all it wrote an import takes; rows per second; its memory."""
    if rows < 1 or lines < 1:
        raise OperationError("bench import needs at least one row, and one line in an order.")
    home = Home(settings.HOME.path / "bench" / f"import-{os.getpid()}")
    home.prepare()
    server = Server(home, tell=partial(tell, "import"))
    try:
        url = server.start()
        _child(home, url, "migrate")
        file = home.path / "orders.csv"
        write_file(file, rows, lines)
        told = json.loads(_child(home, url, "measure", str(file)))
    finally:
        server.stop()
        shutil.rmtree(home.path, ignore_errors=True)
    return [
        Measured("against copy", told["import"] / told["copy"], "times", told["written"]),
        Measured("speed", rows / told["import"], "rows/s", rows),
        Measured("peak", told["peak"], "MB"),
        Measured("import", told["import"], "s"),
        Measured("copy", told["copy"], "s"),
        Measured("machine", _machine(), "s", ADDITIONS),
        *(Measured("written", count, "rows", of=table) for table, count in told["tables"].items()),
    ]


BENCH = Bench("import", "a file of orders against a COPY of all it wrote", bring_in, {"rows": ROWS, "lines": LINES})


def write_file(target: Path, rows: int, lines: int) -> None:
    """Makes the file: `rows` rows, `lines` to an order on average, five orders to a customer, two years of time."""
    dice = random.Random(11)  # noqa: S311 – what is ordered
    names = [f"{' '.join(dice.sample(WORDS, 3))} {number}" for number in range(PRODUCTS)]
    prices = [dice.choice((0.42, 0.85, 1.25, 1.65, 2.55, 4.95, 8.5, 12.75)) for _ in names]
    orders = max(1, rows // lines)
    customers = max(1, orders // 5)
    moment, between = datetime(2024, 1, 2, 9, tzinfo=UTC), timedelta(days=700) / orders
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        left, number = rows, 500_000
        while left:
            number, moment = number + 1, moment + between
            back = dice.random() < 0.02
            customer = str(10_000 + dice.randrange(customers)) if dice.random() > 0.02 else ""
            country = COUNTRIES[hash_of(customer) % len(COUNTRIES)]
            said = moment.strftime("%Y-%m-%d %H:%M:00")
            count = min(left, dice.randint(1, 2 * lines - 1))
            for _ in range(count):
                product = dice.randrange(PRODUCTS)
                quantity = dice.choice((1, 1, 2, 3, 6, 12, 24))
                code = f"{20_000 + product}"
                writer.writerow(
                    (
                        f"C{number}" if back else number,
                        code,
                        names[product],
                        -quantity if back else quantity,
                        said,
                        prices[product],
                        customer,
                        country,
                    )
                )
            left -= count


def hash_of(text: str) -> int:
    """The same for a text on every run, unlike `hash`."""
    return sum(map(ord, text))


def migrate() -> None:
    """A step in its own process: makes the tables."""
    # app ready: the schema needs the models
    from wayloop.operations.schema import bring_up_to_date

    bring_up_to_date()


def measure(file: str) -> None:
    """A step in its own process: brings the file in, writes the same rows again by COPY, tells how long each took."""
    before = _counts()
    begun = time.perf_counter()
    run = imports.import_path(path=Path(file), mapping="online-retail")
    took = time.perf_counter() - begun
    most = peak()
    if run.problem:
        raise OperationError(run.problem)
    written = {table: count - before[table] for table, count in _counts().items() if count > before[table]}
    told = {"import": took, "copy": _copy_again(list(written)), "peak": most, "written": sum(written.values())}
    answer(told | {"tables": written})


def _copy_again(tables: list[str]) -> float:
    """Seconds of a binary COPY of all rows of these tables into themselves, emptied, with their indexes and keys."""
    columns = dict(_tables())
    folder = settings.HOME.path / "copied"
    folder.mkdir(mode=0o700)
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    with connection.cursor() as cursor:
        for table in tables:
            with (folder / table).open("wb") as file, cursor.copy(_copy(table, columns[table], "TO STDOUT")) as copy:
                for block in copy:
                    file.write(block)
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            with (folder / table).open("rb") as file, cursor.copy(_copy(table, columns[table], "FROM STDIN")) as copy:
                while block := file.read(1 << 18):
                    copy.write(block)
    return time.perf_counter() - begun


def _copy(table: str, columns: list[str], way: str) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    if way.startswith("TO"):
        return sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)").format(listed, sql.Identifier(table))
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table), listed)


def _tables() -> Iterator[tuple[str, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, columns in cursor.fetchall():
            if not table.startswith(APART):
                yield table, columns


def _counts() -> Mapping[str, int]:
    return {table: count(table) for table, _columns in _tables()}


def _machine() -> float:
    """How fast this machine is: seconds of ten million additions, about half a second on a usual one."""
    begun, total = time.perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return time.perf_counter() - begun


def _child(home: Home, url: str, step: str, *arguments: str) -> str:
    """Runs one step in a process of its own, whose home and database are those of the bench; its last line."""
    environment = os.environ | {"WAYLOOP_HOME": str(home.path), "DATABASE_URL": url, "WAYLOOP_PROCESS": "command"}
    found = subprocess.run(
        [sys.executable, "-c", STEP.format(step=step), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if found.returncode:
        raise OperationError(f"bench import could not {step}; what stands above says why.")
    return (found.stdout.strip().splitlines() or [""])[-1]
