"""Events of an import are taken back, and whose handles the ledger holds."""

from collections.abc import Sequence

from django.db import connection

from wayloop.contracts.identity import Held
from wayloop.ledger.services.retractions import STEP, retract_batch_step

# The months somebody was active in lead to the partitions to look into.
HELD = """
SELECT s.handle, bool_or(e.batch = ''), bool_or(e.batch <> '')
FROM ledger_seen s CROSS JOIN LATERAL unnest(s.months) m (month)
CROSS JOIN LATERAL (SELECT make_timestamptz(
    2000 + floor(m.month / 12.0)::int, (m.month %% 12 + 12) %% 12 + 1, 1, 0, 0, 0, 'UTC') AS start) b
JOIN ledger_event e ON e.handle = s.handle AND e.occurred_at >= b.start
    AND e.occurred_at < b.start + interval '32 days' AND e.batch <> %(batch)s
WHERE s.handle = ANY (%(handles)s) AND NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id)
GROUP BY s.handle
"""


class EventsUndo:
    """Takes events back after the rows they tell of are gone."""

    rank = 30

    def undo_step(self, *, batch: str, limit: int) -> int:
        """Retracts the next events of the batch. A step of events that were void already is not the last one."""
        step = retract_batch_step(batch=batch, most=min(limit, STEP))
        return 0 if step.is_last else max(step.events, 1)


class EventsKeeper:
    """Whoever did something that counts is held by it."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"handles": list(handles), "batch": batch})
            rows = cursor.fetchall()
        return Held(
            frozenset(handle for handle, live, _imported in rows if live),
            frozenset(handle for handle, _live, imported in rows if imported),
        )
