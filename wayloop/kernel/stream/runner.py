"""The one thread of the worker that runs all listeners: woken by the announcements, and four times a second anyway."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from wayloop.kernel.stream import partitions
from wayloop.kernel.stream.facts import BEGINNING, Position
from wayloop.kernel.stream.listeners import (
    Listener,
    ListenerError,
    State,
    digest,
    ensure_cursors,
    is_narrow,
    listeners,
    note_attempt,
    says_nothing_of_rows,
)
from wayloop.kernel.stream.services import notice_move
from wayloop.kernel.stream.sources import head, horizon, wait_for_horizon

CHANNEL = "kernel_stream"
POLL_SECONDS = 0.25
TIDY_SECONDS = 3600.0
LONGEST_PAUSE = 3.0
# A batch holds back everybody's horizon for as long as it runs; slow ones become smaller, quick ones whole again.
LONG_SECONDS, SHORT_SECONDS = 1.0, 0.25

logger = logging.getLogger("wayloop.stream")


class Runner:
    """Runs all listeners (those given, or all that are offered) until it is stopped, through restarts of the database.

    Several processes may run one each: every cursor is held by one of them at a time.
    """

    def __init__(self, among: Sequence[Listener] | None = None) -> None:
        self._among = among
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._positions: dict[tuple[str, int], Position] = {}
        self._limits: dict[str, int] = {}
        self._careful: set[tuple[str, int]] = set()
        self._noted: set[tuple[str, int]] = set()
        self.is_behind = False

    def start(self) -> None:
        """Begins in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="stream", daemon=True)
        self._thread.start()

    def stop(self, *, seconds: float = 10.0) -> bool:
        """Ends after the running batch; answers whether that was within `seconds`."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def run(self) -> None:
        """Runs in this thread until `stop`."""
        pause = 0.2
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                self._work()
            except Exception as error:
                if says_nothing_of_rows(error) or isinstance(error, OSError):
                    logger.warning("the database went away (%s); the stream begins again", type(error).__name__)
                else:
                    logger.exception("the stream failed; it begins again")
            finally:
                connections.close_all()
            pause = 0.2 if time.monotonic() - begun > 10 else min(pause * 2, LONGEST_PAUSE)
            self._stopping.wait(pause)

    def _work(self) -> None:
        """One life of the connections."""
        wrapper = connections[DEFAULT_DB_ALIAS]
        wrapper.ensure_connection()
        # Its own connection, without a transaction: messages arrive only between transactions.
        parameters: dict[str, Any] = wrapper.get_connection_params()
        parameters = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
        with psycopg.connect(**parameters, autocommit=True) as ears:
            ears.execute("LISTEN kernel_stream")
            epoch = notice_move()
            if epoch is not None:
                logger.warning("this database is a copy of another one: the stream goes on in epoch %s", epoch)
            known = self._ready()
            tidied = -TIDY_SECONDS
            while not self._stopping.is_set():
                if time.monotonic() - tidied > TIDY_SECONDS:
                    tidied = time.monotonic()
                    self._tidy()
                self.tick(known)
                # One message is enough; all that have arrived meanwhile tell of the same.
                for _ in ears.notifies(timeout=0 if self.is_behind else POLL_SECONDS, stop_after=1):
                    pass

    def _ready(self) -> list[Listener]:
        known = []
        self._positions.clear()
        for listener in listeners() if self._among is None else self._among:
            try:
                ensure_cursors(listener)
            except ListenerError:
                logger.exception("a listener does not run")
                continue
            known.append(listener)
            self._careful |= {(listener.name, part) for part in range(listener.parts)}
        return known

    def _tidy(self) -> None:
        """Weeks ahead and old weeks; when the table is busy, the next time is early enough."""
        try:
            partitions.ensure_weeks()
            # Also those that do not run just now: what they have not read stays.
            partitions.drop_old_weeks(listeners() if self._among is None else self._among)
        except Exception as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            logger.info("the table of facts was busy; its weeks wait")

    def tick(self, known: Sequence[Listener], *, patient: bool = True) -> int:
        """Lets every cursor digest one batch; answers how many rows that were. `is_behind` says whether more wait.

        One round only: a listener with much to do must not keep the others from what has just arrived.
        """
        up_to = head(horizon())
        rows, self.is_behind = 0, False
        for key, listener in [((one.name, part), one) for one in known for part in range(one.parts)]:
            if self._stopping.is_set():
                break
            if self._positions.get(key, BEGINNING) >= up_to:
                continue
            state, digested = self._one(listener, key[1], up_to, patient=patient)
            rows += digested
            if state in (State.DONE, State.FAILED) and self._positions.get(key, BEGINNING) < up_to:
                self.is_behind = True
        return rows

    def _one(self, listener: Listener, part: int, up_to: Position, *, patient: bool) -> tuple[State, int]:
        key = (listener.name, part)
        if key in self._careful and key not in self._noted:
            # Once until it worked: a database that comes and goes is no death of ours.
            note_attempt(listener, part, up_to=up_to)
            self._noted.add(key)
        limit = self._limits.get(listener.name, listener.batch)
        begun = time.monotonic()
        outcome = digest(listener, part, up_to=up_to, limit=limit, patient=patient)
        taken = time.monotonic() - begun
        if outcome.position is not None:
            self._positions[key] = outcome.position
        if outcome.rows:
            if taken > LONG_SECONDS:
                self._limits[listener.name] = max(1, outcome.rows // 2)
            elif taken < SHORT_SECONDS:
                self._limits[listener.name] = min(listener.batch, limit * 2)
            self._noted.discard(key)
            if key in self._careful and not is_narrow(listener, part):
                self._careful.discard(key)
        return outcome.state, outcome.rows


def drain(among: Sequence[Listener] | None = None, *, seconds: float = 240.0) -> int:
    """Lets all listeners digest everything that has been announced, here and now; answers how many rows that were.

    For tests and benches. Does not wait between tries: what cannot be digested is parked at once.
    Waits up to `seconds` for other transactions of the server that hold the horizon back.
    """
    runner = Runner(among)
    known = runner._ready()
    total = 0
    while True:
        # Listeners announce too, so everything is awaited anew each time.
        wait_for_horizon(seconds)
        rows = runner.tick(known, patient=False)
        total += rows
        if not rows and not runner.is_behind:
            return total
