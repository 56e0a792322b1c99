"""Holds: what higher contexts know to stand between us and somebody."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from wayloop.kernel import clock
from wayloop.privacy.enums import HoldReason
from wayloop.privacy.models import Hold

ADD = """
INSERT INTO privacy_hold (handle, reason, subject_kind, subject_id, since, until)
SELECT handle, %(reason)s, %(kind)s, subject, %(now)s, %(until)s
FROM unnest(%(handles)s::bigint[], %(subjects)s::bigint[]) AS given (handle, subject)
ON CONFLICT (reason, subject_kind, subject_id, handle) WHERE ended_at IS NULL DO UPDATE SET until = excluded.until
"""


@transaction.atomic
def hold(
    *,
    reason: HoldReason,
    subject_kind: str,
    handles: Sequence[int],
    subject_ids: Sequence[int],
    until: datetime | None = None,
) -> None:
    """Keeps these people from being asked or offered anything, pairwise for what is open with them.

    `until`: the hold ends by itself then; None: when `release_holds` is called for the subject. The same again only
    changes its end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "reason": HoldReason(reason).value,
                "kind": subject_kind,
                "handles": list(handles),
                "subjects": list(subject_ids),
                "now": clock.now(),
                "until": until,
            },
        )


@transaction.atomic
def release_holds(*, reason: HoldReason, subject_kind: str, subject_ids: Sequence[int]) -> int:
    """What was open is settled; answers how many holds ended."""
    found = Hold.objects.filter(
        reason=HoldReason(reason), subject_kind=subject_kind, subject_id__in=subject_ids, ended_at=None
    )
    return found.update(ended_at=clock.now())
