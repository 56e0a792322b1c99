"""The board of cases: a column for each stage, cases moved by dragging or by a menu, with a way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts import api as accounts
from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.customers import api as customers
from wayloop.ui.requests import asks_for, number_in
from wayloop.ui.toasts import notify
from wayloop.work.models import CaseEntry
from wayloop.work.queries.cases import CaseFilter, Column, board, case_by_uuid
from wayloop.work.queries.settings import StageInfo, playbooks, stages, standing
from wayloop.work.rules import WorkRefused, sight_of
from wayloop.work.services import moving
from wayloop.work.services.moving import CaseMovedOn


@dataclass(frozen=True)
class Lane:
    """One column as the page shows it: the stage, its cases with their customers, how many there are.

    `moves`: the stages a case of it may go to, as choices of a menu; made once for all its cards.
    """

    stage: StageInfo
    cards: tuple[dict[str, Any], ...]
    total: int
    moves: str

    @property
    def hidden(self) -> int:
        """How many are only in the list."""
        return self.total - len(self.cards)


@require_safe
@permission_required(Permission.WORK_OWN)
def case_board(request: HttpRequest) -> HttpResponse:
    """Cases in their stages; location, playbook and "mine" are in the address."""
    return _render(request, member_of(request))


@require_POST
@permission_required(Permission.WORK_CHANGE)
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Moves a case into `stage`; `seen` is the stage it was shown in.

    When somebody else was quicker, nothing is written and they are named. The board comes back with what it was
    filtered by (`view=board` and its parameters in the address), else the page of the case.
    """
    member = member_of(request)
    case = case_by_uuid(uuid, sight_of(member))
    if case is None:
        raise Http404
    status = HTTPStatus.OK
    wanted, seen = (number_in(request.POST.get(name, "")) or 0 for name in ("stage", "seen"))
    try:
        done = moving.move_case(case_id=case.pk, stage_id=wanted, seen_stage_id=seen, by=member.id)
    except CaseMovedOn as refusal:
        notify(request, _moved_on(refusal.entry, member), kind="warn")
        status = HTTPStatus.CONFLICT
    except WorkRefused as refusal:
        notify(request, str(refusal), kind="warn")
        status = HTTPStatus.CONFLICT
    else:
        if done is not None and done.to_stage is not None:
            text = _("“%(title)s” is in “%(stage)s” now") % {"title": case.title, "stage": done.to_stage.name}
            notify(request, text, undo_url=reverse("work:undo_move", args=[done.pk]) + _kept(request))
    if asks_for(request, "board"):
        return _render(request, member, moved=uuid, status=status)
    return redirect(_back(request, uuid))


@require_POST
@permission_required(Permission.WORK_CHANGE)
def undo_move(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Takes the latest move of a case back, unless somebody moved it since."""
    member = member_of(request)
    sight = sight_of(member)
    entry = CaseEntry.objects.select_related("case").filter(pk=entry_id).first()
    case = case_by_uuid(entry.case.uuid, sight) if entry else None
    if case is None:
        # What was undone once is gone.
        notify(request, _("There is nothing to undo any more."), kind="info")
        return redirect("work:board")
    if moving.undo_move(entry_id=entry_id, by=member.id):
        notify(request, _("Undone"))
    else:
        notify(request, _("Something else happened to this case since, so nothing was undone."), kind="warn")
    is_gone = case_by_uuid(case.uuid, sight) is None
    return redirect(reverse("work:board") if is_gone else _back(request, case.uuid))


def _render(
    request: HttpRequest, member: MemberInfo, *, moved: UUID | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    places = business.locations(scope=member.scope)
    books = playbooks()
    location = next((place.id for place in places if str(place.id) == request.GET.get("location", "")), None)
    book = next((one.pk for one in books if str(one.pk) == request.GET.get("playbook", "")), None)
    is_mine = request.GET.get("mine") == "1"
    wanted = CaseFilter("all", member=member.id if is_mine else None, location=location, playbook=book)
    lanes = _lanes(member, wanted)
    context = {
        "lanes": lanes,
        "is_empty": not any(lane.total for lane in lanes),
        "places": [(place.id, place.name) for place in places],
        "books": [(one.pk, one.name) for one in books],
        "location": location or "",
        "book": book or "",
        "is_mine": is_mine,
        "moved": moved,
        "sees_all": member.may(Permission.WORK_VIEW),
        "may_change": member.may(Permission.WORK_CHANGE),
        "may_open": member.may(Permission.WORK_OPEN),
        "may_set": member.may(Permission.WORK_SET),
        "kept": _kept(request) or "?view=board",
        "is_filtered": is_mine or location is not None or book is not None,
    }
    template = "work/_board.html" if asks_for(request, "board") else "work/board.html"
    return render(request, template, context, status=status)


def _lanes(member: MemberInfo, wanted: CaseFilter) -> list[Lane]:
    every, open_in = stages(), standing()
    # A stage that was put away stays on the board as long as a case stands in it.
    shown = [stage for stage in every if not stage.is_archived or open_in.get(stage.id)]
    columns = board(
        sight=sight_of(member),
        open_stages=[stage.id for stage in shown if not stage.is_end],
        ends=[stage.id for stage in shown if stage.is_end],
        wanted=wanted,
    )
    rows = [row for column in columns.values() for row in column.rows]
    titles = customers.titles_of([row.person for row in rows if row.person is not None])
    names = accounts.names_of(row.member_id for row in rows if row.member_id is not None)
    return [_lane(stage, columns[stage.id], titles, names, shown) for stage in shown]


def _lane(
    stage: StageInfo, column: Column, titles: dict[int, Any], names: dict[int, str], stages: Sequence[StageInfo]
) -> Lane:
    cards = tuple(
        {"case": row, "customer": titles.get(row.person or 0), "member": names.get(row.member_id or 0, "")}
        for row in column.rows
    )
    moves = render_to_string("work/_moves.html", {"stage": stage, "stages": stages})
    return Lane(stage, cards, column.total, moves)


def _moved_on(entry: CaseEntry, member: MemberInfo) -> str:
    told = {"stage": entry.to_stage.name if entry.to_stage else "", "name": entry.member.name if entry.member else ""}
    if entry.member is None or entry.member_id == member.id:
        return _("The case stands in “%(stage)s” by now. Look, and move it again.") % told
    return _("%(name)s was quicker: the case stands in “%(stage)s” now. Look, and move it again.") % told


def _kept(request: HttpRequest) -> str:
    """What the board was filtered by, for the way back to it."""
    if request.method == "POST" and request.GET.get("view") != "board":
        return ""
    kept = request.GET.copy()
    for name in [name for name in kept if name not in ("mine", "location", "playbook")]:
        del kept[name]
    kept["view"] = "board"
    return f"?{kept.urlencode()}"


def _back(request: HttpRequest, uuid: UUID) -> str:
    if request.GET.get("view") == "board":
        return reverse("work:board") + _kept(request)
    return reverse("work:case", args=[uuid])
