"""Rows a listener could not digest: kept whole, shown, and replayed or dismissed by a person."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from wayloop.kernel import clock
from wayloop.kernel.stream.facts import Position, Row

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class ParkedRow:
    """One row with the listener that could not digest it, why, since when, and how often it was tried."""

    number: int
    listener: str
    row: Row
    error: str
    parked_at: datetime
    tries: int


COLUMNS = (
    "number, listener, epoch, xid::text::bigint, id, kind, version, payload, person, cause, depth, at, error, "
    "parked_at, tries"
)


def park(*, listener: str, row: Row, error: str, tries: int) -> None:
    """Keeps a row for later, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_parkedrow (listener, epoch, xid, id, kind, version, payload, person, cause, depth, at,"
            " error, tries) VALUES (%s, %s, %s::xid8, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s)",
            [
                *(listener, row.position.epoch, str(row.position.xid), row.position.id, row.kind, row.version),
                *(json.dumps(row.payload, ensure_ascii=False), row.person, row.cause, row.depth, row.at, error, tries),
            ],
        )


def parked_rows(*, limit: int = 100) -> list[ParkedRow]:
    """The rows that wait for somebody, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM kernel_parkedrow WHERE settled_at IS NULL ORDER BY number LIMIT %s",  # noqa: S608
            [limit],
        )
        return [_parked(row) for row in cursor.fetchall()]


def locked_row(number: int) -> ParkedRow:
    """The parked row, held until the transaction ends. Raises `LookupError` when it is settled, unknown, or held."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM kernel_parkedrow WHERE number = %s AND settled_at IS NULL"  # noqa: S608
            " FOR UPDATE SKIP LOCKED",
            [number],
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"row {number} is not parked, or somebody is at it")
    return _parked(row)


def settle(*, number: int, how: str) -> None:
    """Ends the waiting of a parked row, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_parkedrow SET settled_at = now(), settled_how = %s WHERE number = %s", [how, number]
        )


def unsettle(*, number: int, how: str) -> bool:
    """Lets a row that was settled in this way wait again, in the caller's transaction; answers whether it did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_parkedrow SET settled_at = NULL, settled_how = '' WHERE number = %s AND settled_how = %s",
            [number, how],
        )
        return bool(cursor.rowcount)


def forget_settled() -> int:
    """Removes rows that were settled 30 days ago, when nobody takes it back any more; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_parkedrow WHERE settled_at < %s", [clock.now() - KEPT])
        return int(cursor.rowcount)


def note_try(*, number: int, error: str) -> None:
    """Counts one more try that failed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_parkedrow SET tries = tries + 1, error = %s WHERE number = %s", [error, number])


def _parked(found: Sequence[Any]) -> ParkedRow:
    number, listener, epoch, xid, id_, kind, version, payload, person, cause, depth, at, error, parked_at, tries = found
    row = Row(Position(epoch, xid, id_), kind, version, json.loads(payload), person, cause, depth, at)
    return ParkedRow(number, listener, row, error, parked_at, tries)
