"""The quarterly review: a quarter on two sheets of A4."""

from collections import Counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.metrics import words
from wayloop.metrics.alert_cards import alert_cards
from wayloop.metrics.enums import Standing
from wayloop.metrics.goal_cards import goal_cards
from wayloop.metrics.queries import review as quarters
from wayloop.metrics.views import GROUPS, RARE, patient


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
    quarter = quarters.quarter_of(name)
    if quarter is None:
        raise Http404
    member = member_of(request)
    found = quarters.review_of(quarter, member.scope)
    standings = Counter(one.standing for one in found.goals)
    tones = Counter(one.figure.tone or one.figure.change.verdict for one in found.lines.values())
    context = {
        "review": found,
        "quarter": quarter,
        "earlier": quarters.before(quarter),
        "later": quarters.following(quarter),
        "business": business.profile().name,
        "made_at": clock.now(),
        "better": tones["good"],
        "worse": tones["bad"],
        "same": tones["same"],
        "reached": standings[Standing.REACHED],
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
    }
    return render(request, "metrics/review.html", context)
