"""The list of customers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.contracts.customers import CustomerColumn
from wayloop.customers.queries import lists
from wayloop.kernel import registry

ORDERS = (("seen", _("Seen last")), ("name", _("By name")))


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def customer_list(request: HttpRequest) -> HttpResponse:
    """The list of customers: filters, order and page are in the address."""
    member = member_of(request)
    text = request.GET.get("q", "").strip()[:200]
    order: lists.Order = "name" if request.GET.get("sort") == "name" else "seen"
    page = lists.list_cards(scope=member.scope, text=text, order=order, after=request.GET.get("after"))
    people = [row.person for row in page.rows]
    columns = registry.offers(CustomerColumn)  # type: ignore[type-abstract]
    cells = [column.cells(people, member.scope) for column in columns]
    context = {
        "rows": [
            (row, [(column, filled.get(row.person)) for column, filled in zip(columns, cells, strict=True)])
            for row in page.rows
        ],
        "columns": columns,
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "total": lists.count_cards(scope=member.scope, text=text, exact="exact" in request.GET),
        "text": text,
        "order": order,
        "orders": ORDERS,
        "kept": {"sort": "name"} if order == "name" else {},
        "may_import": member.may(Permission.IMPORTS_RUN),
    }
    return render(request, "customers/list.html", context)
