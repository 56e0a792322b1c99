"""How the stream is: who holds the horizon back, how far each listener is behind, what is parked."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from wayloop.kernel.stream.facts import Position
from wayloop.kernel.stream.listeners import Listener, listeners
from wayloop.kernel.stream.sources import head, horizon, read


@dataclass(frozen=True)
class Holder:
    """The oldest transaction that writes, in any database of the server: nobody reads past it.

    `age` is None where the server does not tell it; `process` is 0 for a prepared transaction.
    """

    age: timedelta | None
    who: str
    database: str
    process: int


@dataclass(frozen=True)
class CursorHealth:
    """One listener or part: how old the oldest row is that it has not digested, tries that failed, the last error.

    `is_known` is False for cursors of listeners this program no longer has.
    """

    listener: str
    part: int
    behind: timedelta
    failures: int
    error: str
    is_known: bool


HOLDER = """
SELECT clock_timestamp() - xact_start, coalesce(nullif(application_name, ''), usename, 'somebody'),
    coalesce(datname, ''), pid
FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
UNION ALL
SELECT clock_timestamp() - prepared, 'a prepared transaction ' || gid, database, 0 FROM pg_prepared_xacts
ORDER BY 1 DESC NULLS LAST LIMIT 1
"""


def horizon_holder() -> Holder | None:
    """Who holds the horizon back right now, None when nobody writes."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDER)
        row = cursor.fetchone()
    return Holder(*row) if row else None


def cursors() -> list[CursorHealth]:
    """Every cursor. One short read each."""
    known = {one.name: one for one in listeners()}
    up_to = head(horizon())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT listener, part, epoch, xid::text::bigint, id, failures, error"
            " FROM kernel_streamcursor ORDER BY 1, 2"
        )
        rows = cursor.fetchall()
    return [
        CursorHealth(
            name,
            part,
            _behind(known[name], part, Position(epoch, xid, id_), up_to) if name in known else timedelta(),
            failures,
            error,
            name in known,
        )
        for name, part, epoch, xid, id_, failures, error in rows
    ]


def stopped_listeners() -> list[str]:
    """Listeners that do not run: the number of their parts is another one in the database than in the program."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT listener, min(parts), max(parts) FROM kernel_streamcursor GROUP BY listener ORDER BY 1")
        kept = {name: (least, most) for name, least, most in cursor.fetchall()}
    return [one.name for one in listeners() if kept.get(one.name, (one.parts, one.parts)) != (one.parts, one.parts)]


def parked_count() -> int:
    """How many rows wait for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_parkedrow WHERE settled_at IS NULL")
        return int(cursor.fetchone()[0])


def _behind(listener: Listener, part: int, position: Position, up_to: Position) -> timedelta:
    waiting = read(listener.kinds, after=position, up_to=up_to, limit=1, part=part, parts=listener.parts)
    if not waiting:
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(clock_timestamp() - %s, interval '0')", [waiting[0].at])
        (age,) = cursor.fetchone()
    assert isinstance(age, timedelta)  # noqa: S101 - for the type checker
    return age
