"""What happened on which day, of those that a scope lets see."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from wayloop.contracts.scope import Scope
from wayloop.metrics.models import Annotation


@dataclass(frozen=True)
class Happened:
    """What happened on a day, in a line."""

    day: date
    text: str


def annotations_seen(scope: Scope) -> QuerySet[Annotation]:
    """Those that were not taken away, the latest day first: of the business, and of locations of the scope."""
    found = Annotation.objects.filter(removed_at=None)
    if scope.locations is not None:
        found = found.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
    return found.order_by("-day", "-id")


def annotations_between(
    scope: Scope, first: date | None, end: date | None, *, location: int | None = None, most: int = 50
) -> list[Happened]:
    """Those of the days from `first` until before `end` in their order, at most the latest `most`.

    `location`: of the business and this one only.
    """
    found = annotations_seen(scope)
    if first:
        found = found.filter(day__gte=first)
    if end:
        found = found.filter(day__lt=end)
    if location is not None:
        found = found.filter(Q(location_id=None) | Q(location_id=location))
    return [Happened(day, text) for day, text in found.values_list("day", "text")[:most]][::-1]
