"""Reads of research: notes, quotes, and what the checklists of each location came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from wayloop.contracts.scope import Scope
from wayloop.journeys.enums import Way
from wayloop.journeys.models import Guide, Mark, Note, Quote
from wayloop.journeys.rules import words_of
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key

COLUMNS = (
    "n.id, n.uuid, n.way, n.title, n.happened_on, n.location_id, n.scored, n.possible, n.member_id, p.person, n.people"
)
FROM = "FROM journeys_note n LEFT JOIN api_identity_people p ON p.handle = n.handle"
# Of each checklist only its notes count; a location without any is left out.
PLACES = """
SELECT n.location_id, count(*), sum(n.scored), sum(n.possible), max(n.happened_on)
FROM journeys_note n WHERE {where} AND n.possible > 0 GROUP BY 1
ORDER BY sum(n.scored)::float8 / sum(n.possible), 1
"""
POINTS = """
SELECT m.text, count(*), avg(m.given) FROM journeys_mark m JOIN journeys_note n ON n.id = m.note_id
WHERE {where} AND m.given IS NOT NULL GROUP BY 1 ORDER BY avg(m.given), 1 LIMIT 5
"""
SEARCHED = "to_tsvector('simple', n.title || ' ' || n.text)"


@dataclass(frozen=True)
class NoteFilter:
    """What a list shows; `text`: words of title or text, or of a quote."""

    way: str = ""
    location: int | None = None
    text: str = ""
    tag: str = ""
    person: int | None = None


@dataclass(frozen=True)
class NoteRow:
    """One note in a list; `scored` of `possible` points of its checklist."""

    id: int
    uuid: UUID
    way: Way
    title: str
    happened_on: date
    location_id: int | None
    scored: int
    possible: int
    member_id: int | None
    person: int | None
    people: int


@dataclass(frozen=True)
class PlaceScore:
    """What the checklists of a location came to: how many visits, the share of all points, the last day."""

    location_id: int | None
    visits: int
    share: float
    last_on: date


def list_notes(*, scope: Scope, wanted: NoteFilter, after: str | None = None, limit: int = 25) -> Page[NoteRow]:
    """A page of notes, the newest first."""
    where, values = _conditions(scope, wanted)
    key = read_key(after, date, int)
    if key:
        where += " AND (n.happened_on, n.id) < (%(day)s, %(last)s)"
        values |= {"day": key[0], "last": key[1]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY n.happened_on DESC, n.id DESC LIMIT %(limit)s",
            values | {"limit": limit + 1},
        )
        rows = [NoteRow(number, uuid, Way(way), *rest) for number, uuid, way, *rest in cursor.fetchall()]
    return cut_page(rows, limit, lambda row: (row.happened_on.isoformat(), row.id))


def count_notes(*, scope: Scope, wanted: NoteFilter) -> Total:
    """How many rows `list_notes` has in all."""
    where, values = _conditions(scope, wanted)
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values)


def note_by_uuid(uuid: UUID, scope: Scope, *, with_removed: bool = False) -> Note | None:
    """The note at this address, or None when there is none that the scope lets see."""
    rows = Note.objects.select_related("guide", "member").filter(uuid=uuid)
    found = (rows if with_removed else rows.filter(removed_at=None)).first()
    is_seen = found is not None and (
        found.location_id is None or scope.locations is None or found.location_id in scope.locations
    )
    return found if is_seen else None


def marks_of(note: int) -> list[Mark]:
    """The checklist of a note in its order."""
    return list(Mark.objects.filter(note=note).order_by("position"))


def quotes_of(note: int) -> list[Quote]:
    """The quotes of a note, the newest first."""
    return list(Quote.objects.filter(note=note).order_by("-pk"))


def list_quotes(
    *, scope: Scope, tag: str = "", tone: int | None = None, text: str = "", after: str | None = None, limit: int = 50
) -> Page[Quote]:
    """A page of quotes of all notes, the newest first."""
    rows = _quotes(scope)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if tone is not None:
        rows = rows.filter(tone=tone)
    if text:
        rows = rows.filter(text__icontains=text)
    key = read_key(after, int)
    if key:
        rows = rows.filter(pk__lt=key[0])
    return cut_page(list(rows.order_by("-pk")[: limit + 1]), limit, lambda row: (row.pk,))


def tags_in_use(scope: Scope, most: int = 40) -> list[tuple[str, int]]:
    """Tags of quotes with how many have them, the most used first."""
    seen = "" if scope.locations is None else "AND (n.location_id IS NULL OR n.location_id = ANY (%(locations)s))"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tag, count(*) FROM journeys_quote q JOIN journeys_note n ON n.id = q.note_id "  # noqa: S608
            f"CROSS JOIN unnest(q.tags) AS t (tag) WHERE n.removed_at IS NULL {seen} "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s",
            {"most": most, "locations": list(scope.locations or ())},
        )
        return [(tag, number) for tag, number in cursor.fetchall()]


def places_of(*, scope: Scope, wanted: NoteFilter) -> list[PlaceScore]:
    """Locations by what their checklists came to, the worst first."""
    where, values = _conditions(scope, wanted, is_joined=False)
    with connection.cursor() as cursor:
        cursor.execute(PLACES.format(where=where), values)
        return [
            PlaceScore(place, visits, scored / possible, last)
            for place, visits, scored, possible, last in cursor.fetchall()
        ]


def worst_points(*, scope: Scope, wanted: NoteFilter) -> list[tuple[str, int, float]]:
    """The five points of checklists with the lowest marks: text, how often it was marked, the mean mark."""
    where, values = _conditions(scope, wanted, is_joined=False)
    with connection.cursor() as cursor:
        cursor.execute(POINTS.format(where=where), values)
        return [(text, number, float(mean)) for text, number, mean in cursor.fetchall()]


def guides(*, with_archived: bool = False) -> list[tuple[Guide, int]]:
    """Guides, each with how many notes were taken by it."""
    rows = Guide.objects.order_by("way", "pk")
    found = list(rows if with_archived else rows.filter(archived_at=None))
    used = dict(
        Note.objects.filter(removed_at=None, guide__isnull=False)
        .values_list("guide")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return [(one, used.get(one.pk, 0)) for one in found]


def quotes_by_uuid(uuids: Sequence[UUID]) -> Mapping[UUID, Quote]:
    """Quote's address → the quote, of notes that were not taken away."""
    rows = Quote.objects.select_related("note").filter(uuid__in=list(uuids), note__removed_at=None)
    return {row.uuid: row for row in rows}


def _quotes(scope: Scope) -> QuerySet[Quote]:
    rows = Quote.objects.select_related("note").filter(note__removed_at=None)
    if scope.locations is None:
        return rows
    return rows.filter(Q(note__location_id=None) | Q(note__location_id__in=scope.locations))


def _conditions(scope: Scope, wanted: NoteFilter, *, is_joined: bool = True) -> tuple[str, dict[str, Any]]:
    where, values = ["n.removed_at IS NULL"], dict[str, Any]()
    if scope.locations is not None:
        where.append("(n.location_id IS NULL OR n.location_id = ANY (%(locations)s))")
        values["locations"] = list(scope.locations)
    if wanted.way:
        where.append("n.way = %(way)s")
        values["way"] = wanted.way
    if wanted.location is not None:
        where.append("n.location_id = %(location)s")
        values["location"] = wanted.location
    if wanted.person is not None and is_joined:
        where.append("p.person = %(person)s")
        values["person"] = wanted.person
    if wanted.tag:
        where.append(
            "EXISTS (SELECT FROM journeys_quote q WHERE q.note_id = n.id AND q.tags @> ARRAY[%(tag)s]::varchar[])"
        )
        values["tag"] = wanted.tag
    words = words_of(wanted.text)
    if words:
        where.append(
            f"({SEARCHED} @@ to_tsquery('simple', %(words)s) OR EXISTS (SELECT FROM journeys_quote q "
            "WHERE q.note_id = n.id AND to_tsvector('simple', q.text) @@ to_tsquery('simple', %(words)s)))"
        )
        values["words"] = " & ".join(f"{word}:*" for word in words)
    elif wanted.text.strip():
        where.append("false")
    return " AND ".join(where), values
