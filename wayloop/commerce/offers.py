"""What commerce offers: kinds of events and their words, columns and panel of the customers, what files can bring."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Permission
from wayloop.commerce.entities import OrderLines
from wayloop.commerce.enums import ORDER_PLACED, RETURN_MADE
from wayloop.commerce.habits import OrderRhythm, OrderTraits
from wayloop.commerce.kinds import KINDS
from wayloop.commerce.list_filters import OrdersColumn, SpentColumn
from wayloop.commerce.queries import deals as queries
from wayloop.commerce.service_kinds import SERVICE_KINDS
from wayloop.contracts.business import MoneyKeeper
from wayloop.contracts.conditions import CustomerMeasure
from wayloop.contracts.customers import CardPanel, Cell, CustomerColumn, EventNarrator, HealthSign, TraitSource
from wayloop.contracts.home import NewsLine, NewsProvider
from wayloop.contracts.imports import ImportableEntity
from wayloop.contracts.ledger import Channel, EventInfo, EventKind
from wayloop.contracts.scope import Scope
from wayloop.contracts.shell import NavItem, SearchHit, SearchProvider
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel.registry import offer
from wayloop.ui import formats


class DealNarrator:
    """Tells orders and returns by their number and first products."""

    kinds = (ORDER_PLACED, RETURN_MADE)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        told: dict[int, tuple[str, str, str]] = {}
        for side, kind in (("orders", ORDER_PLACED), ("returns", RETURN_MADE)):
            mine = [event for event in events if event.kind == kind]
            if not mine:
                continue
            deals = [event.subject_id for event in mine]
            names = queries.product_names(side=side, deals=deals)  # type: ignore[arg-type]
            addresses = queries.deal_addresses(side=side, deals=deals)  # type: ignore[arg-type]
            for event in mine:
                if event.subject_id not in addresses:
                    continue
                uuid, number = addresses[event.subject_id]
                title = _("Order %(number)s") if kind == ORDER_PLACED else _("Return %(number)s")
                told[event.id] = (
                    title % {"number": number},
                    _few(names.get(event.subject_id, []), int(event.properties.get("lines", 0))),
                    reverse("commerce:order" if kind == ORDER_PLACED else "commerce:return", args=[uuid]),
                )
        return told


class Deals:
    """Orders and returns are counted in the business's currency."""

    def keeps_money(self) -> bool:
        return queries.has_deals()


def _few(names: Sequence[object], lines: int) -> str:
    shown = ", ".join(str(name) for name in names if str(name))
    rest = lines - len(names)
    if rest <= 0:
        return shown
    return ngettext("%(names)s and %(rest)s more line", "%(names)s and %(rest)s more lines", rest) % {
        "names": shown,
        "rest": rest,
    }


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
                detail=_few(names.get(row.id, []), row.line_count),
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
offer(SearchProvider, OrderSearch())
for kind in (*KINDS, *SERVICE_KINDS):
    offer(EventKind, kind)
offer(MoneyKeeper, Deals())  # type: ignore[type-abstract]
offer(EventNarrator, DealNarrator())
for column in (OrdersColumn(), SpentColumn()):
    offer(CustomerColumn, column)
    offer(CustomerMeasure, column)
offer(CardPanel, PurchasesPanel())  # type: ignore[type-abstract]
offer(TraitSource, OrderTraits())
offer(HealthSign, OrderRhythm())  # type: ignore[type-abstract]
offer(Channel, Channel("web", gettext_lazy("Web shop")))
offer(Channel, Channel("till", gettext_lazy("Till")))
offer(ImportableEntity, OrderLines())
offer(NewsProvider, LatestOrders())
