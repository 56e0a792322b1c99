"""Reads of tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from wayloop.kernel import clock
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key
from wayloop.work.models import NO_DEADLINE, Task
from wayloop.work.queries.cases import is_seen
from wayloop.work.rules import Sight

Which = Literal["open", "done"]
COLUMNS = """
t.id, t.uuid, t.title, t.note, t.case_id, t.step_id, p.person, t.location_id, t.member_id, t.made_at, t.due_at,
t.done_at, t.version
"""
FROM = "FROM work_task t LEFT JOIN api_identity_people p ON p.handle = t.handle"
DUE = "coalesce(t.due_at, '9999-01-01 00:00:00+00'::timestamptz)"
ORDERS: Mapping[Which, tuple[str, str]] = {
    "open": (f"{DUE}, t.id", f"({DUE}, t.id) > (%(moment)s, %(last)s)"),
    "done": ("t.done_at DESC, t.id DESC", "(t.done_at, t.id) < (%(moment)s, %(last)s)"),
}


@dataclass(frozen=True)
class TaskRow:
    """One task in a list; instants in UTC."""

    id: int
    uuid: UUID
    title: str
    note: str
    case_id: int | None
    step_id: int | None
    person: int | None
    location_id: int | None
    member_id: int | None
    made_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    version: int
    is_late: bool


def list_tasks(
    *,
    sight: Sight,
    which: Which = "open",
    member: int | None = None,
    case: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[TaskRow]:
    """A page of tasks: those to do the most urgent first, those done the last first. `member`: whose; `case`: of it."""
    where, values = _conditions(sight, which, member, case)
    order, behind = ORDERS[which]
    key = read_key(after, datetime, int)
    if key:
        where += f" AND {behind}"
        values |= {"moment": key[0], "last": key[1]}
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY {order} LIMIT %(limit)s",
            values | {"limit": limit + 1},
        )
        rows = [
            TaskRow(*(*row, row[11] is None and row[10] is not None and row[10] < now)) for row in cursor.fetchall()
        ]
    return cut_page(rows, limit, lambda row: ((row.done_at or row.due_at or NO_DEADLINE).isoformat(), row.id))


def count_tasks(
    *, sight: Sight, which: Which = "open", member: int | None = None, due_before: datetime | None = None
) -> Total:
    """How many there are; `due_before`: only those that are due before this instant."""
    where, values = _conditions(sight, which, member, None)
    if due_before is not None:
        where += " AND t.due_at < %(due_before)s"
        values["due_before"] = due_before
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values)


def task_by_uuid(uuid: UUID, sight: Sight, *, with_removed: bool = False) -> Task | None:
    """The task at this address, or None when there is none that this member sees."""
    rows = Task.objects.select_related("case", "member").filter(uuid=uuid)
    found = (rows if with_removed else rows.filter(removed_at=None)).first()
    return found if found and is_seen(found.location_id, found.member_id, sight) else None


def _conditions(sight: Sight, which: Which, member: int | None, case: int | None) -> tuple[str, dict[str, Any]]:
    where = ["t.removed_at IS NULL", f"t.done_at IS {'NULL' if which == 'open' else 'NOT NULL'}"]
    values: dict[str, Any] = {}
    if sight.scope.locations is not None:
        where.append("(t.location_id IS NULL OR t.location_id = ANY (%(locations)s))")
        values["locations"] = list(sight.scope.locations)
    for name, column, value in (
        ("own", "t.member_id", sight.own),
        ("member", "t.member_id", member),
        ("case", "t.case_id", case),
    ):
        if value is not None:
            where.append(f"{column} = %({name})s")
            values[name] = value
    return " AND ".join(where), values
