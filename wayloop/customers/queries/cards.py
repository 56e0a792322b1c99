"""Single cards, and what others write of a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from wayloop.accounts.api import Role
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.rules.sight import sights_of


def card_by_uuid(uuid: UUID, scope: Scope, *, for_change: bool = False) -> Card | None:
    """The card at this address, or None when there is none that the scope lets see.

    `for_change`: nobody else changes it before the caller's transaction ends.
    """
    cards = Card.objects.select_for_update() if for_change else Card.objects.all()
    return cards.filter(visible_to(scope), uuid=uuid).first()


def people_by_uuid(uuids: Sequence[UUID], scope: Scope) -> dict[UUID, tuple[int, str]]:
    """Address → person and kind, of those the scope lets see."""
    rows = Card.objects.filter(visible_to(scope), uuid__in=uuids).values_list("uuid", "person", "kind")
    return {uuid: (person, kind) for uuid, person, kind in rows}


@dataclass(frozen=True)
class Title:
    """What other contexts write of a customer: address, title, and the name, which may be empty."""

    uuid: UUID
    title: str
    name: str


def titles_of(people: list[int], scope: Scope = EVERYTHING) -> dict[int, Title]:
    """Person → address and title, for lists of other contexts; without those the scope hides.

    Who stands in a row the reader may see is told whatever the scope; who was only named in an address is not.
    """
    cards = Card.objects.filter(visible_to(scope), person__in=people).only("uuid", "name", "handle_text")
    return {card.person: Title(card.uuid, card.title, card.name) for card in cards}


@dataclass(frozen=True)
class Face:
    """What those need of a customer who greet them; `traits` by key, as the card stores them."""

    person: int
    uuid: UUID
    title: str
    name: str
    first_seen_at: datetime
    seen_at: datetime
    traits: Mapping[str, Any]


def faces_of(people: Sequence[int], *, scope: Scope, role: Role, traits: Sequence[str] = ()) -> dict[int, Face]:
    """Person → face, of those the scope lets see, with those of the traits that a member of this role may see.

    Two reads, whatever the number of people.
    """
    if not people:
        return {}
    seen = TraitDefinition.objects.filter(key__in=traits, archived_at=None, sight__in=sights_of(role))
    keys = set(seen.values_list("key", flat=True)) if traits else set()
    cards = Card.objects.filter(visible_to(scope), person__in=people).defer("search", "sort_key")
    return {
        card.person: Face(
            person=card.person,
            uuid=card.uuid,
            title=card.title,
            name=card.name,
            first_seen_at=card.first_seen_at,
            seen_at=card.seen_at,
            traits={key: value for key, value in (card.computed | card.traits).items() if key in keys},
        )
        for card in cards
    }


def visible_to(scope: Scope) -> Q:
    """The condition that keeps cards of hidden locations out."""
    if scope.locations is None:
        return Q()
    return Q(location_ids=[]) | Q(location_ids__overlap=list(scope.locations))
