"""What commerce offers: kinds of events and their words, columns and panel of the customers, what files can bring."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.commerce.brought import BroughtAgreements, BroughtDeals, BroughtProducts
from wayloop.commerce.catalogue import Agreements, Products
from wayloop.commerce.entities import OrderLines, Returns
from wayloop.commerce.habits import OrderRhythm, OrderTraits
from wayloop.commerce.keeper import CommerceKeeper
from wayloop.commerce.kept_words import KeptOfCommerce
from wayloop.commerce.kinds import KINDS
from wayloop.commerce.list_filters import OrdersColumn, SpentColumn
from wayloop.commerce.narrators import CartNarrator, DealNarrator, OrderNarrator, VisitNarrator, few, moment_in_words
from wayloop.commerce.order_parts import Deliveries, Payments
from wayloop.commerce.queries import carts, orders
from wayloop.commerce.queries import deals as queries
from wayloop.commerce.service_kinds import SERVICE_KINDS
from wayloop.commerce.service_offers import OFFERS as SERVICE_OFFERS
from wayloop.commerce.services.undoing import BroughtAway, KeptAgain
from wayloop.contracts.business import MoneyKeeper
from wayloop.contracts.conditions import CustomerMeasure
from wayloop.contracts.customers import CardPanel, Cell, CustomerColumn, EventNarrator, HealthSign, Sign, TraitSource
from wayloop.contracts.home import NewsLine, NewsProvider
from wayloop.contracts.identity import HandleKeeper
from wayloop.contracts.imports import BatchUndo, ImportableEntity, KeptTeller, ThingTeller
from wayloop.contracts.ledger import Channel, EventKind
from wayloop.contracts.scope import Scope
from wayloop.contracts.shell import NavItem, SearchHit, SearchProvider
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.registry import offer
from wayloop.ui import formats


class Deals:
    """Orders and returns are counted in the business's currency."""

    def keeps_money(self) -> bool:
        return queries.has_deals()


class PurchasesPanel:
    """The money side of one customer."""

    label = gettext_lazy("Purchases")
    order = 10
    covers = ("orders_count", "spent_total", "average_order", "last_purchase")

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[object, Cell, str]]:
        bought = queries.totals_by_person(side="orders", people=[person], scope=scope).get(person, [])
        returned = queries.totals_by_person(side="returns", people=[person], scope=scope).get(person, [])
        uuid = identity.uuids_of([person])[person]
        orders = f"{reverse('commerce:orders')}?customer={uuid}"
        returns = f"{reverse('commerce:returns')}?customer={uuid}"
        facts: list[tuple[object, Cell, str]] = []
        if bought:
            facts.append((_("Orders"), Cell("number", sum(row[1] for row in bought)), orders))
            facts.append((_("Last order"), Cell("moment", max(row[3] for row in bought)), ""))
        for currency, count, total, _latest in bought:
            facts.append((_("Bought for"), Cell("money", total, currency), orders))
            facts.append((_("Average order value"), Cell("money", round(total / count), currency), orders))
        facts.extend((_("Returned"), Cell("money", total, currency), returns) for currency, _n, total, _l in returned)
        return facts


class CartPanel:
    """What the customer has chosen and not ordered yet."""

    label = gettext_lazy("Cart")
    order = 5

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[object, Cell, str]]:
        since = clock.now() - timedelta(days=carts.REMEMBERED_DAYS)
        found = carts.carts_of(person=person, scope=scope, since=since, limit=1)
        if not found:
            return []
        cart = found[0]
        names = carts.cart_product_names(carts=[cart.id]).get(cart.id, [])
        facts: list[tuple[object, Cell, str]] = [
            (_("In it"), Cell("text", few(names, cart.line_count)), ""),
            (_("Comes to"), Cell("money", cart.total, cart.currency), ""),
            (_("Last touched"), Cell("moment", cart.updated_at), ""),
        ]
        if cart.abandoned_at:
            facts.append((_("Abandoned"), Cell("moment", cart.abandoned_at), ""))
        return facts


class LateOrder:
    """An order that should have been there by now is an open matter."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        late = orders.late_delivery_of(person=person, scope=scope)
        if late is None:
            return None
        return Sign(
            "matter",
            "bad",
            _("Order is late"),
            _("Order %(number)s was promised until %(moment)s")
            % {"number": late.number, "moment": moment_in_words(late.due_at)},
            reverse("commerce:order", args=[late.uuid]),
            _("Open the order"),
        )


class LatestOrders:
    """The orders that came last."""

    permission = Permission.ORDERS_VIEW
    label = gettext_lazy("Latest orders")
    url_name = "commerce:orders"

    def lines(self, member: Any, limit: int) -> Sequence[NewsLine]:
        rows = queries.list_deals(side="orders", scope=member.scope, period=queries.Period(), limit=limit).rows
        titles = customers.titles_of([row.person for row in rows if row.person is not None])
        names = queries.product_names(side="orders", deals=[row.id for row in rows])
        return [
            NewsLine(
                icon="shopping-bag",
                title=titles[row.person].title if row.person in titles else _("Guest"),
                detail=few(names.get(row.id, []), row.line_count),
                moment=row.happened_at,
                end=formats.money(row.total, row.currency),
                url=reverse("commerce:order", args=[row.uuid]),
            )
            for row in rows
        ]


class OrderSearch:
    """Finds orders by the beginning of their number."""

    label = gettext_lazy("Orders")
    permission = Permission.ORDERS_VIEW

    def search(self, member: Any, text: str, limit: int) -> Sequence[SearchHit]:
        page = queries.list_deals(side="orders", scope=member.scope, period=queries.Period(), text=text, limit=limit)
        return [
            SearchHit(
                title=_("Order %(number)s") % {"number": row.number},
                url=reverse("commerce:order", args=[row.uuid]),
                detail=formats.plain_date(timezone.localtime(row.happened_at).date(), timezone.localdate()),
                icon="shopping-bag",
            )
            for row in page.rows
        ]


offer(
    NavItem,
    NavItem("know", gettext_lazy("Orders"), "commerce:orders", "shopping-bag", "g o", Permission.ORDERS_VIEW, 20),
)
offer(NavItem, NavItem("act", gettext_lazy("Counter"), "counter", "store", "g t", Permission.COUNTER_USE, 10))
offer(
    NavItem,
    NavItem(
        step="settings",
        section="customers",
        label=gettext_lazy("Greeting"),
        note=gettext_lazy("What the front desk does when a guest comes"),
        url_name="settings_greeting",
        icon="hand",
        permission=Permission.SETTINGS_CHANGE,
        order=40,
    ),
)
offer(
    NavItem,
    NavItem("know", gettext_lazy("Products"), "products:list", "package", "g p", Permission.ORDERS_VIEW, 25),
)
offer(
    NavItem,
    NavItem(
        "settings",
        gettext_lazy("Carts"),
        "commerce:cart_settings",
        "shopping-cart",
        permission=Permission.SETTINGS_VIEW,
        order=60,
        section="customers",
        note=gettext_lazy("When a cart counts as abandoned"),
    ),
)
offer(SearchProvider, OrderSearch())
for kind in (*KINDS, *SERVICE_KINDS):
    offer(EventKind, kind)
offer(MoneyKeeper, Deals())  # type: ignore[type-abstract]
for narrator in (DealNarrator(), OrderNarrator(), CartNarrator(), VisitNarrator()):
    offer(EventNarrator, narrator)
for column in (OrdersColumn(), SpentColumn()):
    offer(CustomerColumn, column)
    offer(CustomerMeasure, column)
offer(CardPanel, CartPanel())  # type: ignore[type-abstract]
offer(CardPanel, PurchasesPanel())  # type: ignore[type-abstract]
offer(TraitSource, OrderTraits())
offer(HealthSign, OrderRhythm())  # type: ignore[type-abstract]
offer(HealthSign, LateOrder())  # type: ignore[type-abstract]
offer(Channel, Channel("web", gettext_lazy("Web shop")))
offer(Channel, Channel("till", gettext_lazy("Till")))
for entity in (Products(), OrderLines(), Returns(), Payments(), Deliveries(), Agreements()):
    offer(ImportableEntity, entity)
for teller in (BroughtDeals(), BroughtProducts(), BroughtAgreements()):
    offer(ThingTeller, teller)
offer(KeptTeller, KeptOfCommerce())  # type: ignore[type-abstract]
for undo in (BroughtAway(), KeptAgain()):
    offer(BatchUndo, undo)  # type: ignore[type-abstract]
offer(NewsProvider, LatestOrders())
offer(HandleKeeper, CommerceKeeper())  # type: ignore[type-abstract]
for protocol, thing in SERVICE_OFFERS:
    offer(protocol, thing)
