"""The doctor's page for owners, and the figures for machines that watch."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.contracts.doctor import State
from wayloop.contracts.shell import Text
from wayloop.kernel import clock
from wayloop.operations import aside
from wayloop.operations.doctor import examine
from wayloop.operations.gauges import CONTENT_TYPE, exposition, may_read
from wayloop.operations.words import words_of
from wayloop.ui.toasts import notify

MOST_SHOWN = 50
_ORDER = {State.BROKEN: 0, State.NOTICE: 1, State.GOOD: 2}


@dataclass(frozen=True)
class Examined:
    """One check and what was found, in words."""

    label: Text
    text: str
    advice: Text
    state: State


@require_safe
@permission_required(Permission.SETTINGS_CHANGE)
def doctor(request: HttpRequest) -> HttpResponse:
    """Asks every check now and shows what needs somebody first."""
    found = [
        Examined(label=words.label, text=finding.text, advice=words.advice, state=finding.state)
        for name, finding in examine()
        for words in [words_of(name)]
    ]
    found.sort(key=lambda one: _ORDER[one.state])
    return render(
        request,
        "operations/doctor.html",
        {
            "broken": [one for one in found if one.state is State.BROKEN],
            "notices": [one for one in found if one.state is State.NOTICE],
            "good": [one for one in found if one.state is State.GOOD],
            "total": len(found),
            "now": clock.now(),
            "aside": aside.lines(limit=MOST_SHOWN),
        },
    )


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def settle_aside(request: HttpRequest, what: str, number: int, deed: str) -> HttpResponse:
    """Lets something that was set aside be done again, leaves it out, or takes that back."""
    if (what, deed) not in aside.DEEDS:
        raise Http404
    told = aside.settle(what, number, deed)
    is_left_out = deed == "leave-out" and told is not aside.GONE
    undo = reverse("settle_aside", args=[what, number, "back"]) if is_left_out else ""
    notify(request, str(told.text), kind=told.kind, undo_url=undo)
    return redirect("doctor")


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in the text format of Prometheus. For strangers there is no such page."""
    if not may_read(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)
