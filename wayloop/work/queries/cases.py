"""Reads of cases: the list, the board, one case, those of a customer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from wayloop.customers.api import TraitPart
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key
from wayloop.work.models import NO_DEADLINE, Case
from wayloop.work.rules import Sight

Which = Literal["open", "late", "free", "closed", "all"]
ALL_WHICH: tuple[Which, ...] = ("open", "late", "free", "closed", "all")
# A column of the board shows so many, and of an end only what got there lately: the rest is in the list.
MOST_IN_COLUMN = 40
RECENT = timedelta(days=7)
COLUMNS = """
c.id, c.uuid, c.number, c.title, c.kind, c.severity, c.source, c.stage_id, c.state, c.stage_since, p.person,
c.location_id, c.member_id, c.playbook_id, c.cause_id, c.opened_at, c.deadline_at, c.closed_at, c.spent_seconds,
c.given, c.cost, c.currency, c.is_recovered, c.version
"""
FROM = "FROM work_case c LEFT JOIN api_identity_people p ON p.handle = c.handle"
DEADLINE = "coalesce(c.deadline_at, '9999-01-01 00:00:00+00'::timestamptz)"
ORDERS: Mapping[Which, tuple[str, str]] = {
    # What the order is, and what comes behind the key of the last row.
    "open": (f"{DEADLINE}, c.id", f"({DEADLINE}, c.id) > (%(moment)s, %(last)s)"),
    "late": (f"{DEADLINE}, c.id", f"({DEADLINE}, c.id) > (%(moment)s, %(last)s)"),
    "free": (f"{DEADLINE}, c.id", f"({DEADLINE}, c.id) > (%(moment)s, %(last)s)"),
    "closed": ("c.closed_at DESC, c.id DESC", "(c.closed_at, c.id) < (%(moment)s, %(last)s)"),
    "all": ("c.id DESC", "c.id < %(last)s"),
}
BOARD = """
SELECT {columns} FROM unnest(%(stages)s::bigint[]) s (id)
CROSS JOIN LATERAL (
    SELECT * FROM work_case c WHERE c.stage_id = s.id AND {where} ORDER BY {order} LIMIT %(limit)s
) c
LEFT JOIN api_identity_people p ON p.handle = c.handle
"""
TOTALS = """
SELECT c.stage_id, count(*) FROM work_case c WHERE c.stage_id = ANY (%(stages)s) AND {where} GROUP BY c.stage_id
"""
MINE = """
SELECT count(*) FILTER (WHERE c.member_id = %(member)s AND c.deadline_at < %(now)s),
    count(*) FILTER (WHERE c.member_id = %(member)s),
    count(*) FILTER (WHERE c.member_id IS NULL)
FROM work_case c WHERE c.closed_at IS NULL AND c.removed_at IS NULL AND {where}
"""
WORDED = "to_tsvector('simple', c.title) @@ to_tsquery('simple', %(words)s)"
NUMBERED = f"""c.id = ANY (ARRAY(
    SELECT c.id FROM work_case c WHERE c.number = %(number)s UNION SELECT c.id FROM work_case c WHERE {WORDED}
))"""  # noqa: S608 – our own text
# Cause, stage and so on that nobody has stated.
NONE = 0


@dataclass(frozen=True)
class CaseFilter:
    """What a list shows. `free`: open ones nobody has. `cause`, `location`, `playbook` 0: where there is none.

    `text`: a number, or words of the title. Instants cut by when cases were closed (`which` closed) or opened: from
    `since` until just before `until`. `is_late`: closed after the deadline, or still open behind it; not late: within a
    deadline. `is_solved`, `is_recovered` (what the customer said afterwards), `took` (so many business seconds or
    more), `has_cost` and `told` (of `TOLD`) narrow closed ones. `open_at`: opened before this
    instant and not closed by then.
    """

    which: Which = "open"
    stage: int | None = None
    member: int | None = None
    location: int | None = None
    person: int | None = None
    playbook: int | None = None
    cause: int | None = None
    severity: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_solved: bool | None = None
    is_late: bool | None = None
    is_recovered: bool | None = None
    took: int | None = None
    has_cost: bool = False
    told: str = ""
    open_at: datetime | None = None
    trait: TraitPart | None = None


@dataclass(frozen=True)
class CaseRow:
    """One case in a list; instants in UTC, money in minor units. `is_late` as of the moment it was read."""

    id: int
    uuid: UUID
    number: int
    title: str
    kind: str
    severity: str
    source: str
    stage_id: int
    state: str
    stage_since: datetime
    person: int | None
    location_id: int | None
    member_id: int | None
    playbook_id: int | None
    cause_id: int | None
    opened_at: datetime
    deadline_at: datetime | None
    closed_at: datetime | None
    spent_seconds: int | None
    given: int
    cost: int
    currency: str
    is_recovered: bool | None
    version: int
    is_late: bool


@dataclass(frozen=True)
class Column:
    """One column of the board: some of its cases, and how many there are."""

    stage_id: int
    rows: tuple[CaseRow, ...]
    total: int


@dataclass(frozen=True)
class Waiting:
    """What waits: cases of a member that are overdue, all open ones of theirs, and open ones nobody has."""

    late: int
    mine: int
    free: int


# What a number of the work counts, as the relation that is counted from says it; the second of a pair is what stands
# above its line. Of the last seven days nobody can say whether somebody comes back.
TOLD: Mapping[str, str] = {
    told: f"SELECT v.id FROM api_work_cases v WHERE {which}"  # noqa: S608 – our own text
    for told, which in (
        ("promised", "v.deadline_at IS NOT NULL"),
        ("in_time", "v.closed_at <= v.deadline_at"),
        ("asked", "v.is_recovered IS NOT NULL"),
        ("recovered", "v.is_recovered"),
        ("settled", "v.state = 'solved' AND v.person IS NOT NULL AND v.closed_at <= %(known)s"),
        ("at_once", "v.state = 'solved' AND v.is_first AND v.closed_at <= %(known)s"),
        ("complaints", "v.kind IN ('complaint', 'score')"),
        ("given", "v.given > 0"),
    )
}


def is_late(deadline_at: datetime | None, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a case is overdue, or was when it was closed. Without a deadline it never is."""
    return deadline_at is not None and deadline_at < (closed_at or now)


def list_cases(*, sight: Sight, wanted: CaseFilter, after: str | None = None, limit: int = 50) -> Page[CaseRow]:
    """A page of cases: open ones the most urgent first, closed ones the last closed first, all the newest first."""
    where, values = _conditions(sight, wanted)
    order, behind = ORDERS[wanted.which]
    key = read_key(after, datetime, int)
    if key:
        where += f" AND {behind}"
        values |= {"moment": key[0], "last": key[1]}
    statement = f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY {order} LIMIT %(limit)s"
    rows = _rows(statement, values | {"limit": limit + 1})
    return cut_page(rows, limit, lambda row: (_moment_of(row, wanted.which).isoformat(), row.id))


def count_cases(*, sight: Sight, wanted: CaseFilter, exact: bool = False) -> Total:
    """How many rows `list_cases` has in all."""
    where, values = _conditions(sight, wanted)
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values, exact=exact)


def board(*, sight: Sight, open_stages: Sequence[int], ends: Sequence[int], wanted: CaseFilter) -> dict[int, Column]:
    """Stage → its column: open cases by their deadline, of the ends what got there in the last seven days."""
    where, values = _conditions(sight, wanted)
    values |= {"limit": MOST_IN_COLUMN, "since_recent": clock.now() - RECENT}
    is_open, is_recent = "c.closed_at IS NULL", "c.closed_at > %(since_recent)s"
    rows: list[CaseRow] = []
    orders: tuple[tuple[Sequence[int], str, Which], ...] = ((open_stages, is_open, "open"), (ends, is_recent, "closed"))
    for stages, condition, order in orders:
        statement = BOARD.format(columns=COLUMNS, where=f"{where} AND {condition}", order=ORDERS[order][0])
        rows += _rows(statement, values | {"stages": list(stages)}) if stages else []
    totals: dict[int, int] = {}
    with connection.cursor() as cursor:
        # Each by its own index; either of both in one condition would read all cases there ever were.
        for stages, condition, _order in orders:
            statement = TOTALS.format(where=f"{where} AND {condition}")
            cursor.execute(statement, values | {"stages": list(stages)})
            totals |= dict(cursor.fetchall())
    columns: dict[int, list[CaseRow]] = {stage: [] for stage in (*open_stages, *ends)}
    for row in sorted(rows, key=urgency):
        columns[row.stage_id].append(row)
    return {stage: Column(stage, tuple(mine), totals.get(stage, 0)) for stage, mine in columns.items()}


def case_by_uuid(uuid: UUID, sight: Sight) -> Case | None:
    """The case at this address, or None when there is none that this member sees."""
    found = (
        Case.objects.select_related("stage", "member", "playbook", "cause").filter(uuid=uuid, removed_at=None).first()
    )
    return found if found and is_seen(found.location_id, found.member_id, sight) else None


def is_seen(location: int | None, member: int | None, sight: Sight) -> bool:
    """Whether a case or task of this place and owner is theirs to see."""
    if sight.own is not None and member != sight.own:
        return False
    return sight.scope.locations is None or location is None or location in sight.scope.locations


def open_cases_of(person: int, *, sight: Sight, limit: int) -> list[CaseRow]:
    """Open cases of a customer, the most urgent first."""
    return list(list_cases(sight=sight, wanted=CaseFilter("open", person=person), limit=limit).rows)


def case_words(ids: Sequence[int]) -> dict[int, tuple[UUID, int, str]]:
    """Case → address, number, title; without those that were taken back."""
    rows = Case.objects.filter(pk__in=ids, removed_at=None).values_list("pk", "uuid", "number", "title")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def waiting_for(member: int, *, sight: Sight) -> Waiting:
    """What waits for a member. One read of the open cases."""
    where, values = seen_by(sight)
    with connection.cursor() as cursor:
        cursor.execute(MINE.format(where=where), values | {"member": member, "now": clock.now()})
        return Waiting(*cursor.fetchone())


def urgency(row: CaseRow) -> tuple[bool, float, int]:
    """What cases are sorted by: open ones by their deadline, closed ones behind them, the last first."""
    if row.closed_at is not None:
        return True, -row.closed_at.timestamp(), -row.id
    return False, (row.deadline_at or NO_DEADLINE).timestamp(), row.id


def _rows(statement: str, values: Mapping[str, Any]) -> list[CaseRow]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [CaseRow(*(*row, is_late(row[16], row[17], now))) for row in cursor.fetchall()]


def _moment_of(row: CaseRow, which: Which) -> datetime:
    return (row.closed_at if which == "closed" else row.deadline_at) or NO_DEADLINE


def seen_by(sight: Sight) -> tuple[str, dict[str, Any]]:
    """Conditions on the table as `c` that let only those through whom somebody may see, with their values."""
    where: list[str] = ["true"]
    values: dict[str, Any] = {}
    if sight.scope.locations is not None:
        where.append("(c.location_id IS NULL OR c.location_id = ANY (%(locations)s))")
        values["locations"] = list(sight.scope.locations)
    if sight.own is not None:
        where.append("c.member_id = %(own)s")
        values["own"] = sight.own
    return " AND ".join(where), values


def _number_in(text: str) -> int:
    """The number of a case somebody typed, as 777, № 777, #777 or No. 777; 0, which no case has, for anything else."""
    found = re.fullmatch(r"(?:№|#|no?\.?)?\s*([0-9]{1,9})", text.strip(), re.IGNORECASE)
    return int(found[1]) if found else 0


def _conditions(sight: Sight, wanted: CaseFilter) -> tuple[str, dict[str, Any]]:
    seen, values = seen_by(sight)
    values |= {"now": clock.now()}
    where = ["c.removed_at IS NULL", seen, *_STATES[wanted.which]]
    for column, value in (
        ("c.stage_id", wanted.stage),
        ("c.member_id", wanted.member),
        ("c.location_id", wanted.location),
        ("c.playbook_id", wanted.playbook),
        ("c.cause_id", wanted.cause),
        ("p.person", wanted.person),
        ("c.severity", wanted.severity or None),
    ):
        name = column.rpartition(".")[2]
        if value == NONE and name != "person":
            where.append(f"{column} IS NULL")
        elif value is not None:
            where.append(f"{column} = %({name})s")
            values[name] = value
    moment = "c.closed_at" if wanted.which == "closed" else "c.opened_at"
    if wanted.since:
        where.append(f"{moment} >= %(since)s")
        values["since"] = wanted.since
    if wanted.until:
        where.append(f"{moment} < %(until)s")
        values["until"] = wanted.until
    if wanted.trait:
        condition, bound = wanted.trait.condition("p.person")
        where.append(condition)
        values |= bound
    if wanted.open_at:
        where.append("c.opened_at < %(open_at)s AND (c.closed_at IS NULL OR c.closed_at >= %(open_at)s)")
        values["open_at"] = wanted.open_at
    if wanted.is_solved is not None:
        where.append(f"c.state {'=' if wanted.is_solved else '<>'} 'solved'")
    if wanted.is_late is not None:
        where.append(f"c.deadline_at {'<' if wanted.is_late else '>='} coalesce(c.closed_at, %(now)s)")
    if wanted.is_recovered is not None:
        where.append("c.is_recovered" if wanted.is_recovered else "NOT c.is_recovered")
    if wanted.took is not None:
        where.append("c.spent_seconds >= %(took)s")
        values["took"] = wanted.took
    if wanted.has_cost:
        where.append("c.cost > 0")
    if wanted.told:
        where.append(f"c.id IN ({TOLD[wanted.told]})")
        values["known"] = clock.now() - RECENT
    words = re.findall(r"\w+", wanted.text.casefold())[:8]
    if words:
        # Words are letters and digits only, so nothing in them can be an operator.
        values |= {"number": _number_in(wanted.text), "words": " & ".join(f"{word}:*" for word in words)}
        # A number stands in few titles, but nobody has told the planner: it would read all cases in the order of the
        # list until it has a page of them. Common words are found soonest like that.
        where.append(NUMBERED if values["number"] else WORDED)
    elif wanted.text.strip():
        where.append("false")
    return " AND ".join(where), values


_STATES: Mapping[Which, tuple[str, ...]] = {
    "open": ("c.closed_at IS NULL",),
    "late": ("c.closed_at IS NULL", "c.deadline_at < %(now)s"),
    "free": ("c.closed_at IS NULL", "c.member_id IS NULL"),
    "closed": ("c.closed_at IS NOT NULL",),
    "all": (),
}
