"""One value of a trait for many customers, as a member says it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from wayloop.customers.enums import About
from wayloop.customers.models import TraitDefinition, TraitValue
from wayloop.customers.services.traits import refresh_trait
from wayloop.identity import api as identity
from wayloop.kernel import clock

# As for one customer: whoever edits a card waits for the others.
LOCK = "SELECT FROM customers_card WHERE person = ANY (%(people)s) ORDER BY person FOR UPDATE"
# It follows what stands there, whatever the clocks of sources say.
SET = """
INSERT INTO customers_traitvalue (handle, trait, value, source, member_id, valid_from, recorded_at)
SELECT c.person, %(trait)s, %(value)s::jsonb, '', %(member)s,
    greatest(%(moment)s, newest.valid_from + interval '1 microsecond'), %(now)s
FROM customers_card c LEFT JOIN LATERAL (
    SELECT v.value, v.valid_from FROM api_identity_people p
    JOIN customers_traitvalue v ON v.handle = p.handle AND v.trait = %(trait)s
    WHERE p.person = c.person AND v.retracted_at IS NULL AND NOT v.is_repeat
    ORDER BY v.valid_from DESC, v.id DESC LIMIT 1
) newest ON true
WHERE c.person = ANY (%(people)s) AND c.kind = ANY (%(kinds)s) AND newest.value IS DISTINCT FROM %(value)s::jsonb
ORDER BY c.person ON CONFLICT DO NOTHING RETURNING id, handle
"""


@transaction.atomic
def set_trait_of_many(
    *, people: Sequence[int], trait: TraitDefinition, value: Any, member_id: int, moment: datetime
) -> list[int]:
    """Writes one value for all these people who have another one; answers the ids of the values written.

    `value`: as `read_value` gives it, None takes the trait away. `moment`: when it was said. Former values stay, also
    of traits without history, so that `retract_values` can let them count again.
    """
    bound: dict[str, Any] = {
        "people": list(people),
        "kinds": ["person", "company"] if trait.about == About.ALL else [trait.about],
        "trait": trait.key,
        "value": None if value is None else Jsonb(value),
        "member": member_id,
        "moment": moment,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"people": list(people)})
        cursor.execute(SET, bound)
        written = cursor.fetchall()
    refresh_trait(trait=trait.key, people=sorted({person for _id, person in written}))
    return [value_id for value_id, _person in written]


@transaction.atomic
def retract_values(*, trait: str, value_ids: Sequence[int]) -> None:
    """Lets these values count no more; what stood before, or was written since, counts."""
    rows = TraitValue.objects.filter(pk__in=value_ids, trait=trait, retracted_at=None)
    people = sorted(set(identity.people_of(list(rows.values_list("handle", flat=True))).values()))
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"people": people})
    rows.update(retracted_at=clock.now())
    refresh_trait(trait=trait, people=people)
