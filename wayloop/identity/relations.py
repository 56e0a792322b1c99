"""Relations that higher contexts may join in SQL."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class People:
    """`api_identity_people`, version 1: each handle with its current person and that person's address."""

    handle: int
    person: int
    ordinal: int | None


@dataclass(frozen=True)
class Identifiers:
    """`api_identity_identifiers`, version 1: what each handle was seen by, and the contact point of addresses.

    `leads`: whether the value leads to this handle; else somebody had it before.
    """

    handle: int
    kind: str
    namespace: str
    value: str
    leads: bool
    contact_point: int | None
    seen_at: datetime


RELATIONS = {"api_identity_people": People, "api_identity_identifiers": Identifiers}
