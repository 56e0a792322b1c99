"""Reads of what is sold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.commerce.models import Product
from wayloop.contracts.scope import Scope
from wayloop.kernel.localised import Localised

# Enough orders to know what somebody likes; nobody's taste is decided by the order before these.
REMEMBERED_ORDERS = 100
FAVOURITES = """
SELECT o.person, p.id, p.uuid, p.code, p.name::text, p.category, p.price, p.currency,
    count(DISTINCT o.id), max(o.happened_at)
FROM unnest(%(people)s::bigint[]) wanted (person)
CROSS JOIN LATERAL (
    SELECT d.id, d.person, d.happened_at FROM api_commerce_orders d
    WHERE d.person = wanted.person AND {visible} ORDER BY d.happened_at DESC LIMIT %(orders)s
) o
JOIN commerce_orderline l ON l.order_id = o.id
JOIN commerce_product p ON p.id = l.product_id AND p.archived_at IS NULL
GROUP BY o.person, p.id
ORDER BY o.person, count(DISTINCT o.id) DESC, max(o.happened_at) DESC, p.id
"""


@dataclass(frozen=True)
class ProductInfo:
    """Something that is sold; `price` per unit today, None when it has no list price."""

    id: int
    uuid: UUID
    code: str
    name: Localised
    category: str
    price: Decimal | None
    currency: str

    @property
    def title(self) -> str:
        """The name for the reader, else the code."""
        return str(self.name) or self.code


@dataclass(frozen=True)
class Favourite:
    """A product somebody buys again and again: in how many orders, and when last."""

    product: ProductInfo
    orders: int
    last_at: datetime


def favourites_of(people: Sequence[int], *, scope: Scope, limit: int = 3) -> dict[int, list[Favourite]]:
    """Person → the products in most of their latest orders, the most frequent first; archived ones left out."""
    visible = "true" if scope.locations is None else "(d.location_id IS NULL OR d.location_id = ANY (%(locations)s))"
    values: dict[str, Any] = {
        "people": list(people),
        "orders": REMEMBERED_ORDERS,
        "locations": list(scope.locations or ()),
    }
    found: dict[int, list[Favourite]] = {}
    with connection.cursor() as cursor:
        cursor.execute(FAVOURITES.format(visible=visible), values)
        for person, *product, orders, last_at in cursor.fetchall():
            mine = found.setdefault(person, [])
            if len(mine) < limit:
                mine.append(Favourite(_info(product), orders, last_at))
    return found


def products_by_id(ids: Sequence[int]) -> Mapping[int, ProductInfo]:
    """Id → product, archived ones too; unknown ids are left out."""
    rows = Product.objects.filter(id__in=ids)
    return {
        row.pk: ProductInfo(row.pk, row.uuid, row.code, row.name, row.category, row.price, row.currency) for row in rows
    }


def _info(row: Sequence[Any]) -> ProductInfo:
    product, uuid, code, name, category, price, currency = row
    return ProductInfo(product, uuid, code, Localised.from_json(json.loads(name)), category, price, currency)
