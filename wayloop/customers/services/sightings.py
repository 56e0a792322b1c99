"""Who was seen: cards are made and follow."""

from django.db import connection, transaction

from wayloop.contracts.customers import CustomerColumns
from wayloop.customers.queries.definitions import wanted_definitions
from wayloop.customers.rules.values import LONGEST_TEXT
from wayloop.customers.rules.words import fitting
from wayloop.customers.services.titles import write_titles
from wayloop.customers.services.traits import note_traits
from wayloop.identity import api as identity
from wayloop.kernel.bulk import stage_rows

LONGEST_NAME = 200
SIGHTINGS = "person bigint, uuid uuid, name text, known_as text, seen_at timestamptz, location_id bigint"
NOTE_SIGHTINGS = """
INSERT INTO customers_card (person, uuid, kind, name, handle_text, sort_key, traits, computed, is_name_kept,
    location_ids, first_seen_at, seen_at, search)
SELECT person, min(uuid::text)::uuid, 'person', '', min(known_as), ''::bytea, '{}', '{}', false,
    coalesce(array_agg(DISTINCT location_id) FILTER (WHERE location_id IS NOT NULL), '{}'),
    min(seen_at), max(seen_at), ''
FROM customers_sighting s
WHERE EXISTS (SELECT FROM api_identity_people p WHERE p.handle = s.person AND p.ordinal IS NOT NULL)
GROUP BY person ORDER BY person
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
CROSS JOIN LATERAL (SELECT s.name <> '' AND NOT c.is_name_kept AND (c.named_at IS NULL OR s.seen_at > c.named_at
    OR s.seen_at = c.named_at AND s.name <> c.name) AS is_newer) told
WHERE is_newer OR c.sort_key = ''::bytea
"""


@transaction.atomic
def note_sightings(*, columns: CustomerColumns) -> None:
    """Makes or refreshes the cards of the customers in these columns.

    A sighting that tells nothing new writes nothing; visitors known by a cookie only get no card. Names: the latest
    non-empty one wins. Traits: see `note_traits`.
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
            (fitting(name, LONGEST_NAME) for name in columns.names or ("",) * count),
            (fitting(text, LONGEST_TEXT) for text in columns.known_as),
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
    write_titles(titles=[(person, name, named_at, known_as) for person, name, known_as, named_at in titles])
    definitions = wanted_definitions(list(columns.traits)) if columns.traits else {}
    for trait, values in columns.traits.items():
        note_traits(
            trait=trait,
            handles=columns.handles,
            values=values,
            valid_from=columns.seen_at,
            source=columns.source,
            definitions=definitions,
        )
