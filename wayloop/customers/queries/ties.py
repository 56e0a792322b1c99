"""Who belongs to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.customers.models import Relation
from wayloop.customers.rules.ties import side_of
from wayloop.customers.titles import title_of

# Both ends keep the handle they were told for; today's people are looked up. A pair of one person is no tie any more.
TIES = """
SELECT t.id, t.kind, t.is_first, t.role, t.since, t.until, c.person, c.uuid, c.name, c.handle_text, c.kind, c.seen_at
FROM (
    SELECT id, kind, true AS is_first, role, since, until, other AS there
    FROM customers_relation WHERE handle = ANY (%(handles)s) AND removed_at IS NULL
    UNION ALL
    SELECT id, kind, false, role, since, until, handle
    FROM customers_relation WHERE other = ANY (%(handles)s) AND removed_at IS NULL
) t
JOIN api_identity_people p ON p.handle = t.there
JOIN customers_card c ON c.person = p.person
WHERE NOT p.handle = ANY (%(handles)s) AND {visible} AND {kinds}
ORDER BY t.until IS NOT NULL, {order}, t.id LIMIT %(limit)s
"""
# Household is everybody who is reached from here, whoever was tied to whom.
HOUSEHOLD = """
WITH RECURSIVE home AS (
    SELECT %(person)s::bigint AS person
    UNION
    SELECT there.person FROM home
    JOIN api_identity_people mine ON mine.person = home.person
    JOIN customers_relation r ON r.kind = 'household' AND r.removed_at IS NULL AND r.until IS NULL
        AND mine.handle IN (r.handle, r.other)
    JOIN api_identity_people there ON there.handle = CASE WHEN r.handle = mine.handle THEN r.other ELSE r.handle END
)
SELECT c.person, c.uuid, c.name, c.handle_text FROM (SELECT person FROM home LIMIT 20) h
JOIN customers_card c USING (person) WHERE c.person <> %(person)s AND {visible} ORDER BY c.sort_key
"""
VISIBLE = "(c.location_ids = '{}' OR c.location_ids && %(locations)s::bigint[])"
MOST_SHOWN = 12
MOST_CONTACTS = 100


@dataclass(frozen=True)
class Tie:
    """Another customer and what they are to this one; `is_over` when the last day has passed."""

    id: int
    relation: str
    label: Any
    role: str
    since: date | None
    until: date | None
    person: int
    uuid: UUID
    title: str
    name: str
    kind: str

    @property
    def is_company(self) -> bool:
        """Whether the other one is a company."""
        return self.kind == "company"


def ties_of(handles: Sequence[int], scope: Scope, *, limit: int = MOST_SHOWN, by_last_seen: bool = False) -> list[Tie]:
    """The customers tied to this one that the scope lets see: present ones first, then past ones.

    `by_last_seen`: those seen last come first, as a company's contacts are shown.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(scope, by_last_seen, "true"), _values(handles, scope, limit))
        return [_tie(row) for row in cursor.fetchall()]


def tie_of(tie_id: int, handles: Sequence[int], scope: Scope) -> Tie | None:
    """One tie as the card of this customer tells it; None when the scope hides the other one."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(scope, False, "t.id = %(tie)s"), _values(handles, scope, 1) | {"tie": tie_id})
        row = cursor.fetchone()
    return _tie(row) if row else None


def contacts_of(handles: Sequence[int], scope: Scope) -> dict[int, datetime]:
    """Person → when they were seen last, for the present contacts and parts of a company: a hundred, the latest."""
    kinds = "t.kind IN ('works_at', 'part_of') AND NOT t.is_first AND t.until IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(_statement(scope, True, kinds), _values(handles, scope, MOST_CONTACTS))
        return {row[6]: row[11] for row in cursor.fetchall()}


def household_of(person: int, scope: Scope) -> list[tuple[UUID, str]]:
    """Address and title of those who live with this customer, through whomever; at most twenty."""
    with connection.cursor() as cursor:
        visible = "true" if scope.locations is None else VISIBLE
        cursor.execute(
            HOUSEHOLD.replace("{visible}", visible), {"person": person, "locations": list(scope.locations or ())}
        )
        return [(uuid, title_of(name, known_as)) for _person, uuid, name, known_as in cursor.fetchall()]


def tie_for(tie_id: int, handles: Sequence[int], *, removed: bool = False) -> Relation | None:
    """A tie of this customer."""
    ties = Relation.objects.filter(pk=tie_id)
    found = ties.first() if removed else ties.filter(removed_at=None).first()
    return found if found and {found.handle, found.other} & set(handles) else None


def _statement(scope: Scope, by_last_seen: bool, kinds: str) -> str:
    visible = "true" if scope.locations is None else VISIBLE
    order = "c.seen_at DESC" if by_last_seen else "t.kind, c.sort_key"
    return TIES.replace("{visible}", visible).replace("{kinds}", kinds).replace("{order}", order)


def _values(handles: Sequence[int], scope: Scope, limit: int) -> dict[str, Any]:
    return {"handles": list(handles), "locations": list(scope.locations or ()), "limit": limit}


def _tie(row: tuple[Any, ...]) -> Tie:
    tie_id, kind, is_first, role, since, until, person, uuid, name, known_as, customer_kind, _seen_at = row
    side = side_of(kind, is_first=is_first)
    return Tie(
        tie_id, kind, side.label, role, since, until, person, uuid, title_of(name, known_as), name, customer_kind
    )
