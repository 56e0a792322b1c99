"""What leaves: runs with their progress, messages in doubt, everything that was sent or not, and why."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, audit, member_of, permission_required
from wayloop.contracts.messaging import RunProgress
from wayloop.customers import api as customers
from wayloop.messaging.acts import ADDRESS_DECIDED, DOUBTS_DECIDED, RUN_RESUMED, RUN_STOPPED
from wayloop.messaging.enums import Refused, State
from wayloop.messaging.models import Run
from wayloop.messaging.queries import messages as queries
from wayloop.messaging.services import doubts, runs
from wayloop.privacy.api import Channel, Purpose, Reason, Suppression, suppress_points, unsuppress_points
from wayloop.ui.requests import asks_for, came_from
from wayloop.ui.toasts import notify

PILLS = {
    State.SENT: "good",
    State.REFUSED: "",
    State.DOUBTFUL: "warn",
    State.WAITING: "info",
    State.CLAIMED: "info",
    State.LEAVING: "info",
}
# The reasons of both contexts in one table of words.
WORDS: dict[str, Any] = {one.value: one.label for one in (*Reason, *Refused)}
SHOWN = (State.WAITING, State.SENT, State.REFUSED, State.DOUBTFUL)
MOST_DOUBTS = 200


@dataclass(frozen=True)
class Row:
    """One message as the page shows it."""

    line: queries.Line
    name: str
    url: str
    state: str
    pill: str
    purpose: str
    channel: str
    why: str
    is_dead: bool


@require_http_methods(["GET", "HEAD"])
@permission_required(Permission.MESSAGES_VIEW)
def messages(request: HttpRequest) -> HttpResponse:
    """Runs, doubts, and the latest messages."""
    state = request.GET.get("state", "")
    if state not in (one.value for one in SHOWN):
        state = ""
    page = queries.list_messages(state=state, key=request.GET.get("after"))
    counts = queries.counts_now()
    doubtful = queries.list_messages(state=State.DOUBTFUL, limit=MOST_DOUBTS).rows if counts[State.DOUBTFUL] else ()
    found = queries.newest_runs()
    progress = queries.run_progress([one.pk for one in found])
    context = {
        "rows": _rows(page.rows),
        "next": _next(state, page.next_key),
        "state": state,
        "states": [(one.value, one.label) for one in SHOWN],
        "counts": counts,
        "runs": [(one, progress[one.pk]) for one in found],
        "doubts": _rows(doubtful),
        "may_change": member_of(request).may(Permission.MESSAGES_CHANGE),
    }
    return render(request, "messaging/list.html", context)


@require_http_methods(["GET", "HEAD"])
@permission_required(Permission.MESSAGES_VIEW)
def run(request: HttpRequest, number: int) -> HttpResponse:
    """One run and its messages; by script only how far it is, for the bar that asks again and again."""
    found, told = _run(number)
    may_change = member_of(request).may(Permission.MESSAGES_CHANGE)
    context: dict[str, Any] = {"run": found, "progress": told, "may_change": may_change}
    if asks_for(request, "run-progress"):
        return render(request, "messaging/_progress.html", context)
    page = queries.list_messages(run=number, key=request.GET.get("after"))
    context |= {
        "counts": [(state.label, told.counts.get(state, 0), PILLS[state]) for state in SHOWN],
        "rows": _rows(page.rows),
        "next": f"?{urlencode({'after': page.next_key})}" if page.next_key else "",
    }
    return render(request, "messaging/run.html", context)


@require_POST
@permission_required(Permission.MESSAGES_CHANGE)
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Nothing more of a run leaves."""
    _run(number)
    with transaction.atomic():
        if runs.stop_run(run=number, member=member_of(request).id):
            audit(act=RUN_STOPPED, kind="messages", subject=number)
    notify(request, _("Stopped. Nothing more of it leaves."), undo_url=reverse("messaging:resume", args=[number]))
    return redirect("messaging:run", number)


@require_POST
@permission_required(Permission.MESSAGES_CHANGE)
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """Lets a stopped run go on."""
    _run(number)
    with transaction.atomic():
        if runs.resume_run(run=number):
            audit(act=RUN_RESUMED, kind="messages", subject=number)
    notify(request, _("It goes on."))
    return redirect("messaging:run", number)


@require_POST
@permission_required(Permission.MESSAGES_CHANGE)
def decide(request: HttpRequest) -> HttpResponse:
    """Takes doubtful messages for arrived, or sends them again."""
    wanted, member = _numbers(request), member_of(request).id
    is_again = request.POST.get("do") == "again"
    with transaction.atomic():
        count = (doubts.send_again if is_again else doubts.take_arrived)(messages=wanted, member=member)
        audit(act=DOUBTS_DECIDED, kind="messages", subject="again" if is_again else "arrived", details={"n": count})
    if count:
        if is_again:
            text = ngettext("%(n)s message goes once more.", "%(n)s messages go once more.", count)
        else:
            text = ngettext("%(n)s message counts as arrived.", "%(n)s messages count as arrived.", count)
        told = urlencode([("message", number) for number in wanted])
        notify(request, text % {"n": count}, undo_url=f"{reverse('messaging:doubt_again')}?{told}")
    else:
        notify(request, _("Nothing was chosen, or somebody else decided already."), kind="info")
    return redirect("messaging:list")


@require_POST
@permission_required(Permission.MESSAGES_CHANGE)
def doubt_again(request: HttpRequest) -> HttpResponse:
    """Takes a decision about doubtful messages back, as far as nothing has left since."""
    with transaction.atomic():
        count = doubts.doubt_again(messages=_numbers(request), member=member_of(request).id)
        audit(act=DOUBTS_DECIDED, kind="messages", subject="back", details={"n": count})
    notify(request, _("In doubt again: %(n)s") % {"n": count}, kind="info")
    return redirect(came_from(request, reverse("messaging:list")))


@require_POST
@permission_required(Permission.MESSAGES_CHANGE)
def address(request: HttpRequest, number: int) -> HttpResponse:
    """Lets an address be written to again that a server called dead, or (`do=off`) not."""
    point = queries.dead_point_of(number)
    if point is None:
        raise Http404
    is_off = "off" in (request.POST.get("do"), request.GET.get("do"))
    with transaction.atomic():
        if is_off:
            suppress_points(points=[point], reason=Suppression.BOUNCED)
        else:
            unsuppress_points(points=[point], reason=Suppression.BOUNCED)
        audit(act=ADDRESS_DECIDED, kind="messages", subject=number, details={"off": is_off})
    if is_off:
        notify(request, _("The address is not written to."), kind="info")
    else:
        undo = f"{reverse('messaging:address', args=[number])}?do=off"
        notify(request, _("The address is written to again from the next message on."), undo_url=undo)
    return redirect("messaging:list")


def _numbers(request: HttpRequest) -> list[int]:
    told = request.POST.getlist("message") or request.GET.getlist("message")
    return [int(one) for one in told[:MOST_DOUBTS] if one.isascii() and one.isdigit() and len(one) < 19]


def _run(number: int) -> tuple[Run, RunProgress]:
    found = Run.objects.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise Http404
    return found, queries.run_progress([number])[number]


def _rows(lines: tuple[queries.Line, ...]) -> list[Row]:
    titles = customers.titles_of([line.person for line in lines])
    return [
        Row(
            line=line,
            name=titles[line.person].title if line.person in titles else "",
            url=reverse("customers:card", args=[titles[line.person].uuid]) if line.person in titles else "",
            state=_("Came back") if _is_back(line) else str(State(line.state).label),
            pill="warn" if _is_back(line) else PILLS[State(line.state)],
            purpose=str(Purpose(line.purpose).label),
            channel=str(Channel(line.channel).label),
            why=str(WORDS.get(line.reason, "")),
            is_dead=line.reason == Refused.DEAD_ADDRESS,
        )
        for line in lines
    ]


def _is_back(line: queries.Line) -> bool:
    """Whether it was taken, and came back later."""
    return line.state == State.SENT and bool(line.reason)


def _next(state: str, key: str | None) -> str:
    return f"?{urlencode({'state': state, 'after': key} if state else {'after': key})}" if key else ""
