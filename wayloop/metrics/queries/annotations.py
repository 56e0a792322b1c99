"""What happened on which day, of those that a scope lets see."""

from datetime import date

from django.db.models import Q, QuerySet

from wayloop.contracts.scope import Scope
from wayloop.metrics.models import Annotation


def annotations_seen(scope: Scope) -> QuerySet[Annotation]:
    """Those that were not taken away, the latest day first: of the business, and of locations of the scope."""
    found = Annotation.objects.filter(removed_at=None)
    if scope.locations is not None:
        found = found.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    return found.order_by("-day", "-id")


def annotations_between(scope: Scope, first: date | None, end: date | None, *, most: int = 50) -> list[Annotation]:
    """Those of the days from `first` until before `end` in their order, at most the latest `most`."""
    found = annotations_seen(scope)
    if first:
        found = found.filter(day__gte=first)
    if end:
        found = found.filter(day__lt=end)
    return list(found[:most])[::-1]
