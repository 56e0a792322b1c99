"""Tables whose rows are rows of the stream, and how they are read in the order of their positions."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from wayloop.kernel import registry
from wayloop.kernel.stream import facts
from wayloop.kernel.stream.facts import Position, Row


@dataclass(frozen=True)
class StreamSource:
    """A table with the columns epoch, xid (xid8), id (of the sequence kernel_position), kind and version, indexed by
    (epoch, xid, id).

    `payload`, `person`, `at`, `cause`, `depth` are SQL expressions over its columns, written in our code.
    """

    table: str
    payload: str
    person: str
    at: str
    cause: str
    depth: str


# Behind every row there can be: the greatest values of the columns.
END = Position(2**31 - 1, 2**64 - 1, 2**63 - 1)
FACTS = StreamSource("kernel_fact", "payload", "person", "announced_at", "cause", "depth")


def sources() -> tuple[StreamSource, ...]:
    """The table of facts and everything that is offered beside it."""
    return (FACTS, *registry.offers(StreamSource))


def horizon() -> Position:
    """The first position that may still get new rows in front of it: readers stay below.

    Every transaction with a smaller number has ended, so what is below stays as it is. A transaction that writes in any
    database of the same server holds the horizon back; it delays readers and loses nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM kernel_streamepoch")
        epoch, xid = cursor.fetchone()
    return Position(epoch, xid, 0)


HEAD = sql.SQL(
    "(SELECT epoch, xid, id FROM {table} WHERE (epoch, xid, id) < (%s, %s::xid8, %s)"
    " ORDER BY epoch DESC, xid DESC, id DESC LIMIT 1)"
)


def head(below: Position) -> Position:
    """The position of the last row below that one; the beginning when there is none."""
    parts = [HEAD.format(table=sql.Identifier(one.table)) for one in sources()]
    statement = sql.SQL(
        "SELECT epoch, xid::text::bigint, id FROM ({}) AS heads ORDER BY heads.epoch DESC, heads.xid DESC, id DESC "
        "LIMIT 1"
    ).format(sql.SQL(" UNION ALL ").join(parts))
    with _by_index() as cursor:
        cursor.execute(statement, _bound(below) * len(parts))
        row = cursor.fetchone()
    return Position(*row) if row else facts.BEGINNING


def wait_for_horizon(seconds: float) -> Position:
    """The head below the horizon, once everything that is committed lies there or `seconds` have passed.

    Any transaction of the server holds the horizon back for a while, also one of another database or of the vacuum.
    """
    end, pause = time.monotonic() + seconds, 0.01
    while True:
        last, reached = head(END), head(horizon())
        if reached >= last or time.monotonic() >= end:
            return reached
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


# One part for each epoch would be the same; comparing the whole position lets one index scan cross a restore.
READ = sql.SQL(
    "(SELECT epoch, xid, id, kind, version, {person} AS person, {cause} AS cause, {depth} AS depth,"
    " (extract(epoch FROM {at}) * 1000000)::bigint AS at, {payload} AS payload FROM {table}"
    " WHERE (epoch, xid, id) > (%s, %s::xid8, %s) AND (epoch, xid, id) <= (%s, %s::xid8, %s) AND kind = ANY(%s)"
    " AND (%s = 1 OR coalesce({person}, 0) %% %s = %s) ORDER BY epoch, xid, id LIMIT %s)"
)


def read(
    kinds: Iterable[str], *, after: Position, up_to: Position, limit: int, part: int = 0, parts: int = 1
) -> list[Row]:
    """The first `limit` rows of these kinds behind `after`, up to and with `up_to`, in the order of positions.

    `part` of `parts`: only rows of the persons whose handle leaves this remainder; rows of nobody belong to part 0.
    """
    selects, values = [], []
    for source, wanted in _by_source(kinds):
        selects.append(
            READ.format(
                table=sql.Identifier(source.table),
                payload=sql.SQL(source.payload),
                person=sql.SQL(source.person),
                cause=sql.SQL(source.cause),
                depth=sql.SQL(source.depth),
                at=sql.SQL(source.at),
            )
        )
        values += [*_bound(after), *_bound(up_to), wanted, parts, parts, part, limit]
    if not selects:
        return []
    statement = sql.SQL(
        "SELECT epoch, xid::text::bigint, id, kind, version, person, cause, depth, at, payload FROM ({}) AS found"
        " ORDER BY found.epoch, found.xid, id LIMIT %s"
    ).format(sql.SQL(" UNION ALL ").join(selects))
    with _by_index() as cursor:
        cursor.execute(statement, [*values, limit])
        found = cursor.fetchall()
    # Django leaves reading JSON to its models; one text for all is read much faster than many.
    payloads = json.loads(f"[{','.join(row[9] for row in found)}]")
    return [
        Row(Position._make(row[:3]), row[3], row[4], payload, row[5], row[6], row[7], _instant(row[8]))
        for row, payload in zip(found, payloads, strict=True)
    ]


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


WALK = "SELECT set_config('enable_sort', %s, true), set_config('enable_bitmapscan', %s, true)"


@contextmanager
def _by_index() -> Iterator[Any]:
    """A cursor whose statements walk along the index, row by row in its order.

    The planner cannot guess how many rows lie behind a position; it expects a handful and would sort all that are left
    again for each batch. The settings are as before afterwards.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(WALK, ["off"] * 2)
        yield cursor
        cursor.execute(WALK, ["on"] * 2)


def _by_source(kinds: Iterable[str]) -> Iterator[tuple[StreamSource, list[str]]]:
    """What is registered as a fact lies in the table of facts; other kinds may lie in any other source."""
    known = facts.kinds()
    wanted = sorted(set(kinds))
    own, others = [one for one in wanted if one in known], [one for one in wanted if one not in known]
    if own:
        yield FACTS, own
    if others:
        yield from ((source, others) for source in registry.offers(StreamSource))


def _bound(position: Position) -> list[int | str]:
    # A number of 64 bits without sign; the database takes it as a text.
    return [position.epoch, str(position.xid), position.id]
