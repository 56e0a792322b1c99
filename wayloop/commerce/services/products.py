"""Writes of what is sold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from wayloop.commerce.enums import OWN, ProductKind
from wayloop.commerce.models import Category, Product, ProductBefore
from wayloop.commerce.rules import LARGEST, CommerceRefused
from wayloop.contracts.commerce import LineColumns
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised
from wayloop.kernel.money import is_currency, to_minor
from wayloop.ui.sorting import sort_key

NAME_PRODUCTS = """
INSERT INTO commerce_product (uuid, source, code, name, category, sort_keys)
SELECT uuid, %(source)s, code, name, category, sort_keys FROM commerce_described ORDER BY code
ON CONFLICT (source, code) DO UPDATE SET name = excluded.name, category = excluded.category,
    sort_keys = excluded.sort_keys
WHERE (commerce_product.name, commerce_product.category) IS DISTINCT FROM (excluded.name, excluded.category)
"""
WRITE_PRODUCTS = """
INSERT INTO commerce_product (uuid, source, code, name, category, sort_keys, batch)
SELECT uuid, %(source)s, code, name, category, sort_keys, %(batch)s FROM commerce_named ORDER BY code
ON CONFLICT (source, code) DO UPDATE SET
    name = CASE WHEN commerce_product.name -> 'texts' = '{}'::jsonb THEN excluded.name ELSE commerce_product.name END,
    sort_keys = CASE WHEN commerce_product.name -> 'texts' = '{}'::jsonb THEN excluded.sort_keys
        ELSE commerce_product.sort_keys END,
    category = coalesce(nullif(commerce_product.category, ''), excluded.category)
WHERE commerce_product.name -> 'texts' = '{}'::jsonb AND excluded.name -> 'texts' <> '{}'::jsonb
    OR commerce_product.category = '' AND excluded.category <> ''
"""
PRODUCTS = """
SELECT code, id, name -> 'texts' <> '{}'::jsonb, category <> '' FROM commerce_product
WHERE source = %s AND code = ANY (ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))
"""
PRICE_PRODUCTS = """
UPDATE commerce_product p SET kind = n.kind, price = n.price, currency = %(currency)s, cost = n.cost, margin = NULL
FROM unnest(%(codes)s::text[], %(kinds)s::text[], %(prices)s::numeric[], %(costs)s::numeric[])
    AS n (code, kind, price, cost)
WHERE p.source = %(source)s AND p.code = n.code
"""
NAME_CATEGORIES = """
INSERT INTO commerce_category (code, name) SELECT code, name FROM unnest(%s::text[], %s::jsonb[]) AS n (code, name)
ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE commerce_category.name <> excluded.name
"""
NEXT_NUMBER = "SELECT 'P-' || nextval('commerce_product_number')"


@dataclass(frozen=True)
class ProductDetails:
    """What a product is. `code` empty: the next free number. At most one of `cost` (per unit) and `margin` (percent).

    Prices are in whole units of `currency`.
    """

    name: Localised
    kind: ProductKind = ProductKind.PRODUCT
    code: str = ""
    category: str = ""
    price: Decimal | None = None
    currency: str = ""
    cost: Decimal | None = None
    margin: Decimal | None = None


@transaction.atomic
def add_product(*, details: ProductDetails) -> UUID:
    """Makes a product that is sold from now on; answers its address.

    Raises `CommerceRefused` with one line for a code that another product of our own has, or a price out of bounds.
    """
    _check(details)
    code = details.code.strip()
    if not code:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_NUMBER)
            (code,) = cursor.fetchone()
    product = Product(source=OWN, code=code)
    _put(product, details)
    _save(product)
    return product.uuid


@transaction.atomic
def change_product(*, product: UUID, details: ProductDetails, with_cost: bool = True) -> None:
    """Writes a product anew; what was sold keeps the price it was sold for.

    `with_cost` False leaves cost and margin as they are, for members who do not see them. The code of a product that
    comes from elsewhere stays. Raises `CommerceRefused` as `add_product`, `LookupError` when there is none.
    """
    _check(details)
    found = _locked(product)
    if found.source == OWN and details.code.strip():
        found.code = details.code.strip()
    cost, margin = found.cost, found.margin
    _put(found, details)
    if not with_cost:
        found.cost, found.margin = cost, margin
    _save(found)


@transaction.atomic
def archive_product(*, product: UUID) -> None:
    """Takes a product out of what is offered; it stays in what was sold. Archived ones are left as they are."""
    found = _locked(product)
    if found.archived_at is None:
        found.archived_at = clock.now()
        found.save(update_fields=["archived_at"])


@transaction.atomic
def restore_product(*, product: UUID) -> None:
    """Offers an archived product again."""
    found = _locked(product)
    found.archived_at = None
    found.save(update_fields=["archived_at"])


@transaction.atomic
def name_products(*, source: str, codes: Sequence[str], names: Sequence[Localised], categories: Sequence[str]) -> None:
    """Makes the products of a source, or gives known ones these names and categories; columns of equal length.

    Codes must differ. Orders that mention such a product later leave its name as it is.
    """
    rows = (
        (uuid7(), code, Jsonb(name.to_json()), category, Jsonb(_sort_keys(name, code)))
        for code, name, category in zip(codes, names, categories, strict=True)
    )
    stage_rows("commerce_described", "uuid uuid, code text, name jsonb, category text, sort_keys jsonb", rows)
    with connection.cursor() as cursor:
        cursor.execute(NAME_PRODUCTS, {"source": source})


@transaction.atomic
def price_products(
    *,
    source: str,
    currency: str,
    codes: Sequence[str],
    kinds: Sequence[str],
    prices: Sequence[Decimal | None],
    costs: Sequence[Decimal | None],
) -> None:
    """Gives known products of a source their kind, price and cost per unit; columns of equal length."""
    with connection.cursor() as cursor:
        cursor.execute(
            PRICE_PRODUCTS,
            {
                "source": source,
                "currency": currency,
                "codes": list(codes),
                "kinds": list(kinds),
                "prices": list(prices),
                "costs": list(costs),
            },
        )


@transaction.atomic
def name_categories(*, codes: Sequence[str], names: Sequence[Localised]) -> None:
    """Gives categories, by the code that products name them by, what people read; columns of equal length."""
    with connection.cursor() as cursor:
        cursor.execute(NAME_CATEGORIES, [list(codes), [Jsonb(name.to_json()) for name in names]])


@transaction.atomic
def add_category(*, name: Localised) -> str:
    """Makes a category of this name; answers its code. One that is called so already is answered instead."""
    code = name.in_language(name.source).strip()[:120]
    Category.objects.get_or_create(code=code, defaults={"name": name})
    return code


# What a list of products may tell; None and empty texts are not told.
LISTED = ("name", "category", "price", "currency", "cost", "kind")


@transaction.atomic
def list_products(
    *, source: str, batch: str, codes: Sequence[str], told: Sequence[Mapping[str, Any]]
) -> dict[str, list[int]]:
    """Makes products of a list, or changes known ones to what it tells; answers the ids of the new, changed and known.

    Codes differ; `told`: of `LISTED` what the list says, names as language → text. What changed is kept as it was
    before, so that the import can be taken back.
    """
    known = {one.code: one for one in Product.objects.select_for_update().filter(source=source, code__in=codes)}
    new, changed, same, kept = [], [], [], []
    for code, values in zip(codes, told, strict=True):
        product = known.get(code)
        is_new = product is None
        product = product or Product(source=source, code=code, batch=batch, name=Localised())
        before = _plain(product)
        _tell(product, values)
        after = _plain(product)
        if is_new:
            new.append(product)
        elif before == after:
            same.append(product)
        else:
            changed.append(product)
            kept.append(ProductBefore(batch=batch, product=product, before=before, after=after))
    Product.objects.bulk_create(new, batch_size=1000)
    Product.objects.bulk_update(changed, [*LISTED, "margin", "sort_keys"], batch_size=500)
    if batch:
        ProductBefore.objects.bulk_create(kept, batch_size=1000, ignore_conflicts=True)
    listed = {"new": new, "changed": changed, "known": same}
    return {group: [product.pk for product in products] for group, products in listed.items()}


def restore_products(*, batch: str, limit: int) -> int:
    """Gives up to `limit` products back what an import changed; what somebody has changed since stays."""
    rows = list(ProductBefore.objects.filter(batch=batch).select_related("product").order_by("id")[:limit])
    for row in rows:
        now = _plain(row.product)
        for name in LISTED:
            if now[name] == row.after[name] != row.before[name]:
                value = row.before[name]
                if name == "name":
                    value = Localised.from_json(value)
                elif name in ("price", "cost"):
                    value = None if value is None else Decimal(value)
                setattr(row.product, name, value)
        row.product.sort_keys = _sort_keys(row.product.name, row.product.code)
    Product.objects.bulk_update([row.product for row in rows], [*LISTED, "sort_keys"], batch_size=500)
    ProductBefore.objects.filter(id__in=[row.pk for row in rows]).delete()
    return len(rows)


def _plain(product: Product) -> dict[str, Any]:
    price, cost = (None if value is None else str(value.normalize()) for value in (product.price, product.cost))
    return {
        "name": product.name.to_json(),
        "category": product.category,
        "price": price,
        "currency": product.currency,
        "cost": cost,
        "kind": str(product.kind),
    }


def _tell(product: Product, values: Mapping[str, Any]) -> None:
    if names := values.get("name"):
        texts = {**product.name.texts, **names}
        source = product.name.source if product.name.texts else next(iter(names))
        product.name = Localised(texts, source)
    product.category = values.get("category") or product.category
    product.kind = values.get("kind") or product.kind
    if values.get("price") is not None:
        product.price, product.currency = values["price"], values["currency"]
    if values.get("cost") is not None:
        product.cost, product.margin = values["cost"], None
    product.sort_keys = _sort_keys(product.name, product.code)


def write_products(*, source: str, lines: LineColumns, batch: str = "") -> Sequence[int]:
    """The product of each line, in the caller's transaction; codes that are new to the source become products."""
    if lines.product_ids:
        return lines.product_ids
    names: dict[str, str] = {}
    for code, name in zip(lines.product_codes, lines.product_names, strict=True):
        # The first name that is not empty stays: later spellings of a file do not rename a product.
        if not names.get(code):
            names[code] = name
    known = find_products(
        source=source,
        batch=batch,
        language=lines.language,
        products=[(code, name, "") for code, name in names.items()],
    )
    return [known[code] for code in lines.product_codes]


def find_products(
    *, source: str, batch: str, language: str, products: Sequence[tuple[str, str, str]]
) -> dict[str, int]:
    """Code → product, in the caller's transaction; `products` are codes with a name in `language` and a category.

    Codes that are new to the source become products; one that had no name, or no category, gets it.
    """
    codes = [code for code, _name, _category in products]
    with connection.cursor() as cursor:
        # As one text: thousands of values of an array are written down one by one.
        cursor.execute(PRODUCTS, [source, json.dumps(codes)])
        found = {code: (product, is_named, is_grouped) for code, product, is_named, is_grouped in cursor.fetchall()}
        wanting = [
            (code, _named(name, language), category)
            for code, name, category in products
            if code not in found or (name and not found[code][1]) or (category and not found[code][2])
        ]
        known = {code: product for code, (product, _is_named, _is_grouped) in found.items()}
        if wanting:
            stage_rows(
                "commerce_named",
                "uuid uuid, code text, name jsonb, category text, sort_keys jsonb",
                (
                    (uuid7(), code, Jsonb(name.to_json()), category, Jsonb(_sort_keys(name, code)))
                    for code, name, category in wanting
                ),
            )
            cursor.execute(WRITE_PRODUCTS, {"source": source, "batch": batch})
            cursor.execute(PRODUCTS, [source, json.dumps([code for code, _name, _category in wanting])])
            known |= {code: product for code, product, *_rest in cursor.fetchall()}
    return known


def line_amounts(*, lines: LineColumns, currencies: Sequence[str]) -> list[int]:
    """What each line comes to, rounded once to minor units of its deal's currency."""
    return [
        to_minor(quantity * price, currencies[deal])
        for quantity, price, deal in zip(lines.quantities, lines.unit_prices, lines.deals, strict=True)
    ]


def _named(name: str, language: str) -> Localised:
    return Localised.of(name, language) if name else Localised(source=language)


def _sort_keys(name: Localised, code: str) -> dict[str, str]:
    keys = {
        text: sort_key(text).hex() for text in {*name.texts.values(), name.in_language(name.source) or code} if text
    }
    by_language = {language: keys[text] for language, text in name.texts.items() if text}
    return {"": keys[name.in_language(name.source) or code]} | by_language


def _check(details: ProductDetails) -> None:
    if details.price is not None and not 0 <= details.price < LARGEST:
        raise CommerceRefused(_("The price must not be below zero, and below ten million."))
    if details.cost is not None and not 0 <= details.cost < LARGEST:
        raise CommerceRefused(_("The cost must not be below zero, and below ten million."))
    if details.margin is not None and not -1000 <= details.margin <= 100:
        raise CommerceRefused(_("The margin is a percentage of the price, at most 100."))
    if details.cost is not None and details.margin is not None:
        raise CommerceRefused(_("Write either the cost or the margin; one follows from the other."))
    if details.price is not None and not is_currency(details.currency):
        raise CommerceRefused(_("Choose the currency of the price."))


def _put(product: Product, details: ProductDetails) -> None:
    product.name, product.kind, product.category = details.name, details.kind, details.category
    product.price, product.currency = details.price, details.currency
    product.cost, product.margin = details.cost, details.margin
    product.sort_keys = _sort_keys(details.name, product.code)


def _save(product: Product) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        raise CommerceRefused(_("Another product has this code. Choose another one.")) from error


def _locked(uuid: UUID) -> Product:
    found = Product.objects.select_for_update().filter(uuid=uuid).first()
    if found is None:
        raise LookupError("no such product")
    return found
