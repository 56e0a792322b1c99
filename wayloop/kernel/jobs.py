"""Jobs: work that runs in the worker, by name, with ids as arguments only.

A context names its jobs in `enums.py`, binds a name to a service in `tasks.py`, and enqueues by name inside its own
transaction: when that rolls back, the job never existed. A job may run twice; every service behind one is written so.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from enum import IntEnum
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from wayloop.kernel import clock

F = TypeVar("F", bound=Callable[..., None])
Ids = int | UUID | Sequence[int]
RETRIES = RetryStrategy(max_attempts=8, exponential_wait=2)
# Found without its worker so often, a job is taken for what kills workers.
STRIKES = 3
STALLED = """
SELECT j.id, j.task_name FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing' AND j.id <> ALL(%(running)s::bigint[])
    AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(seconds)s)
        OR (j.id, j.worker_id) IN (SELECT * FROM unnest(%(left)s::bigint[], %(left_by)s::bigint[])))
ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
"""
STRIKE = """
INSERT INTO kernel_stalledjob (id, strikes) VALUES (%s, 1)
ON CONFLICT (id) DO UPDATE SET strikes = kernel_stalledjob.strikes + 1 RETURNING strikes
"""
PARK = "UPDATE kernel_stalledjob SET parked_at = %s WHERE id = %s"
GIVE_BACK = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
END = "SELECT procrastinate_finish_job_v1(%s, %s::procrastinate_job_status, false)"
FORGET = """
DELETE FROM procrastinate_jobs j WHERE j.id IN (
    SELECT o.id FROM procrastinate_jobs o
    WHERE o.status = ANY(%(states)s::procrastinate_job_status[])
        AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = o.id AND e.at > %(before)s)
    LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
"""
FORGET_STRIKES = "DELETE FROM kernel_stalledjob s WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = s.id)"
DONE = ("succeeded", "aborted", "cancelled")
KEEP_DONE = timedelta(days=3)
KEEP_FAILED = timedelta(days=30)
AT_ONCE = 5_000

logger = logging.getLogger("wayloop.jobs")


class Priority(IntEnum):
    """Who is served first. What a customer waits for overtakes what we want to tell them."""

    SERVICE = 100
    NORMAL = 0
    MARKETING = -100


def job(name: str) -> Callable[[F], F]:
    """Binds `name` to a function of ids. A run that fails is tried again, at growing distance, eight times."""

    def bind(function: F) -> F:
        @wraps(function)
        def run(**ids: Any) -> None:
            function(**{key: UUID(value) if isinstance(value, str) else value for key, value in ids.items()})

        app.task(name=name, retry=RETRIES)(run)
        return function

    return bind


def enqueue(
    name: str, *, lock: str | None = None, once: str | None = None, priority: Priority = Priority.NORMAL, **ids: Ids
) -> bool:
    """Adds one job to the queue, in the caller's transaction; answers whether it was added.

    `lock`: jobs with the same lock run one after the other. `once`: while one with this word waits, no second one is
    added. `ids` are whole numbers, UUIDs or lists of numbers: a job is a batch. Raises `TypeError` for anything else,
    since arguments stay in the queue's table for days.
    """
    task = app.configure_task(name, lock=lock, queueing_lock=once, priority=int(priority))
    arguments = _only_ids(ids)
    if once is None:
        task.defer(**arguments)
        return True
    try:
        with transaction.atomic():
            task.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def sweep(
    *,
    stalled_seconds: float,
    running: Collection[int] = (),
    ended: Collection[int] = (),
    left: Collection[tuple[int, int]] = (),
) -> int:
    """Gives back the jobs whose worker died; answers how many jobs it touched.

    `running`: jobs that this process still runs and that are left alone. `ended`: jobs that ended in this living
    process while the database was away, which is not their fault. `left`: job and worker number of those whose end
    should be in the database by now; when it is not, the connection was cut at that statement, and the living worker
    would hold the job for ever. Any other gets a strike; the third one parks it with an alarm. Each job has a
    savepoint: one that cannot go back, because its twin waits already, is ended instead and the twin does the work.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            STALLED,
            {
                "running": list(running),
                "seconds": stalled_seconds,
                "left": [job_id for job_id, _worker_id in left],
                "left_by": [worker_id for _job_id, worker_id in left],
            },
        )
        found = cursor.fetchall()
        for job_id, name in found:
            try:
                with transaction.atomic():
                    _give_back(cursor, job_id, name, is_guilty=job_id not in ended)
            except IntegrityError:
                cursor.execute(END, [job_id, "aborted"])
                logger.warning("job %s lost its worker and has a waiting twin, which does its work", name)
    return len(found)


def parked() -> list[tuple[int, str]]:
    """Id and name of each job that was given up because its worker died again and again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.id, j.task_name FROM procrastinate_jobs j JOIN kernel_stalledjob s ON s.id = j.id "
            "WHERE j.status = 'failed' AND s.parked_at IS NOT NULL ORDER BY j.id"
        )
        return list(cursor.fetchall())


def release_parked(job_id: int) -> None:
    """Puts a parked job back into the queue, without its strikes. Raises `IntegrityError` when its twin waits."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_stalledjob WHERE id = %s", [job_id])
        cursor.execute(GIVE_BACK, [job_id])


def forget_old(*, most: int = AT_ONCE) -> int:
    """Removes jobs that ended well three days ago or badly 30 days ago, at most so many; answers how many."""
    now, removed = clock.now(), 0
    with transaction.atomic(), connection.cursor() as cursor:
        for states, kept in ((DONE, KEEP_DONE), (("failed",), KEEP_FAILED)):
            cursor.execute(FORGET, {"states": list(states), "before": now - kept, "most": most})
            removed += cursor.rowcount
        cursor.execute(FORGET_STRIKES)
    return removed


def _give_back(cursor: Any, job_id: int, name: str, *, is_guilty: bool) -> None:
    strikes = 0
    if is_guilty:
        cursor.execute(STRIKE, [job_id])
        (strikes,) = cursor.fetchone()
    if strikes < STRIKES:
        cursor.execute(GIVE_BACK, [job_id])
        logger.warning("job %s lost its worker; it goes back to the queue", name)
        return
    cursor.execute(END, [job_id, "failed"])
    cursor.execute(PARK, [clock.now(), job_id])
    logger.error("job %s lost its worker %s times; it is parked, see wayloop doctor", name, strikes)


def _only_ids(ids: Mapping[str, object]) -> dict[str, Any]:
    for name, value in ids.items():
        parts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(part, bool) or not isinstance(part, int | UUID) for part in parts):
            raise TypeError(f"{name} is not an id: a job takes whole numbers, UUIDs and lists of numbers, never texts")
        if isinstance(value, list | tuple) and any(isinstance(part, UUID) for part in parts):
            raise TypeError(f"{name}: a list holds numbers only")
    return {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}
