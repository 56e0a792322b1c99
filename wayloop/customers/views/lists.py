"""The list of customers, and the page on which its filters are chosen."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import MemberInfo, Permission, audit_search, member_of, permission_required
from wayloop.customers.fields.address import chips
from wayloop.customers.listing import EDITED, PLACES, Asked, Desk, desk_of, read_asked
from wayloop.customers.models import SavedView
from wayloop.customers.queries.bulk import running_bulk
from wayloop.customers.queries.lists import CustomerList, TooSlow
from wayloop.customers.queries.saved import views_of
from wayloop.customers.queries.tags import active_tags, starred_among
from wayloop.customers.views.filters import filter_groups
from wayloop.kernel.paging import Page
from wayloop.ui.requests import asks_for

PER_PAGE = 50
NOBODY: Page[Any] = Page((), None)


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def customer_list(request: HttpRequest) -> HttpResponse:
    """The list of customers: filters, order, columns and page are in the address."""
    member = member_of(request)
    desk = desk_of(member)
    views = views_of(member.id)
    asked = read_asked(request, desk, _view_of(request, views))
    problems = [problem.text for problem in asked.filters.problems]
    page, total = NOBODY, None
    if not problems:
        found = CustomerList(condition=asked.filters.condition, eyes=desk.eyes, fields=desk.fields)
        after, before = request.GET.get("after"), request.GET.get("before")
        try:
            page = found.page(sort=asked.sort, after=after, before=before, limit=PER_PAGE)
            total = found.count(exact="exact" in request.GET)
        except TooSlow:
            problems = [_("These filters together take too long. Take one away or add a rarer one.")]
    if page.rows and (text := request.GET.get("q")):
        audit_search(text=text, found=len(page.rows))
    context = {
        "page": page,
        "problems": problems,
        "total": total,
        "running": running_bulk(member.id),
        "pinned": [view for view in views if view.is_pinned or (asked.view and view.pk == asked.view.pk)],
        "has_views": bool(views),
        **_table(page, asked, desk, member),
        **_bar(request, asked, desk),
        **_rights(member, asked, desk),
    }
    return render(request, "customers/list.html", context, status=422 if problems else 200)


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def filter_page(request: HttpRequest) -> HttpResponse:
    """All filters as one form, on a page of its own or inside the list."""
    desk = desk_of(member_of(request))
    asked = read_asked(request, desk, None)
    context = {
        "groups": filter_groups(asked.filters, desk),
        "kept": [
            (name, value) for name in ("q", "sort", "columns", "view", EDITED) if (value := request.GET.get(name))
        ],
    }
    template = "customers/_filters.html" if asks_for(request, "filter-form") else "customers/filters.html"
    return render(request, template, context)


def _view_of(request: HttpRequest, views: list[SavedView]) -> SavedView | None:
    wanted = request.GET.get("view", "")
    return next((view for view in views if str(view.pk) == wanted), None)


def _table(page: Page[Any], asked: Asked, desk: Desk, member: MemberInfo) -> Mapping[str, Any]:
    columns = [desk.columns[key] for key in asked.columns]
    filled = [column.fill(page.rows) for column in columns]
    stars = starred_among([row.person for row in page.rows], member.id)
    rows = [
        (
            row,
            row.person in stars,
            [(column, cells.get(row.person)) for column, cells in zip(columns, filled, strict=True)],
        )
        for row in page.rows
    ]
    return {"rows": rows, "columns": columns}


def _bar(request: HttpRequest, asked: Asked, desk: Desk) -> Mapping[str, Any]:
    """The bar above the list: what is chosen, and the addresses that change it."""
    here = request.GET.copy()
    for name in PLACES:
        here.pop(name, None)
    shown = [(chip, _address(here, chip.params)) for chip in chips(asked.filters.sentences, desk.eyes, desk.fields)]
    text = next((str(one.values[0]) for one in asked.filters.sentences if one.field == "text"), "")
    kept = [(name, value) for name, values in here.lists() if name not in ("q", "sort") for value in values if value]
    falling = [(f"-{sort.key}" if sort.falls_first else sort.key, sort.label) for sort in desk.sorts.values()]
    return {
        "asked": asked,
        "text": text,
        "chips": shown,
        "kept": kept,
        "sorts": falling if asked.sort.param in dict(falling) else [(asked.sort.param, asked.sort.label), *falling],
        "query": here.urlencode(),
        "clear": _address(_only(here, "sort", "columns", "view", EDITED), {})
        if shown or text or asked.filters.problems
        else "",
        "is_filtered": bool(asked.filters.sentences),
        "all_columns": [(column, column.key in asked.columns) for column in desk.columns.values()],
    }


def _rights(member: MemberInfo, asked: Asked, desk: Desk) -> Mapping[str, Any]:
    may_change_all = member.may(Permission.SETTINGS_CHANGE)
    return {
        "may_import": member.may(Permission.IMPORTS_RUN),
        "all_tags": [(tag.id, tag.name) for tag in active_tags()],
        "settable": [(trait.key, trait.title) for trait in desk.traits if not trait.is_computed],
        "may_change_many": member.may(Permission.CUSTOMERS_BULK),
        "may_share": member.may(Permission.CUSTOMERS_CHANGE),
        "may_change_view": asked.view is not None and (asked.view.owner_id == member.id or may_change_all),
    }


def _only(query: QueryDict, *names: str) -> QueryDict:
    kept = query.copy()
    for name in set(query) - set(names):
        kept.pop(name)
    return kept


def _address(query: QueryDict, without: Mapping[str, Any]) -> str:
    changed = query.copy()
    for name in without:
        changed.pop(name, None)
    text = changed.urlencode()
    return f"{reverse('customers:list')}?{text}" if text else reverse("customers:list")
