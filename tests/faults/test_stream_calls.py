"""The stream broken at every single call, and its runner killed again and again: every effect once, nothing silent.

What was announced stands in a file outside of the product. The runner is that of the worker, in a process of its own
that is forked, so that fifty kills cost little; `test_stream.py` kills the whole worker.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from tests.faults.nth_call import (
    Break,
    cut,
    cut_after_commit,
    every_call,
    fail,
    killed_at,
    lose_answer,
)
from tests.faults.proxy import Proxy
from wayloop.kernel.stream import listeners, parking, services
from wayloop.kernel.stream.announce import announce
from wayloop.kernel.stream.facts import Row, fact
from wayloop.kernel.stream.listeners import Listener, digest, ensure_cursors
from wayloop.kernel.stream.provenance import because
from wayloop.kernel.stream.runner import Runner, drain
from wayloop.kernel.stream.sources import wait_for_horizon

THREADS = 4
PATIENCE = 600.0  # seconds; a starved machine is no failure
POISON = 499
SEED = int(os.environ.get("FAULT_SEED") or 20_261)


@fact("test.called", person="person")
@dataclass(frozen=True)
class Called:
    number: int
    person: int


@fact("test.answered")
@dataclass(frozen=True)
class Answered:
    number: int


def write(listener: str, rows: Sequence[Row]) -> None:
    """The effect: a row each, nothing forbids a second one."""
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO test_effect VALUES (%s, %s)", [(listener, row.fact.number) for row in rows])


def first(rows: Sequence[Row]) -> None:
    """Fails on poison, after its effects, until somebody has found the cure."""
    write("test.first", rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM test_effect WHERE listener = 'cure'")
        is_cured = cursor.fetchone() != (0,)
    if not is_cured and any(row.fact.number % POISON == 0 for row in rows):
        raise ValueError("poison")


def second(rows: Sequence[Row]) -> None:
    """Writes and announces."""
    write("test.second", rows)
    for row in rows:
        with because(row):
            announce(Answered(row.fact.number))


def third(rows: Sequence[Row]) -> None:
    """Hears what the second has announced."""
    write("test.third", rows)


FIRST = Listener("test.first", ("test.called",), first, "beginning", batch=50, parts=2)
SECOND = Listener("test.second", ("test.called",), second, "beginning", frozenset({"test.answered"}), batch=20)
THIRD = Listener("test.third", ("test.answered",), third, "beginning", batch=50)
ALL = (FIRST, SECOND, THIRD)


@pytest.fixture(autouse=True)
def _effects(committed: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_effect (listener text, number bigint)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_effect")


def asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


def test_broken_at_any_call_a_batch_has_happened_wholly_or_not_at_all(proxy: Proxy) -> None:
    ensure_cursors(SECOND)
    told = 0

    def begin() -> None:
        nonlocal told
        with transaction.atomic():
            announce(*(Called(told + number, 1) for number in range(1, 4)))
        told += 3

    def flow() -> None:
        digest(SECOND, 0, up_to=up_to)

    breaks: list[tuple[str, Break]] = [
        ("statement fails", fail()),
        ("cut at the statement", cut(proxy)),
        ("answer lost", lose_answer(proxy)),
        ("cut after COMMIT", cut_after_commit(proxy)),
    ]
    points = []
    for _name, breaking in breaks:
        for point in every_call(breaking):
            begin()
            up_to = wait_for_horizon(30)
            with point:
                flow()
            connection.close()
            flow()
        points.append(point.number - 1)
    killed, was_killed = 0, True
    while was_killed:
        begin()
        up_to = wait_for_horizon(30)
        was_killed = killed_at(killed + 1, flow)
        flow()
        killed += was_killed
    once = [(number, 1) for number in range(1, told + 1)]
    answered = "(SELECT (payload->>'number')::int AS number FROM kernel_fact WHERE kind = 'test.answered')"
    for where in ("test_effect", f"{answered} AS told"):
        assert asked(f"SELECT number, count(*) FROM {where} GROUP BY 1 ORDER BY 1") == once  # noqa: S608
    assert asked("SELECT count(*) FROM kernel_parkedrow") == [(0,)]
    assert (min(points[:3]) > 5, points[3] > 0, killed > 5) == (True, True, True)
    print(f"\n  a batch of a listener: {sum(points) + killed} points, {told} facts, each effect once", end="")


def fork(work: Any) -> int:
    """Runs it in a process of its own. No connection may be open, or both would use it."""
    connection.close()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            work()
            os._exit(0)
        os._exit(1)
    return child


def announce_evenly(truth: Path, count: int, seconds: float) -> None:
    """From threads whose transactions overlap and commit in all orders; every tenth is rolled back on purpose."""
    lock = threading.Lock()

    def work(thread: int) -> None:
        chance, begun = random.Random(f"{SEED}/{thread}"), time.monotonic()
        numbers, done = range(1 + thread, 1 + count, THREADS), 0
        while done < len(numbers):
            some = numbers[done : done + chance.randint(1, 5)]
            done += len(some)
            is_kept = chance.random() > 0.1
            with transaction.atomic():
                asked("SELECT pg_current_xact_id()" if chance.random() < 0.5 else "SELECT 1")
                time.sleep(chance.random() * 0.01)
                announce(*(Called(one, one % 97) for one in some))
                transaction.set_rollback(not is_kept)
            if is_kept:
                with lock, truth.open("a") as file:
                    file.write("".join(f"{one}\n" for one in some))
            time.sleep(max(0.0, seconds * done / len(numbers) - (time.monotonic() - begun)))
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def kill_again_and_again(folder: Path, monkeypatch: pytest.MonkeyPatch, *, kills: int, count: int) -> None:
    # What cannot be digested is tried again for seconds otherwise.
    monkeypatch.setattr(listeners, "PAUSES", (0.02, 0.05, 0.1))
    chance, truth, begun = random.Random(SEED), folder / "truth", time.monotonic()
    parameters = connection.get_connection_params()
    parameters = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}

    def effects() -> int:
        with psycopg.connect(**parameters) as looker:
            row = looker.execute("SELECT count(*) FROM test_effect").fetchone()
        return int(row[0]) if row else 0

    announcer = fork(lambda: announce_evenly(truth, count, kills * 0.3))
    in_the_middle = 0
    for _ in range(kills):
        before, runner = effects(), fork(Runner(ALL).run)
        # One in five dies while it starts, the others at a batch or soon after one.
        end = time.monotonic() + chance.choice((0.05, 5, 5, 5, 5))
        while effects() <= before and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(chance.random() * 0.1)
        in_the_middle += effects() > before
        os.kill(runner, signal.SIGKILL)
        os.waitpid(runner, 0)
    assert os.waitpid(announcer, 0)[1] == 0
    drain(ALL, seconds=PATIENCE)
    told = sorted(map(int, truth.read_text().split()))
    poison = [number for number in told if number % POISON == 0]
    parked = parking.parked_rows()
    assert sorted(one.row.fact.number for one in parked) == poison
    # Cured, the parked rows are replayed: then really everything has happened.
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO test_effect VALUES ('cure', 0)")
    assert all(services.replay_parked(number=one.number, among=ALL) for one in parked)
    found = Counter(asked("SELECT listener, number FROM test_effect WHERE listener <> 'cure'"))
    wanted = Counter({(one.name, number): 1 for one in ALL for number in told})
    assert (wanted - found, found - wanted) == (Counter(), Counter())
    print(
        f"\n  seed {SEED}: {kills} kills -9 of the runner ({in_the_middle} after effects), {len(told)} facts of "
        f"{count} announced in overlapping transactions, {found.total()} effects: 0 missing, 0 twice, 0 invented; "
        f"{len(parked)} of {len(poison)} poisonous facts parked, all replayed; {time.monotonic() - begun:.0f} s",
        end="",
    )


def test_a_runner_killed_a_few_times_does_everything_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_again_and_again(tmp_path, monkeypatch, kills=4, count=600)


@pytest.mark.faults
def test_a_runner_killed_fifty_times_does_everything_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_again_and_again(tmp_path, monkeypatch, kills=50, count=5_000)
