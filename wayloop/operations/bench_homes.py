"""Benches over data that take long to make: in a home of their own inside this one, made once for each size.

The next run uses the same data; remove the folder to get the space back. Each step runs in a process of its own, whose
home and database are those of the bench, against a database with the settings it ships with.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from wayloop.kernel import jobs
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server

# Nobody needs these rows after a power failure; until they are complete.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}
READY = "ready.json"
# Traits that lists filter and sort by get their indexes from the worker.
TEND_INDEXES = "customers.tend_trait_indexes"
STEP = """
import sys, importlib, django
django.setup()
getattr(importlib.import_module(sys.argv[1]), sys.argv[2])(*map(int, sys.argv[3:]))
"""


class BenchHome:
    """The home of one bench and size. `steps`: the module with its steps `fill`, which takes the sizes and tells what
    it made, and `measure`, which tells what it measured; each as one line of JSON."""

    def __init__(self, bench: str, steps: str, *sizes: int) -> None:
        self._bench, self._steps, self._sizes = bench, steps, sizes
        self._home = Home(settings.HOME.path / "bench" / "-".join(map(str, (bench, *sizes))))

    def run(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was measured, as a web worker would see it, and what the data are, which are made first.

        Raises `OperationError` for a step that fails.
        """
        if not (self._home.path / READY).exists():
            self._build()
        server = Server(self._home, tell=self._tell)
        try:
            # What the program has learnt since the data were made is made up for before the clock runs.
            self._child(server.start(), __name__, "migrate", process="command")
            told = self._child(server.url(), self._steps, "measure", process="web")
        finally:
            server.stop()
        return json.loads(told), json.loads((self._home.path / READY).read_text(encoding="utf-8"))

    def _build(self) -> None:
        """Makes the data anew; what an interrupted attempt left goes first."""
        home = self._home
        if home.path.exists():
            home.prepare()
            Server(home, tell=self._tell).stop()
            shutil.rmtree(home.path)
        home.prepare()
        begun = time.perf_counter()
        server = Server(home, tell=self._tell, settings=FAST)
        try:
            url = server.start()
            self._child(url, __name__, "migrate", process="command")
            told = self._child(url, self._steps, "fill", *map(str, self._sizes), process="command")
        finally:
            server.stop()
        (home.path / READY).write_text(told + "\n", encoding="utf-8")
        self._tell(f"the data were made in {time.perf_counter() - begun:.0f} s and lie in {home.path}")

    def _child(self, url: str, module: str, step: str, *sizes: str, process: str) -> str:
        """Runs one step; its last line."""
        home = str(self._home.path)
        found = subprocess.run(
            [sys.executable, "-c", STEP, module, step, *sizes],
            env=os.environ | {"WAYLOOP_HOME": home, "DATABASE_URL": url, "WAYLOOP_PROCESS": process},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if found.returncode:
            raise OperationError(f"bench {self._bench} could not {step}; what stands above says why.")
        return (found.stdout.strip().splitlines() or [""])[-1]

    def _tell(self, line: str) -> None:
        tell(self._bench, line)


def migrate() -> None:
    """A step in its own process: brings the tables up to date, and makes the indexes a worker would have made."""
    # app ready: the schema needs the models, the queue is one of Django's applications
    from procrastinate.contrib.django import app

    from wayloop.operations.schema import bring_up_to_date

    bring_up_to_date()
    jobs.enqueue(TEND_INDEXES, once=TEND_INDEXES)
    with app.replace_connector(app.connector.get_worker_connector()) as queue:  # type: ignore[attr-defined]
        queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def tell(bench: str, line: str) -> None:
    """What a bench does, for whom it takes long."""
    sys.stderr.write(f"bench {bench}: {line}\n")
    sys.stderr.flush()


@contextmanager
def told(bench: str, what: str) -> Iterator[None]:
    """Tells how long something took."""
    begun = time.perf_counter()
    yield
    tell(bench, f"{what} in {time.perf_counter() - begun:.1f} s")


def answer(told: dict[str, Any]) -> None:
    """The last line of a step: what it tells."""
    sys.stdout.write(json.dumps(told) + "\n")


def count(table: str) -> int:
    """How many rows a table of ours has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 – our own names
        return int((cursor.fetchone() or (0,))[0])


def quantile(times: list[float], percent: int) -> float:
    """So many per cent of the times are no longer than this."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def peak() -> float:
    """The most memory this process has had, in megabytes (million bytes)."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
