"""Customers as rows of what files brought."""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from wayloop.accounts.api import Permission
from wayloop.contracts.imports import ImportedThing
from wayloop.contracts.scope import Scope
from wayloop.customers.models import Card
from wayloop.customers.queries.cards import visible_to
from wayloop.identity import api as identity


class BroughtCustomers:
    """People and companies, by the handles under which they were told of; events stand under whose they are."""

    kinds = ("customer",)
    permission = Permission.CUSTOMERS_VIEW

    def things(self, kind: str, ids: Sequence[int], *, scope: Scope) -> Mapping[int, ImportedThing]:
        people = identity.people_of(sorted(set(ids)))
        cards = {card.person: card for card in Card.objects.filter(visible_to(scope), person__in=set(people.values()))}
        return {
            handle: ImportedThing(
                cards[person].title,
                reverse("customers:card", args=[cards[person].uuid]),
                cards[person].handle_text if cards[person].name else "",
                cards[person].first_seen_at,
            )
            for handle, person in people.items()
            if person in cards
        }
