"""Jobs: work that runs in the worker, by name, with ids as arguments only.

A context names its jobs in `enums.py`, binds a name to a service in `tasks.py`, and enqueues by name inside its own
transaction: when that rolls back, the job never existed. A job may run twice; every service behind one is written so.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, connections, transaction
from procrastinate import RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from wayloop.kernel import clock
from wayloop.kernel.stream.listeners import says_nothing_of_rows

F = TypeVar("F", bound=Callable[..., None])
Ids = int | UUID | Sequence[int]
LONGEST_WAIT = 30  # seconds until the next try after trouble from outside
# Found without its worker so often, a job is taken for what kills workers.
STRIKES = 3
STALLED = """
SELECT j.id, j.task_name FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing' AND j.id <> ALL(%(running)s::bigint[])
    AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(seconds)s)
        OR (j.id, j.attempts) IN (SELECT * FROM unnest(%(lost)s::bigint[], %(attempts)s::int[])))
ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
"""
HELD = "SELECT id, attempts FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(%s)"
LIVE = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = ANY(%s)"
STRIKE = """
INSERT INTO kernel_stalledjob (id, strikes) VALUES (%s, 1)
ON CONFLICT (id) DO UPDATE SET strikes = kernel_stalledjob.strikes + 1 RETURNING strikes
"""
PARK = "UPDATE kernel_stalledjob SET parked_at = %s WHERE id = %s"
GIVE_BACK = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
AFRESH = "UPDATE procrastinate_jobs SET attempts = 0 WHERE id = %s"
TURN = "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s AND status = %s"
GIVEN_UP = """
SELECT j.id, j.task_name, j.attempts, (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id),
    s.parked_at IS NOT NULL
FROM procrastinate_jobs j LEFT JOIN kernel_stalledjob s ON s.id = j.id WHERE j.status = 'failed' ORDER BY j.id LIMIT %s
"""
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


class Retries(RetryStrategy):
    """Tries at growing distance, up to a number; after trouble from outside (connection, server, locks) without end."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """See procrastinate."""
        if says_nothing_of_rows(exception):
            return RetryDecision(retry_in={"seconds": min(2 + 2 * job.attempts, LONGEST_WAIT)})
        return super().get_retry_decision(exception=exception, job=job)


RETRIES = Retries(max_attempts=8, exponential_wait=2)


def job(name: str) -> Callable[[F], F]:
    """Binds `name` to a function of ids. A run that fails is tried again; see `Retries`."""

    def bind(function: F) -> F:
        @wraps(function)
        def run(**ids: Any) -> None:
            _look_at_connections()
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
    lost: Collection[tuple[int, int]] = (),
) -> int:
    """Gives back the jobs whose worker died; answers how many jobs it touched.

    `running`: jobs that this process still runs and that are left alone. `ended`: jobs that ended in this living
    process while the database was away, which is not their fault. `lost`: number and attempts of jobs that `held_by`
    this process's workers and run nowhere; a living worker would hold them for ever, and it is not their fault either.
    Any other gets a strike; the third one parks it with an alarm. Each job has a savepoint: one that cannot go back,
    because its twin waits already, is ended instead and the twin does the work.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            STALLED,
            {
                "running": list(running),
                "seconds": stalled_seconds,
                "lost": [job_id for job_id, _attempts in lost],
                "attempts": [attempts for _job_id, attempts in lost],
            },
        )
        found = cursor.fetchall()
        innocent = {*ended, *(job_id for job_id, _attempts in lost)}
        for job_id, name in found:
            try:
                with transaction.atomic():
                    _give_back(cursor, job_id, name, is_guilty=job_id not in innocent)
            except IntegrityError:
                cursor.execute(END, [job_id, "aborted"])
                logger.warning("job %s lost its worker and has a waiting twin, which does its work", name)
    return len(found)


def held_by(workers: Collection[int]) -> set[tuple[int, int]]:
    """Number and attempts of every job that runs, as the database has it, with one of these workers.

    One they know nothing of for seconds, with the same attempts, was lost with a connection: when it was fetched, or
    when its end was told.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(workers)])
        return set(cursor.fetchall())


def keep_alive(workers: Collection[int]) -> None:
    """Lets workers of this process count as living whose jobs still run although they take no others any more."""
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [list(workers)])


@dataclass(frozen=True)
class GivenUp:
    """A job that nobody tries any more: it failed each time, or its worker died of it again and again."""

    number: int
    name: str
    attempts: int
    at: datetime | None
    is_deadly: bool


def given_up(*, limit: int = 100) -> list[GivenUp]:
    """The jobs that wait for somebody, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(GIVEN_UP, [limit])
        return [GivenUp(*row) for row in cursor.fetchall()]


def given_up_count() -> int:
    """How many jobs wait for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        (count,) = cursor.fetchone()
        return int(count)


@transaction.atomic
def do_again(job_id: int) -> bool:
    """Puts a job that was given up back into the queue, with all its tries and without its strikes; answers whether it
    was given up.

    When its twin waits already, that one does the work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE", [job_id])
        if cursor.fetchone() is None:
            return False
        cursor.execute("DELETE FROM kernel_stalledjob WHERE id = %s", [job_id])
        try:
            with transaction.atomic():
                cursor.execute(GIVE_BACK, [job_id])
                cursor.execute(AFRESH, [job_id])
        except IntegrityError:
            cursor.execute(TURN, ["cancelled", job_id, "failed"])
    return True


def leave_out(job_id: int) -> bool:
    """Decides that a job that was given up is not done any more; answers whether it was given up."""
    return _turn(job_id, "failed", "cancelled")


def take_back_leaving_out(job_id: int) -> bool:
    """Lets a job that was left out wait again for somebody; answers whether it was left out."""
    return _turn(job_id, "cancelled", "failed")


def forget_old(*, most: int = AT_ONCE) -> int:
    """Removes jobs that ended well three days ago or badly 30 days ago, at most so many; answers how many."""
    now, removed = clock.now(), 0
    with transaction.atomic(), connection.cursor() as cursor:
        for states, kept in ((DONE, KEEP_DONE), (("failed",), KEEP_FAILED)):
            cursor.execute(FORGET, {"states": list(states), "before": now - kept, "most": most})
            removed += cursor.rowcount
        cursor.execute(FORGET_STRIKES)
    return removed


def _look_at_connections() -> None:
    """Lets this thread's connection be looked at before its next use, and made anew when it is broken.

    Django does that between requests of pages. Here nobody would: a thread that has lost its database once would fail
    every job from then on.
    """
    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:
            one.health_check_done = False  # type: ignore[attr-defined]  # of Django's connections, missing in its stubs


def _turn(job_id: int, before: str, after: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TURN, [after, job_id, before])
        return bool(cursor.rowcount)


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
    logger.error("job %s lost its worker %s times; it is given up, see wayloop doctor", name, strikes)


def _only_ids(ids: Mapping[str, object]) -> dict[str, Any]:
    for name, value in ids.items():
        parts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(part, bool) or not isinstance(part, int | UUID) for part in parts):
            raise TypeError(f"{name} is not an id: a job takes whole numbers, UUIDs and lists of numbers, never texts")
        if isinstance(value, list | tuple) and any(isinstance(part, UUID) for part in parts):
            raise TypeError(f"{name}: a list holds numbers only")
    return {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}
