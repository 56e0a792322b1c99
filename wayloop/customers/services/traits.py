"""What is known of customers: values are added, the newest stands on the card."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from wayloop.customers.models import Card, TraitDefinition, TraitValue
from wayloop.customers.queries.definitions import wanted_definitions
from wayloop.customers.queries.traits import newest_value
from wayloop.customers.rules.values import LONGEST_TEXT, ValueRefused, read_value
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows

# What a source says is news when it said something else before. So one that keeps repeating an old value does not push
# away what another source, or a member, has told since.
# Each import has a line of its own besides, so that the others are whole when it is taken back.
ADD_TRAITS = """
WITH noted AS (
    SELECT DISTINCT handle, value, valid_from FROM customers_noted_trait
), line AS (
    SELECT handle, value, valid_from, id, batch FROM customers_traitvalue
    WHERE trait = %(trait)s AND source = %(source)s AND retracted_at IS NULL
        AND handle IN (SELECT handle FROM noted)
    UNION ALL SELECT handle, value, valid_from, NULL, %(batch)s FROM noted
), step AS (
    SELECT *, lag(value) OVER (PARTITION BY handle ORDER BY valid_from, id NULLS LAST, value) AS former,
        lag(value) OVER (PARTITION BY handle, batch ORDER BY valid_from, id NULLS LAST, value) AS own_former,
        count(id) OVER (PARTITION BY handle) AS lines
    FROM line
), added AS (
    INSERT INTO customers_traitvalue (handle, trait, value, source, valid_from, recorded_at, batch)
    SELECT handle, %(trait)s, value, %(source)s, valid_from, %(now)s, %(batch)s
    FROM step WHERE id IS NULL AND (value IS DISTINCT FROM former OR value IS DISTINCT FROM own_former)
    ORDER BY handle, valid_from, value
    ON CONFLICT DO NOTHING RETURNING handle
)
SELECT DISTINCT a.handle FROM added a JOIN step s ON s.handle = a.handle AND s.lines > 0
"""
# What repeats the value before it in the line of its source, whoever brought that, is no news.
MARK_REPEATS = """
UPDATE customers_traitvalue v SET is_repeat = s.repeats FROM (
    SELECT id, is_repeat, count(*) FILTER (WHERE batch <> '') OVER whole > 0 AND row_number() OVER line > 1
        AND value IS NOT DISTINCT FROM lag(value) OVER line AS repeats
    FROM customers_traitvalue
    WHERE handle = ANY (%(handles)s) AND trait = ANY (%(traits)s) AND source <> '' AND retracted_at IS NULL
    WINDOW whole AS (PARTITION BY handle, trait, source), line AS (whole ORDER BY valid_from, id)
) s WHERE v.id = s.id AND s.is_repeat <> s.repeats
"""
# The card shows the newest value of all handles that are this person. Person by person, their handles before the
# values: where nothing is known of the tables yet, as in the first minutes after an import, other plans read all values
# for each person. OFFSET 0 keeps the order.
NEWEST = """
LEFT JOIN LATERAL (
    SELECT v.value FROM (SELECT handle FROM api_identity_people p WHERE p.person = named.person OFFSET 0) mine,
    LATERAL (
        SELECT v.value, v.valid_from, v.id FROM customers_traitvalue v
        WHERE v.handle = mine.handle AND v.trait = %(trait)s AND v.retracted_at IS NULL AND NOT v.is_repeat OFFSET 0
    ) v
    ORDER BY v.valid_from DESC, v.id DESC LIMIT 1
) newest ON true
"""
# Two statements: what others have committed while we waited for a card is seen by the second one only.
LOCK_OTHERS = f"""
SELECT c.person FROM unnest(%(people)s::bigint[]) AS named (person) JOIN customers_card c USING (person) {NEWEST}
WHERE c.traits -> %(trait)s IS DISTINCT FROM newest.value
ORDER BY c.person FOR UPDATE OF c
"""  # noqa: S608 – our own text
REFRESH_TRAIT = f"""
UPDATE customers_card c
SET traits = CASE WHEN newest.value IS NULL THEN c.traits - %(trait)s
    ELSE c.traits || jsonb_build_object(%(trait)s::text, newest.value) END
FROM unnest(%(people)s::bigint[]) AS named (person) {NEWEST}
WHERE c.person = named.person AND c.traits -> %(trait)s IS DISTINCT FROM newest.value
"""  # noqa: S608 – our own text
FORGET_FORMER = """
DELETE FROM customers_traitvalue v USING customers_traitvalue newer
WHERE v.trait = %(trait)s AND v.handle = ANY (%(handles)s) AND newer.trait = v.trait AND newer.handle = v.handle
    AND newer.source = v.source AND newer.batch = v.batch AND newer.retracted_at IS NULL
    AND (newer.valid_from, newer.id) > (v.valid_from, v.id)
"""


class TraitChanged(Exception):
    """Somebody else has written this trait since it was shown; `current` is what stands there now."""

    def __init__(self, current: TraitValue | None) -> None:
        super().__init__("the trait was changed by somebody else")
        self.current = current


@transaction.atomic
def note_traits(
    *,
    trait: str,
    handles: Sequence[int],
    values: Sequence[str],
    valid_from: Sequence[datetime],
    source: str,
    currency: str = "",
    definitions: Mapping[str, TraitDefinition] | None = None,
    batch: str = "",
) -> int:
    """Adds values of one trait, pairwise with handles and the instants since when they are so.

    Empty values and values the source had told already are left out, and so are those that cannot be read as the
    trait's type; answers how many of the latter. `currency`: of money that names none. `batch`: the import that tells
    them. Raises `ValueError` for an unknown trait or a computed one. Writes history rows and refreshes the current
    value on the cards.
    """
    definition = (definitions or wanted_definitions([trait])).get(trait)
    if definition is None or definition.is_computed:
        raise ValueError(f"{trait} is no trait that can be noted")
    rows, refused = [], 0
    read: dict[str, Any] = {}
    for handle, text, since in zip(handles, values, valid_from, strict=True):
        if text not in read:
            try:
                # A source's text may be longer than a member's: it is cut, not lost.
                read[text] = read_value(definition, _cut(definition, text), currency=currency)
            except ValueRefused:
                read[text] = ValueRefused
        if read[text] is ValueRefused:
            refused += 1
        elif read[text] is not None:
            rows.append((handle, json.dumps(read[text]), since))
    if rows:
        _add_rows(definition, rows, source, batch)
    return refused


def _add_rows(definition: TraitDefinition, rows: Sequence[tuple[int, str, datetime]], source: str, batch: str) -> None:
    handles = list({row[0] for row in rows})
    people = sorted(set(identity.people_of(handles).values()))
    stage_rows("customers_noted_trait", "handle bigint, value jsonb, valid_from timestamptz", rows)
    with connection.cursor() as cursor:
        names: dict[str, Any] = {"trait": definition.key, "source": source, "now": clock.now(), "batch": batch}
        cursor.execute(ADD_TRAITS, names)
        grown = [handle for (handle,) in cursor.fetchall()]
        if not definition.keeps_history:
            cursor.execute(FORGET_FORMER, {"trait": definition.key, "handles": handles})
        if grown:
            cursor.execute(MARK_REPEATS, {"handles": grown, "traits": [definition.key]})
    refresh_trait(trait=definition.key, people=people)


@transaction.atomic
def refresh_trait(*, trait: str, people: Sequence[int]) -> None:
    """Brings one trait on the cards of these people into line with its history."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_OTHERS, {"trait": trait, "people": list(people)})
        behind = [person for (person,) in cursor.fetchall()]
        if behind:
            cursor.execute(REFRESH_TRAIT, {"trait": trait, "people": behind})


@transaction.atomic
def set_trait(*, person: int, trait: TraitDefinition, value: Any, seen: int, member_id: int) -> int:
    """Writes what a member says of one customer; answers the id of the value that counts now.

    `value`: as `read_value` gives it, None takes the trait away. `seen`: the id of the value the member saw, 0 for
    none. Raises `TraitChanged` when another one counts by now; what was seen and the same value again write nothing.
    Edits of one customer wait for each other, so of two that saw the same value one is refused.
    """
    Card.objects.select_for_update().get(person=person)
    newest = newest_value(identity.handles_of(person), trait.key)
    if (newest.pk if newest else 0) != seen:
        raise TraitChanged(newest)
    if (newest.value if newest else None) == value:
        return seen
    now = clock.now()
    row = TraitValue.objects.create(
        handle=person,
        trait=trait.key,
        value=value,
        member_id=member_id,
        # It follows what it was seen to follow, whatever the clocks of sources say.
        valid_from=max(now, newest.valid_from + timedelta(microseconds=1)) if newest else now,
        recorded_at=now,
    )
    _put_on_card(person, trait.key, value)
    if not trait.keeps_history:
        with connection.cursor() as cursor:
            cursor.execute(FORGET_FORMER, {"trait": trait.key, "handles": [person]})
    return row.pk


@transaction.atomic
def undo_trait(*, person: int, value_id: int, member_id: int) -> TraitValue:
    """Takes back what this member wrote on the card; the former value counts again. Doing it again changes nothing.

    Raises `TraitChanged` when a newer value has followed, `TraitValue.DoesNotExist` for somebody else's value.
    """
    Card.objects.select_for_update().get(person=person)
    handles = identity.handles_of(person)
    row = TraitValue.objects.get(pk=value_id, handle__in=handles, source="", member_id=member_id)
    if row.retracted_at is not None:
        return row
    newest = newest_value(handles, row.trait)
    if newest is None or newest.pk != row.pk:
        raise TraitChanged(newest)
    row.retracted_at = clock.now()
    row.save(update_fields=["retracted_at"])
    former = newest_value(handles, row.trait)
    _put_on_card(person, row.trait, former.value if former else None)
    return row


def _put_on_card(person: int, trait: str, value: Any) -> None:
    """Writes one key and leaves the others as they are in this moment, not as somebody read them."""
    bound: dict[str, Any] = {"trait": trait, "person": person}
    if value is not None:
        bound["value"] = Jsonb(value)
    change = "traits - %(trait)s" if value is None else "traits || jsonb_build_object(%(trait)s::text, %(value)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_card SET traits = {change} WHERE person = %(person)s",  # noqa: S608 – our own text
            bound,
        )


def _cut(definition: TraitDefinition, text: str) -> str:
    return text if definition.has_many else text.replace("\0", "").strip()[:LONGEST_TEXT]
