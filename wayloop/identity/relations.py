"""Relations that higher contexts may join in SQL."""

from dataclasses import dataclass


@dataclass(frozen=True)
class People:
    """`api_identity_people`, version 1: each handle with its current person and that person's address."""

    handle: int
    person: int
    ordinal: int | None


RELATIONS = {"api_identity_people": People}
