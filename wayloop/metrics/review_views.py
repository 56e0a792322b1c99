"""The quarterly review: a quarter on two sheets of A4."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.channels.api import way_out
from wayloop.kernel import clock
from wayloop.metrics import review_text, words
from wayloop.metrics.alert_cards import alert_cards
from wayloop.metrics.goal_cards import goal_cards
from wayloop.metrics.queries import review as quarters
from wayloop.metrics.queries.review import letter_of
from wayloop.metrics.services.reviews import EMAIL, ask_for_review
from wayloop.metrics.views import GROUPS, RARE, patient
from wayloop.ui.downloads import saved
from wayloop.ui.pdf import printer
from wayloop.ui.toasts import notify


@require_safe
@permission_required(Permission.METRICS_VIEW)
def review_latest(request: HttpRequest) -> HttpResponse:
    """Leads to the last quarter that is over."""
    return redirect("metrics:review", quarters.latest_quarter().key)


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def review_page(request: HttpRequest, name: str) -> HttpResponse:
    """One quarter, to be read on the screen or printed; `name`: as 2026-Q3."""
    return render(request, "metrics/review.html", _shown(request, name))


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def review_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same as a PDF file. Where none can be made the page comes instead and says what to do."""
    context, make = _shown(request, name), printer()
    if make is None:
        return render(request, "metrics/review.html", context | {"has_no_printer": True})
    html = render_to_string("metrics/review.html", context, request)
    return saved(make(html), f"{context['business']} {context['quarter'].label}.pdf", "application/pdf")


def _shown(request: HttpRequest, name: str) -> dict[str, Any]:
    quarter = quarters.quarter_of(name)
    if quarter is None:
        raise Http404
    member = member_of(request)
    found = quarters.review_of(quarter, member.scope)
    return {
        "review": found,
        "quarter": quarter,
        "earlier": quarters.before(quarter),
        "later": quarters.following(quarter),
        "business": business.profile().name,
        "made_at": clock.now(),
        "verdict": review_text.verdict(found),
        "letter": letter_of(quarter.key, member.id),
        "may_send": way_out(EMAIL) is not None,
        "goals": goal_cards(found.goals),
        "changes": [one.figure for one in found.lines.values() if one.figure.change.verdict == "changed"],
        "groups": [
            (
                title,
                [
                    (line.figure, words.said(line.before), words.said(line.year_ago))
                    for name in names
                    if (line := found.lines[name]).figure.reading.n or line.before.n
                    if name not in RARE or line.figure.reading.n
                ],
            )
            for title, names in GROUPS
        ],
        "alerts": alert_cards(found.alerts),
        "happened": found.happened,
    }


@require_POST
@permission_required(Permission.METRICS_VIEW)
def review_send(request: HttpRequest, name: str) -> HttpResponse:
    """Sends the quarter to the member's own address."""
    if quarters.quarter_of(name) is None or way_out(EMAIL) is None:
        raise Http404
    ask_for_review(quarter=name, member=member_of(request).id)
    notify(request, _("The review is on its way to your e-mail."))
    return redirect("metrics:review", name)
