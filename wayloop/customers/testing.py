"""What tests of the customers and of those above them need: people who were seen, events, what pages show."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.ledger import EventColumns
from wayloop.customers.api import note_sightings
from wayloop.customers.models import Card, SavedView
from wayloop.identity import api as identity
from wayloop.ledger import api as ledger

__all__ = [
    "SPRING",
    "Card",
    "SavedView",
    "Sight",
    "card_address",
    "happen",
    "see",
    "see_all",
    "shown_amounts",
    "shown_titles",
]
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


def card_address(handle: int) -> str:
    """Where the card of this person is."""
    return f"/customers/{Card.objects.get(person=handle).uuid}/"


def shown_titles(client: Client, path: str = "/customers/") -> list[str]:
    """The customers of a list, in the order of the page."""
    page = client.get(path).content.decode()
    return re.findall(r'class="row-link" href="/customers/[^"]+">([^<]*)<', page)


def shown_amounts(page: str) -> list[str]:
    """The amounts of the timeline, in the order of the page."""
    return re.findall(r"₴\s?[\d,.]+|[\d,.]+\s?₴", page.partition("split-side")[0])


def happen(
    handle: int, count: int, *, location: int | None = None, prefix: str = "e", kind: str = "order.placed"
) -> None:
    """Events of one customer, hour by hour from spring on; their amounts count up from 100."""
    ledger.record_events(
        columns=EventColumns(
            kind=kind,
            source="shop",
            is_news=False,
            message_ids=[f"{prefix}{number}" for number in range(count)],
            handles=[handle] * count,
            occurred_at=[SPRING + timedelta(hours=number) for number in range(count)],
            offset_minutes=[180] * count,
            subject_kind="order",
            subject_ids=[0] * count,
            location_ids=[location] * count,
            amounts=[100 + number for number in range(count)],
            currencies=["UAH"] * count,
        )
    )
