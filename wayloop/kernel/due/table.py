"""Writes to the due-table, each in the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from wayloop.kernel import clock
from wayloop.kernel.due.rules import Local, Rule, instant_of

Key = str | int | UUID
When = datetime | Local | Rule
# The same rule again leaves the row alone: a time that was missed would be lost otherwise.
UPSERT = """
INSERT INTO kernel_due (name, key, due_at, run_at, local_at, zone, rule, ids)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (name, key) DO UPDATE SET due_at = excluded.due_at, run_at = excluded.run_at, local_at = excluded.local_at,
    zone = excluded.zone, rule = excluded.rule, ids = excluded.ids, fence = kernel_due.fence + 1, attempts = 0,
    problem = '', parked_at = NULL
WHERE excluded.rule = '' OR (kernel_due.rule, kernel_due.zone, kernel_due.ids)
    IS DISTINCT FROM (excluded.rule, excluded.zone, excluded.ids)
"""
RELEASE = """
UPDATE kernel_due SET parked_at = NULL, attempts = 0, problem = '', run_at = %(now)s, fence = fence + 1
WHERE parked_at IS NOT NULL AND id = %(number)s
"""
NEXT = "SELECT name, min(run_at) FROM kernel_due WHERE name = ANY(%s) AND parked_at IS NULL GROUP BY name"
PARKED = (
    "SELECT id, name, key, problem, parked_at FROM kernel_due WHERE parked_at IS NOT NULL ORDER BY parked_at, id LIMIT "
    "%s"
)


@dataclass(frozen=True)
class ParkedDue:
    """Something that was due and given up, with the type and place of its last failure."""

    number: int
    name: str
    key: str
    problem: str
    parked_at: datetime


def schedule(name: str, key: Key, when: When, **ids: int | UUID) -> None:
    """Lets the handler of `name` run once at `when`, or by a rule again and again.

    `when`: an aware instant, a `Local` time, or a `Rule`; a past one is due at once. There is one row for (name, key):
    scheduling it again replaces time, ids and failures, except that the same rule again changes nothing. `ids` go to
    the handler; nothing but numbers and UUIDs is kept. Raises `TypeError` for other ids, `ValueError` for a naive time.
    """
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, _row(name, key, when, ids))


def schedule_many(name: str, rows: Iterable[tuple[Key, When, Mapping[str, int | UUID]]]) -> None:
    """The same for many: (key, when, ids) each, in one round trip."""
    with connection.cursor() as cursor:
        cursor.executemany(UPSERT, [_row(name, key, when, ids) for key, when, ids in rows])


def cancel(name: str, key: Key) -> bool:
    """Takes it off the table; answers whether it was still there. One that is being done just now is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_due WHERE name = %s AND key = %s", [name, str(key)])
        return bool(cursor.rowcount)


def next_times(names: Iterable[str]) -> dict[str, datetime]:
    """When the handlers of these names run next; those for which nothing is scheduled are left out."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [list(names)])
        return dict(cursor.fetchall())


def parked(*, limit: int = 100) -> list[ParkedDue]:
    """What was given up and waits for somebody, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(PARKED, [limit])
        return [ParkedDue(*row) for row in cursor.fetchall()]


def parked_count() -> int:
    """How much was given up and waits for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_due WHERE parked_at IS NOT NULL")
        (count,) = cursor.fetchone()
        return int(count)


def release_parked(number: int) -> bool:
    """Lets something that was given up try again from the start; answers whether it was parked."""
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, {"number": number, "now": clock.now()})
        return bool(cursor.rowcount)


def only_ids(ids: Mapping[str, object]) -> dict[str, int | str]:
    """The ids as they are kept. Raises `TypeError` for anything but whole numbers and UUIDs."""
    for name, value in ids.items():
        if isinstance(value, bool) or not isinstance(value, int | UUID):
            raise TypeError(f"{name} is {type(value).__name__}: only ids (int, UUID) are kept, never texts")
    return {name: value if isinstance(value, int) else str(value) for name, value in ids.items()}


def _row(name: str, key: Key, when: When, ids: Mapping[str, object]) -> tuple[Any, ...]:
    local, zone, rule = None, "", ""
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise ValueError("a time without a zone: say Local(moment, zone)")
        instant = when.astimezone(UTC)
    elif isinstance(when, Local):
        instant, local, zone = instant_of(when.moment, when.zone), when.moment, when.zone
    else:
        found = when.after(clock.now())
        instant, local, zone, rule = found.instant, found.local, when.zone, str(when)
    written = local.isoformat() if local else ""
    return (name, str(key), instant, instant, written, zone, rule, Jsonb(only_ids(ids)))
