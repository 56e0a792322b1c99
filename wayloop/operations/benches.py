"""Our own benches: the ratios this installation's ground rests on. Django must be ready."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from wayloop.contracts.benches import Bench, Measured
from wayloop.kernel.registry import offers
from wayloop.operations.cases_bench import BENCH as CASES
from wayloop.operations.import_bench import BENCH as IMPORT
from wayloop.operations.metrics_bench import BENCH as METRICS
from wayloop.operations.pages_bench import BENCH as PAGES
from wayloop.operations.results_bench import BENCH as RESULTS
from wayloop.operations.stream_bench import BENCH as STREAM
from wayloop.operations.surveys_bench import BENCH as SURVEYS

ROWS = 50_000
SINGLE = 2_000
COMMITS = 200


def benches() -> dict[str, Bench]:
    """All benches by name, ours first."""
    return {bench.name: bench for bench in (*OWN, *offers(Bench))}


@contextmanager
def _table() -> Iterator[Callable[[str], object]]:
    """A table of this session only, and a way to run statements without Django's wrapping."""
    connection.ensure_connection()
    raw = connection.connection
    raw.execute("CREATE TEMPORARY TABLE bench (id bigint, kind text, at timestamptz, amount bigint)")
    try:
        yield raw.execute
    finally:
        raw.execute("DROP TABLE bench")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def bring_in() -> list[Measured]:
    """Rows per second by COPY and by one INSERT after the other, in one transaction each."""
    at = "2026-01-01T00:00:00Z"
    with _table():
        raw = connection.connection

        def by_copy() -> None:
            with raw.transaction(), raw.cursor().copy("COPY bench FROM STDIN") as copy:
                for number in range(ROWS):
                    copy.write_row((number, "order", at, 1250))

        def by_insert() -> None:
            with raw.transaction(), raw.cursor() as cursor:
                for number in range(SINGLE):
                    cursor.execute("INSERT INTO bench VALUES (%s, %s, %s, %s)", (number, "order", at, 1250))

        copied, inserted = ROWS / _seconds(by_copy), SINGLE / _seconds(by_insert)
    return [
        Measured("copy against insert", copied / inserted, "times"),
        Measured("copy", copied, "rows/s"),
        Measured("insert", inserted, "rows/s"),
    ]


def commit() -> list[Measured]:
    """What durability costs here: confirmed transactions per second with and without waiting for the disk."""
    connection.ensure_connection()
    raw = connection.connection
    raw.execute("CREATE TABLE IF NOT EXISTS operations_bench (n int)")
    try:

        def commits(waiting: str) -> float:
            def work() -> None:
                for number in range(COMMITS):
                    with raw.transaction():
                        raw.execute("SELECT set_config('synchronous_commit', %s, true)", (waiting,))
                        raw.execute("INSERT INTO operations_bench VALUES (%s)", (number,))

            return COMMITS / _seconds(work)

        durable, eager = commits("on"), commits("off")
    finally:
        raw.execute("DROP TABLE operations_bench")
    return [
        Measured("eager against durable", eager / durable, "times"),
        Measured("durable commits", durable, "commits/s"),
        Measured("eager commits", eager, "commits/s"),
    ]


OWN = (
    Bench("bring-in", "COPY against single INSERTs", bring_in),
    Bench("commit", "commits with and without waiting for the disk", commit),
    STREAM,
    PAGES,
    RESULTS,
    CASES,
    IMPORT,
    METRICS,
    SURVEYS,
)
