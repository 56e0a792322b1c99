"""Research is written down: guides, notes with their marks, quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.journeys.enums import Consent, Way
from wayloop.journeys.models import Guide, Mark, Note, Quote
from wayloop.journeys.rules import (
    BEST,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_GUIDES,
    MOST_QUOTES,
    ResearchRefused,
    score_of,
    tags_in,
)
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised


class NoteChanged(Exception):
    """Somebody has written the note anew since it was shown."""


@dataclass(frozen=True)
class NoteDetails:
    """What a note says; see `models.Note`."""

    way: str
    title: str
    happened_on: date
    location_id: int | None = None
    guide_id: int | None = None
    handle: int | None = None
    people: int = 1
    consent: str = Consent.GIVEN
    text: str = ""


@transaction.atomic
def write_guide(
    *, name: Localised, way: str, points: Sequence[str], is_scored: bool, guide_id: int | None = None
) -> Guide:
    """Makes a guide, or writes one anew; notes that were taken by it keep their points. Raises `ResearchRefused`."""
    if not str(name).strip() or not points:
        raise ResearchRefused(_("A guide needs a name and at least one point."))
    wanted = {"name": name, "way": Way(way).value, "points": list(points), "is_scored": is_scored}
    if guide_id is None:
        if Guide.objects.filter(archived_at=None).count() >= MOST_GUIDES:
            raise ResearchRefused(_("There are 60 guides already. Put one away first."))
        return Guide.objects.create(made_at=clock.now(), **wanted)
    Guide.objects.filter(pk=guide_id).update(**wanted)
    return Guide.objects.get(pk=guide_id)


@transaction.atomic
def archive_guide(*, guide_id: int, is_archived: bool = True) -> None:
    """Puts a guide away, or takes it into use again."""
    Guide.objects.filter(pk=guide_id).update(archived_at=clock.now() if is_archived else None)


@transaction.atomic
def write_note(*, details: NoteDetails, by: int | None, note_id: int | None = None, seen: int = 0) -> Note:
    """Writes a note down, with the points of its guide, or one anew; another guide brings its own points.

    Raises `NoteChanged` when there is a newer version than `seen`, `ResearchRefused` with one line.
    """
    title = " ".join(details.title.replace("\0", "").split())[:LONGEST_TITLE]
    if not title:
        raise ResearchRefused(_("Write in one line what it was."))
    wanted = {
        "way": Way(details.way).value,
        "title": title,
        "happened_on": details.happened_on,
        "location_id": details.location_id,
        "guide_id": details.guide_id,
        "handle": details.handle,
        "people": max(1, min(details.people, 200)),
        "consent": Consent(details.consent).value,
        "text": details.text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT],
    }
    if note_id is None:
        note = Note.objects.create(uuid=uuid7(), made_at=clock.now(), member_id=by, **wanted)
        _take_points(note)
        return note
    note = Note.objects.select_for_update().get(pk=note_id, removed_at=None)
    if note.version != seen:
        raise NoteChanged
    is_other_guide = note.guide_id != details.guide_id
    for name, value in wanted.items():
        setattr(note, name, value)
    note.version += 1
    note.save()
    if is_other_guide:
        _take_points(note)
    return note


@transaction.atomic
def name_person(*, note_id: int, handle: int | None) -> None:
    """Says with which customer it was; None: nobody who is known here."""
    Note.objects.select_for_update().get(pk=note_id, removed_at=None)
    Note.objects.filter(pk=note_id).update(handle=handle)


@transaction.atomic
def mark_points(*, note_id: int, marks: Mapping[int, tuple[int | None, str]]) -> Note:
    """Writes what was seen at points of the checklist: position → mark (0 to 10, None: not looked at) and remark."""
    note = Note.objects.select_for_update().get(pk=note_id, removed_at=None)
    rows = list(Mark.objects.filter(note=note).order_by("position"))
    for row in rows:
        if row.position not in marks:
            continue
        given, remark = marks[row.position]
        if given is not None and not 0 <= given <= BEST:
            raise ResearchRefused(_("A mark goes from 0 to 10."))
        row.given, row.remark = given, remark.replace("\0", "").strip()[:1000]
    Mark.objects.bulk_update(rows, ["given", "remark"])
    note.scored, note.possible = score_of(row.given for row in rows)
    note.save(update_fields=["scored", "possible"])
    return note


@transaction.atomic
def add_quote(*, note_id: int, text: str, who: str = "", tone: int = 0, tags: str = "") -> Quote:
    """Keeps a quote of a note; `tags` with commas between them. Raises `ResearchRefused` without words."""
    words = text.replace("\0", "").replace("\r\n", "\n").strip()[:2000]
    if not words:
        raise ResearchRefused(_("Write the quote first."))
    note = Note.objects.select_for_update().get(pk=note_id, removed_at=None)
    if Quote.objects.filter(note=note).count() >= MOST_QUOTES:
        raise ResearchRefused(_("There are 200 quotes in this note already."))
    return Quote.objects.create(
        uuid=uuid7(), note=note, text=words, who=" ".join(who.replace("\0", "").split())[:80],
        tone=max(-1, min(tone, 1)), tags=tags_in(tags), made_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def remove_quote(*, quote_id: int) -> None:
    """Takes a quote away."""
    Quote.objects.filter(pk=quote_id).delete()


@transaction.atomic
def remove_note(*, note_id: int, is_removed: bool = True) -> None:
    """Takes a note away with its quotes, or brings it back."""
    Note.objects.filter(pk=note_id).update(removed_at=clock.now() if is_removed else None)


def _take_points(note: Note) -> None:
    Mark.objects.filter(note=note).delete()
    guide = Guide.objects.filter(pk=note.guide_id).first() if note.guide_id else None
    note.scored = note.possible = 0
    note.save(update_fields=["scored", "possible"])
    if guide is not None:
        Mark.objects.bulk_create(
            Mark(note=note, position=place, text=point) for place, point in enumerate(guide.points, 1)
        )
