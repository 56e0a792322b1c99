"""Due work broken at every single call: its effects happen exactly once all the same."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from tests.faults.nth_call import (
    Break,
    by_way_of,
    cut,
    cut_after_commit,
    every_call,
    fail,
    killed_at,
    lose_answer,
)
from tests.faults.proxy import Mode, Proxy
from wayloop.kernel import clock, jobs
from wayloop.kernel.due import runner
from wayloop.kernel.due.handlers import Tick, due, only
from wayloop.kernel.due.rules import Every
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.due.table import schedule
from wayloop.kernel.models import Due, StoredFile

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = ("a", "b", "c")


@pytest.fixture(autouse=True)
def _model_flow() -> Iterator[None]:
    """Each tick writes a row and adds a job."""
    with only(), clock.standing_at(NOON):

        @due("model")
        def model(tick: Tick) -> None:
            StoredFile.objects.create(
                sha256=f"{tick.key} {tick.due_at:%H:%M} {StoredFile.objects.count()}",
                size=0,
                name=f"{tick.key} {tick.due_at:%H:%M}",
                created_at=clock.now(),
            )
            jobs.enqueue("model.job", row_id=1)

        yield


def begin() -> None:
    """Three that happen once and one that repeats, as some page would plan them."""
    with transaction.atomic():
        for key in KEYS:
            schedule("model", key, NOON)
        schedule("model", "again", Every(60))


def flow() -> None:
    with clock.standing_at(NOON + 61 * MINUTE):
        worker = Runner()
        while worker.turn():
            pass


def recover() -> None:
    """Another worker, after the lease."""
    connection.close()
    with clock.standing_at(NOON + 61 * MINUTE + runner.LEASE):
        worker = Runner()
        while worker.turn():
            pass
    # One that counted as a failure comes a little later.
    with clock.standing_at(NOON + 65 * MINUTE):
        while Runner().turn():
            pass


def effects() -> tuple[Counter[str], int, list[tuple[str, datetime]]]:
    """Rows by what they stand for, jobs, and what still waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'model.job'")
        (added,) = cursor.fetchone()
    names = Counter(StoredFile.objects.values_list("name", flat=True))
    return names, added, list(Due.objects.values_list("key", "due_at"))


ONCE = (
    Counter({"a 12:00": 1, "b 12:00": 1, "c 12:00": 1, "again 13:00": 1}),
    4,
    [("again", NOON + 120 * MINUTE)],
)


def clean() -> None:
    Due.objects.all().delete()
    StoredFile.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def tell(what: str, points: int) -> None:
    print(f"\n  {what:<46} {points:>3} points, each effect exactly once", end="")


def run_all(breaking: Break, what: str) -> None:
    for point in every_call(breaking):
        clean()
        begin()
        with point:
            flow()
        recover()
        assert effects() == ONCE, f"{what} {point.number}"
    tell(what, point.number - 1)
    assert point.number > 3 or "COMMIT" in what


def test_the_model_flow_undisturbed(db: None) -> None:
    begin()
    flow()
    assert effects() == ONCE


def test_a_statement_that_fails(committed: None) -> None:
    run_all(fail(), "due work, n-th statement fails")


def test_a_connection_cut_at_any_statement(proxy: Proxy) -> None:
    run_all(cut(proxy), "due work, cut at the n-th statement")


def test_an_answer_lost_at_any_statement(proxy: Proxy) -> None:
    run_all(lose_answer(proxy), "due work, answer of the n-th statement lost")


def test_a_connection_cut_between_commit_and_its_answer(proxy: Proxy) -> None:
    run_all(cut_after_commit(proxy), "due work, cut after the n-th COMMIT")


def test_a_worker_killed_at_any_statement(committed: None) -> None:
    number = 0
    while True:
        number += 1
        clean()
        begin()
        was_killed = killed_at(number, flow)
        recover()
        assert effects() == ONCE, number
        if not was_killed:
            break
    print(
        f"\n  {'due work, kill -9 at the n-th statement':<42} {number - 1:>3} points, each effect exactly once", end=""
    )
    assert number > 3


def test_planning_it_is_safe_to_repeat_when_nobody_knows_whether_it_was_committed(proxy: Proxy) -> None:
    for breaking in (cut(proxy), cut_after_commit(proxy)):
        for point in every_call(breaking):
            clean()
            with point:
                begin()
            connection.close()
            if point.has_fired:
                begin()
            flow()
            assert effects() == ONCE


def test_the_proxy_delays_swallows_and_cuts_in_the_middle_of_an_answer(proxy: Proxy) -> None:
    def ask() -> float:
        begun = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT repeat('x', 100000)")
            assert len(cursor.fetchone()[0]) == 100_000
        return time.monotonic() - begun

    with by_way_of(proxy):
        assert ask() < 5
        proxy.mode, proxy.delay = Mode.DELAY, 0.2
        assert ask() >= 0.2
        proxy.mode = Mode.PASS
        proxy.arm(after_bytes=20_000)
        with pytest.raises(Exception, match=r"closed|lost|terminated|EOF"):
            ask()
        connection.close()
        proxy.mode = Mode.BLACK_HOLE
        with pytest.raises(psycopg.OperationalError, match="timeout"):
            psycopg.connect(host="127.0.0.1", port=proxy.port, dbname="x", user="x", connect_timeout=2)
    assert proxy.cuts == 1
