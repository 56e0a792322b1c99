"""When and where customers were active: counts over many events at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

# Hour and day by the clock of whoever told the event.
ACTIVITY = """
WITH event AS (
    SELECT handle, channel, (occurred_at AT TIME ZONE 'UTC') + make_interval(mins => offset_minutes) AS wall
    FROM ledger_event e WHERE handle = ANY (%s) AND occurred_at >= %s AND kind <> ALL (%s)
        AND NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id)
)
SELECT handle, channel, extract(hour FROM wall)::int, count(*), count(DISTINCT wall::date)
FROM event GROUP BY GROUPING SETS ((handle), (handle, channel), (handle, extract(hour FROM wall)::int))
"""


@dataclass
class Activity:
    """What one handle did: on how many days, and how many events in each channel and at each hour of the day."""

    days: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    hours: dict[int, int] = field(default_factory=dict)


def activity_of(handles: Sequence[int], *, since: datetime, without: Sequence[str] = ()) -> dict[int, Activity]:
    """Handle → its events since an instant, but for kinds in `without`. One read for a batch; not for pages."""
    found: dict[int, Activity] = {}
    with connection.cursor() as cursor:
        cursor.execute(ACTIVITY, [list(handles), since, list(without)])
        for handle, channel, hour, events, days in cursor.fetchall():
            one = found.setdefault(handle, Activity())
            if hour is not None:
                one.hours[hour] = events
            elif channel is not None:
                one.channels[channel] = events
            else:
                one.days = days
    return found
