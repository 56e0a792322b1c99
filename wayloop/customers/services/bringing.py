"""Tags, notes and ties that an import brings: each once, and none that a member has taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wayloop.customers.enums import RelationKind
from wayloop.customers.models import Tag
from wayloop.customers.queries.tags import COLOURS, roots_of_tags
from wayloop.customers.rules.words import fold
from wayloop.customers.services.notes import LONGEST_NOTE
from wayloop.customers.services.tags import LONGEST_NAME, MOST_TAGS
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows

ADD_TAGS = """
INSERT INTO customers_tagging (tag_id, person, handle, added_at, added_by, is_imported)
SELECT DISTINCT s.tag, s.person, s.handle, %(now)s::timestamptz, NULL::bigint, true FROM customers_brought_tags s
WHERE NOT EXISTS (SELECT FROM customers_tagging t WHERE t.person = s.person AND t.tag_id = s.tag)
    AND NOT EXISTS (
        SELECT FROM customers_brought b WHERE b.thing = 'tag' AND b.row = s.tag AND b.handle = s.handle)
ON CONFLICT DO NOTHING
"""
# Also of what was here already: it stays when the import that brought it first is taken back.
NOTE_TAGS = """
INSERT INTO customers_brought (batch, thing, row, handle)
SELECT DISTINCT %(batch)s, 'tag', t.tag_id, t.handle FROM customers_brought_tags s
JOIN customers_tagging t ON t.person = s.person AND t.tag_id = s.tag AND t.is_imported ON CONFLICT DO NOTHING
"""
ADD_NOTES = """
INSERT INTO customers_note (handle, text, version, is_pinned, created_at, key, is_imported)
SELECT DISTINCT ON (key) handle, text, 1, false, %(now)s::timestamptz, key, true FROM customers_brought_notes
ON CONFLICT (key) DO NOTHING
"""
NOTE_NOTES = """
INSERT INTO customers_brought (batch, thing, row, handle)
SELECT DISTINCT %(batch)s, 'note', n.id, n.handle FROM customers_brought_notes s
JOIN customers_note n ON n.key = s.key AND n.is_imported ON CONFLICT DO NOTHING
"""
ADD_TIES = """
INSERT INTO customers_relation (handle, other, kind, role, source, created_at, is_imported)
SELECT DISTINCT ON (handle, other) handle, other, %(kind)s, role, %(source)s, %(now)s::timestamptz, true
FROM customers_brought_ties s WHERE handle <> other AND NOT EXISTS (
    SELECT FROM customers_relation r WHERE r.handle = s.handle AND r.other = s.other AND r.kind = %(kind)s)
ORDER BY handle, other, role DESC ON CONFLICT DO NOTHING
"""
NOTE_TIES = """
INSERT INTO customers_brought (batch, thing, row, handle)
SELECT DISTINCT %(batch)s, 'tie', r.id, r.handle FROM customers_brought_ties s
JOIN customers_relation r ON r.handle = s.handle AND r.other = s.other AND r.kind = %(kind)s AND r.is_imported
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class NewNote:
    """A note from a file; `key`: the same one again is the same note."""

    handle: int
    text: str
    key: UUID


@dataclass(frozen=True)
class NewTie:
    """Somebody works at a company, in a position or just so."""

    handle: int
    company: int
    role: str


@transaction.atomic
def bring_tags(*, tags: Sequence[tuple[int, Sequence[str]]], batch: str) -> dict[int, list[str]]:
    """Puts tags by name on customers, making those that are new; answers what had no room, by handle.

    A tag that a member has taken away does not come back.
    """
    named = {name for _handle, names in tags for name in names}
    if not named:
        return {}
    ids = _tags_named(named, batch)
    people = identity.people_of([handle for handle, _names in tags])
    rows = [(ids[name], people[handle], handle) for handle, names in tags for name in names if name in ids]
    stage_rows("customers_brought_tags", "tag bigint, person bigint, handle bigint", rows, ("int8", "int8", "int8"))
    with connection.cursor() as cursor:
        cursor.execute(ADD_TAGS, {"now": clock.now()})
        cursor.execute(NOTE_TAGS, {"batch": batch})
    left = {handle: [name for name in names if name not in ids] for handle, names in tags}
    return {handle: names for handle, names in left.items() if names}


@transaction.atomic
def bring_notes(*, notes: Sequence[NewNote], batch: str) -> None:
    """Writes notes that came from a file; one that was here before, or was edited or removed since, is left alone."""
    if not notes:
        return
    rows = [(one.handle, one.text.replace("\0", "").strip()[:LONGEST_NOTE], one.key) for one in notes]
    stage_rows("customers_brought_notes", "handle bigint, text text, key uuid", rows, ("int8", "text", "uuid"))
    with connection.cursor() as cursor:
        cursor.execute(ADD_NOTES, {"now": clock.now()})
        cursor.execute(NOTE_NOTES, {"batch": batch})


@transaction.atomic
def bring_ties(*, ties: Sequence[NewTie], source: str, batch: str) -> None:
    """Tells who works where; a tie that was told before, or was ended or taken away since, is left alone."""
    rows = [(one.handle, one.company, one.role) for one in ties]
    stage_rows("customers_brought_ties", "handle bigint, other bigint, role text", rows, ("int8", "int8", "text"))
    names: dict[str, Any] = {"kind": RelationKind.WORKS_AT.value, "source": source, "batch": batch, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(ADD_TIES, names)
        cursor.execute(NOTE_TIES, names)


def _tags_named(names: set[str], batch: str) -> Mapping[str, int]:
    """Name → tag; new ones are made as long as there is room."""
    folded = {name: fold(name)[:LONGEST_NAME] for name in names if len(name) <= LONGEST_NAME and fold(name)}
    roots = roots_of_tags()
    known = {tag.folded: tag for tag in Tag.objects.filter(archived_at=None, folded__in=folded.values())}
    room = MOST_TAGS - Tag.objects.filter(archived_at=None, merged_into=None).count()
    missing = {form: name for name, form in sorted(folded.items(), reverse=True) if form not in known}
    for place, (form, name) in enumerate(sorted(missing.items())[: max(room, 0)]):
        known[form] = Tag.objects.create(
            name=name, folded=form, colour=place % COLOURS, created_at=clock.now(), is_imported=True
        )
    made = [tag.pk for tag in known.values() if tag.is_imported]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_brought (batch, thing, row, handle) SELECT %s, 'word', unnest(%s::bigint[]), 0 "
            "ON CONFLICT DO NOTHING",
            [batch, made],
        )
    return {name: roots.get(tag.pk, tag.pk) for name, form in folded.items() if (tag := known.get(form))}
