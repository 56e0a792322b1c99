"""What the doctor asks the ledger: proofs over the newest rows and over people picked by chance, bounded in time."""

from django.db import connection
from django.utils.translation import gettext as _

from wayloop.contracts.doctor import Finding, broken, good

# Rows of each sample, and how long one question may take; a question that takes longer counts as broken.
SAMPLE = 5_000
PEOPLE = 200
TIMEOUT = "SELECT set_config('statement_timeout', '4s', true)"
# A key is missing only where a retraction has freed it; whoever has events in a month is known to have been active.
EVENTS = """
WITH chance AS (
    SELECT min(handle) + floor(random() * (max(handle) - min(handle) + 1))::bigint AS handle FROM ledger_seen
), sample AS (
    SELECT id, handle, occurred_at, key, corrects FROM (
        SELECT * FROM ledger_event ORDER BY epoch DESC, xid DESC, id DESC LIMIT %(sample)s) newest
    UNION
    SELECT e.id, e.handle, e.occurred_at, e.key, e.corrects
    FROM (SELECT s.handle FROM ledger_seen s, chance c WHERE s.handle >= c.handle ORDER BY s.handle LIMIT %(people)s) p
    CROSS JOIN LATERAL (SELECT * FROM ledger_event e WHERE e.handle = p.handle LIMIT 50) e
)
SELECT count(*),
    count(*) FILTER (WHERE v.event_id IS NULL AND NOT EXISTS (SELECT FROM ledger_eventkey k WHERE k.key = s.key)),
    count(*) FILTER (WHERE NOT EXISTS (SELECT FROM ledger_seen a WHERE a.handle = s.handle AND a.months @> ARRAY[
        extract(year FROM s.occurred_at AT TIME ZONE 'UTC')::int * 12 - 24000
        + extract(month FROM s.occurred_at AT TIME ZONE 'UTC')::int - 1])),
    count(*) FILTER (WHERE s.corrects IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_void o WHERE o.event_id = s.corrects AND o.by_id = s.id))
FROM sample s LEFT JOIN ledger_void v ON v.event_id = s.id
"""
# What no longer counts was there, and is named by what took its place or took it back.
VOIDS = """
WITH newest AS (SELECT * FROM ledger_void ORDER BY event_id DESC LIMIT %(sample)s)
SELECT count(*), count(*) FILTER (WHERE
    NOT EXISTS (SELECT FROM ledger_event e WHERE e.handle = n.handle AND e.occurred_at = n.occurred_at
        AND e.id = n.event_id)
    OR n.is_retraction AND NOT EXISTS (SELECT FROM ledger_retraction r WHERE r.id = n.by_id
        AND n.event_id = ANY (r.event_ids))
    OR NOT n.is_retraction AND NOT EXISTS (SELECT FROM ledger_event e WHERE e.handle = n.by_handle
        AND e.occurred_at = n.by_at AND e.id = n.by_id AND e.corrects = n.event_id))
FROM newest n
"""


def ledger_rows() -> Finding:
    """Every event has its key and its person's month, every correction its target, every void event its reason."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ledger_void') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return good(_("none yet"))
        cursor.execute(TIMEOUT)
        cursor.execute(EVENTS, {"sample": SAMPLE, "people": PEOPLE})
        looked, keyless, unseen, aimless = cursor.fetchone()
        cursor.execute(VOIDS, {"sample": SAMPLE})
        voids, unfounded = cursor.fetchone()
    problems = [
        text % {"n": count}
        for count, text in (
            (keyless, _("events without their key: %(n)s")),
            (unseen, _("events that no timeline would show: %(n)s")),
            (aimless, _("corrections of nothing: %(n)s")),
            (unfounded, _("events gone without a reason: %(n)s")),
        )
        if count
    ]
    if problems:
        return broken("; ".join(problems))
    return good(_("%(events)s events and %(voids)s corrections looked at") % {"events": looked, "voids": voids})
