"""What the list of customers shows and filters by of their purchases."""

from collections.abc import Mapping, Sequence
from typing import Literal

from django.utils.translation import gettext_lazy

from wayloop.commerce.queries import deals
from wayloop.contracts.conditions import Bind
from wayloop.contracts.customers import Cell
from wayloop.contracts.scope import Scope


class OrdersColumn:
    """How many orders a customer made."""

    key = "orders"
    label = gettext_lazy("Orders")
    trait = "orders_count"
    kind: Literal["number", "money", "moment"] = "number"

    def cells(self, people: Sequence[int], scope: Scope) -> Mapping[int, Cell]:
        totals = deals.totals_by_person(side="orders", people=people, scope=scope)
        return {person: Cell("number", sum(count for _c, count, _t, _l in rows)) for person, rows in totals.items()}

    def figure(self, person: str, scope: Scope, bind: Bind) -> str:
        return _of_orders("count(*)", person, scope, bind)


class SpentColumn:
    """What the customer's orders came to, in the currency they used most."""

    key = "spent"
    label = gettext_lazy("Bought for")
    trait = "spent_total"
    kind: Literal["number", "money", "moment"] = "money"

    def cells(self, people: Sequence[int], scope: Scope) -> Mapping[int, Cell]:
        totals = deals.totals_by_person(side="orders", people=people, scope=scope)
        return {person: Cell("money", rows[0][2], rows[0][0]) for person, rows in totals.items()}

    def figure(self, person: str, scope: Scope, bind: Bind) -> str:
        return _of_orders("sum(o.total_base)", person, scope, bind)


def _of_orders(figure: str, person: str, scope: Scope, bind: Bind) -> str:
    seen = "true"
    if scope.locations is not None:
        seen = f"(o.location_id IS NULL OR o.location_id = ANY ({bind(list(scope.locations))}::bigint[]))"
    return f"SELECT {figure} FROM api_commerce_orders o WHERE o.person = {person} AND {seen}"  # noqa: S608
