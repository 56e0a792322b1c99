"""Progress of long work: a row that a page shows and a member can stop.

The work asks `keep_going()` in the transaction of each step, so what it counted is what it did. It ends by itself when
a member stopped it, or when a second worker took the same work over.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import F, Q, QuerySet

from wayloop.kernel import clock
from wayloop.kernel.models import Progress

KEEP = timedelta(days=7)


class Stage(StrEnum):
    """Where a piece of work is."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"  # a member asked for it; the work notices at its next step
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


ENDED = (Stage.STOPPED, Stage.DONE, Stage.FAILED)


@dataclass(frozen=True)
class Shown:
    """What a page shows. `name` is a key for which the page has a text; `total` is None while nobody knows it."""

    id: int
    name: str
    state: Stage
    done: int
    total: int | None
    started_by: int | None
    created_at: datetime
    finished_at: datetime | None


class Work:
    """A piece of work under way, in the hands of whoever runs it."""

    def __init__(self, work_id: int, attempt: int, done: int) -> None:
        self.id = work_id
        self.done = done
        self._attempt = attempt

    def keep_going(self, *, done: int = 0, total: int | None = None) -> bool:
        """Notes `done` more units (and the total, once known); answers whether to go on.

        Call it in the transaction of each step, before its writes: on False write nothing and leave.
        """
        values = {"done": F("done") + done, "updated_at": clock.now()} | ({} if total is None else {"total": total})
        if not self._mine().filter(state=Stage.RUNNING).update(**values):
            return False
        self.done += done
        return True

    def _mine(self) -> "QuerySet[Progress]":
        return Progress.objects.filter(id=self.id, attempt=self._attempt)

    def end(self, state: Stage, problem: str = "") -> None:
        """Closes the row, unless somebody else has taken the work over."""
        now = clock.now()
        stays = Q(state=Stage.RUNNING) | Q(state=Stage.STOPPING)
        self._mine().filter(stays).update(state=state, problem=problem, finished_at=now, updated_at=now)


def begin(name: str, *, total: int | None = None, started_by: int | None = None) -> int:
    """Makes the row, in the caller's transaction; answers its id, which the job gets."""
    now = clock.now()
    row = Progress.objects.create(
        name=name, state=Stage.WAITING, total=total, started_by=started_by, created_at=now, updated_at=now
    )
    return row.pk


@contextmanager
def at_work(work_id: int) -> Iterator[Work | None]:
    """Takes the work over for the block, from whoever had it; yields None when it has ended or was stopped before.

    Leaving the block ends it: done, stopped when a member asked for it, failed when it raises (the error goes on; a
    later attempt may take it up, `Work.done` says where).
    """
    now = clock.now()
    Progress.objects.filter(id=work_id, state=Stage.STOPPING).update(state=Stage.STOPPED, finished_at=now)
    open_rows = Progress.objects.filter(id=work_id).exclude(state__in=(Stage.STOPPED, Stage.DONE))
    if not open_rows.update(state=Stage.RUNNING, attempt=F("attempt") + 1, finished_at=None, problem=""):
        yield None
        return
    row = Progress.objects.get(id=work_id)
    work = Work(work_id, row.attempt, row.done)
    try:
        yield work
    except Exception as error:
        work.end(Stage.FAILED, type(error).__name__[:60])
        raise
    is_stopped = Progress.objects.filter(id=work_id, attempt=row.attempt, state=Stage.STOPPING).exists()
    work.end(Stage.STOPPED if is_stopped else Stage.DONE)


def stop(work_id: int) -> bool:
    """Asks it to stop after its current step; answers whether there was anything to stop. What is done stays done."""
    now = clock.now()
    waiting = Progress.objects.filter(id=work_id, state=Stage.WAITING)
    if waiting.update(state=Stage.STOPPED, finished_at=now, updated_at=now):
        return True
    running = Progress.objects.filter(id=work_id, state=Stage.RUNNING)
    return bool(running.update(state=Stage.STOPPING, updated_at=now))


def show(work_id: int) -> Shown | None:
    """How far it has come; None when it is unknown or was cleaned up."""
    return show_all([work_id]).get(work_id)


def show_all(work_ids: Collection[int]) -> dict[int, Shown]:
    """Number → how far it has come; those unknown or cleaned up are left out."""
    return {
        row.pk: Shown(
            row.pk, row.name, Stage(row.state), row.done, row.total, row.started_by, row.created_at, row.finished_at
        )
        for row in Progress.objects.filter(id__in=work_ids)
    }


def forget_old() -> int:
    """Removes what ended a week ago; answers how many rows."""
    removed, _ = Progress.objects.filter(state__in=ENDED, finished_at__lt=clock.now() - KEEP).delete()
    return removed
