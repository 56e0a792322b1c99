"""What members write down about customers."""

from django.db import transaction

from wayloop.customers.models import Note, NoteVersion
from wayloop.kernel import clock

LONGEST_NOTE = 4000


class NoteChanged(Exception):
    """Somebody has written the note anew since it was shown."""


@transaction.atomic
def add_note(
    *, person: int, text: str, member_id: int, location_id: int | None = None, is_pinned: bool = False
) -> Note:
    """Writes a note about a customer. `location_id` hides it from members who do not see that place."""
    return Note.objects.create(
        handle=person,
        text=_fitting(text),
        author_id=member_id,
        location_id=location_id,
        is_pinned=is_pinned,
        created_at=clock.now(),
    )


@transaction.atomic
def edit_note(*, note_id: int, text: str, seen: int, member_id: int) -> Note:
    """Writes the text anew; the former one is kept as a version. The same text writes nothing.

    `seen`: the version that the member saw. Raises `NoteChanged` when there is a newer one.
    """
    note = Note.objects.select_for_update().get(pk=note_id, removed_at=None)
    if note.version != seen:
        raise NoteChanged
    fitting = _fitting(text)
    if fitting == note.text:
        return note
    NoteVersion.objects.create(
        note=note,
        version=note.version,
        text=note.text,
        author_id=note.author_id,
        written_at=note.edited_at or note.created_at,
    )
    note.text, note.version, note.author_id, note.edited_at = fitting, note.version + 1, member_id, clock.now()
    note.is_imported = False
    note.save(update_fields=["text", "version", "author", "edited_at", "is_imported"])
    return note


@transaction.atomic
def pin_note(*, note_id: int, is_pinned: bool) -> None:
    """Puts a note at the top of the panel, or back among the others."""
    Note.objects.filter(pk=note_id, removed_at=None).update(is_pinned=is_pinned, is_imported=False)


@transaction.atomic
def remove_note(*, note_id: int) -> None:
    """Takes a note off the card; it can be brought back."""
    Note.objects.filter(pk=note_id, removed_at=None).update(removed_at=clock.now())


@transaction.atomic
def restore_note(*, note_id: int) -> None:
    """Brings a removed note back."""
    Note.objects.filter(pk=note_id).update(removed_at=None)


def _fitting(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_NOTE]
