"""Tasks: made, written anew, done, taken back, found late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.contracts.work import TaskOverdue
from wayloop.kernel import clock
from wayloop.kernel.due.table import cancel, schedule
from wayloop.kernel.ids import uuid7
from wayloop.kernel.stream.announce import announce
from wayloop.work.enums import TASK_TIMES
from wayloop.work.models import Case, CaseStep, Task
from wayloop.work.rules import LONGEST_NOTE, LONGEST_TITLE, WorkRefused

WRITTEN = ("title", "note", "member_id", "due_at", "location_id")


class TaskChanged(Exception):
    """Somebody has written the task anew since it was shown."""


@dataclass(frozen=True)
class TaskDetails:
    """What is to be done. `due_at`: aware, None: whenever."""

    title: str
    note: str = ""
    member_id: int | None = None
    due_at: datetime | None = None
    location_id: int | None = None


@transaction.atomic
def add_task(
    *,
    details: TaskDetails,
    case_id: int | None = None,
    step_id: int | None = None,
    person: int | None = None,
    by: int | None = None,
) -> Task:
    """Makes a task, by itself or for a case and a point of its checklist; person and place are then the case's.

    Raises `WorkRefused`, `Case.DoesNotExist`, `CaseStep.DoesNotExist`.
    """
    title = _title(details)
    case = None if case_id is None else Case.objects.get(pk=case_id, removed_at=None)
    step = None if step_id is None else CaseStep.objects.get(pk=step_id, case=case)
    task = Task.objects.create(
        uuid=uuid7(),
        title=title,
        note=details.note.replace("\r\n", "\n").strip()[:LONGEST_NOTE],
        case=case,
        step=step,
        handle=case.handle if case else person,
        location_id=case.location_id if case else details.location_id,
        member_id=details.member_id,
        made_by_id=by,
        made_at=clock.now(),
        due_at=details.due_at,
    )
    _watch(task)
    return task


@transaction.atomic
def change_task(*, task_id: int, details: TaskDetails, seen: int) -> Task:
    """Writes a task anew. Raises `TaskChanged` when there is a newer version than `seen`, `WorkRefused`."""
    task = Task.objects.select_for_update().get(pk=task_id, removed_at=None)
    title = _title(details)
    wanted = {
        "title": title,
        "note": details.note.replace("\r\n", "\n").strip()[:LONGEST_NOTE],
        "member_id": details.member_id,
        "due_at": details.due_at,
        "location_id": task.location_id if task.case_id else details.location_id,
    }
    if all(getattr(task, name) == wanted[name] for name in WRITTEN):
        return task
    if task.version != seen:
        raise TaskChanged
    for name, value in wanted.items():
        setattr(task, name, value)
    task.version += 1
    task.save()
    _watch(task)
    return task


@transaction.atomic
def finish_task(*, task_id: int, is_done: bool, by: int | None = None) -> Task:
    """Says that a task is done, or that it is not after all; the point of the checklist it came from follows.

    The same again changes nothing.
    """
    task = Task.objects.select_for_update().get(pk=task_id, removed_at=None)
    if (task.done_at is not None) != is_done:
        task.done_at, task.done_by_id = (clock.now(), by) if is_done else (None, None)
        task.save(update_fields=["done_at", "done_by"])
        if task.step_id is not None:
            CaseStep.objects.filter(pk=task.step_id).update(done_at=task.done_at, done_by=task.done_by_id)
        _watch(task)
    return task


@transaction.atomic
def remove_task(*, task_id: int, is_removed: bool = True) -> None:
    """Takes a task away, or back."""
    task = Task.objects.select_for_update().get(pk=task_id)
    task.removed_at = clock.now() if is_removed else None
    task.save(update_fields=["removed_at"])
    _watch(task)


@transaction.atomic
def settle_tasks(*, task_ids: Sequence[int]) -> None:
    """Tells of each of these that is not done and whose time is over that it is overdue, once for each time.

    Announces `TaskOverdue`.
    """
    rows = Task.objects.select_for_update().filter(
        pk__in=task_ids, done_at=None, removed_at=None, due_at__lte=clock.now()
    )
    late = [task for task in rows.order_by("pk") if task.overdue_told != task.due_at]
    for task in late:
        task.overdue_told = task.due_at
    Task.objects.bulk_update(late, ["overdue_told"])
    announce(*(TaskOverdue(task.pk, task.member_id, task.due_at) for task in late if task.due_at is not None))


def _watch(task: Task) -> None:
    is_open = task.done_at is None and task.removed_at is None
    if is_open and task.due_at is not None and task.overdue_told != task.due_at:
        schedule(TASK_TIMES, task.pk, task.due_at, task=task.pk)
    else:
        cancel(TASK_TIMES, task.pk)


def _title(details: TaskDetails) -> str:
    if not details.title.strip() or "\0" in details.title + details.note:
        raise WorkRefused(_("Write what is to be done."))
    return " ".join(details.title.split())[:LONGEST_TITLE]
