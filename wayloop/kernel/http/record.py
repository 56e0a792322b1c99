"""Where the outbound client went: one row for each server, written by the client itself."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, connection

from wayloop.kernel import clock

# Who calls one server again and again is written down once in this time, with how often it was.
EVERY = timedelta(minutes=1)
PATIENCE = 2.0  # seconds
NOTE = """
INSERT INTO kernel_outgoingaddress (host, port, first_at, last_at, times)
VALUES (%(host)s, %(port)s, %(at)s, %(at)s, %(times)s)
ON CONFLICT (host, port) DO UPDATE
SET last_at = greatest(kernel_outgoingaddress.last_at, excluded.last_at),
    times = kernel_outgoingaddress.times + excluded.times
"""
LAST = """
SELECT host, port, first_at, last_at, times FROM kernel_outgoingaddress ORDER BY last_at DESC, host, port LIMIT %s
"""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """A server that was called: since when, when last, and how often."""

    host: str
    port: int
    first_at: datetime
    last_at: datetime
    times: int


@dataclass
class _Pending:
    times: int = 0
    written_at: datetime | None = None


_pending: dict[tuple[str, int], _Pending] = {}
_lock = threading.Lock()


def note(host: str, port: int) -> None:
    """Notes a connection that was made to this name, or address, and port. Never hinders the request."""
    now = clock.now()
    with _lock:
        found = _pending.setdefault((host, port), _Pending())
        found.times += 1
        if found.written_at is not None and now - found.written_at < EVERY:
            return
        times, found.times, found.written_at = found.times, 0, now
    # In a thread, and so outside the caller's transaction: that may be undone yet, what went out may not.
    thread = threading.Thread(target=_write, args=(host, port, now, times), name="note a server", daemon=True)
    thread.start()
    thread.join(PATIENCE)


def outgoing(limit: int = 50) -> Sequence[Outgoing]:
    """The servers that were called, the last one first."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [limit])
        return [Outgoing(*row) for row in cursor.fetchall()]


def _write(host: str, port: int, at: datetime, times: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, {"host": host, "port": port, "at": at, "times": times})
    except Error as error:
        # As while a database is brought back from a storage: there is none to write to yet.
        log.info("a server that was called could not be noted: %s", type(error).__name__)
    finally:
        connection.close()
