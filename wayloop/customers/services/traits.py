"""What is known of customers: values are added, the newest stands on the card."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from wayloop.customers.enums import Trait
from wayloop.customers.rules.words import fitting
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows

LONGEST_TEXT = 254
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
def note_traits(
    *, trait: Trait, handles: Sequence[int], values: Sequence[str], valid_from: Sequence[datetime], source: str
) -> None:
    """Adds values of one trait, pairwise with handles and the instants since when they are so.

    Empty values and values that were already so at that instant are left out. Writes history rows and refreshes the
    current value on the cards.
    """
    told = [fitting(value, LONGEST_TEXT) for value in values]
    rows = [row for row in zip(handles, told, valid_from, strict=True) if row[1]]
    if not rows:
        return
    people = list(set(identity.people_of([row[0] for row in rows]).values()))
    stage_rows("customers_noted_trait", "handle bigint, value text, valid_from timestamptz", rows)
    with connection.cursor() as cursor:
        cursor.execute(ADD_TRAITS, {"trait": trait, "source": source, "now": clock.now()})
        cursor.execute(REFRESH_TRAIT, {"trait": trait, "people": people})
