"""Annotations are written, taken away and brought back."""

from datetime import date

from django.db import transaction

from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.metrics.models import Annotation


@transaction.atomic
def write_annotation(*, day: date, text: str, location_id: int | None, member: int | None) -> Annotation:
    """Writes down what happened on a day, in the name of a member (id)."""
    return Annotation.objects.create(
        day=day, text=text.strip(), location_id=location_id, member_id=member, written_at=clock.now()
    )


@transaction.atomic
def remove_annotation(*, number: int, scope: Scope, back: bool = False) -> Annotation | None:
    """Takes one away, or brings it back; None when there is none that the scope lets change. Who sees some locations
    only changes those of these."""
    found = Annotation.objects.select_for_update().filter(pk=number)
    if scope.locations is not None:
        found = found.filter(location_id__in=scope.locations)
    one = found.first()
    if one is not None:
        one.removed_at = None if back else clock.now()
        one.save(update_fields=["removed_at"])
    return one
