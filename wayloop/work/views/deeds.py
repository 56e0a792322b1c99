"""What is done on the page of a case: notes, owner, cause, compensation, steps – each with a way back."""

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.kernel.money import to_minor
from wayloop.ui import formats
from wayloop.ui.requests import came_from, number_in
from wayloop.ui.toasts import notify
from wayloop.work.models import CaseEntry, CaseStep
from wayloop.work.queries.cases import case_by_uuid
from wayloop.work.rules import WorkRefused, sight_of
from wayloop.work.services import writing
from wayloop.work.services.writing import CaseChanged
from wayloop.work.views.shown import case_of


@require_POST
@permission_required(Permission.WORK_CHANGE)
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Writes a note for the team."""
    member = member_of(request)
    case = case_of(uuid, member)
    try:
        entry = writing.note_case(case_id=case.pk, text=request.POST.get("text", ""), by=member.id)
    except WorkRefused as refusal:
        notify(request, str(refusal), kind="warn")
    else:
        notify(request, _("The note is written"), undo_url=reverse("work:undo_entry", args=[entry.pk]))
    return redirect("work:case", uuid=uuid)


@require_POST
@permission_required(Permission.WORK_OPEN)
def give(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Gives the case to `member`, nobody when it is empty; `seen` had it when the page was shown."""
    member = member_of(request)
    case = case_of(uuid, member)
    wanted = number_in(request.POST.get("member", ""))
    try:
        entry = writing.give_case(
            case_id=case.pk, member_id=wanted, by=member.id, seen=number_in(request.POST.get("seen", "")) or 0
        )
    except CaseChanged:
        notify(request, _("Somebody else has given this case away meanwhile. Look who has it now."), kind="warn")
    except WorkRefused as refusal:
        notify(request, str(refusal), kind="warn")
    else:
        if entry is not None:
            name = accounts.names_of([wanted]).get(wanted, "") if wanted else ""
            told = _("%(name)s has this case now") % {"name": name} if wanted else _("Nobody has this case now")
            notify(request, told, undo_url=reverse("work:undo_entry", args=[entry.pk]))
    return redirect(came_from(request, reverse("work:case", args=[uuid])))


@require_POST
@permission_required(Permission.WORK_CHANGE)
def cause(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Says why it went wrong."""
    member = member_of(request)
    case = case_of(uuid, member)
    try:
        entry = writing.name_cause(case_id=case.pk, cause_id=number_in(request.POST.get("cause", "")), by=member.id)
    except WorkRefused as refusal:
        notify(request, str(refusal), kind="warn")
    else:
        if entry is not None:
            notify(request, _("The root cause is noted"), undo_url=reverse("work:undo_entry", args=[entry.pk]))
    return redirect("work:case", uuid=uuid)


@require_POST
@permission_required(Permission.WORK_CHANGE)
def compensation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Notes what the customer was given."""
    member = member_of(request)
    case = case_of(uuid, member)
    amount, cost = (_amount(request.POST.get(name, ""), case.currency) for name in ("amount", "cost"))
    try:
        entry = writing.compensate(
            case_id=case.pk, amount=amount or 0, cost=cost, what=request.POST.get("what", ""), by=member.id
        )
    except WorkRefused as refusal:
        notify(request, str(refusal), kind="warn")
    else:
        told = _("%(amount)s noted as compensation") % {"amount": formats.money(entry.amount or 0, case.currency)}
        notify(request, told, undo_url=reverse("work:undo_entry", args=[entry.pk]))
    return redirect("work:case", uuid=uuid)


@require_POST
@permission_required(Permission.WORK_CHANGE)
def step(request: HttpRequest, uuid: UUID, step_id: int) -> HttpResponse:
    """Ticks a point of the checklist (`done=1`), or takes the tick off."""
    member = member_of(request)
    case = case_of(uuid, member)
    is_done = (request.POST.get("done") or request.GET.get("done")) == "1"
    try:
        ticked = writing.tick_step(case_id=case.pk, step_id=step_id, is_done=is_done, by=member.id)
    except CaseStep.DoesNotExist:
        notify(request, _("This point of the checklist is gone."), kind="warn")
    else:
        if is_done:
            undo = reverse("work:tick_step", args=[uuid, step_id]) + "?done=0"
            notify(request, _("Done: %(step)s") % {"step": ticked.text}, undo_url=undo)
    return redirect("work:case", uuid=uuid)


@require_POST
@permission_required(Permission.WORK_CHANGE)
def undo_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Takes a line of the history back."""
    member = member_of(request)
    entry = CaseEntry.objects.select_related("case").filter(pk=entry_id).first()
    case = case_by_uuid(entry.case.uuid, sight_of(member)) if entry else None
    if case is None:
        notify(request, _("There is nothing to undo any more."), kind="info")
        return redirect("work:board")
    if writing.undo_entry(entry_id=entry_id, by=member.id):
        notify(request, _("Undone"))
    else:
        notify(request, _("Something else happened to this case since, so nothing was undone."), kind="warn")
    return redirect("work:case", uuid=case.uuid)


def _amount(text: str, currency: str) -> int | None:
    try:
        value = Decimal(text.replace(",", ".").replace(" ", "").replace("\xa0", ""))
    except InvalidOperation:
        return None
    return to_minor(value, currency) if value.is_finite() and abs(value.adjusted()) < 12 else None
