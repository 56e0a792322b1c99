"""Figures about due work and jobs for the doctor. They only read."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from wayloop.kernel import clock

LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class DueHealth:
    """`overdue` waits longer than five minutes over its time, `retried` has failed and is tried again."""

    waiting: int
    overdue: int
    oldest: str
    retried: int
    parked: int
    parked_names: tuple[str, ...]


@dataclass(frozen=True)
class JobHealth:
    """`orphans` run on paper only: their worker has given no sign of life for two minutes."""

    waiting: int
    orphans: int
    failed: int
    parked: int
    parked_names: tuple[str, ...]


def due_health() -> DueHealth:
    """How the due-table stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE parked_at IS NULL AND problem = '' AND due_at < %(late)s), "
            "coalesce(min(name || ' ' || key) FILTER (WHERE parked_at IS NULL AND problem = '' "
            "AND due_at < %(late)s), ''), count(*) FILTER (WHERE parked_at IS NULL AND problem <> ''), "
            "count(*) FILTER (WHERE parked_at IS NOT NULL), "
            "(array_agg(DISTINCT name) FILTER (WHERE parked_at IS NOT NULL))[1:3] FROM kernel_due",
            {"late": clock.now() - LATE},
        )
        waiting, overdue, oldest, retried, parked, names = cursor.fetchone()
    return DueHealth(waiting, overdue, oldest, retried, parked, tuple(names or ()))


def job_health() -> JobHealth:
    """How the queue stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()), "
            "count(*) FILTER (WHERE j.status = 'doing' "
            "AND (w.id IS NULL OR w.last_heartbeat < now() - interval '2 minutes')), "
            "count(*) FILTER (WHERE j.status = 'failed' AND s.parked_at IS NULL), "
            "count(*) FILTER (WHERE j.status = 'failed' AND s.parked_at IS NOT NULL), "
            "(array_agg(DISTINCT j.task_name) FILTER (WHERE j.status = 'failed' AND s.parked_at IS NOT NULL))[1:3] "
            "FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id "
            "LEFT JOIN kernel_stalledjob s ON s.id = j.id"
        )
        waiting, orphans, failed, parked, names = cursor.fetchone()
    return JobHealth(waiting, orphans, failed, parked, tuple(names or ()))
