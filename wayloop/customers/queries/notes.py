"""What members wrote down about customers."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from wayloop.contracts.scope import Scope
from wayloop.customers.models import Note, NoteVersion


def notes_of(handles: Sequence[int], scope: Scope, *, limit: int = 20) -> list[Note]:
    """The notes of a panel: pinned ones first, then the newest."""
    notes = Note.objects.filter(_visible_to(scope), handle__in=handles, removed_at=None).select_related("author")
    return list(notes.order_by("-is_pinned", "-created_at", "-id")[:limit])


def notes_before(handles: Sequence[int], scope: Scope, key: tuple[datetime, int] | None, *, limit: int) -> list[Note]:
    """The notes of a timeline, the newest first; `key`: time and id of the last one shown."""
    notes = Note.objects.filter(_visible_to(scope), handle__in=handles, removed_at=None).select_related("author")
    if key is not None:
        notes = notes.filter(Q(created_at__lt=key[0]) | Q(created_at=key[0], id__lt=key[1]))
    return list(notes.order_by("-created_at", "-id")[:limit])


def note_for(note_id: int, handles: Sequence[int], scope: Scope, *, removed: bool = False) -> Note | None:
    """A note about this customer that the scope lets see; `removed`: also one that was taken off the card."""
    notes = Note.objects.filter(_visible_to(scope), pk=note_id, handle__in=handles).select_related("author")
    return (notes if removed else notes.filter(removed_at=None)).first()


def versions_of(note: Note) -> list[NoteVersion]:
    """The texts the note had before, the newest first."""
    return list(NoteVersion.objects.filter(note=note).select_related("author").order_by("-version")[:50])


def _visible_to(scope: Scope) -> Q:
    if scope.locations is None:
        return Q()
    return Q(location_id__isnull=True) | Q(location_id__in=scope.locations)
