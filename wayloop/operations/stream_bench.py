"""The bench of the stream: how fast facts are announced and digested, and how long a fact waits under load."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from wayloop.contracts.benches import Bench, Measured
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows
from wayloop.kernel.stream.announce import announce
from wayloop.kernel.stream.facts import Row, fact
from wayloop.kernel.stream.listeners import Listener, ensure_cursors
from wayloop.kernel.stream.runner import Runner, drain

KIND = "bench.told"
FACTS = 40_000
TOGETHER = 100  # facts in one transaction, as a service that works on a batch tells them
SINGLE = 1_000
BATCH = 1_000
LOAD_SECONDS = 10
LOAD = 20_000  # facts per second, from another process
ANNOUNCER = f"""
import django
django.setup()
from wayloop.operations.stream_bench import tell_evenly
tell_evenly({LOAD}, {LOAD_SECONDS})
"""


@fact(KIND, person="person")
@dataclass(frozen=True)
class Told:
    """What the bench announces."""

    number: int
    person: int


def tell(count: int, together: int) -> None:
    """Announces so many facts, so many in one transaction."""
    for first in range(0, count, together):
        with transaction.atomic():
            announce(*(Told(number, number % 1_000) for number in range(first, first + together)))


def tell_evenly(rate: int, seconds: float) -> None:
    """Announces `rate` facts per second, a hundred in a transaction; falls behind rather than hurry up."""
    begun, told = time.perf_counter(), 0
    while told < rate * seconds:
        tell(TOGETHER, TOGETHER)
        told += TOGETHER
        ahead = told / rate - (time.perf_counter() - begun)
        if ahead > 0:
            time.sleep(ahead)


def effect(rows: Sequence[Row]) -> None:
    """A reaction as they are: decodes the facts and writes a row for each, in one statement."""
    copy_rows("operations_benchstream", ["number"], [(row.fact.number,) for row in rows])


def reader(name: str, digest: Callable[[Sequence[Row]], None] = effect) -> Listener:
    """A listener of the bench from now on; its cursor exists afterwards."""
    listener = Listener(f"bench.{name}", (KIND,), digest, "now", batch=BATCH)
    ensure_cursors(listener)
    return listener


@contextmanager
def _room() -> Iterator[None]:
    """A table for effects; afterwards nothing of the bench is left."""
    _clear()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE operations_benchstream (number bigint)")
    try:
        yield
    finally:
        _clear()


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS operations_benchstream")
        cursor.execute("DELETE FROM kernel_fact WHERE kind = %s", [KIND])
        cursor.execute("DELETE FROM kernel_streamcursor WHERE listener LIKE 'bench.%%'", [])
        cursor.execute("VACUUM (ANALYZE) kernel_fact")


def _rate(count: int, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


def stream() -> list[Measured]:
    """Facts per second announced; reactions per second of one listener and of eight; how long facts wait."""
    with _room():
        one = reader("one")
        announced = _rate(FACTS, lambda: tell(FACTS, TOGETHER))
        one_rate = _rate(FACTS, lambda: drain([one]))
        eight = [reader(f"eight-{number}") for number in range(8)]
        tell(FACTS // 4, TOGETHER)
        eight_rate = _rate(FACTS // 4 * 8, lambda: drain(eight))
        single = _rate(SINGLE, lambda: tell(SINGLE, 1))
        waits, seconds = _under_load()
    waits.sort()
    return [
        Measured("reactions of 1 listener", one_rate, "rows/s", FACTS),
        Measured("reactions of 8 listeners", eight_rate, "rows/s", FACTS // 4 * 8),
        Measured("announced", announced, "facts/s", FACTS),
        Measured("announced one by one", single, "facts/s", SINGLE),
        Measured("through under load", len(waits) / seconds, "facts/s", len(waits)),
        Measured("delay p50", waits[len(waits) // 2], "ms", len(waits)),
        Measured("delay p95", waits[len(waits) * 95 // 100], "ms", len(waits)),
        Measured("delay p99", waits[len(waits) * 99 // 100], "ms", len(waits)),
    ]


def _under_load() -> tuple[list[float], float]:
    """The delays in milliseconds from the announcement to the commit of the effect, and the seconds from the first
    announcement to the last commit."""
    waits: list[float] = []
    first: list[datetime] = []

    def digest(rows: Sequence[Row]) -> None:
        effect(rows)
        first.append(rows[0].at)
        transaction.on_commit(lambda: waits.extend(_since(row.at) for row in rows))

    runner = Runner([reader("load", digest)])
    runner.start()
    begun = time.perf_counter()
    try:
        # Its own process: announcer and listener must not wait for each other inside one interpreter.
        subprocess.run([sys.executable, "-c", ANNOUNCER], check=True)
        wanted = LOAD * LOAD_SECONDS
        while len(waits) < wanted and time.perf_counter() - begun < LOAD_SECONDS * 6:
            time.sleep(0.01)
        return waits, _since(first[0]) / 1000
    finally:
        runner.stop()


def _since(moment: datetime) -> float:
    return (clock.now() - moment).total_seconds() * 1000


BENCH = Bench("stream", "facts announced and digested, and how long they wait", stream)
