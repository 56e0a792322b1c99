"""Reads of identity."""

from collections.abc import Sequence

from django.db import connection

from wayloop.identity.enums import IdentifierKind
from wayloop.identity.models import Identifier, Person
from wayloop.identity.rules import normal_form


def people_of(handles: Sequence[int]) -> dict[int, int]:
    """Handle → current person."""
    return dict(Person.objects.filter(handle__in=handles).values_list("handle", "person"))


def handles_of(person: int) -> list[int]:
    """All handles that are this person today."""
    return list(Person.objects.filter(person=person).order_by("handle").values_list("handle", flat=True))


def identifiers_of(handles: Sequence[int]) -> list[Identifier]:
    """What these handles were seen by, the oldest first."""
    return list(Identifier.objects.filter(handle__in=handles).order_by("seen_at", "id"))


def find_people(text: str, limit: int) -> list[int]:
    """People one of whose identifiers begins with `text` in any spelling, exact matches first."""
    # NUL cannot be in a text of the database.
    text = text.replace("\0", "")
    forms = {form for kind in IdentifierKind if (form := normal_form(kind, text))} | {text.strip().lower()}
    forms.discard("")
    # The plus of a phone is often left out.
    forms |= {f"+{form}" for form in forms if form.isdigit()}
    if not forms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.person FROM identity_identifier i
            JOIN identity_person p USING (handle)
            WHERE i.value LIKE ANY (%(patterns)s)
            GROUP BY p.person
            ORDER BY bool_or(i.value = ANY (%(forms)s)) DESC, min(length(i.value)), p.person
            LIMIT %(limit)s
            """,
            {"patterns": [_pattern(form) for form in forms], "forms": list(forms), "limit": limit},
        )
        return [person for (person,) in cursor.fetchall()]


def _pattern(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
