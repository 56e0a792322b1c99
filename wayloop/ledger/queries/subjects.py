"""Events about the same thing: what followed on a letter, an order, a booking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from wayloop.contracts.ledger import EventInfo
from wayloop.contracts.scope import Scope
from wayloop.ledger.catalogue import kinds as kinds_by_name
from wayloop.ledger.queries.timeline import COLUMNS, event_of

# A page of sent letters has a few answers each; whoever answered a thousand times is told no more than that.
MOST = 500
ABOUT = """
SELECT {columns} FROM ledger_event e
WHERE handle = ANY (%(handles)s) AND occurred_at >= %(since)s AND kind = ANY (%(kinds)s)
    AND (subject_kind, subject_id) IN (SELECT * FROM unnest(%(names)s::text[], %(ids)s::bigint[]))
    AND NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id)
    AND (%(everywhere)s OR location_id IS NULL OR location_id = ANY (%(locations)s))
ORDER BY occurred_at, id LIMIT %(most)s
"""


def events_about(
    *,
    handles: Sequence[int],
    subjects: Sequence[tuple[str, int]],
    kinds: Sequence[str],
    since: datetime,
    scope: Scope,
) -> list[EventInfo]:
    """The events of these handles and kinds since an instant that concern one of the subjects, the oldest first.

    `subjects`: kind and id of each. At most 500 events that count today and that the scope lets see.
    """
    if not subjects or not kinds:
        return []
    values: dict[str, Any] = {
        "handles": list(handles),
        "since": since,
        "kinds": list(kinds),
        "names": [name for name, _ in subjects],
        "ids": [number for _, number in subjects],
        "everywhere": scope.locations is None,
        "locations": list(scope.locations or ()),
        "most": MOST,
    }
    catalogue = kinds_by_name()
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(ABOUT).format(columns=sql.SQL(COLUMNS)), values)
        return [event_of(row, catalogue) for row in cursor.fetchall()]
