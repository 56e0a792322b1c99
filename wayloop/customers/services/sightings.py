"""Who was seen, or told of: cards are made and follow."""

from django.db import connection, transaction

from wayloop.contracts.customers import CustomerColumns
from wayloop.customers.enums import CustomerKind
from wayloop.customers.queries.definitions import wanted_definitions
from wayloop.customers.rules.values import LONGEST_TEXT
from wayloop.customers.rules.words import fitting
from wayloop.customers.services.titles import write_titles
from wayloop.customers.services.traits import note_traits
from wayloop.identity import api as identity
from wayloop.kernel.bulk import stage_rows

LONGEST_NAME = 200
SIGHTINGS = (
    "person bigint, uuid uuid, name text, known_as text, seen_at timestamptz, location_id bigint, handle bigint, "
    "told_at timestamptz"
)
TYPES = ("int8", "uuid", "text", "text", "timestamptz", "int8", "int8", "timestamptz")
NOTE_SIGHTINGS = """
INSERT INTO customers_card (person, uuid, kind, name, handle_text, sort_key, traits, computed, is_name_kept,
    location_ids, first_seen_at, seen_at, search)
SELECT person, min(uuid::text)::uuid, %(kind)s, '', min(known_as), ''::bytea, '{}', '{}', false,
    coalesce(array_agg(DISTINCT location_id) FILTER (WHERE location_id IS NOT NULL), '{}'),
    coalesce(min(seen_at), min(told_at)), coalesce(max(seen_at), min(told_at)), ''
FROM customers_sighting s
WHERE EXISTS (SELECT FROM api_identity_people p WHERE p.handle = s.person AND p.ordinal IS NOT NULL)
    AND (seen_at IS NOT NULL OR NOT EXISTS (SELECT FROM customers_card c WHERE c.person = s.person))
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
    CASE WHEN is_newer THEN s.told_at ELSE c.named_at END
FROM (SELECT DISTINCT ON (person) person, name, told_at FROM customers_sighting
      ORDER BY person, name <> '' DESC, told_at DESC, name) s
JOIN customers_card c USING (person)
CROSS JOIN LATERAL (SELECT s.name <> '' AND NOT c.is_name_kept AND (c.named_at IS NULL OR s.told_at > c.named_at
    OR s.told_at = c.named_at AND s.name <> c.name) AS is_newer) told
WHERE is_newer OR c.sort_key = ''::bytea
"""
# What was known before the first import told anything: from now on it has a row of its own.
KEEP_FORMER = """
INSERT INTO customers_told (handle, batch, kind, name, named_at, turn, known_as, told_at, first_seen_at, seen_at,
    location_ids)
SELECT c.person, '', c.kind, c.name, c.named_at, 0, c.handle_text, c.first_seen_at, c.first_seen_at, c.seen_at,
    c.location_ids
FROM customers_card c
WHERE c.person IN (SELECT person FROM customers_sighting)
    AND NOT EXISTS (SELECT FROM customers_told t WHERE t.handle = c.person)
ORDER BY c.person ON CONFLICT DO NOTHING
"""
# The latest name that is not empty counts; of one instant the one that came last.
KEEP_TOLD = """
INSERT INTO customers_told AS t (handle, batch, kind, name, named_at, turn, known_as, told_at, first_seen_at, seen_at,
    location_ids)
SELECT s.handle, %(batch)s, %(company)s, (array_agg(name ORDER BY name <> '' DESC, s.told_at DESC, name))[1],
    max(s.told_at) FILTER (WHERE name <> ''), nextval(pg_get_serial_sequence('customers_told', 'id')), min(known_as),
    min(s.told_at), min(s.seen_at), max(s.seen_at),
    coalesce(array_agg(DISTINCT location_id) FILTER (WHERE location_id IS NOT NULL), '{{}}')
FROM customers_sighting s {where} GROUP BY s.handle ORDER BY s.handle
ON CONFLICT (handle, batch) DO UPDATE SET
    kind = greatest(t.kind, excluded.kind),
    name = CASE WHEN {newer} THEN excluded.name ELSE t.name END,
    turn = CASE WHEN {newer} THEN excluded.turn ELSE t.turn END,
    named_at = greatest(t.named_at, excluded.named_at),
    told_at = least(t.told_at, excluded.told_at),
    first_seen_at = least(t.first_seen_at, excluded.first_seen_at),
    seen_at = greatest(t.seen_at, excluded.seen_at),
    location_ids = ARRAY(SELECT DISTINCT x FROM unnest(t.location_ids || excluded.location_ids) x ORDER BY 1)
WHERE {newer} OR excluded.named_at > t.named_at OR excluded.told_at < t.told_at OR excluded.kind > t.kind
    OR excluded.first_seen_at < t.first_seen_at OR excluded.seen_at > t.seen_at
    OR excluded.seen_at IS NOT NULL AND t.seen_at IS NULL OR NOT excluded.location_ids <@ t.location_ids
"""
NEWER = """(excluded.name <> '' AND excluded.name <> t.name
    AND (t.named_at IS NULL OR excluded.named_at >= t.named_at))"""
OF_AN_IMPORT = ""
# Live, only where an import has told something: else the card alone says all.
BESIDE_IMPORTS = "WHERE EXISTS (SELECT FROM customers_told o WHERE o.handle = s.handle)"
BECOME_COMPANIES = """
UPDATE customers_card SET kind = 'company' WHERE kind <> 'company'
    AND person IN (SELECT person FROM customers_sighting)
"""


@transaction.atomic
def note_sightings(*, columns: CustomerColumns) -> None:
    """Makes or refreshes the cards of the customers in these columns.

    A sighting that tells nothing new writes nothing; visitors known by a cookie only get no card. Names: the latest
    non-empty one wins. Traits: see `note_traits`. What an import tells is kept besides, for the day it is taken back.
    Raises `ValueError` for columns of unequal length or an unknown trait.
    """
    people = identity.people_of(columns.handles)
    uuids = identity.uuids_of(list(people.values()))
    count = len(columns.handles)
    told_at = columns.told_at or columns.seen_at
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
            columns.handles,
            told_at,
            strict=True,
        ),
        TYPES,
    )
    kind = CustomerKind.COMPANY if columns.are_companies else CustomerKind.PERSON
    with connection.cursor() as cursor:
        if columns.batch:
            cursor.execute(KEEP_FORMER)
        cursor.execute(NOTE_SIGHTINGS, {"kind": kind.value})
        cursor.execute(
            KEEP_TOLD.format(where=OF_AN_IMPORT if columns.batch else BESIDE_IMPORTS, newer=NEWER),
            {"batch": columns.batch, "company": kind.value if columns.are_companies else ""},
        )
        if columns.are_companies:
            cursor.execute(BECOME_COMPANIES)
        cursor.execute(NEW_TITLES)
        titles = cursor.fetchall()
    write_titles(titles=[(person, name, named_at, known_as) for person, name, known_as, named_at in titles])
    definitions = wanted_definitions(list(columns.traits)) if columns.traits else {}
    for trait, values in columns.traits.items():
        note_traits(
            trait=trait,
            handles=columns.handles,
            values=values,
            valid_from=[moment for moment in told_at if moment is not None],
            source=columns.source,
            definitions=definitions,
            batch=columns.batch,
        )
