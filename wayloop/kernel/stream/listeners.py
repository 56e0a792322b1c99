"""Listeners, and how one batch is digested: its effects and the move of the cursor are one transaction.

Whatever is killed, a batch has happened wholly or not at all. What must leave the database (a mail, a request) is
written as a row for a sender, never done here: it could not be rolled back.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NamedTuple

import psycopg
from django.db import Error, connection, transaction

from wayloop.kernel import registry
from wayloop.kernel.stream import parking
from wayloop.kernel.stream.facts import BEGINNING, Position, Row, kind_of
from wayloop.kernel.stream.provenance import DEEPEST, reacting
from wayloop.kernel.stream.sources import horizon, read

Digest = Callable[[Sequence[Row]], None]
BATCH = 500
# Seconds until the next try; a batch that has failed once more than that is halved, a single row is parked.
PAUSES = (0.2, 1.0, 5.0)
# So often a process may die in the middle: of a batch, of one already made smaller, of a single row.
DEATHS, DEATHS_NARROW, DEATHS_SINGLE = 5, 1, 3
# The database's reasons that say nothing about a row: connection, resources, conflicts with others, an operator.
OUTSIDE = ("08", "25P03", "40", "53", "55", "57", "58")
STATEMENT_TIMEOUT = "57014"

logger = logging.getLogger("wayloop.stream")


class ListenerError(Exception):
    """A listener is not as its cursors say it was."""


@dataclass(frozen=True)
class Listener:
    """Somebody who reacts to rows of the stream. Offered to the registry by a context's `reactions.py`.

    `kinds` it reads; `announces` the kinds it may write in turn (else it is refused); `start` for the day it is first
    seen; `batch` rows at most are digested at once; with `parts` above 1 the rows are spread by person over as many
    cursors, each person always in the same one. `deepest`: so many reactions may have led to what it announces; on a
    circle of reactions at least one listener sets it below `DEEPEST`.
    """

    name: str
    kinds: tuple[str, ...]
    digest: Digest
    start: Literal["beginning", "now"]
    announces: frozenset[str] = frozenset()
    batch: int = BATCH
    parts: int = 1
    deepest: int = DEEPEST


def listens(
    name: str,
    *kinds: type[Any] | str,
    start: Literal["beginning", "now"],
    announces: Iterable[type[Any] | str] = (),
    batch: int = BATCH,
    parts: int = 1,
    deepest: int = DEEPEST,
) -> Callable[[Digest], Digest]:
    """Offers the function below as a listener. It gets rows in the order of their positions, in a transaction."""

    def register(digest: Digest) -> Digest:
        described = frozenset(map(kind_of, announces))
        offered = Listener(name, tuple(map(kind_of, kinds)), digest, start, described, batch, parts, deepest)
        registry.offer(Listener, offered)
        return digest

    return register


def listeners() -> tuple[Listener, ...]:
    """All that are offered."""
    return registry.offers(Listener)


class State(Enum):
    """How one try ended."""

    DONE = "done"  # rows were digested or passed, or there was nothing to do
    FAILED = "failed"  # rolled back; what to do next is in the cursor
    WAITING = "waiting"  # the time of the next try has not come
    BUSY = "busy"  # another process has the cursor


class Outcome(NamedTuple):
    """The result of one try: where the cursor stands (None: not known) and how many rows were digested."""

    state: State
    position: Position | None
    rows: int = 0


class _Cursor(NamedTuple):
    position: Position
    attempts: int
    failures: int
    narrow: int | None
    is_waiting: bool


def ensure_cursors(listener: Listener) -> None:
    """Makes the cursors of a listener that is seen for the first time.

    Raises `ListenerError` when the number of its parts has changed: persons would meet the wrong cursor. A listener
    with other parts needs another name.
    """
    begin = BEGINNING if listener.start == "beginning" else horizon()
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(parts), max(parts) FROM kernel_streamcursor WHERE listener = %s", [listener.name])
        least, most = cursor.fetchone()
        if least is None:
            cursor.execute(
                "INSERT INTO kernel_streamcursor (listener, part, parts, epoch, xid, id)"
                " SELECT %s, part, %s, %s, %s::xid8, %s FROM generate_series(0, %s) AS part ON CONFLICT DO NOTHING",
                [listener.name, listener.parts, begin.epoch, str(begin.xid), begin.id, listener.parts - 1],
            )
        elif (least, most) != (listener.parts, listener.parts):
            raise ListenerError(f"{listener.name} has {most} parts in the database and {listener.parts} in the program")


def digest(
    listener: Listener, part: int, *, up_to: Position, limit: int | None = None, patient: bool = True
) -> Outcome:
    """Digests the next rows of one cursor, up to and with `up_to`, at most `limit` (and never more than its batch).

    What fails is rolled back, noted and tried again later; then in halves; the one row that cannot be digested is
    parked. Without `patient` a try does not wait for its time. Raises errors that say nothing about the rows (the
    database went away): nothing is held against them.
    """
    before: _Cursor | None = None
    rows: Sequence[Row] = ()
    try:
        with transaction.atomic():
            before = _locked(listener, part)
            if before is None:
                return Outcome(State.BUSY, None)
            if before.is_waiting and patient:
                return Outcome(State.WAITING, before.position)
            if before.position >= up_to:
                return Outcome(State.DONE, before.position)
            size = min(before.narrow or listener.batch, limit or listener.batch)
            rows = _next(listener, part, after=before.position, up_to=up_to, limit=size)
            if rows:
                with reacting(listener.name, listener.announces, rows, listener.deepest):
                    listener.digest(rows)
            # Fewer than asked for: there are no others, so the rows of other kinds are passed as well.
            reached = rows[-1].position if len(rows) == size else up_to
            _move(listener, part, reached, narrow=_wider(before.narrow, listener.batch))
    except Exception as error:
        if before is None or says_nothing_of_rows(error):
            raise
        return _note_failure(listener, part, before.position, rows, error)
    return Outcome(State.DONE, reached, len(rows))


def note_attempt(listener: Listener, part: int, *, up_to: Position) -> None:
    """Notes, in a transaction of its own, that this process is about to digest what lies below `up_to`.

    A note that nobody took back says that a process died in the middle. After the fifth death the batch is halved, and
    in the end the row that kills whoever digests it is parked. Call it for the first batch after a start, and as long
    as the cursor is narrow.
    """
    with transaction.atomic():
        found = _locked(listener, part)
        if found is None or found.is_waiting or found.position >= up_to:
            return
        attempts, narrow = found.attempts + 1, found.narrow
        allowed = DEATHS if narrow is None else DEATHS_SINGLE if narrow == 1 else DEATHS_NARROW
        if attempts > allowed and narrow == 1:
            rows = _next(listener, part, after=found.position, up_to=up_to, limit=1)
            if rows:
                _park(listener, part, rows[0], f"the worker died {found.attempts} times while it was digested")
            return
        if attempts > allowed:
            logger.warning(
                "%s: the worker died %s times here; half as many rows at once", listener.name, found.attempts
            )
            attempts, narrow = 1, max(1, (narrow or listener.batch) // 2)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_streamcursor SET attempts = %s, narrow = %s WHERE listener = %s AND part = %s",
                [attempts, narrow, listener.name, part],
            )


def is_narrow(listener: Listener, part: int) -> bool:
    """Whether the cursor is looking for a row that cannot be digested, or a death was noted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT narrow IS NOT NULL OR attempts > 0 FROM kernel_streamcursor WHERE listener = %s AND part = %s",
            [listener.name, part],
        )
        return bool(cursor.fetchone() == (True,))


def says_nothing_of_rows(error: BaseException | None) -> bool:
    """Whether an error comes from outside: the connection, the server, a conflict with somebody else."""
    while error is not None:
        if isinstance(error, psycopg.Error):
            state = error.sqlstate
            if state is None:
                return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
            return str(state).startswith(OUTSIDE) and state != STATEMENT_TIMEOUT
        if isinstance(error, Error) and error.__cause__ is None:
            return type(error).__name__ in ("OperationalError", "InterfaceError")
        error = error.__cause__
    return False


def _next(listener: Listener, part: int, *, after: Position, up_to: Position, limit: int) -> list[Row]:
    return read(listener.kinds, after=after, up_to=up_to, limit=limit, part=part, parts=listener.parts)


def _wider(narrow: int | None, batch: int) -> int | None:
    """After a success twice as many are taken, until it is a whole batch again."""
    return None if narrow is None or narrow * 2 >= batch else narrow * 2


def _note_failure(listener: Listener, part: int, position: Position, rows: Sequence[Row], error: Exception) -> Outcome:
    text = told(error)
    with transaction.atomic():
        found = _locked(listener, part)
        if found is None or found.position != position:
            return Outcome(State.BUSY, None)
        failures = found.failures + 1
        if failures <= len(PAUSES) and (len(rows) == 1 or found.narrow is None):
            pause = PAUSES[failures - 1]
            logger.warning("%s: %s rows failed (%s); again in %s s", listener.name, len(rows), text, pause)
            _update(listener, part, failures=failures, narrow=found.narrow, error=text, pause=pause)
        elif len(rows) > 1:
            logger.warning("%s: %s rows failed (%s); half of them now", listener.name, len(rows), text)
            _update(listener, part, failures=0, narrow=len(rows) // 2, error=text)
        else:
            _park(listener, part, rows[0], text, tries=failures)
            return Outcome(State.FAILED, rows[0].position)
    return Outcome(State.FAILED, position)


def told(error: BaseException) -> str:
    """An error in one line; the details of the database, which may hold values, stay out."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:300]


def _park(listener: Listener, part: int, row: Row, error: str, *, tries: int = 1) -> None:
    logger.error("%s: row %s of kind %s is parked: %s", listener.name, row.position.id, row.kind, error)
    parking.park(listener=listener.name, row=row, error=error, tries=tries)
    _move(listener, part, row.position, narrow=1 if listener.batch > 1 else None)


def _locked(listener: Listener, part: int) -> _Cursor | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT epoch, xid::text::bigint, id, attempts, failures, narrow,"
            " coalesce(retry_at > clock_timestamp(), false) FROM kernel_streamcursor"
            " WHERE listener = %s AND part = %s FOR UPDATE SKIP LOCKED",
            [listener.name, part],
        )
        row = cursor.fetchone()
    return _Cursor(Position(*row[:3]), *row[3:]) if row else None


def _move(listener: Listener, part: int, position: Position, *, narrow: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_streamcursor SET epoch = %s, xid = %s::xid8, id = %s, moved_at = clock_timestamp(),"
            " attempts = 0, failures = 0, narrow = %s, retry_at = NULL, error = '' WHERE listener = %s AND part = %s",
            [position.epoch, str(position.xid), position.id, narrow, listener.name, part],
        )


def _update(
    listener: Listener,
    part: int,
    *,
    failures: int,
    narrow: int | None,
    error: str,
    pause: float = 0.0,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_streamcursor SET attempts = 0, failures = %s, narrow = %s, error = %s,"
            " retry_at = clock_timestamp() + make_interval(secs => %s) WHERE listener = %s AND part = %s",
            [failures, narrow, error, pause, listener.name, part],
        )
