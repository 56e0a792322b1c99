"""Places kept for the survey that matters most, so that lesser ones do not use people up before it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from wayloop.kernel import clock
from wayloop.privacy.models import Reservation

KEEP = """
INSERT INTO privacy_reservation (handle, purpose, subject_kind, subject_id, since, until)
SELECT DISTINCT handle, %(purpose)s, %(kind)s, %(subject)s::bigint, %(now)s::timestamptz, %(until)s::timestamptz
FROM unnest(%(handles)s::bigint[]) handle ORDER BY 1
ON CONFLICT (subject_kind, subject_id, handle) DO UPDATE SET ended_at = NULL,
    since = CASE WHEN privacy_reservation.ended_at IS NULL THEN privacy_reservation.since ELSE excluded.since END,
    until = CASE WHEN privacy_reservation.ended_at IS NULL THEN greatest(privacy_reservation.until, excluded.until)
        ELSE excluded.until END
"""


@transaction.atomic
def reserve_contacts(
    *, purpose: str, subject_kind: str, subject_id: int, handles: Sequence[int], until: datetime
) -> None:
    """Keeps one contact of each of these people for this subject until it is used or the time is over.

    Other contacts that the same limits count are refused where only the kept one is left. A place that is kept already
    is kept for the longer of both times; one that was used is kept anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "purpose": purpose,
                "kind": subject_kind,
                "subject": subject_id,
                "handles": list(handles),
                "now": clock.now(),
                "until": until,
            },
        )


@transaction.atomic
def give_reservations_up(*, subject_kind: str, subject_id: int, handles: Sequence[int] | None = None) -> int:
    """The subject needs its places no more, or those of these people; answers how many it still had."""
    found = Reservation.objects.filter(subject_kind=subject_kind, subject_id=subject_id, ended_at=None)
    if handles is not None:
        found = found.filter(handle__in=handles)
    return found.update(ended_at=clock.now())
