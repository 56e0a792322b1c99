"""The doctor's page for owners, and the figures for machines that watch."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.contracts.doctor import State
from wayloop.contracts.shell import Text
from wayloop.kernel import clock
from wayloop.kernel.stream.parking import parked_rows
from wayloop.kernel.stream.services import dismiss_parked, replay_parked, take_back_dismissal
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
            "parked": parked_rows(limit=MOST_SHOWN),
        },
    )


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def settle_parked(request: HttpRequest, number: int, deed: str) -> HttpResponse:
    """Lets an event that was set aside be read again, leaves it out, or takes that back."""
    if deed not in DEEDS:
        raise Http404
    try:
        DEEDS[deed](request, number)
    except LookupError:
        notify(request, _("Somebody was faster: this event no longer waits."), kind="info")
    return redirect("doctor")


def _read_again(request: HttpRequest, number: int) -> None:
    if replay_parked(number=number):
        notify(request, _("The event was read. Everything that follows from it is done."))
    else:
        notify(request, _("It failed again. The event stays here; the error is below."), kind="bad")


def _leave_out(request: HttpRequest, number: int) -> None:
    dismiss_parked(number=number)
    undo = reverse("settle_parked", args=[number, "back"])
    notify(request, _("The event is left out: nothing will follow from it."), kind="info", undo_url=undo)


def _take_back(request: HttpRequest, number: int) -> None:
    take_back_dismissal(number=number)
    notify(request, _("The event waits here again."), kind="info")


DEEDS = {"again": _read_again, "leave-out": _leave_out, "back": _take_back}


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in the text format of Prometheus. For strangers there is no such page."""
    if not may_read(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)
