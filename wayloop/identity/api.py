"""The face of identity for other contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wayloop.identity import queries
from wayloop.identity.enums import IdentifierKind
from wayloop.identity.models import Person
from wayloop.identity.queries import find_people, handles_of, people_of
from wayloop.identity.rules import normal_form
from wayloop.identity.services import add_identifiers, resolve_handles

__all__ = [
    "IdentifierInfo",
    "IdentifierKind",
    "add_identifiers",
    "find_people",
    "handles_of",
    "identifiers_of",
    "normal_form",
    "people_of",
    "person_by_uuid",
    "resolve_handles",
    "uuids_of",
]


@dataclass(frozen=True)
class IdentifierInfo:
    """What a person was seen by; `namespace` is the system a number comes from."""

    kind: IdentifierKind
    namespace: str
    value: str
    handle: int
    seen_at: datetime


def identifiers_of(handles: Sequence[int]) -> list[IdentifierInfo]:
    """What these handles were seen by, the oldest first."""
    return [
        IdentifierInfo(IdentifierKind(row.kind), row.namespace, row.value, row.handle, row.seen_at)
        for row in queries.identifiers_of(handles)
    ]


def person_by_uuid(uuid: UUID) -> int | None:
    """The current person behind an address, or None."""
    return Person.objects.filter(uuid=uuid).values_list("person", flat=True).first()


def uuids_of(people: Sequence[int]) -> dict[int, UUID]:
    """Person → the UUID used in addresses."""
    return dict(Person.objects.filter(handle__in=people).values_list("handle", "uuid"))
