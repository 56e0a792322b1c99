"""Orders, returns and buyers of a period; one return with its lines."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce.enums import OrderStatus
from wayloop.commerce.life import LOOKS
from wayloop.commerce.queries import deals as queries
from wayloop.commerce.queries import orders
from wayloop.commerce.queries.narrowing import Side
from wayloop.commerce.queries.staying import STANDS
from wayloop.commerce.rules import LOYAL_ORDERS
from wayloop.commerce.views.narrowings import FIELDS, Narrowing, chips, days_in_words, narrowings
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel.paging import Total
from wayloop.ui.requests import day_in


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def deal_list(request: HttpRequest, side: Side) -> HttpResponse:
    """Orders or returns, the newest first; period, customer, number and page are in the address."""
    member = member_of(request)
    chosen, narrowed, asked = asked_deals(request, side)
    asked["scope"] = member.scope
    person, state = asked["person"], asked["state"]
    sums = queries.sum_deals(**asked) if "exact" in request.GET else None
    page = queries.list_deals(**asked, after=request.GET.get("after"))
    late = orders.late_among(orders=[row.id for row in page.rows]) if side == "orders" and page.rows else set()
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    context = {
        "side": side,
        "rows": [
            {
                "deal": row,
                "status": OrderStatus(row.status) if row.status else None,
                "look": LOOKS[row.status] if row.status else None,
                "is_late": row.id in late,
                "owed": row.balance if row.balance and row.balance > 0 else 0,
                "ours": -row.balance if row.balance and row.balance < 0 else 0,
                "customer": titles.get(row.person) if row.person is not None else None,
                "place": places.get(row.location_id) if row.location_id is not None else None,
            }
            for row in page.rows
        ],
        "customer": customers.titles_of([person], member.scope).get(person) if person else None,
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "total": queries.count_deals(**asked)
        if sums is None
        else Total(sum(number for number, _total in sums.values()), is_exact=True),
        "sums": [(total, code) for code, (_number, total) in (sums or {}).items()],
        "state": state,
        "states": _states(),
        "text": asked["text"],
        "kept": {name: request.GET.get(name, "") for name in ("period", "customer", *FIELDS, "from", "to")},
        "chips": chips(request, narrowed),
        "sides_query": _kept(request),
        "period": chosen,
        "periods": business.PERIODS,
    }
    return render(request, "commerce/deals.html", context)


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def buyer_list(request: HttpRequest) -> HttpResponse:
    """The customers with an order in the period, those with the latest order first."""
    member = member_of(request)
    chosen, narrowed, asked = asked_buyers(request)
    asked["scope"] = member.scope
    page = queries.list_buyers(**asked, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows])
    context = {
        "side": "buyers",
        "rows": [{"buyer": row, "customer": titles[row.person]} for row in page.rows if row.person in titles],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "total": queries.count_buyers(**asked, exact="exact" in request.GET),
        "least": asked["least"],
        "again": asked["again"],
        "stand": asked["stand"],
        "chips": chips(request, narrowed),
        "sides_query": _kept(request),
        "period": chosen,
        "periods": business.PERIODS,
    }
    return render(request, "commerce/buyers.html", context)


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def return_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One return with its lines."""
    member = member_of(request)
    deal = queries.deal_by_uuid(side="returns", uuid=uuid, scope=member.scope)
    if deal is None:
        raise Http404
    person = identity.people_of([deal.handle]).get(deal.handle) if deal.handle is not None else None
    context = {
        "deal": deal,
        "lines": queries.lines_of(side="returns", deal=deal.pk),
        "customer": customers.titles_of([person]).get(person) if person is not None else None,
        "place": next((one.name for one in business.locations(with_archived=True) if one.id == deal.location_id), None),
    }
    return render(request, "commerce/return.html", context)


def asked_deals(request: HttpRequest, side: Side) -> tuple[business.NamedPeriod, list[Narrowing], dict[str, Any]]:
    """The period of the address, what a number narrowed the rows to, and what to ask the queries besides the scope."""
    chosen, period, narrowed = _period(request)
    state = request.GET.get("state", "")
    asked = {
        "side": side,
        "period": period,
        "text": request.GET.get("q", "").strip()[:120],
        "person": customers.person_of_filter(request.GET.get("customer", "")),
        "state": state if side == "orders" and state in queries.STATE else "",
    }
    return chosen, narrowed, asked


def asked_buyers(request: HttpRequest) -> tuple[business.NamedPeriod, list[Narrowing], dict[str, Any]]:
    """The same of buyers."""
    chosen, period, narrowed = _period(request)
    least = {"2": 2, "3": LOYAL_ORDERS}.get(request.GET.get("orders", ""), 1)
    stand = next((one for one in STANDS if one == request.GET.get("stand", "")), "")
    return (
        chosen,
        narrowed,
        {
            "period": period,
            "least": least,
            "again": request.GET.get("again") == "1",
            "stand": stand,
        },
    )


def _period(request: HttpRequest) -> tuple[business.NamedPeriod, queries.Period, list[Narrowing]]:
    """The period of the address, by name or by its days, and what a number narrowed the rows to."""
    chosen = business.named_period(request.GET.get("period", "")) or business.PERIODS[-1]
    clock = business.report_clock()
    start, end = business.borders(chosen, clock)
    first, last = (day_in(request.GET.get(name, "")) for name in ("from", "to"))
    if first or last:
        chosen = business.PERIODS[-1]
        start, end = (clock.start_of(day) if day else None for day in (first, last))
    days = tuple(clock.day_of(border) if border else None for border in (start, end))
    found = narrowings(request)
    if first or last:
        found.insert(0, Narrowing(("from", "to"), days_in_words(first, last)))
    values = {one.names[0]: one.value for one in found if one.names[0] != "from"}
    return chosen, queries.Period(start, end, (days[0], days[1]), values), found


def _kept(request: HttpRequest) -> str:
    """What stays when one looks at the other side of the same: the period, and what a number narrowed to."""
    names = ("period", "from", "to", *FIELDS, "exact")
    return f"?{urlencode({name: request.GET[name] for name in names if name in request.GET})}"


def _states() -> list[tuple[str, str]]:
    """What the list of orders can be narrowed to."""
    return [
        ("open", _("Open orders")),
        *((one.value, str(one.label)) for one in (OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.READY)),
        ("late", _("Late deliveries")),
        ("delivered", _("Delivered, with a promised day")),
        ("came_late", _("Came late")),
        ("unpaid", _("Not paid yet")),
        ("to_return", _("Money to give back")),
        ("completed", str(OrderStatus.COMPLETED.label)),
        ("cancelled", str(OrderStatus.CANCELLED.label)),
    ]
