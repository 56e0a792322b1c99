"""Alerts: numbers that left the band of their goal, with the reason and what may be done."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.metrics.alert_cards import alert_cards
from wayloop.metrics.bands import CHANCE_A_YEAR
from wayloop.metrics.queries.alerts import alerts_seen
from wayloop.metrics.services.alerts import take_alert
from wayloop.ui.toasts import notify

# How many alerts the page shows; older ones stand in the quarterly reviews.
SHOWN = 100


@require_safe
@permission_required(Permission.METRICS_VIEW)
def alert_list(request: HttpRequest) -> HttpResponse:
    """What stands open first, then what was settled."""
    member = member_of(request)
    cards = alert_cards(list(alerts_seen(member.scope)[:SHOWN]))
    context = {
        "open": [one for one in cards if one.alert.settled_at is None],
        "settled": [one for one in cards if one.alert.settled_at is not None],
        "me": member.id,
        "may_take": member.may(Permission.GOALS_CHANGE),
        "chance": round(1 / CHANCE_A_YEAR[90]),
    }
    return render(request, "metrics/alerts.html", context)


@require_POST
@permission_required(Permission.GOALS_CHANGE)
def alert_take(request: HttpRequest, number: int) -> HttpResponse:
    """The member sees to the alert, with a way back."""
    _take(request, number, back=False)
    notify(request, _("You see to it."), undo_url=reverse("metrics:alert_leave", args=[number]))
    return redirect("metrics:alerts")


@require_POST
@permission_required(Permission.GOALS_CHANGE)
def alert_leave(request: HttpRequest, number: int) -> HttpResponse:
    """Nobody sees to it any more."""
    _take(request, number, back=True)
    return redirect("metrics:alerts")


def _take(request: HttpRequest, number: int, *, back: bool) -> None:
    member = member_of(request)
    if take_alert(number=number, member=member.id, scope=member.scope, back=back) is None:
        raise Http404
