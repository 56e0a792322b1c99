"""Orders, returns, products and agreements as rows of what files brought."""

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from wayloop.accounts.api import Permission
from wayloop.commerce.models import Agreement, Order, Return
from wayloop.commerce.queries.products import products_by_id
from wayloop.contracts.imports import ImportedThing
from wayloop.contracts.scope import Scope
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.ui import formats


class BroughtDeals:
    """Orders and returns, with what they come to and whose they are."""

    kinds = ("order", "return")
    permission = Permission.ORDERS_VIEW

    def things(self, kind: str, ids: Sequence[int], *, scope: Scope) -> Mapping[int, ImportedThing]:
        page, title = {
            "order": ("commerce:order", _("Order %(number)s")),
            "return": ("commerce:return", _("Return %(number)s")),
        }[kind]
        rows: list[Order] | list[Return] = (
            list(Order.objects.filter(_seen(scope), id__in=ids))
            if kind == "order"
            else list(Return.objects.filter(_seen(scope), id__in=ids))
        )
        names = _names([row.handle for row in rows if row.handle is not None])
        return {
            row.pk: ImportedThing(
                title % {"number": row.number},
                reverse(page, args=[row.uuid]),
                " · ".join(
                    part for part in (formats.money(row.total, row.currency), names.get(row.handle or 0, "")) if part
                ),
                row.happened_at,
            )
            for row in rows
        }


class BroughtProducts:
    """Products, with their codes."""

    kinds = ("product",)
    permission = Permission.ORDERS_VIEW

    def things(self, kind: str, ids: Sequence[int], *, scope: Scope) -> Mapping[int, ImportedThing]:
        return {
            product: ImportedThing(one.title, reverse("products:product", args=[one.uuid]), one.code)
            for product, one in products_by_id(ids).items()
        }


class BroughtAgreements:
    """Agreements, with whom they were made."""

    kinds = ("agreement",)
    permission = Permission.SERVICE_VIEW

    def things(self, kind: str, ids: Sequence[int], *, scope: Scope) -> Mapping[int, ImportedThing]:
        rows = list(Agreement.objects.filter(_seen(scope), id__in=ids, removed_at=None))
        names = _names([row.handle for row in rows])
        return {
            row.pk: ImportedThing(
                row.title,
                reverse("service:agreement", args=[row.uuid]),
                " · ".join(part for part in (row.number, names.get(row.handle, "")) if part),
                row.created_at,
            )
            for row in rows
        }


def _seen(scope: Scope) -> Q:
    return Q() if scope.locations is None else Q(location_id=None) | Q(location_id__in=scope.locations)


def _names(handles: Sequence[int]) -> dict[int, str]:
    people = identity.people_of(handles)
    titles = customers.titles_of(sorted(set(people.values())))
    return {handle: titles[person].title for handle, person in people.items() if person in titles}
