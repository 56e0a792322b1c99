"""Reads of identity."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.business import api as business
from wayloop.identity.enums import BY_COUNTRY, TOLD_BY_THEIR_END, IdentifierKind, Match
from wayloop.identity.models import Identifier, Person
from wayloop.identity.rules import normal_form, typed_search_forms

WHOLE = "(SELECT handle, 0 AS match, length(found_by) AS length FROM identity_identifier WHERE found_by = ANY (%s))"
# One branch for each pattern: only a plain LIKE of a constant goes by the index. Each reads so many rows at most.
BEGINNING = """
(SELECT handle, 1, length(found_by) FROM identity_identifier WHERE found_by LIKE %s
 ORDER BY found_by USING ~<~ LIMIT %s)
"""
ENDING = """
(SELECT handle, 2, length(found_by) FROM identity_identifier
 WHERE reverse(found_by) LIKE %s AND kind = ANY (%s) LIMIT %s)
"""
PEOPLE = """
SELECT p.person, min(f.match) FROM ({}) f JOIN identity_person p USING (handle)
WHERE p.ordinal IS NOT NULL OR p.person <> p.handle
GROUP BY p.person ORDER BY min(f.match), min(f.length), p.person LIMIT %s
"""


def people_of(handles: Sequence[int]) -> dict[int, int]:
    """Handle → current person."""
    with connection.cursor() as cursor:
        # One array: thousands of values, each a parameter of its own, take longer to write down than to look up.
        cursor.execute("SELECT handle, person FROM identity_person WHERE handle = ANY (%s)", [list(handles)])
        return dict(cursor.fetchall())


def uuids_of(people: Sequence[int]) -> dict[int, UUID]:
    """Person → the UUID used in addresses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT handle, uuid FROM identity_person WHERE handle = ANY (%s)", [list(people)])
        return dict(cursor.fetchall())


def handles_of(person: int) -> list[int]:
    """All handles that are this person today."""
    return list(Person.objects.filter(person=person).order_by("handle").values_list("handle", flat=True))


def known_among(handles: Sequence[int]) -> set[int]:
    """Those of the handles that are known people, not visitors known by a cookie only."""
    return set(Person.objects.filter(handle__in=handles, ordinal__isnull=False).values_list("handle", flat=True))


def identifiers_of(handles: Sequence[int]) -> list[Identifier]:
    """What these handles were seen by, the oldest first."""
    return list(Identifier.objects.filter(handle__in=handles).order_by("seen_at", "id"))


def normal_forms(kind: IdentifierKind, values: Sequence[str]) -> list[str | None]:
    """The normal form of each value as the business writes them; None where there is none."""
    country = business.profile().country if values and kind in BY_COUNTRY else ""
    return [normal_form(kind, value, country) for value in values]


def match_people(text: str, limit: int) -> list[tuple[int, Match]]:
    """Known people one of whose identifiers is `text`, begins with it, or (phones, cards) ends with it, best first.

    In any spelling: spaces, brackets, a plus, country and trunk codes may be there or not. Endings have four digits
    or more. Looks at no more than some hundreds of identifiers, so of many that match alike any come.
    """
    wholes, beginnings, endings = typed_search_forms(text, business.profile().country)
    if not wholes and not beginnings:
        return []
    most = max(limit, 50) * 2
    branches: list[str] = [WHOLE]
    values: list[Any] = [wholes]
    for form in beginnings:
        branches.append(BEGINNING)
        values += [_pattern(form), most]
    for form in endings:
        branches.append(ENDING)
        values += [_pattern(form[::-1]), list(TOLD_BY_THEIR_END), most]
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE.format(" UNION ALL ".join(branches)), [*values, limit])
        return [(person, Match(match)) for person, match in cursor.fetchall()]


def find_people(text: str, limit: int) -> list[int]:
    """The people of `match_people`."""
    return [person for person, _ in match_people(text, limit)]


def _pattern(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
