"""What an import told of customers is taken back: cards, traits, tags, notes and ties stand as if it had never been.

What members did stays. A card that only the import made, and on which somebody has built since, stays with its name.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from wayloop.contracts.identity import Held
from wayloop.customers.enums import Trait
from wayloop.customers.rules.words import search_words
from wayloop.customers.services.titles import write_titles
from wayloop.customers.services.traits import MARK_REPEATS, refresh_trait
from wayloop.identity import api as identity

SOME = """
SELECT handle FROM (
    (SELECT handle FROM customers_told WHERE batch = %(batch)s AND batch <> '' ORDER BY handle LIMIT %(limit)s)
    UNION (SELECT DISTINCT handle FROM customers_traitvalue WHERE batch = %(batch)s AND batch <> ''
        ORDER BY handle LIMIT %(limit)s)
    UNION (SELECT DISTINCT handle FROM customers_brought WHERE batch = %(batch)s AND thing <> 'word'
        ORDER BY handle LIMIT %(limit)s)
) mine ORDER BY handle LIMIT %(limit)s
"""
LOCK = "SELECT FROM customers_card WHERE person = ANY (%(people)s) ORDER BY person FOR UPDATE"
NAME = f"'{Trait.NAME.value}'"
TAKE_VALUES = f"""
DELETE FROM customers_traitvalue WHERE batch = %(batch)s AND handle = ANY (%(handles)s) AND trait <> {NAME}
RETURNING handle, trait
"""  # noqa: S608 – our own text
TAKE_BROUGHT = (
    "DELETE FROM customers_brought WHERE batch = %(batch)s AND handle = ANY (%(handles)s) AND thing <> 'word'"
)
LEFT = (
    "NOT EXISTS (SELECT FROM customers_brought b WHERE b.thing = '{thing}' AND b.row = {row} AND b.handle = {handle})"
)
DROP_TAGS = f"""
DELETE FROM customers_tagging t WHERE handle = ANY (%(handles)s) AND is_imported
    AND {LEFT.format(thing="tag", row="t.tag_id", handle="t.handle")}
"""  # noqa: S608
DROP_VERSIONS = f"""
DELETE FROM customers_noteversion WHERE note_id IN (
    SELECT id FROM customers_note n WHERE handle = ANY (%(handles)s) AND is_imported
        AND {LEFT.format(thing="note", row="n.id", handle="n.handle")})
"""  # noqa: S608
DROP_NOTES = f"""
DELETE FROM customers_note n WHERE handle = ANY (%(handles)s) AND is_imported
    AND {LEFT.format(thing="note", row="n.id", handle="n.handle")}
"""  # noqa: S608
DROP_TIES = f"""
DELETE FROM customers_relation r WHERE handle = ANY (%(handles)s) AND is_imported
    AND {LEFT.format(thing="tie", row="r.id", handle="r.handle")}
"""  # noqa: S608
ONLY_TOLD = """
SELECT handle FROM customers_told WHERE handle = ANY (%(handles)s) GROUP BY handle HAVING bool_and(batch = %(batch)s)
"""
# A card that stays is nobody's import any more; what was told of it live since goes with it.
KEEP = (
    """
UPDATE customers_told live SET name = CASE WHEN live.name = '' THEN mine.name ELSE live.name END,
    named_at = CASE WHEN live.name = '' THEN mine.named_at ELSE live.named_at END, known_as = mine.known_as,
    kind = greatest(live.kind, mine.kind)
FROM customers_told mine WHERE mine.handle = ANY (%(kept)s) AND mine.batch = %(batch)s
    AND live.handle = mine.handle AND live.batch = ''
""",
    """
UPDATE customers_told mine SET batch = '' WHERE handle = ANY (%(kept)s) AND batch = %(batch)s
    AND NOT EXISTS (SELECT FROM customers_told live WHERE live.handle = mine.handle AND live.batch = '')
""",
)
TAKE_TOLD = "DELETE FROM customers_told WHERE batch = %(batch)s AND handle = ANY (%(handles)s) RETURNING handle, name"
REST = """
SELECT c.person, c.name, c.is_name_kept, told.*
FROM customers_card c LEFT JOIN LATERAL (
    SELECT coalesce(min(t.first_seen_at), min(t.told_at)) AS first_seen_at,
        coalesce(max(t.seen_at), min(t.told_at)) AS seen_at,
        (array_agg(t.known_as ORDER BY t.id))[1] AS known_as, bool_or(t.kind = 'company') AS is_company,
        (array_agg(t.name ORDER BY t.name <> '' DESC, t.named_at DESC NULLS LAST, t.turn DESC))[1] AS name,
        (array_agg(t.named_at ORDER BY t.name <> '' DESC, t.named_at DESC NULLS LAST, t.turn DESC))[1] AS named_at,
        (array_agg(t.batch ORDER BY t.name <> '' DESC, t.named_at DESC NULLS LAST, t.turn DESC))[1] AS batch,
        count(*) AS rows
    FROM api_identity_people p JOIN customers_told t ON t.handle = p.handle WHERE p.person = c.person
) told ON true
WHERE c.person = ANY (%(people)s)
"""
REFRESH = """
UPDATE customers_card c SET first_seen_at = told.first_seen_at, seen_at = told.seen_at, handle_text = told.known_as,
    kind = told.kind, location_ids = told.location_ids
FROM (
    SELECT p.person, coalesce(min(t.first_seen_at), min(t.told_at)) AS first_seen_at,
        coalesce(max(t.seen_at), min(t.told_at)) AS seen_at, (array_agg(t.known_as ORDER BY t.id))[1] AS known_as,
        CASE WHEN bool_or(t.kind = 'company') THEN 'company' ELSE 'person' END AS kind,
        ARRAY(SELECT DISTINCT x FROM customers_told o JOIN api_identity_people q ON q.handle = o.handle
            CROSS JOIN LATERAL unnest(o.location_ids) x WHERE q.person = p.person ORDER BY 1) AS location_ids
    FROM api_identity_people p JOIN customers_told t ON t.handle = p.handle
    WHERE p.person = ANY (%(people)s) GROUP BY p.person
) told WHERE c.person = told.person
"""
# The name that stood there before a member wrote another one.
FORMER_NAMES = f"""
SELECT id, handle FROM customers_traitvalue WHERE batch = %(batch)s AND handle = ANY (%(handles)s) AND trait = {NAME}
"""  # noqa: S608
DROP_CARDS = (
    "DELETE FROM customers_noteversion WHERE note_id IN (SELECT id FROM customers_note WHERE handle = ANY (%(gone)s))",
    "DELETE FROM customers_note WHERE handle = ANY (%(gone)s)",
    "DELETE FROM customers_relation WHERE handle = ANY (%(gone)s) OR other = ANY (%(gone)s)",
    "DELETE FROM customers_traitvalue WHERE handle = ANY (%(gone)s)",
    "DELETE FROM customers_traitsdue WHERE person = ANY (%(gone)s)",
    "DELETE FROM customers_card WHERE person = ANY (%(gone)s)",
)
# A common word is left to the nightly count, as is one that somebody takes up in this very moment.
FORGET_WORDS = r"""
DELETE FROM customers_word w WHERE word = ANY (%(words)s) AND people < 1000 AND NOT EXISTS (
    SELECT FROM customers_card c
    WHERE c.search @@ ('''' || replace(replace(w.word, '\', '\\'), '''', '''''') || '''')::tsquery)
"""
DROP_WORDS_OF_TAGS = """
DELETE FROM customers_tag t WHERE is_imported AND id = ANY (%(tags)s)
    AND NOT EXISTS (SELECT FROM customers_tagging g WHERE g.tag_id = t.id)
    AND NOT EXISTS (SELECT FROM customers_brought b WHERE b.thing = 'word' AND b.row = t.id)
    AND NOT EXISTS (SELECT FROM customers_tag o WHERE o.merged_into_id = t.id)
"""
HELD = """
SELECT handle, bool_or(is_live) FROM (
    SELECT handle, NOT is_imported AS is_live FROM customers_note n
        WHERE handle = ANY (%(handles)s) AND removed_at IS NULL AND (NOT is_imported OR EXISTS (
            SELECT FROM customers_brought b
            WHERE b.thing = 'note' AND b.row = n.id AND b.handle = n.handle AND b.batch <> %(batch)s))
    UNION ALL SELECT handle, true FROM customers_tagging WHERE handle = ANY (%(handles)s) AND NOT is_imported
    UNION ALL SELECT handle, true FROM customers_star WHERE handle = ANY (%(handles)s)
    UNION ALL SELECT handle, true FROM customers_relation
        WHERE handle = ANY (%(handles)s) AND removed_at IS NULL AND NOT is_imported
    UNION ALL SELECT other, true FROM customers_relation
        WHERE other = ANY (%(handles)s) AND removed_at IS NULL AND NOT is_imported
    UNION ALL SELECT handle, false FROM customers_brought WHERE handle = ANY (%(handles)s) AND batch <> %(batch)s
    UNION ALL SELECT r.other, false FROM customers_relation r JOIN customers_brought b ON b.thing = 'tie'
        AND b.row = r.id AND b.handle = r.handle AND b.batch <> %(batch)s WHERE r.other = ANY (%(handles)s)
    UNION ALL SELECT handle, batch = '' FROM customers_traitvalue
        WHERE handle = ANY (%(handles)s) AND batch <> %(batch)s AND retracted_at IS NULL
    UNION ALL SELECT handle, batch = '' FROM customers_told WHERE handle = ANY (%(handles)s) AND batch <> %(batch)s
) held GROUP BY handle
"""


@transaction.atomic
def undo_batch_step(*, batch: str, limit: int) -> int:
    """Takes back what an import told of about `limit` customers; answers how many, 0 when it is through."""
    bound: dict[str, Any] = {"batch": batch, "limit": limit}
    handles = [handle for (handle,) in _ask(SOME, bound)]
    if not handles:
        return _drop_tags(batch)
    people = sorted(set(identity.people_of(handles).values()))
    bound |= {"handles": handles, "people": people}
    _ask(LOCK, bound)
    alone = identity.only_of_batch(handles=handles, batch=batch) | {handle for (handle,) in _ask(ONLY_TOLD, bound)}
    bound["kept"] = sorted(alone & identity.held_handles(handles=sorted(alone), batch=batch).by_people)
    _take_traits(bound)
    for statement in (TAKE_BROUGHT, DROP_TAGS, DROP_VERSIONS, DROP_NOTES, DROP_TIES, *KEEP):
        _run(statement, bound)
    bound["told"] = _ask(TAKE_TOLD, bound)
    _put_cards_right(bound)
    return len(handles)


def _take_traits(bound: dict[str, Any]) -> None:
    taken: dict[str, set[int]] = {}
    for handle, trait in _ask(TAKE_VALUES, bound):
        taken.setdefault(trait, set()).add(handle)
    if not taken:
        return
    _run(MARK_REPEATS, {"handles": bound["handles"], "traits": list(taken)})
    for trait, handles in taken.items():
        refresh_trait(trait=trait, people=sorted(set(identity.people_of(sorted(handles)).values())))


def _put_cards_right(bound: dict[str, Any]) -> None:
    """Cards nobody tells of any more go; the others say what is left."""
    told = set(identity.people_of([handle for handle, _name in bound["told"]]).values())
    words = [word for _handle, name in bound["told"] for word in search_words(name)]
    gone, left, titles = [], [], []
    names: dict[int, tuple[Any, ...]] = {}
    for person, name, is_kept, _first, _seen, known_as, _is_company, *named, rows in _ask(REST, bound):
        new_name, named_at, by = named
        names[person] = (new_name or "", named_at, by)
        if rows:
            left.append(person)
            if not is_kept and (name != new_name or not name):
                titles.append((person, new_name, named_at, known_as))
                words += search_words(name)
        elif person in told:
            gone.append(person)
            words += search_words(name)
    _run(REFRESH, {"people": left})
    write_titles(titles=titles)
    _former_names(bound, names, set(gone))
    for statement in DROP_CARDS:
        _run(statement, {"gone": gone})
    if words:
        _run(FORGET_WORDS, {"words": sorted(set(words))})


def _former_names(bound: dict[str, Any], names: dict[int, tuple[Any, ...]], gone: set[int]) -> None:
    """A member's name stands; what it took the place of is the name that is left without the import."""
    people = identity.people_of([handle for _row, handle in _ask(FORMER_NAMES, bound)])
    for row, handle in _ask(FORMER_NAMES, bound):
        name, named_at, by = names.get(people[handle], ("", None, ""))
        if name and people[handle] not in gone:
            _run(
                "UPDATE customers_traitvalue SET value = to_jsonb(%s::text), valid_from = %s, batch = %s WHERE id = %s",
                [name, named_at, by, row],
            )
        else:
            _run("DELETE FROM customers_traitvalue WHERE id = %s", [row])


def _drop_tags(batch: str) -> int:
    """Tags that were made for this import, and that nobody uses."""
    rows = _ask("DELETE FROM customers_brought WHERE batch = %(batch)s RETURNING row", {"batch": batch})
    _run(DROP_WORDS_OF_TAGS, {"tags": [tag for (tag,) in rows]})
    return len(rows)


def _ask(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class ToldOfCustomers:
    """Takes back what was told of customers, before who they are."""

    rank = 40

    def undo_step(self, *, batch: str, limit: int) -> int:
        """See `undo_batch_step`."""
        return undo_batch_step(batch=batch, limit=limit)


class CustomersKeeper:
    """Whom members have written about, and of whom others tell."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        rows = _ask(HELD, {"handles": list(handles), "batch": batch})
        return Held(
            frozenset(handle for handle, is_live in rows if is_live),
            frozenset(handle for handle, is_live in rows if not is_live),
        )
