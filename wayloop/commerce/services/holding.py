"""Whoever waits for us is left alone: late deliveries and money we owe are told to privacy, and their end too."""

from datetime import timedelta

from django.db import connection, transaction

from wayloop.kernel import clock
from wayloop.privacy import api as privacy

# What is older is forgotten by everybody, or was never told to its end.
LATE_SPAN, OWED_SPAN = timedelta(days=30), timedelta(days=90)
# A failed delivery has ended; the one that follows it has a promise of its own.
LATE = """
SELECT d.id, o.handle FROM commerce_delivery d JOIN commerce_order o ON o.id = d.order_id
WHERE d.ended_at IS NULL AND d.due_at < %(now)s AND d.due_at > %(since)s AND o.handle IS NOT NULL
    AND o.status <> 'cancelled'
"""
# Both sides of the condition, as the index of unsettled orders has them.
OWED = """
SELECT id, handle FROM commerce_order
WHERE (balance > 0 OR balance < 0) AND balance < 0 AND happened_at > %(since)s AND handle IS NOT NULL
"""
WATCHED = (
    (privacy.HoldReason.LATE_ORDER, "delivery", LATE, LATE_SPAN),
    (privacy.HoldReason.REFUND, "order", OWED, OWED_SPAN),
)


@transaction.atomic
def hold_back() -> tuple[int, int]:
    """Tells privacy who waits for a late delivery or for money, and who no longer does; answers how many of each.

    Looked up from the rows themselves, so that whatever moved them (a member, a file, an undo) needs to know nothing.
    """
    now, held, released = clock.now(), 0, 0
    for reason, kind, statement, span in WATCHED:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"now": now, "since": now - span})
            waiting = dict(cursor.fetchall())
        known = privacy.held_subjects(reason=reason, subject_kind=kind)
        new = [subject for subject in waiting if subject not in known]
        if new:
            handles = [waiting[subject] for subject in new]
            privacy.hold(reason=reason, subject_kind=kind, handles=handles, subject_ids=new)
        over = sorted(known - waiting.keys())
        if over:
            privacy.release_holds(reason=reason, subject_kind=kind, subject_ids=over)
        held, released = held + len(new), released + len(over)
    return held, released
