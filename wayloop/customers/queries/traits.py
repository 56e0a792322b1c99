"""What is known of customers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wayloop.customers.models import TraitValue


@dataclass(frozen=True)
class KnownValue:
    """The value that counts now, with where it comes from; `id` is its version for edits."""

    id: int
    trait: str
    value: Any
    source: str
    member: int | None
    valid_from: Any


# One index probe for each handle; a customer has a few handles and some dozens of values.
CURRENT = """
SELECT DISTINCT ON (trait) id, trait, value::text, source, member_id, valid_from FROM customers_traitvalue
WHERE handle = ANY (%s) AND retracted_at IS NULL AND NOT is_repeat ORDER BY trait, valid_from DESC, id DESC
"""


def current_values(handles: Sequence[int]) -> dict[str, KnownValue]:
    """Trait → the value that counts now; a trait that was taken away has a value of None."""
    with connection.cursor() as cursor:
        cursor.execute(CURRENT, [list(handles)])
        return {row[1]: KnownValue(row[0], row[1], read_json(row[2]), *row[3:]) for row in cursor.fetchall()}


def newest_value(handles: Sequence[int], trait: str) -> TraitValue | None:
    """The value of one trait that counts now."""
    values = TraitValue.objects.filter(handle__in=handles, trait=trait, retracted_at=None, is_repeat=False)
    return values.order_by("-valid_from", "-id").first()


def history_of(handles: Sequence[int], trait: str, *, limit: int = 50) -> list[TraitValue]:
    """The values a trait has had, the newest first, without those that were undone."""
    values = TraitValue.objects.filter(handle__in=handles, trait=trait, retracted_at=None, is_repeat=False)
    return list(values.select_related("member").order_by("-valid_from", "-id")[:limit])


def read_json(text: str | None) -> Any:
    """A value as it came from the database."""
    return None if text is None else json.loads(text)
