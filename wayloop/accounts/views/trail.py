"""The audit trail and the security page."""

import csv
import io
import json
from datetime import UTC, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts import acts
from wayloop.accounts.enums import Permission, Role
from wayloop.accounts.guard import permission_required
from wayloop.accounts.models import Member
from wayloop.accounts.queries.invitations import open_invitations
from wayloop.accounts.queries.members import demanded_roles, idle_keys, keys_of, team
from wayloop.accounts.queries.trail import TrailFilter, TrailRow, people_of_trail, refusals, trail, trail_lines
from wayloop.accounts.services.audit import audit
from wayloop.accounts.services.factors import demand_factor
from wayloop.contracts.shell import NavItem
from wayloop.kernel import clock, http
from wayloop.kernel.registry import offers
from wayloop.kernel.spreadsheets import safe_cell
from wayloop.ui.downloads import saved
from wayloop.ui.toasts import notify

PERIODS = (1, 7, 30, 90)
IDLE_DAYS = 90
REFUSAL_DAYS = 7
# More is taken in parts, by the filters of the page; so many lines are some 15 MB.
MOST_LINES = 100_000
COLUMNS = ("line", "time", "who", "key", "act", "about", "number", "details", "address")


@require_safe
@permission_required(Permission.AUDIT_VIEW)
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first. In the address: `member`, `about`, `days`, `after`."""
    asked = _asked(request)
    page = trail(asked=asked, after=request.GET.get("after"))
    context = {
        "rows": [(row, _subject(row)) for row in page.rows],
        "page": page,
        "asked": asked,
        "people": people_of_trail(),
        "groups": _groups(),
        "periods": [(1, _("Today and yesterday")), (7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
        "is_filtered": asked != TrailFilter(),
        "file_url": _file_url(asked),
    }
    return render(request, "accounts/trail.html", context)


@require_safe
@permission_required(Permission.AUDIT_VIEW)
def audit_lines(request: HttpRequest) -> HttpResponseBase:
    """The lines of the page's filters as a file for spreadsheets, at most 100,000, the newest first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    count = 0
    for row in trail_lines(asked=_asked(request), most=MOST_LINES):
        details = json.dumps(row.details, ensure_ascii=False, sort_keys=True) if row.details else ""
        told = (row.who, row.key, row.act, row.kind, row.subject, details, row.address)
        writer.writerow([row.id, row.at.astimezone(UTC).isoformat(timespec="seconds"), *map(safe_cell, told)])
        count += 1
    audit(act=acts.EXPORTED, details={"what": "audit trail", "rows": count})
    return saved(text.getvalue().encode("utf-8-sig"), "audit-trail.csv", "text/csv; charset=utf-8")


@require_safe
@permission_required(Permission.SECURITY_VIEW)
def security(request: HttpRequest) -> HttpResponse:
    """How well this place is guarded, line by line, and what to do."""
    return render(request, "accounts/security.html", _security_context(request))


@require_POST
@permission_required(Permission.TEAM_CHANGE)
def demand(request: HttpRequest) -> HttpResponse:
    """Says which roles need a second factor."""
    roles = request.POST.getlist("roles")
    if not set(roles) <= set(Role.values):
        return render(
            request, "accounts/security.html", _security_context(request), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    demand_factor(roles=[Role(one) for one in roles])
    notify(request, _("Saved. Who has no second factor is led to it with the next click."))
    return redirect("security")


def _security_context(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    rows = [row for row in team() if row.member.is_active]
    bare = [row.member.name for row in rows if not row.has_factor]
    waiting = open_invitations()
    keys = keys_of()
    idle = idle_keys(since=now - timedelta(days=IDLE_DAYS))
    refused, places = refusals(days=REFUSAL_DAYS)
    url = urlsplit(settings.CSRF_TRUSTED_ORIGINS[0])
    demanded = demanded_roles()
    return {
        "bare": bare,
        "all": len(rows),
        "waiting": waiting,
        "over": [one for one in waiting if one.expires_at <= now],
        "keys": keys,
        "idle": idle,
        "endless": [one for one in keys if one.expires_at is None],
        "is_https": url.scheme == "https",
        "is_local": url.hostname in ("localhost", "127.0.0.1", "::1"),
        "address": f"{url.scheme}://{url.netloc}",
        "bound": settings.ENVIRONMENT.host,
        "is_bound_here": settings.ENVIRONMENT.host in ("127.0.0.1", "::1", "localhost"),
        "refused": refused,
        "places": [(address, number) for address, number in places if address],
        "outgoing": http.outgoing(),
        "roles": [(one.value, one.label, one.value in demanded) for one in Role],
        "may_change": isinstance(request.user, Member) and request.user.has_permission(Permission.TEAM_CHANGE),
        "may_see_trail": isinstance(request.user, Member) and request.user.has_permission(Permission.AUDIT_VIEW),
    }


def _file_url(asked: TrailFilter) -> str:
    given = {"member": asked.member, "about": asked.group, "days": asked.days}
    query = urlencode({name: value for name, value in given.items() if value})
    return reverse("audit_lines") + (f"?{query}" if query else "")


def _asked(request: HttpRequest) -> TrailFilter:
    member, days = request.GET.get("member", ""), request.GET.get("days", "")
    group = request.GET.get("about", "")
    return TrailFilter(
        member=int(member) if member.isdecimal() and len(member) < 19 else None,
        group=group if group in dict(_groups()) else "",
        days=int(days) if days in map(str, PERIODS) else None,
    )


def _groups() -> list[tuple[str, str]]:
    return [
        ("sign_in", _("Sign-in")),
        ("team", _("Team")),
        ("keys", _("API keys")),
        ("data", _("Customers and their data")),
        ("settings", _("Settings")),
    ]


def _subject(row: TrailRow) -> str:
    """What it was done to, in words; customers by number only."""
    if row.kind == "settings":
        return _settings_page(str(row.details.get("path", "")))
    if row.subject_name:
        return "" if row.subject_name == row.who else row.subject_name
    if row.kind == "customer":
        return _("customer no. %(number)s") % {"number": row.subject}
    if "rows" in row.details:
        return pgettext("of data taken out", "lines: %(number)s") % {"number": row.details["rows"]}
    if "found" in row.details:
        return pgettext("of a search", "found: %(number)s") % {"number": row.details["found"]}
    role = row.details.get("role")
    return str(Role(role).label) if role in Role.values else ""


def _settings_page(path: str) -> str:
    """The name of the page of the settings that lies over a path."""
    best = ("", "")
    for item in offers(NavItem):
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        if item.step == "settings" and path.startswith(url) and len(url) > len(best[0]):
            best = (url, str(item.label))
    return best[1]
