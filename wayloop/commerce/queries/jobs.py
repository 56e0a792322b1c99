"""Reads of service jobs: the board, the list, one job with its history, the open ones of a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from wayloop.commerce.lateness import LATE_AND_OPEN, is_late
from wayloop.commerce.models import NO_PROMISE, Job, JobMove
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key

State = Literal["open", "late", "closed", "all"]
STATES: tuple[State, ...] = ("open", "late", "closed", "all")
# A column of the board shows so many, and of an end only what got there lately: the rest is in the list.
MOST_IN_COLUMN = 40
RECENT = timedelta(days=7)
COLUMNS = """
j.id, j.uuid, j.number, j.kind_id, j.stage_id, j.stage_since, j.title, j.item, p.person, j.location_id, j.member_id,
j.promised_at, j.opened_at, j.closed_at, j.outcome, j.version
"""
FROM = "FROM commerce_job j LEFT JOIN api_identity_people p ON p.handle = j.handle"
PROMISE = "coalesce(j.promised_at, '9999-01-01 00:00:00+00'::timestamptz)"
ORDERS: Mapping[State, tuple[str, str]] = {
    # What the order is, and what comes behind the key of the last row.
    "open": (f"{PROMISE}, j.id", f"({PROMISE}, j.id) > (%(moment)s, %(last)s)"),
    "late": (f"{PROMISE}, j.id", f"({PROMISE}, j.id) > (%(moment)s, %(last)s)"),
    "closed": ("j.closed_at DESC, j.id DESC", "(j.closed_at, j.id) < (%(moment)s, %(last)s)"),
    "all": ("j.id DESC", "j.id < %(last)s"),
}
BOARD = """
SELECT {columns} FROM unnest(%(stages)s::bigint[]) s (id)
CROSS JOIN LATERAL (
    SELECT * FROM commerce_job j WHERE j.stage_id = s.id AND {where} ORDER BY {order} LIMIT %(limit)s
) j
LEFT JOIN api_identity_people p ON p.handle = j.handle
"""


@dataclass(frozen=True)
class JobFilter:
    """What a list shows. `member`: the responsible one; `text`: a number, or the beginning of title or item."""

    state: State = "open"
    kind: int | None = None
    stage: int | None = None
    member: int | None = None
    location: int | None = None
    person: int | None = None
    text: str = ""


@dataclass(frozen=True)
class JobRow:
    """One job in a list; instants in UTC. `is_late` as of the moment it was read."""

    id: int
    uuid: UUID
    number: int
    kind_id: int
    stage_id: int
    stage_since: datetime
    title: str
    item: str
    person: int | None
    location_id: int | None
    member_id: int | None
    promised_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    version: int
    is_late: bool


@dataclass(frozen=True)
class Column:
    """One column of the board: some of its jobs, and how many there are."""

    stage_id: int
    rows: tuple[JobRow, ...]
    total: int


def list_jobs(*, scope: Scope, wanted: JobFilter, after: str | None = None, limit: int = 50) -> Page[JobRow]:
    """A page of jobs: open ones the most urgent first, closed ones the last closed first, all the newest first."""
    where, values = _conditions(scope, wanted)
    order, behind = ORDERS[wanted.state]
    key = read_key(after, datetime, int)
    if key:
        where += f" AND {behind}"
        values |= {"moment": key[0], "last": key[1]}
    rows = _rows(
        f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY {order} LIMIT %(limit)s",
        values | {"limit": limit + 1},
    )
    return cut_page(rows, limit, lambda row: (_moment_of(row, wanted.state).isoformat(), row.id))


def count_jobs(*, scope: Scope, wanted: JobFilter, exact: bool = False) -> Total:
    """How many rows `list_jobs` has in all."""
    where, values = _conditions(scope, wanted)
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values, exact=exact)


def board(*, scope: Scope, open_stages: Sequence[int], ends: Sequence[int], wanted: JobFilter) -> dict[int, Column]:
    """Stage → its column: open jobs by their promise, of the ends what got there in the last seven days."""
    where, values = _conditions(scope, JobFilter("all", member=wanted.member, location=wanted.location))
    values |= {"limit": MOST_IN_COLUMN, "since": clock.now() - RECENT}
    is_open, is_recent = "j.closed_at IS NULL", "j.closed_at > %(since)s"
    rows = []
    for stages, which, order in ((open_stages, is_open, "open"), (ends, is_recent, "closed")):
        statement = BOARD.format(columns=COLUMNS, where=f"{where} AND {which}", order=ORDERS[order][0])  # type: ignore[index]
        rows += _rows(statement, values | {"stages": list(stages)}) if stages else []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.stage_id, count(*) FROM commerce_job j WHERE j.stage_id = ANY (%(stages)s) "  # noqa: S608
            f"AND ({is_open} OR {is_recent}) AND {where} GROUP BY j.stage_id",
            values | {"stages": [*open_stages, *ends]},
        )
        totals = dict(cursor.fetchall())
    columns: dict[int, list[JobRow]] = {stage: [] for stage in (*open_stages, *ends)}
    for row in sorted(rows, key=lambda row: (row.closed_at is not None, urgency(row))):
        columns[row.stage_id].append(row)
    return {stage: Column(stage, tuple(mine), totals.get(stage, 0)) for stage, mine in columns.items()}


def stages_with_open_jobs(stages: Sequence[int]) -> list[int]:
    """Those of these stages in which an open job stands, whoever may see it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM unnest(%s::bigint[]) s (id) WHERE EXISTS (SELECT FROM commerce_job j "
            "WHERE j.stage_id = s.id AND j.closed_at IS NULL AND j.removed_at IS NULL)",
            [list(stages)],
        )
        return [stage for (stage,) in cursor.fetchall()]


def job_by_uuid(uuid: UUID, scope: Scope) -> Job | None:
    """The job at this address, or None when there is none that the scope lets see."""
    found = Job.objects.select_related("member", "product", "agreement").filter(uuid=uuid, removed_at=None).first()
    hidden = found is not None and scope.locations is not None and found.location_id not in (None, *scope.locations)
    return None if hidden else found


def moves_of(job_id: int) -> list[JobMove]:
    """The stages a job went through, the latest first, with who moved it."""
    return list(JobMove.objects.filter(job_id=job_id).select_related("member").order_by("-pk"))


def open_jobs_of(person: int, *, scope: Scope, limit: int) -> list[JobRow]:
    """Open jobs of a customer, the most urgent first."""
    return list(list_jobs(scope=scope, wanted=JobFilter("open", person=person), limit=limit).rows)


def job_words(ids: Sequence[int]) -> dict[int, tuple[UUID, int, str, int]]:
    """Job → address, number, title, kind."""
    rows = Job.objects.filter(pk__in=ids, removed_at=None).values_list("pk", "uuid", "number", "title", "kind_id")
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _rows(statement: str, values: Mapping[str, Any]) -> list[JobRow]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [JobRow(*(*row, is_late(row[11], row[13], now))) for row in cursor.fetchall()]


def _moment_of(row: JobRow, state: State) -> datetime:
    return (row.closed_at if state == "closed" else row.promised_at) or NO_PROMISE


def urgency(row: JobRow) -> tuple[float, int]:
    """What jobs are sorted by: open ones by their promise, ended ones the last first."""
    if row.closed_at is not None:
        return -row.closed_at.timestamp(), -row.id
    return (row.promised_at or NO_PROMISE).timestamp(), row.id


def _conditions(scope: Scope, wanted: JobFilter) -> tuple[str, dict[str, Any]]:
    where = ["j.removed_at IS NULL"]
    values: dict[str, Any] = {"now": clock.now()}
    if wanted.state == "open":
        where.append("j.closed_at IS NULL")
    elif wanted.state == "late":
        where.append(LATE_AND_OPEN)
    elif wanted.state == "closed":
        where.append("j.closed_at IS NOT NULL")
    if scope.locations is not None:
        where.append("(j.location_id IS NULL OR j.location_id = ANY (%(locations)s))")
        values["locations"] = list(scope.locations)
    for column, value in (
        ("j.kind_id", wanted.kind),
        ("j.stage_id", wanted.stage),
        ("j.member_id", wanted.member),
        ("j.location_id", wanted.location),
        ("p.person", wanted.person),
    ):
        if value is not None:
            name = column.rpartition(".")[2]
            where.append(f"{column} = %({name})s")
            values[name] = value
    if text := wanted.text.replace("\0", "").strip():
        where.append("(j.number::text = %(text)s OR j.title ILIKE %(like)s OR j.item ILIKE %(like)s)")
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values |= {"text": text, "like": f"%{escaped}%"}
    return " AND ".join(where), values
