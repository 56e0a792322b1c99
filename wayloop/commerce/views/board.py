"""The board of service jobs: a column for each stage, jobs moved by dragging or by a menu, with a way back."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts import api as accounts
from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce.models import JobMove
from wayloop.commerce.queries.job_kinds import KindInfo, StageInfo, kinds_with_stages
from wayloop.commerce.queries.jobs import (
    Column,
    JobFilter,
    board,
    job_by_uuid,
    stages_with_open_jobs,
)
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import jobs as services
from wayloop.commerce.services.jobs import JobMovedOn
from wayloop.customers import api as customers
from wayloop.ui.requests import asks_for, number_in
from wayloop.ui.toasts import notify


@dataclass(frozen=True)
class Lane:
    """One column as the page shows it: the stage, its jobs with their customers, how many there are."""

    stage: StageInfo
    cards: tuple[dict[str, Any], ...]
    total: int

    @property
    def hidden(self) -> int:
        """How many are only in the list."""
        return self.total - len(self.cards)


@require_safe
@permission_required(Permission.SERVICE_VIEW)
def job_board(request: HttpRequest) -> HttpResponse:
    """The jobs of one kind in its stages; kind, location and "mine" are in the address."""
    return _render(request, member_of(request))


@require_POST
@permission_required(Permission.SERVICE_CHANGE)
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Moves a job into `stage`; `seen` is the stage it was shown in.

    When somebody else was quicker, nothing is written and they are named. The board comes back with what it was
    filtered by (`view=board` and its parameters in the address), else the page of the job.
    """
    member = member_of(request)
    job = job_by_uuid(uuid, member.scope)
    if job is None:
        raise Http404
    status = HTTPStatus.OK
    try:
        done = services.move_job(
            job_id=job.pk,
            stage_id=number_in(request.POST.get("stage", "")) or 0,
            seen_stage_id=number_in(request.POST.get("seen", "")) or 0,
            by=member.id,
        )
    except JobMovedOn as refusal:
        notify(request, _moved_on(refusal.move, member), kind="warn")
        status = HTTPStatus.CONFLICT
    except CommerceRefused as refusal:
        notify(request, str(refusal), kind="warn")
        status = HTTPStatus.CONFLICT
    else:
        if done is not None:
            text = _("“%(title)s” is in “%(stage)s” now") % {"title": job.title, "stage": done.to_stage.name}
            notify(request, text, undo_url=reverse("service:undo_move", args=[done.pk]) + _kept(request))
    if asks_for(request, "board"):
        return _render(request, member, moved=uuid, status=status)
    return redirect(_back(request, uuid))


@require_POST
@permission_required(Permission.SERVICE_CHANGE)
def undo(request: HttpRequest, move_id: int) -> HttpResponse:
    """Takes the latest move of a job back, unless somebody moved it since."""
    member = member_of(request)
    move = JobMove.objects.select_related("job").filter(pk=move_id).first()
    job = job_by_uuid(move.job.uuid, member.scope) if move else None
    if job is None:
        # What was undone once is gone.
        notify(request, _("There is nothing to undo any more."), kind="info")
        return redirect("service:board")
    if services.undo_move(move_id=move_id):
        notify(request, _("Undone"))
    else:
        notify(request, _("Something else happened to this job since, so nothing was undone."), kind="warn")
    is_gone = job_by_uuid(job.uuid, member.scope) is None
    return redirect(reverse("service:board") if is_gone else _back(request, job.uuid))


def stage_names(kinds: tuple[KindInfo, ...]) -> dict[int, StageInfo]:
    """Stage → what it is called, of all kinds."""
    return {stage.id: stage for kind in kinds for stage in kind.stages}


def _render(
    request: HttpRequest, member: MemberInfo, *, moved: UUID | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    kinds = kinds_with_stages()
    shown = [kind for kind in kinds if not kind.is_archived]
    kind = next((one for one in shown if str(one.id) == request.GET.get("kind", "")), shown[0] if shown else None)
    places = business.locations(scope=member.scope)
    location = next((place.id for place in places if str(place.id) == request.GET.get("location", "")), None)
    is_mine = request.GET.get("mine") == "1"
    wanted = JobFilter("all", member=member.id if is_mine else None, location=location)
    context: dict[str, Any] = {
        "kinds": shown,
        "kind": kind,
        "lanes": _lanes(member, kind, wanted) if kind else [],
        "places": [(place.id, place.name) for place in places],
        "location": location or "",
        "is_mine": is_mine,
        "moved": moved,
        "may_change": member.may(Permission.SERVICE_CHANGE),
        "may_set": member.may(Permission.SETTINGS_CHANGE),
        "kept": _kept(request) or "?view=board",
        "is_filtered": is_mine or location is not None,
    }
    template = "commerce/_board.html" if asks_for(request, "board") else "commerce/board.html"
    return render(request, template, context, status=status)


def _lanes(member: MemberInfo, kind: KindInfo, wanted: JobFilter) -> list[Lane]:
    # A stage that was put away stays on the board as long as a job stands in it.
    archived = stages_with_open_jobs([stage.id for stage in kind.stages if stage.is_archived])
    stages = [stage for stage in kind.stages if not stage.is_archived or stage.id in archived]
    columns = board(
        scope=member.scope,
        open_stages=[stage.id for stage in stages if not stage.outcome],
        ends=[stage.id for stage in stages if stage.outcome],
        wanted=wanted,
    )
    rows = [row for column in columns.values() for row in column.rows]
    titles = customers.titles_of([row.person for row in rows if row.person is not None])
    names = accounts.names_of(row.member_id for row in rows if row.member_id is not None)
    return [_lane(stage, columns[stage.id], titles, names) for stage in stages]


def _lane(stage: StageInfo, column: Column, titles: dict[int, Any], names: dict[int, str]) -> Lane:
    cards = tuple(
        {"job": row, "customer": titles.get(row.person or 0), "member": names.get(row.member_id or 0, "")}
        for row in column.rows
    )
    return Lane(stage, cards, column.total)


def _moved_on(move: JobMove, member: MemberInfo) -> str:
    told = {"stage": move.to_stage.name, "name": move.member.name if move.member else ""}
    if move.member is None or move.member_id == member.id:
        return _("The job stands in “%(stage)s” by now. Look, and move it again.") % told
    return _("%(name)s was quicker: the job stands in “%(stage)s” now. Look, and move it again.") % told


def _kept(request: HttpRequest) -> str:
    """What the board was filtered by, for the way back to it."""
    if request.method == "POST" and request.GET.get("view") != "board":
        return ""
    kept = request.GET.copy()
    for name in [name for name in kept if name not in ("kind", "mine", "location")]:
        del kept[name]
    kept["view"] = "board"
    return f"?{kept.urlencode()}"


def _back(request: HttpRequest, uuid: UUID) -> str:
    if request.GET.get("view") == "board":
        return reverse("service:board") + _kept(request)
    return reverse("service:job", args=[uuid])
