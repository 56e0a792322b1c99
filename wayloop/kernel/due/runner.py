"""The loop that does what is due.

A claim takes a batch for the time of a lease and gives each row a new fence. The work is one transaction: it finishes
the rows whose fence is still ours (a late comer finds none and changes nothing), schedules their next time, and calls
the handler. A failure spoils nothing but itself: its batch is done again one by one.
"""

import json
import logging
import threading
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from wayloop.kernel import clock
from wayloop.kernel.due.handlers import HANDLERS, PERIODIC, Handler, Misfires, Tick
from wayloop.kernel.due.rules import instant_of, read_rule
from wayloop.kernel.due.table import schedule
from wayloop.kernel.outages import is_outage, state_of

BATCH = 100
LEASE = timedelta(seconds=30)
POLL_SECONDS = 1.0
TRIES = 8
AT_ONCE = 50  # missed times of one rule in one transaction
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
# A row taken so often without an end may be what kills the worker: it is done alone, so that it alone is blamed.
SUSPECT = 3
# A holder that froze inside its transaction is thrown out by the database before its lease ends. Locks are waited for
# less long than the database needs to find a deadlock: so it is us who give way, never the page of a member.
LIMITS = (
    "SELECT set_config('idle_in_transaction_session_timeout', '15s', true), set_config('lock_timeout', '800ms', true)"
)
SOON = timedelta(seconds=2)
CLAIM = """
WITH ready AS (
    SELECT id FROM kernel_due WHERE parked_at IS NULL AND run_at <= %(now)s AND name = ANY(%(names)s)
    ORDER BY run_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE kernel_due d SET fence = d.fence + 1, run_at = %(until)s, attempts = d.attempts + 1
FROM ready WHERE d.id = ready.id
RETURNING d.id, d.fence, d.name, d.key, d.due_at, d.zone, d.rule, d.ids::text, d.attempts
"""
# A row that repeats takes its next time and a new fence; one that does not goes.
FORGET = """
DELETE FROM kernel_due d USING unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine(id, fence)
WHERE (d.id, d.fence) = (mine.id, mine.fence) RETURNING d.id
"""
MOVE_ON = """
UPDATE kernel_due d SET due_at = mine.due_at, run_at = mine.due_at, local_at = mine.local_at, fence = d.fence + 1,
    attempts = 0, problem = ''
FROM unnest(%(ids)s::bigint[], %(fences)s::bigint[], %(due)s::timestamptz[], %(local)s::text[])
    AS mine(id, fence, due_at, local_at)
WHERE (d.id, d.fence) = (mine.id, mine.fence) RETURNING d.id
"""
GIVE_BACK = """
UPDATE kernel_due d SET run_at = %(at)s, attempts = greatest(d.attempts - 1, 0), fence = d.fence + 1
FROM unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine(id, fence) WHERE (d.id, d.fence) = (mine.id, mine.fence)
"""
KEEP = """
UPDATE kernel_due d SET run_at = %(at)s
FROM unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine(id, fence) WHERE (d.id, d.fence) = (mine.id, mine.fence)
"""
FAIL = """
UPDATE kernel_due SET run_at = %(at)s, problem = %(problem)s, parked_at = %(parked)s, fence = fence + 1
WHERE (id, fence) = (%(id)s, %(fence)s)
"""
WITH_ZONES = "SELECT id, fence, due_at, local_at, zone FROM kernel_due WHERE zone <> '' AND run_at > %(now)s"
CORRECT = "UPDATE kernel_due SET due_at = %(at)s, run_at = %(at)s WHERE id = %(id)s AND fence = %(fence)s"

logger = logging.getLogger("wayloop.due")


@dataclass(frozen=True)
class Claimed:
    """A row that is ours for the time of the lease."""

    id: int
    fence: int
    name: str
    key: str
    due_at: datetime
    zone: str
    rule: str
    ids: dict[str, int | str]
    attempts: int


class Runner:
    """Does what is due, until it is told to stop."""

    def __init__(self) -> None:
        self._held: dict[int, Claimed] = {}
        self._lease_ends = clock.now()

    def run(self, ending: threading.Event) -> None:
        """The loop. Raises when the database goes away; called again it takes up what it held at once."""
        self.settle_in()
        while not ending.is_set():
            if not self.turn():
                ending.wait(POLL_SECONDS)

    def settle_in(self) -> None:
        """Gives back what a lost connection left undone, plans what every installation has, follows changed zones."""
        self._give_back(list(self._held.values()))
        with transaction.atomic():
            for name, (rule, ids) in PERIODIC.items():
                schedule(name, "", rule, **ids)
        follow_zones()

    def turn(self) -> int:
        """Does one batch; answers how many rows it took. None means that nothing is due."""
        rows = self._claim()
        if not rows:
            return 0
        suspect = next((row for row in rows if row.attempts > SUSPECT), None)
        if suspect:
            self._give_back([row for row in rows if row is not suspect])
            rows = [suspect]
            if suspect.attempts > TRIES:
                self._park(suspect, "the worker ended each time it was done")
                return 1
        for name, group in groupby(sorted(rows, key=lambda row: row.name), key=lambda row: row.name):
            self._do(HANDLERS[name], list(group))
        return len(rows)

    def _claim(self) -> list[Claimed]:
        now = clock.now()
        self._lease_ends = now + LEASE
        values = {"now": now, "until": self._lease_ends, "names": list(HANDLERS), "batch": BATCH}
        rows = [
            Claimed(row_id, fence, name, key, due_at, zone, rule, json.loads(ids), attempts)
            for row_id, fence, name, key, due_at, zone, rule, ids, attempts in _all(CLAIM, values)
        ]
        self._held = {row.id: row for row in rows}
        return sorted(rows, key=lambda row: (row.due_at, row.id))

    def _do(self, handler: Handler, rows: list[Claimed]) -> None:
        try:
            _finish(handler, rows)
        except Exception as error:
            # Nobody's fault, and no try is counted. Being thrown out for idling is the handler's own failure.
            if is_outage(error):
                raise
            if len(rows) > 1:
                for row in rows:
                    self._renew()
                    self._do(handler, [row])
                return
            self._fail(rows[0], error)
        for row in rows:
            self._held.pop(row.id, None)

    def _fail(self, row: Claimed, error: Exception) -> None:
        if state_of(error) in ("55P03", "40P01", "40001"):
            logger.info("%s waits for a lock; it is tried again", row.name)
            self._give_back([row], clock.now() + SOON)
            return
        logger.warning("%s %s failed", row.name, row.key, exc_info=error)
        if row.attempts >= TRIES:
            self._park(row, _problem(error))
            return
        at = clock.now() + min(FIRST_PAUSE * 3 ** (row.attempts - 1), LONGEST_PAUSE)
        _change(FAIL, {"id": row.id, "fence": row.fence, "at": at, "problem": _problem(error), "parked": None})

    def _park(self, row: Claimed, problem: str) -> None:
        now = clock.now()
        if _change(FAIL, {"id": row.id, "fence": row.fence, "at": now, "problem": problem, "parked": now}):
            logger.error("%s %s is parked: %s", row.name, row.key, problem)
        self._held.pop(row.id, None)

    def _renew(self) -> None:
        """Keeps the lease alive while a batch is done one by one."""
        now = clock.now()
        if self._held and self._lease_ends - now < LEASE / 2:
            self._lease_ends = now + LEASE
            _change(KEEP, _pairs(self._held.values()) | {"at": self._lease_ends})

    def _give_back(self, rows: list[Claimed], at: datetime | None = None) -> None:
        if rows:
            _change(GIVE_BACK, _pairs(rows) | {"at": at or clock.now()})
        for row in rows:
            self._held.pop(row.id, None)


def follow_zones() -> int:
    """Moves what waits for a time on the wall when the rules of its zone have changed; answers how many rows."""
    moved = 0
    for row_id, fence, due_at, local_at, zone in _all(WITH_ZONES, {"now": clock.now()}):
        instant = instant_of(datetime.fromisoformat(local_at), zone)
        if instant != due_at:
            moved += _change(CORRECT, {"id": row_id, "fence": fence, "at": instant})
    return moved


def _finish(handler: Handler, rows: Sequence[Claimed]) -> None:
    """Effects and completion in one transaction; rows whose fence is not ours any more are left alone."""
    now = clock.now()
    single = [row for row in rows if not row.rule]
    again = {row.id: _next(row, handler.misfires, now) for row in rows if row.rule}
    with transaction.atomic():
        _change(LIMITS, {})
        mine: set[int] = set()
        if single:
            mine |= {row_id for (row_id,) in _all(FORGET, _pairs(single))}
        if again:
            values = _pairs(row for row in rows if row.rule) | {
                "due": [following for _, following, _ in again.values()],
                "local": [local for _, _, local in again.values()],
            }
            mine |= {row_id for (row_id,) in _all(MOVE_ON, values)}
        ticks = [tick for row in rows if row.id in mine for tick in (again[row.id][0] if row.rule else [_tick(row)])]
        if ticks:
            handler.run(ticks)


def _next(row: Claimed, misfires: Misfires, now: datetime) -> tuple[list[Tick], datetime, str]:
    """What is done now, and the time after it. Many missed times are caught up together unless that failed before."""
    rule = read_rule(row.rule, row.zone)
    most = AT_ONCE if row.attempts == 1 else 1
    times, following, missed = [row.due_at], rule.after(row.due_at), 0
    while following.instant <= now and (misfires is Misfires.LATEST or len(times) < most):
        if misfires is Misfires.LATEST:
            times, missed = [following.instant], missed + 1
        else:
            times.append(following.instant)
        following = rule.after(following.instant)
    local = following.local.isoformat() if following.local else ""
    ticks = [Tick(row.name, row.key, due_at, row.ids, missed, row.attempts) for due_at in times]
    return ticks, following.instant, local


def _tick(row: Claimed) -> Tick:
    return Tick(row.name, row.key, row.due_at, row.ids, 0, row.attempts)


def _pairs(rows: Iterable[Claimed]) -> dict[str, Any]:
    listed = list(rows)
    return {"ids": [row.id for row in listed], "fences": [row.fence for row in listed]}


def _all(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _change(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _problem(error: Exception) -> str:
    """Type and place of a failure. Its text may hold personal data, which belong to no table of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"[:300]
