"""Reads of what is sold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from wayloop.commerce.models import Category, Product
from wayloop.commerce.rules import cost_of, margin_of
from wayloop.contracts.scope import Scope
from wayloop.kernel.localised import Localised
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key
from wayloop.ui.sorting import sort_key

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


# The names in all languages and the code, without regard to capitals; products are some thousands, not millions.
MATCHES = """(lower(code) LIKE %(text)s OR EXISTS (
    SELECT FROM jsonb_each_text(name -> 'texts') t WHERE lower(t.value) LIKE %(text)s))"""
# The order of the alphabet, also where the database knows none.
SORT_KEY = """coalesce(sort_keys ->> %(language)s, sort_keys ->> '', '') COLLATE "C\""""
ORDERS_OF = """
SELECT d.id, d.uuid, d.number, d.person, d.happened_at, d.location_id, d.channel, d.currency, d.status,
    l.quantity, l.amount::bigint
FROM (SELECT l.order_id, sum(l.quantity) AS quantity, sum(l.amount) AS amount
      FROM commerce_orderline l JOIN commerce_order o ON o.id = l.order_id
      WHERE l.product_id = %(product)s AND {before} AND {visible}
      GROUP BY l.order_id ORDER BY l.order_id DESC LIMIT %(limit)s) l
JOIN api_commerce_all_orders d ON d.id = l.order_id
ORDER BY d.id DESC
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
class ProductRow:
    """A product in a list or on its page. Prices per unit, in whole units of `currency`.

    `cost` and `margin` (a share of the price) follow from each other where the price is known; `told_margin` is the
    percentage that was entered instead of a cost. Only members who may see them are shown these.
    """

    id: int
    uuid: UUID
    source: str
    code: str
    kind: str
    name: Localised
    category: str
    price: Decimal | None
    currency: str
    told_cost: Decimal | None
    told_margin: Decimal | None
    archived_at: datetime | None
    sort_key: str

    @property
    def title(self) -> str:
        """The name for the reader, else the code."""
        return str(self.name) or self.code

    @property
    def cost(self) -> Decimal | None:
        """What one unit costs us; None when it is not known."""
        return cost_of(self.price, self.told_cost, self.told_margin)

    @property
    def margin(self) -> Decimal | None:
        """The share of the price that stays; None when it is not known."""
        return margin_of(self.price, self.told_cost, self.told_margin)


@dataclass(frozen=True)
class SoldRow:
    """An order that a product is in: how much of it, and what that came to in minor units of `currency`."""

    id: int
    uuid: UUID
    number: str
    person: int | None
    happened_at: datetime
    location_id: int | None
    channel: str
    currency: str
    status: str
    quantity: Decimal
    amount: int


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


def list_products(
    *,
    text: str = "",
    category: str = "",
    kind: str = "",
    archived: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[ProductRow]:
    """A page of products by their name in the reader's language.

    `text` is looked for in the names of all languages and in the code.
    """
    where, values = _product_conditions(text, category, kind, archived)
    values["language"] = (get_language() or "").split("-")[0]
    key = read_key(after, str, int)
    if key:
        where += f" AND ({SORT_KEY}, id) > (%(last_key)s, %(last)s)"
        values |= {"last_key": key[0], "last": key[1]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, uuid, source, code, kind, name::text, category, price, currency, cost, margin, archived_at, "  # noqa: S608
            f"{SORT_KEY} FROM commerce_product WHERE {where} ORDER BY 13, id LIMIT %(limit)s",
            values | {"limit": limit + 1},
        )
        rows = [_row(*row) for row in cursor.fetchall()]
    return cut_page(rows, limit, lambda row: (row.sort_key, row.id))


def count_products(
    *, text: str = "", category: str = "", kind: str = "", archived: bool = False, exact: bool = False
) -> Total:
    """How many rows `list_products` has in all."""
    where, values = _product_conditions(text, category, kind, archived)
    return count_rows(f"SELECT 1 FROM commerce_product WHERE {where}", values, exact=exact)  # noqa: S608


def product_by_uuid(*, uuid: UUID, for_change: bool = False) -> ProductRow | None:
    """The product at this address, archived ones too.

    `for_change`: nobody else changes it before the caller's transaction ends.
    """
    products = Product.objects.select_for_update() if for_change else Product.objects.all()
    row = products.filter(uuid=uuid).first()
    if row is None:
        return None
    return ProductRow(
        row.pk, row.uuid, row.source, row.code, row.kind, row.name, row.category, row.price, row.currency, row.cost,
        row.margin, row.archived_at, "",
    )  # fmt: skip


def orders_of_product(*, product: int, scope: Scope, after: str | None = None, limit: int = 20) -> Page[SoldRow]:
    """A page of the orders that a product is in, those that came in last first; cancelled ones too, marked as such."""
    key = read_key(after, int)
    visible = "true" if scope.locations is None else "(o.location_id IS NULL OR o.location_id = ANY (%(locations)s))"
    values = {
        "product": product,
        "last": key[0] if key else None,
        "limit": limit + 1,
        "locations": list(scope.locations or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(ORDERS_OF.format(before="l.order_id < %(last)s" if key else "true", visible=visible), values)
        rows = [SoldRow(*row) for row in cursor.fetchall()]
    return cut_page(rows, limit, lambda row: (row.id,))


def categories() -> list[tuple[str, str]]:
    """Code and title of the categories that products have or that were named, by title."""
    codes = set(Product.objects.exclude(category="").values_list("category", flat=True).distinct())
    titles = {row.code: row.title for row in Category.objects.all()}
    every = codes | set(titles)
    return sorted(((code, titles.get(code, code)) for code in every), key=lambda one: sort_key(one[1]))


def category_titles(codes: Sequence[str]) -> dict[str, str]:
    """Code → what the category is called for the reader; those without a name are called by their code."""
    titles = {row.code: row.title for row in Category.objects.filter(code__in=codes)}
    return {code: titles.get(code, code) for code in codes}


def category_name(code: str) -> Localised:
    """The name of a category in all its languages; one that was never named is called by its code."""
    found = Category.objects.filter(code=code).first()
    return found.name if found else Localised.of(code, "en")


def _product_conditions(text: str, category: str, kind: str, archived: bool) -> tuple[str, dict[str, Any]]:
    where = ["archived_at IS NOT NULL" if archived else "archived_at IS NULL"]
    values: dict[str, Any] = {}
    # NUL cannot be in a text of the database.
    if part := text.replace("\0", "").strip().lower():
        where.append(MATCHES)
        escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values["text"] = f"%{escaped}%"
    if category:
        where.append("category = %(category)s")
        values["category"] = category.replace("\0", "")
    if kind:
        where.append("kind = %(kind)s")
        values["kind"] = kind.replace("\0", "")
    return " AND ".join(where), values


def _row(
    number: int, uuid: UUID, source: str, code: str, kind: str, name: str, category: str, price: Decimal | None,
    currency: str, cost: Decimal | None, margin: Decimal | None, archived_at: datetime | None, key: str,
) -> ProductRow:  # fmt: skip
    words = Localised.from_json(json.loads(name))
    return ProductRow(
        number, uuid, source, code, kind, words, category, price, currency, cost, margin, archived_at, key
    )


def _info(row: Sequence[Any]) -> ProductInfo:
    product, uuid, code, name, category, price, currency = row
    return ProductInfo(product, uuid, code, Localised.from_json(json.loads(name)), category, price, currency)
