"""What the customers offer: their place in the navigation, and search."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.api import Permission
from wayloop.contracts.customers import TraitSource
from wayloop.contracts.shell import NavItem, SearchHit, SearchProvider
from wayloop.customers.habits import Habits
from wayloop.customers.queries import lists
from wayloop.kernel.registry import offer


class CustomerSearch:
    """Finds customers by name, number, e-mail or phone."""

    label = _("Customers")
    permission = Permission.CUSTOMERS_VIEW

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        return [
            SearchHit(
                title=row.title,
                url=reverse("customers:card", args=[row.uuid]),
                detail=row.traits.get("town") or row.traits.get("country", ""),
                icon="user",
            )
            for row in lists.find_cards(scope=member.scope, text=text, limit=limit)
        ]


offer(NavItem, NavItem("know", _("Customers"), "customers:list", "users", "g c", Permission.CUSTOMERS_VIEW, 10))
offer(SearchProvider, CustomerSearch())
offer(TraitSource, Habits())
