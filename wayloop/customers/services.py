"""Writes of the customers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from wayloop.contracts.customers import CustomerColumns
from wayloop.customers.enums import Trait
from wayloop.customers.rules import search_words
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.ui.sorting import sort_key

LONGEST_NAME, LONGEST_TEXT = 200, 254
SIGHTINGS = "person bigint, uuid uuid, name text, known_as text, seen_at timestamptz, location_id bigint"
NOTE_SIGHTINGS = """
INSERT INTO customers_card (person, uuid, kind, name, handle_text, sort_key, traits, location_ids, first_seen_at,
    seen_at, search)
SELECT person, min(uuid::text)::uuid, 'person', '', min(known_as), ''::bytea, '{}',
    coalesce(array_agg(DISTINCT location_id) FILTER (WHERE location_id IS NOT NULL), '{}'),
    min(seen_at), max(seen_at), ''
FROM customers_sighting GROUP BY person ORDER BY person
ON CONFLICT (person) DO UPDATE SET
    first_seen_at = least(customers_card.first_seen_at, excluded.first_seen_at),
    seen_at = greatest(customers_card.seen_at, excluded.seen_at),
    location_ids = ARRAY(
        SELECT DISTINCT x FROM unnest(customers_card.location_ids || excluded.location_ids) x ORDER BY 1)
WHERE excluded.first_seen_at < customers_card.first_seen_at OR excluded.seen_at > customers_card.seen_at
   OR NOT excluded.location_ids <@ customers_card.location_ids
"""
NEW_TITLES = """
SELECT person, CASE WHEN is_newer THEN s.name ELSE c.name END, c.handle_text,
    CASE WHEN is_newer THEN s.seen_at ELSE c.named_at END
FROM (SELECT DISTINCT ON (person) person, name, seen_at FROM customers_sighting
      ORDER BY person, name <> '' DESC, seen_at DESC, name) s
JOIN customers_card c USING (person)
CROSS JOIN LATERAL (SELECT s.name <> '' AND (c.named_at IS NULL OR s.seen_at > c.named_at
    OR s.seen_at = c.named_at AND s.name <> c.name) AS is_newer) told
WHERE is_newer OR c.sort_key = ''::bytea
"""
SET_TITLES = """
UPDATE customers_card c SET name = t.name, named_at = t.named_at, sort_key = t.sort_key,
    search = array_to_tsvector(t.words) FROM customers_title t WHERE c.person = t.person
"""
# A value is news when the one before it differs, be that one known already or told in the same batch.
ADD_TRAITS = """
WITH noted AS (
    SELECT DISTINCT handle, value, valid_from FROM customers_noted_trait
), line AS (
    SELECT handle, value, valid_from, id FROM customers_traitvalue
    WHERE trait = %(trait)s AND handle IN (SELECT handle FROM noted)
    UNION ALL SELECT handle, value, valid_from, NULL FROM noted
), step AS (
    SELECT *, lag(value) OVER (PARTITION BY handle ORDER BY valid_from, id NULLS LAST, value) AS former FROM line
)
INSERT INTO customers_traitvalue (handle, trait, value, source, valid_from, recorded_at)
SELECT handle, %(trait)s, value, %(source)s, valid_from, %(now)s
FROM step WHERE id IS NULL AND value IS DISTINCT FROM former ORDER BY handle, valid_from, value
ON CONFLICT DO NOTHING
"""
# The card shows the newest value of all handles that are this person.
REFRESH_TRAIT = """
UPDATE customers_card c
SET traits = c.traits || jsonb_build_object(%(trait)s::text, newest.value)
FROM (
    SELECT DISTINCT ON (p.person) p.person, v.value
    FROM api_identity_people p JOIN customers_traitvalue v ON v.handle = p.handle AND v.trait = %(trait)s
    WHERE p.person = ANY (%(people)s)
    ORDER BY p.person, v.valid_from DESC, v.id DESC
) newest
WHERE c.person = newest.person AND c.traits ->> %(trait)s IS DISTINCT FROM newest.value
"""


@transaction.atomic
def note_sightings(*, columns: CustomerColumns) -> None:
    """Makes or refreshes the cards of the customers in these columns.

    A sighting that tells nothing new writes nothing. Names: the latest non-empty one wins. Traits: see `note_traits`.
    Raises `ValueError` for columns of unequal length or an unknown trait.
    """
    people = identity.people_of(columns.handles)
    uuids = identity.uuids_of(list(people.values()))
    count = len(columns.handles)
    stage_rows(
        "customers_sighting",
        SIGHTINGS,
        zip(
            (people[handle] for handle in columns.handles),
            (uuids[people[handle]] for handle in columns.handles),
            (_fitting(name, LONGEST_NAME) for name in columns.names or ("",) * count),
            (_fitting(text, LONGEST_TEXT) for text in columns.known_as),
            columns.seen_at,
            columns.location_ids or (None,) * count,
            strict=True,
        ),
        ("int8", "uuid", "text", "text", "timestamptz", "int8"),
    )
    with connection.cursor() as cursor:
        cursor.execute(NOTE_SIGHTINGS)
        cursor.execute(NEW_TITLES)
        titles = cursor.fetchall()
    if titles:
        stage_rows(
            "customers_title",
            "person bigint, name text, named_at timestamptz, sort_key bytea, words text[]",
            (
                (person, name, named_at, sort_key(name or known_as), search_words(name, known_as))
                for person, name, known_as, named_at in titles
            ),
        )
        with connection.cursor() as cursor:
            cursor.execute(SET_TITLES)
    for trait, values in columns.traits.items():
        note_traits(
            trait=Trait(trait),
            handles=columns.handles,
            values=values,
            valid_from=columns.seen_at,
            source=columns.source,
        )


@transaction.atomic
def note_traits(
    *, trait: Trait, handles: Sequence[int], values: Sequence[str], valid_from: Sequence[datetime], source: str
) -> None:
    """Adds values of one trait, pairwise with handles and the instants since when they are so.

    Empty values and values that were already so at that instant are left out. Writes history rows and refreshes the
    current value on the cards.
    """
    fitting = [_fitting(value, LONGEST_TEXT) for value in values]
    rows = [row for row in zip(handles, fitting, valid_from, strict=True) if row[1]]
    if not rows:
        return
    people = list(set(identity.people_of([row[0] for row in rows]).values()))
    stage_rows("customers_noted_trait", "handle bigint, value text, valid_from timestamptz", rows)
    with connection.cursor() as cursor:
        cursor.execute(ADD_TRAITS, {"trait": trait, "source": source, "now": clock.now()})
        cursor.execute(REFRESH_TRAIT, {"trait": trait, "people": people})


def _fitting(text: str, longest: int) -> str:
    """The text as the column can hold it: no NUL, no outer spaces, not too long."""
    return text.replace("\0", "").strip()[:longest]
