"""The face of identity for other contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wayloop.identity import queries
from wayloop.identity.enums import CONTACTABLE, IdentifierKind, Match
from wayloop.identity.models import Person
from wayloop.identity.queries import find_people, handles_of, known_among, match_people, normal_forms, people_of
from wayloop.identity.rules import normal_form
from wayloop.identity.services.identifiers import add_identifiers, contact_points, remove_identifier, resolve_handles
from wayloop.identity.services.recognising import Known, Recognised, recognise, recognise_readable
from wayloop.identity.services.undoing import held_handles, only_of_batch

__all__ = [
    "CONTACTABLE",
    "IdentifierInfo",
    "IdentifierKind",
    "Known",
    "Match",
    "Recognised",
    "add_identifiers",
    "contact_points",
    "find_people",
    "handles_of",
    "held_handles",
    "identifiers_of",
    "known_among",
    "match_people",
    "normal_form",
    "normal_forms",
    "only_of_batch",
    "people_of",
    "person_by_uuid",
    "person_of_handles",
    "recognise",
    "recognise_readable",
    "remove_identifier",
    "resolve_handles",
    "uuids_of",
]


@dataclass(frozen=True)
class IdentifierInfo:
    """What a person was seen by; `namespace` is the system a number comes from.

    `leads` is False where somebody else had the same value before. `contact_point`: for addresses only.
    """

    kind: IdentifierKind
    namespace: str
    value: str
    handle: int
    seen_at: datetime
    leads: bool
    contact_point: int | None


def identifiers_of(handles: Sequence[int]) -> list[IdentifierInfo]:
    """What these handles were seen by, the oldest first."""
    return [
        IdentifierInfo(
            kind=IdentifierKind(row.kind),
            namespace=row.namespace,
            value=row.value,
            handle=row.handle,
            seen_at=row.seen_at,
            leads=row.leads,
            contact_point=row.contact_point_id,
        )
        for row in queries.identifiers_of(handles)
    ]


def person_by_uuid(uuid: UUID) -> int | None:
    """The current person behind an address, or None."""
    return Person.objects.filter(uuid=uuid).values_list("person", flat=True).first()


def person_of_handles(people: Sequence[int]) -> dict[int, int]:
    """Handle → person, for all handles that are one of these people today."""
    return dict(Person.objects.filter(person__in=people).values_list("handle", "person"))


def uuids_of(people: Sequence[int]) -> dict[int, UUID]:
    """Person → the UUID used in addresses."""
    return queries.uuids_of(people)
