"""Products: the list, one of them with the orders it is in, the form, and the names of categories."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce.enums import OrderStatus, ProductKind
from wayloop.commerce.forms.products import CategoryForm, ProductForm
from wayloop.commerce.queries import products as queries
from wayloop.commerce.queries.products import ProductRow
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import products
from wayloop.customers import api as customers
from wayloop.kernel.money import to_minor
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def product_list(request: HttpRequest) -> HttpResponse:
    """Products by name; search, category, kind, what was put away, and the page are in the address."""
    member = member_of(request)
    given: dict[str, Any] = {
        "text": request.GET.get("q", "").strip()[:120],
        "category": request.GET.get("category", "")[:120],
        "kind": request.GET.get("kind", "")[:20],
    }
    archived = bool(request.GET.get("archived"))
    page = queries.list_products(**given, archived=archived, after=request.GET.get("after"))
    known = queries.categories()
    titles = dict(known)
    context = {
        "rows": [(row, _money(row), titles.get(row.category, row.category)) for row in page.rows],
        "total": queries.count_products(**given, archived=archived, exact="exact" in request.GET),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "categories": known,
        "kinds": ProductKind.choices,
        "is_narrowed": any(given.values()),
        "archived": archived,
        **given,
        **_rights(member),
    }
    return render(request, "commerce/products.html", context)


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def product_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One product: names, price, what it brings, and the orders it is in."""
    member, product = member_of(request), _product(uuid)
    page = queries.orders_of_product(product=product.id, scope=member.scope, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    context = {
        "product": product,
        "money": _money(product),
        "category": queries.category_titles([product.category])[product.category] if product.category else "",
        "kind": ProductKind(product.kind).label,
        "languages": business.profile().content_languages,
        "missing": product.name.missing_in(business.profile().content_languages),
        "rows": [
            {
                "sold": row,
                "customer": titles.get(row.person) if row.person is not None else None,
                "place": places.get(row.location_id) if row.location_id is not None else None,
                "is_cancelled": row.status == OrderStatus.CANCELLED,
            }
            for row in page.rows
        ],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        **_rights(member),
    }
    return render(request, "commerce/product.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PRODUCTS_CHANGE)
def new_product(request: HttpRequest) -> HttpResponse:
    """A form for a product; POST makes it."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PRODUCTS_CHANGE)
def edit_product(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The form of a product; POST changes it."""
    return _form(request, _product(uuid))


@require_POST
@permission_required(Permission.PRODUCTS_CHANGE)
def product_deed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Puts a product away (that can be undone) or offers it again."""
    product = _product(uuid)
    deed = request.POST.get("do") or request.GET.get("do")
    if deed == "archive":
        products.archive_product(product=uuid)
        undo = f"{reverse('products:deed', args=[uuid])}?do=restore"
        notify(request, _("“%(name)s” is put away") % {"name": product.title}, undo_url=undo)
        return redirect("products:list")
    if deed == "restore":
        products.restore_product(product=uuid)
        notify(request, _("“%(name)s” is back") % {"name": product.title}, kind="info")
        return redirect("products:product", uuid)
    raise BadRequest("no such deed")


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def category_list(request: HttpRequest) -> HttpResponse:
    """The categories, each leading to its products."""
    context = {"categories": queries.categories(), **_rights(member_of(request))}
    return render(request, "commerce/categories.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PRODUCTS_CHANGE)
def category(request: HttpRequest) -> HttpResponse:
    """The name of the category `code` in all languages; POST changes it."""
    code = request.GET.get("code", "")
    if code not in dict(queries.categories()):
        raise Http404
    form = CategoryForm(request.POST or None, name=queries.category_name(code))
    if request.method == "POST" and form.is_valid():
        products.name_categories(codes=[code], names=[form.cleaned_data["name"]])
        notify(request, _("Saved"))
        return redirect("products:categories")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/category.html", {"form": form, "code": code}, status=status)


def _form(request: HttpRequest, product: ProductRow | None) -> HttpResponse:
    with_cost = member_of(request).may(Permission.MARGIN_VIEW)
    form = ProductForm(request.POST or None, product=product, with_cost=with_cost)
    if request.method == "POST" and form.is_valid():
        try:
            uuid = _write(form, product, with_cost=with_cost)
        except CommerceRefused as refused:
            form.add_error(None, str(refused))
        else:
            notify(request, _("Saved"))
            return redirect("products:product", uuid)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/product_form.html", {"form": form, "product": product}, status=status)


def _write(form: ProductForm, product: ProductRow | None, *, with_cost: bool) -> UUID:
    named = form.new_category_name
    category = products.add_category(name=named) if named else form.cleaned_data["category"]
    details = form.details(category)
    if product is None:
        return products.add_product(details=details)
    products.change_product(product=product.uuid, details=details, with_cost=with_cost)
    return product.uuid


def _rights(member: MemberInfo) -> dict[str, Any]:
    return {
        "may_change": member.may(Permission.PRODUCTS_CHANGE),
        "sees_margin": member.may(Permission.MARGIN_VIEW),
    }


def _money(product: ProductRow) -> dict[str, Any]:
    """Price, cost and what stays, in minor units of the product's currency; None for what is not known."""
    price, cost = product.price, product.cost
    return {
        "price": None if price is None else to_minor(price, product.currency),
        "cost": None if cost is None else to_minor(cost, product.currency),
        "stays": None if price is None or cost is None else to_minor(price - cost, product.currency),
        "margin": product.margin,
    }


def _product(uuid: UUID) -> ProductRow:
    found = queries.product_by_uuid(uuid=uuid)
    if found is None:
        raise Http404
    return found
