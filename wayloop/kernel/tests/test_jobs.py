"""Jobs belong to the transaction that adds them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app

from wayloop.kernel import jobs


def waiting() -> list[tuple[str, dict[str, Any], str | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args::text, lock FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_a_job_of_a_transaction_that_rolls_back_never_existed(committed: None) -> None:
    with transaction.atomic():
        jobs.enqueue("kernel.sample", row_id=1)
        assert len(waiting()) == 1
        transaction.set_rollback(True)
    assert waiting() == []


def test_a_job_of_a_transaction_that_ends_well_waits_with_its_ids_and_lock(committed: None) -> None:
    with transaction.atomic():
        jobs.enqueue("kernel.sample", lock="row 1", row_id=1)
    assert waiting() == [("kernel.sample", '{"row_id": 1}', "row 1")]


def lose_connection() -> None:
    """The server ends this thread's connection, as it does when it goes down."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=settings["USER"],
        password=settings["PASSWORD"],
    ) as other:  # fmt: skip
        assert connection.connection is not None
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.connection.info.backend_pid,))


def test_a_thread_that_lost_its_database_does_its_next_job_at_the_first_try(committed: None) -> None:
    name, done = "kernel.sample_loss", []
    jobs.job(name)(lambda number: done.append((number, waiting())))
    try:
        app.tasks[name](number=1)
        lose_connection()
        app.tasks[name](number=2)
        lose_connection()
        # As the job before it found out.
        with pytest.raises(OperationalError):
            waiting()
        app.tasks[name](number=3)
    finally:
        app.tasks.pop(name)
    assert done == [(1, []), (2, []), (3, [])]


def failed(error: Callable[[], Exception], attempts: int) -> bool:
    """Whether a job that ended with this error is tried again."""
    job: Any = SimpleNamespace(attempts=attempts)
    return jobs.RETRIES.get_retry_decision(exception=error(), job=job) is not None


def test_trouble_from_outside_is_tried_again_without_end_and_our_own_eight_times() -> None:
    def lost() -> Exception:
        error = OperationalError("the connection is closed")
        error.__cause__ = psycopg.OperationalError("the connection is closed")
        return error

    errors = (ValueError, lost, psycopg.errors.DeadlockDetected, psycopg.errors.QueryCanceled)
    assert [[failed(error, attempts) for attempts in (0, 7, 8, 500)] for error in errors] == [
        [True, True, False, False],
        [True] * 4,
        [True] * 4,
        [True, True, False, False],
    ]
