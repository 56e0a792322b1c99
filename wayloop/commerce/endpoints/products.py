"""Products: the list, one, new ones, changes."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import Permission, caller_of
from wayloop.commerce.enums import ProductKind
from wayloop.commerce.queries.products import ProductRow, count_products, list_products, product_by_uuid
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import products as services
from wayloop.commerce.services.products import ProductDetails
from wayloop.kernel.localised import Localised
from wayloop.kernel.rest.pages import PageGiven, key_in, next_link
from wayloop.kernel.rest.problems import Problem, missing, refused_value
from wayloop.kernel.rest.routes import Routes, check_version, etag_of
from wayloop.kernel.rest.schemas import (
    Chosen,
    CurrencyCode,
    DecimalText,
    Given,
    MoneyTold,
    Told,
    TotalTold,
    check_currency,
    plain_decimal,
)

routes = Routes("Products")
Kind = Literal["product", "service"]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]
Names = Annotated[dict[Language, Annotated[str, Field(max_length=254)]], Field(min_length=1, max_length=20)]


class PriceGiven(Given):
    """What one unit costs; up to six decimal digits."""

    amount: DecimalText
    currency: CurrencyCode


class ProductTold(Chosen):
    """Something that is sold. `cost` and `margin` (a share of the price) only for keys that may see them."""

    id: UUID
    source: str
    code: str
    kind: Kind
    name: str
    names: dict[str, str]
    category: str
    price: MoneyTold | None
    cost: str | None
    margin: str | None
    is_archived: bool


class ProductsTold(Told):
    """A page of products, by name."""

    items: list[ProductTold]
    next: str | None
    total: TotalTold | None = None


class ProductsAsked(PageGiven):
    """Which products."""

    q: Annotated[str, Field(max_length=120, description="In the names of all languages and the code.")] = ""
    category: Annotated[str, Field(max_length=120)] = ""
    kind: Kind | None = None
    archived: Annotated[bool, Field(description="Those that are offered no more, instead.")] = False


class ProductGiven(Given):
    """A new product of our own. `names`: language → text; the first one is what others fall back to."""

    names: Names
    code: Annotated[str, Field(max_length=120, description="Empty: the next free number.")] = ""
    kind: Kind = "product"
    category: Annotated[str, Field(max_length=120)] = ""
    price: PriceGiven | None = None
    cost: Annotated[DecimalText | None, Field(description="Per unit, in the currency of the price.")] = None


class ProductChange(Given):
    """What is written anew; what is left out stays."""

    names: Names | None = None
    kind: Kind | None = None
    category: Annotated[str | None, Field(max_length=120)] = None
    price: PriceGiven | None = None
    cost: DecimalText | None = None
    is_archived: bool | None = None


@routes.get("products", needs=Permission.ORDERS_VIEW, answer=ProductsTold, problems=())
def list_all_products(request: HttpRequest, asked: Query[ProductsAsked]) -> ProductsTold:
    """A page of products by their name in the language of the request."""
    kind = asked.kind or ""
    page = list_products(
        text=asked.q,
        category=asked.category,
        kind=kind,
        archived=asked.archived,
        after=key_in(request, asked.cursor),
        limit=asked.limit,
    )
    total = None
    if asked.total:
        counted = count_products(text=asked.q, category=asked.category, kind=kind, archived=asked.archived)
        total = TotalTold.of(counted)
    return ProductsTold(
        items=[_told(request, row) for row in page.rows], next=next_link(request, page.next_key), total=total
    )


@routes.get("products/{uuid:product}", needs=Permission.ORDERS_VIEW, answer=ProductTold)
def read_product(request: HttpRequest, response: HttpResponse, product: UUID) -> ProductTold:
    """One product; the header `ETag` names the version."""
    told = _told(request, _product(product))
    response.headers["ETag"] = etag_of(told)
    return told


@routes.post("products", needs=Permission.PRODUCTS_CHANGE, answer=ProductTold)
def create_product(request: HttpRequest, response: HttpResponse, new: ProductGiven) -> ProductTold:
    """A new product."""
    _check(request, new.price, new.cost)
    details = ProductDetails(
        name=_name(new.names),
        kind=ProductKind(new.kind),
        code=new.code,
        category=new.category.strip(),
        price=Decimal(new.price.amount) if new.price else None,
        currency=new.price.currency if new.price else "",
        cost=None if new.cost is None else Decimal(new.cost),
    )
    try:
        uuid = services.add_product(details=details)
    except CommerceRefused as refused:
        raise Problem("refused", str(refused)) from None
    told = _told(request, _product(uuid))
    response.headers["Location"] = f"{request.path}/{told.id}"
    response.headers["ETag"] = etag_of(told)
    return told


@routes.patch("products/{uuid:product}", needs=Permission.PRODUCTS_CHANGE, answer=ProductTold)
def change_product(request: HttpRequest, response: HttpResponse, product: UUID, change: ProductChange) -> ProductTold:
    """Changes a product; what was sold keeps the price it was sold for. `If-Match` guards against others."""
    _check(request, change.price, change.cost)
    found = _product(product, for_change=True)
    check_version(request, etag_of(_told(request, found)))
    given = change.model_fields_set
    price = found.price if "price" not in given else Decimal(change.price.amount) if change.price else None
    currency = found.currency if "price" not in given or change.price is None else change.price.currency
    details = ProductDetails(
        name=found.name if change.names is None else _name(change.names),
        kind=ProductKind(change.kind or found.kind),
        category=found.category if change.category is None else change.category.strip(),
        price=price,
        currency=currency,
        cost=Decimal(change.cost) if change.cost is not None else None,
    )
    try:
        services.change_product(product=product, details=details, with_cost="cost" in given)
    except CommerceRefused as refused:
        raise Problem("refused", str(refused)) from None
    if change.is_archived is not None:
        (services.archive_product if change.is_archived else services.restore_product)(product=product)
    told = _told(request, _product(product))
    response.headers["ETag"] = etag_of(told)
    return told


def _product(uuid: UUID, *, for_change: bool = False) -> ProductRow:
    found = product_by_uuid(uuid=uuid, for_change=for_change)
    if found is None:
        raise missing()
    return found


def _check(request: HttpRequest, price: PriceGiven | None, cost: str | None) -> None:
    if cost is not None and not caller_of(request).may(Permission.MARGIN_VIEW):
        raise Problem(
            "forbidden", _("The key needs the permission “%(name)s”.") % {"name": Permission.MARGIN_VIEW.value}
        )
    if price is not None:
        try:
            check_currency(price.currency)
        except ValueError as why:
            raise refused_value(str(why), "/price/currency") from None


def _name(names: dict[str, str]) -> Localised:
    texts = {language: text.strip() for language, text in names.items() if text.strip()}
    if not texts:
        raise refused_value(_("This is needed."), "/names")
    return Localised(texts=texts, source=next(iter(texts)))


def _told(request: HttpRequest, row: ProductRow) -> ProductTold:
    sees = caller_of(request).may(Permission.MARGIN_VIEW)
    return ProductTold(
        id=row.uuid,
        source=row.source,
        code=row.code,
        kind=row.kind,  # type: ignore[arg-type]
        name=row.title,
        names=dict(row.name.texts),
        category=row.category,
        price=None if row.price is None else MoneyTold(amount=plain_decimal(row.price), currency=row.currency),
        cost=plain_decimal(row.cost) if sees and row.cost is not None else None,
        margin=plain_decimal(round(row.margin, 6)) if sees and row.margin is not None else None,
        is_archived=row.archived_at is not None,
    )
