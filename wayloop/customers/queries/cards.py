"""Single cards, and what others write of a customer."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.models import Card


def card_by_uuid(uuid: UUID, scope: Scope) -> Card | None:
    """The card at this address, or None when there is none that the scope lets see."""
    return Card.objects.filter(visible_to(scope), uuid=uuid).first()


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
    cards = Card.objects.filter(visible_to(scope), person__in=people)
    return {card.person: Title(card.uuid, card.title, card.name) for card in cards}


def visible_to(scope: Scope) -> Q:
    """The condition that keeps cards of hidden locations out."""
    if scope.locations is None:
        return Q()
    return Q(location_ids=[]) | Q(location_ids__overlap=list(scope.locations))
