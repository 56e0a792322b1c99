"""Home: what needs somebody, and the numbers of a period, each opening its rows."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from psycopg.errors import QueryCanceled

from wayloop.accounts.api import MemberInfo, Permission, member_of
from wayloop.business import api as business
from wayloop.contracts.home import AttentionLine, AttentionProvider, NewsLine, NewsProvider
from wayloop.customers import api as customers
from wayloop.kernel import clock, registry
from wayloop.metrics import api as metrics
from wayloop.ui import formats
from wayloop.web.context import Shell

SHOWN = ["orders", "gross_revenue", "net_revenue", "buyers"]
READ = [*SHOWN, "returns"]
# What may have changed, what matters most first. Of revenue and orders one line is enough.
WATCHED = [
    "csat",
    "nps",
    "late_share",
    "net_revenue",
    "average_order_value",
    "orders",
    "buyers",
    "repeat_purchase",
    "returns_share",
]
MOST_LINES = 5
NEWS_LINES = 6


@dataclass(frozen=True)
class Tile:
    """One number on Home, what it stands on, and the address of its rows."""

    figure: metrics.Figure
    note: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of every member; shows what their role may see. Whose role has one place only is led there."""
    member = member_of(request)
    if only := Shell(request).only_url:
        return redirect(only)
    lines = _attention(request, member)
    sees_numbers = member.may(Permission.METRICS_VIEW)
    period, figures = _figures(request, member) if sees_numbers else (None, {})
    is_empty = (
        not any(one.reading.n for one in figures.values()) and not customers.count_cards(scope=member.scope).number
    )
    context = {
        "greeting": formats.greeting(timezone.localtime(clock.now())),
        "day": _long_day(clock.now()),
        "name": member.name.split(" ")[0],
        "waiting": len(lines),
        "lines": lines[:MOST_LINES],
        "others": lines[MOST_LINES:],
        "tiles": [Tile(figures[name], _note(name, figures, period)) for name in SHOWN] if figures and period else [],
        "changes": [one for name in WATCHED if (one := figures.get(name)) and one.change.verdict == "changed"][
            :MOST_LINES
        ],
        "is_compared": any(one.change.verdict != "unknown" for one in figures.values()),
        "news": _news(request, member),
        "period": period,
        "periods": business.PERIODS,
        "is_empty": is_empty and sees_numbers,
        "is_too_long": period is not None and not figures,
        "may_import": member.may(Permission.IMPORTS_RUN),
    }
    return render(request, "web/home.html", context)


def _attention(request: HttpRequest, member: MemberInfo) -> list[AttentionLine]:
    return [
        line
        for provider in registry.offers(AttentionProvider)  # type: ignore[type-abstract]
        if member.may(Permission(provider.permission))
        for line in provider.lines(request.user)
    ]


def _news(request: HttpRequest, member: MemberInfo) -> list[tuple[NewsProvider, str, list[NewsLine]]]:
    """The latest of each kind the member may see, with the address of all of them."""
    found = []
    for provider in registry.offers(NewsProvider):  # type: ignore[type-abstract]
        if member.may(Permission(provider.permission)):
            lines = list(provider.lines(request.user, NEWS_LINES))
            if lines:
                found.append((provider, reverse(provider.url_name), lines))
    return found


def _figures(request: HttpRequest, member: MemberInfo) -> tuple[business.NamedPeriod, dict[str, metrics.Figure]]:
    asked = business.named_period(request.GET.get("period", ""))
    # Without a wish: the last 30 days, or all time when nothing happened in them, because four zeros help nobody.
    for period in [asked] if asked else [business.PERIODS[0], business.PERIODS[-1]]:
        names = [*READ, *(name for name in WATCHED if name not in READ)] if period.days else READ
        try:
            figures = metrics.read_figures(names, member.scope, period, series_of=SHOWN)
        except OperationalError as error:
            # Of millions of orders all time may take longer than a page waits; the rest of the page still stands.
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            return period, {}
        if any(one.reading.n for one in figures.values()):
            break
    return period, figures


def _note(name: str, figures: dict[str, metrics.Figure], period: business.NamedPeriod) -> str:
    """What a number stands on, in a few words."""
    figure = figures[name]
    if figure.left_out:
        return figure.left_out[0]
    if name == "gross_revenue":
        return figure.stands_on
    if name == "net_revenue":
        returned = figures["returns"].reading
        return _("less %(money)s of returns") % {
            "money": formats.money(round(returned.value or 0), returned.unit, whole=True)
        }
    return str(period.label)


def _long_day(now: datetime) -> str:
    text = str(format_date(timezone.localtime(now).date(), "EEEE, d MMMM", locale=formats.locale_of()))
    return text[:1].upper() + text[1:]
