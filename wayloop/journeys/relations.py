"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Quotes:
    """`api_journeys_quotes`: one row per quote of a note that was not taken away.

    `tone`: -1 pain, 0 neither, 1 joy. `tags`: with commas between them. `way`: interview,
    focus_group, observation or mystery.
    """

    id: int
    uuid: UUID
    note_uuid: UUID
    text: str
    who: str
    tone: int
    tags: str
    way: str
    happened_on: date
    location_id: int | None


RELATIONS = {"api_journeys_quotes": Quotes}
