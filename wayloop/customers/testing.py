"""What tests of the customers and of those above them need to arrange: people who were seen."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wayloop.contracts.customers import CustomerColumns
from wayloop.customers.api import note_sightings
from wayloop.customers.models import Card
from wayloop.identity import api as identity

__all__ = ["SPRING", "Card", "Sight", "see", "see_all"]
SPRING = datetime(2026, 4, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Sight:
    """The customer of a number was seen."""

    number: str
    name: str = ""
    at: datetime = SPRING
    location: int | None = None
    town: str = ""
    country: str = ""


def see_all(*sights: Sight) -> list[int]:
    """Notes all of these at once; answers their handles."""
    numbers = [one.number for one in sights]
    handles = identity.resolve_handles(kind=identity.IdentifierKind.EXTERNAL, namespace="shop", values=numbers)
    note_sightings(
        columns=CustomerColumns(
            handles=handles,
            known_as=numbers,
            seen_at=[one.at for one in sights],
            source="shop",
            names=[one.name for one in sights],
            traits={"town": [one.town for one in sights], "country": [one.country for one in sights]},
            location_ids=[one.location for one in sights],
        )
    )
    return handles


def see(number: str, name: str = "", **others: Any) -> int:
    """Notes one sight; answers the handle."""
    return see_all(Sight(number, name, **others))[0]
