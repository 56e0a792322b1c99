"""What the customers offer: their place in the navigation, and search."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.api import Permission
from wayloop.contracts.audiences import AudienceSource
from wayloop.contracts.audit import Act
from wayloop.contracts.customers import CardAction, TraitSource
from wayloop.contracts.identity import HandleKeeper
from wayloop.contracts.imports import BatchUndo, ImportableEntity, ThingTeller
from wayloop.contracts.ledger import EventKind
from wayloop.contracts.shell import NavItem, PaletteCommand, SearchHit, SearchProvider
from wayloop.customers.acts import CUSTOMER_OPENED
from wayloop.customers.audiences import SavedLists
from wayloop.customers.brought import BroughtCustomers
from wayloop.customers.entities.events import Events
from wayloop.customers.entities.people import Companies, Customers
from wayloop.customers.habits import Habits
from wayloop.customers.kinds import OPEN_KINDS
from wayloop.customers.queries import lists
from wayloop.customers.services.undoing import CustomersKeeper, ToldOfCustomers
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
offer(
    NavItem,
    NavItem(
        step="settings",
        section="customers",
        label=_("Traits"),
        note=_("What can be known of customers, who sees it"),
        url_name="customers:traits",
        icon="list-checks",
        permission=Permission.SETTINGS_CHANGE,
        order=10,
    ),
)
offer(
    PaletteCommand,
    PaletteCommand(
        _("New customer"), "customers:new", "user-plus", _("add person company"), None, Permission.CUSTOMERS_CHANGE
    ),
)
offer(Act, CUSTOMER_OPENED)
offer(SearchProvider, CustomerSearch())
offer(TraitSource, Habits())
offer(BatchUndo, ToldOfCustomers())  # type: ignore[type-abstract]
offer(ThingTeller, BroughtCustomers())
offer(HandleKeeper, CustomersKeeper())  # type: ignore[type-abstract]
for kind in OPEN_KINDS:
    offer(EventKind, kind)
for entity in (Companies(), Customers(), Events()):
    offer(ImportableEntity, entity)
offer(
    CardAction,
    CardAction(_("How we contact them"), "send", "customers:reach", Permission.CUSTOMERS_VIEW.value, is_aside=True),
)
offer(AudienceSource, SavedLists())  # type: ignore[type-abstract]
