"""Reads of the ledger."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from wayloop.contracts.ledger import EventInfo
from wayloop.contracts.scope import Scope
from wayloop.ledger.models import Event


def timeline(
    *,
    handles: Sequence[int],
    scope: Scope,
    kinds: Sequence[str] | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[EventInfo]:
    """The newest events of these handles that the scope lets see, newest first.

    `before`: (occurred_at, id) of the last event already shown; `kinds`: only these.
    """
    events = Event.objects.filter(handle__in=handles).filter(visible_to(scope))
    if kinds is not None:
        events = events.filter(kind__in=kinds)
    if before:
        moment, last = before
        events = events.filter(Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=last))
    return [
        EventInfo(
            id=row.id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            offset_minutes=row.offset_minutes,
            handle=row.handle,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            channel=row.channel,
            location_id=row.location_id,
            amount=row.amount,
            currency=row.currency,
            properties=row.properties,
            source=row.source,
        )
        for row in events.order_by("-occurred_at", "-id")[:limit]
    ]


def visible_to(scope: Scope) -> Q:
    """The condition that keeps events of hidden locations out."""
    if scope.locations is None:
        return Q()
    return Q(location_id__isnull=True) | Q(location_id__in=scope.locations)
