"""Who is held back."""

from wayloop.privacy.enums import HoldReason
from wayloop.privacy.models import Hold


def held_subjects(*, reason: HoldReason, subject_kind: str) -> set[int]:
    """The subjects for which somebody is held back until it is released."""
    found = Hold.objects.filter(reason=HoldReason(reason), subject_kind=subject_kind, ended_at=None)
    return set(found.values_list("subject_id", flat=True))
