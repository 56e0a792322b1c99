"""What was recorded and is not so is taken back: nothing is deleted, and whoever reads sees it gone.

A retraction is one row of the stream for a person and a kind, which points to all the events that no longer count.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from wayloop.contracts.ledger import EventRefs
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.stream.provenance import provenance_for
from wayloop.ledger.catalogue import kind_named
from wayloop.ledger.rules import EventRefused
from wayloop.ledger.services.events import HEAD, LOCK, locate

# Events per step of a batch: a fifth of a second on a small machine, so that no reader of the stream waits for long.
STEP = 5_000
LONGEST_REASON = 80
# `ledger_taken` holds the live events; a row for each kind and person, then a mark for each event.
WRITE = """
WITH written AS (
    INSERT INTO ledger_retraction (epoch, kind, version, handle, event_ids, reason, batch, retracted_at, cause, depth)
    SELECT (SELECT epoch FROM kernel_streamepoch), kind, max(version), handle, array_agg(id ORDER BY id), %(reason)s,
        %(batch)s, %(now)s, %(cause)s, %(depth)s
    FROM ledger_taken GROUP BY kind, handle ORDER BY handle, kind
    RETURNING id, event_ids
)
INSERT INTO ledger_void (event_id, handle, occurred_at, by_id, is_retraction)
SELECT t.id, t.handle, t.occurred_at, w.id, true
FROM written w CROSS JOIN LATERAL unnest(w.event_ids) AS one (id) JOIN ledger_taken t ON t.id = one.id
"""
TAKEN = f"{HEAD}, kind text, version smallint"
NEXT_STEP = """
SELECT epoch, xid::text, last_id FROM ledger_batch WHERE batch = %s ORDER BY epoch, xid LIMIT 1 FOR UPDATE
"""
MINE = """
SELECT id, handle, occurred_at, kind, version, key FROM ledger_event
WHERE epoch = %(epoch)s AND xid = %(xid)s::xid8 AND batch = %(batch)s AND id > %(last_id)s ORDER BY id LIMIT %(most)s
"""
# What one transaction of the batch wrote, and what stands in the place of each today.
ROWS = f"""
WITH RECURSIVE mine AS ({MINE}), chain AS (
    SELECT id AS first, id, handle, occurred_at FROM mine
    UNION ALL
    SELECT c.first, v.by_id, v.by_handle, v.by_at FROM chain c
    JOIN ledger_void v ON v.event_id = c.id AND NOT v.is_retraction
)
SELECT c.id, c.handle, c.occurred_at, m.kind, m.version, m.id, m.key,
    NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = c.id)
FROM chain c JOIN mine m ON m.id = c.first
WHERE NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = c.id AND NOT v.is_retraction) ORDER BY m.id
"""  # noqa: S608
FREE = "DELETE FROM ledger_eventkey WHERE key = ANY (%s)"


@dataclass(frozen=True)
class RetractedStep:
    """One step: how many events were taken back, and whether the batch is through."""

    events: int
    is_last: bool


@transaction.atomic
def retract_events(*, refs: EventRefs, reason: str, frees_ids: bool = False) -> int:
    """Takes events back that should not have been recorded; answers how many that were.

    What is unknown or taken back already is left out, so the same call again changes nothing. One that was corrected
    is taken back with its corrections. `reason`: a short word for the journal, no personal data. `frees_ids`: the same
    message ids may come again. Raises `EventRefused` for a reason that is too long.
    """
    heads = locate(refs=refs)
    kind = kind_named(refs.kind)
    _take_back([(*head, kind.name, kind.version) for head in heads.values()], reason, "")
    if frees_ids and heads:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM ledger_eventkey k USING ledger_located l WHERE k.key = l.key AND l.place = ANY (%s)",
                [list(heads)],
            )
    return len(heads)


@transaction.atomic
def retract_batch_step(*, batch: str, reason: str = "undone", most: int = STEP) -> RetractedStep:
    """Takes back the next events of a batch, at most `most`, and frees their message ids; answers what was done.

    Goes transaction by transaction as the batch was written, and remembers how far it came, so it may be broken off at
    any step and called again. Events corrected since are taken back with their corrections.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT_STEP, [batch])
            found = cursor.fetchone()
            if found is None:
                return RetractedStep(0, is_last=True)
            epoch, xid, last_id = found
            where = {"batch": batch, "epoch": epoch, "xid": xid}
            where |= {"last_id": last_id, "most": most}
            cursor.execute(MINE, where)
            people = {row[1] for row in cursor.fetchall()}
            if people:
                break
            cursor.execute(
                "DELETE FROM ledger_batch WHERE batch = %(batch)s AND epoch = %(epoch)s AND xid = %(xid)s::xid8", where
            )
        cursor.execute(LOCK, [sorted(people)])
        cursor.execute(ROWS, where)
        rows = cursor.fetchall()
        taken = [row[:5] for row in rows if row[7]]
        _take_back(taken, reason, batch)
        cursor.execute(FREE, [[row[6] for row in rows]])
        cursor.execute(
            "UPDATE ledger_batch SET last_id = %(last)s"
            " WHERE batch = %(batch)s AND epoch = %(epoch)s AND xid = %(xid)s::xid8",
            where | {"last": rows[-1][5]},
        )
    return RetractedStep(len(taken), is_last=False)


def retract_batch(
    *, batch: str, reason: str = "undone", keep_going: Callable[[int], bool] = lambda _events: True, most: int = STEP
) -> int:
    """Takes back everything a batch recorded, in transactions of well under a second each; answers how many events.

    `keep_going` is called at the end of each step, in its transaction, with the number of events taken back; when it
    answers no, that step is rolled back and the work ends there. Call it outside of a transaction. Afterwards the same
    file can come again.
    """
    total = 0
    while True:
        with transaction.atomic(durable=True):
            step = retract_batch_step(batch=batch, reason=reason, most=most)
            if not step.is_last and not keep_going(step.events):
                transaction.set_rollback(True)
                return total
        total += step.events
        if step.is_last:
            return total


def _take_back(taken: list[tuple[object, ...]], reason: str, batch: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise EventRefused(f"a reason has at most {LONGEST_REASON} characters")
    if not taken:
        return
    provenance = provenance_for({str(row[3]) for row in taken})
    stage_rows("ledger_taken", TAKEN, taken, ("int8", "int8", "timestamptz", "text", "int2"))
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "reason": reason,
                "batch": batch,
                "now": clock.now(),
                "cause": provenance.cause,
                "depth": provenance.depth,
            },
        )
