"""Settings: playbooks, stages of cases, root causes."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.ui.toasts import notify
from wayloop.work.enums import OwnerRule
from wayloop.work.forms.playbooks import NameForm, PlaybookForm
from wayloop.work.models import Cause, Playbook, Stage
from wayloop.work.queries.settings import causes, playbooks, stages, standing
from wayloop.work.rules import WorkRefused
from wayloop.work.services import playbooks as services
from wayloop.work.services.playbooks import PlaybookChanged

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.WORK_SET)
def playbook_list(request: HttpRequest) -> HttpResponse:
    """All playbooks, stages and root causes."""
    return _show(request, NameForm(prefix="stage", with_state=True), NameForm(prefix="cause"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_SET)
def new_playbook(request: HttpRequest) -> HttpResponse:
    """A playbook is written."""
    form = PlaybookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_playbook(details=form.details)
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = reverse("work:playbook_deed", args=[made.pk]) + "?do=archive"
            notify(request, _("“%(name)s” is added") % {"name": made.name}, undo_url=undo)
            return redirect("work:playbooks")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/playbook.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_SET)
def edit_playbook(request: HttpRequest, playbook_id: int) -> HttpResponse:
    """A playbook written anew; refused when somebody else did meanwhile."""
    playbook = _found(Playbook, playbook_id)
    form = PlaybookForm(request.POST if request.method == "POST" else None, playbook=playbook)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_playbook(playbook_id=playbook.pk, details=form.details, seen=form.cleaned_data["seen"] or 0)
        except PlaybookChanged:
            form.add_error(None, _("Somebody has changed this playbook meanwhile. Open it anew, then write yours."))
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("work:playbooks")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/playbook.html", {"form": form, "playbook": playbook}, status=status)


@require_POST
@permission_required(Permission.WORK_SET)
def add_stage(request: HttpRequest) -> HttpResponse:
    """One more stage."""
    form = NameForm(request.POST, prefix="stage", with_state=True)
    if form.is_valid():
        try:
            stage = services.add_stage(**form.cleaned_data)
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = reverse("work:stage_deed", args=[stage.pk]) + "?do=archive"
            notify(request, _("“%(name)s” is added") % {"name": stage.name}, undo_url=undo)
            return redirect(reverse("work:playbooks") + "#stages")
    return _show(request, form, NameForm(prefix="cause"), status=REFUSED)


@require_POST
@permission_required(Permission.WORK_SET)
def add_cause(request: HttpRequest) -> HttpResponse:
    """One more root cause."""
    form = NameForm(request.POST, prefix="cause")
    if form.is_valid():
        try:
            cause = services.add_cause(name=form.cleaned_data["name"])
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = reverse("work:cause_deed", args=[cause.pk]) + "?do=archive"
            notify(request, _("“%(name)s” is added") % {"name": cause.name}, undo_url=undo)
            return redirect(reverse("work:playbooks") + "#causes")
    return _show(request, NameForm(prefix="stage", with_state=True), form, status=REFUSED)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_SET)
def edit_stage(request: HttpRequest, stage_id: int) -> HttpResponse:
    """The name of a stage."""
    stage = _found(Stage, stage_id)
    return _rename(request, stage, lambda name: services.rename_stage(stage_id=stage.pk, name=name), "#stages")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_SET)
def edit_cause(request: HttpRequest, cause_id: int) -> HttpResponse:
    """The name of a root cause."""
    cause = _found(Cause, cause_id)
    return _rename(request, cause, lambda name: services.rename_cause(cause_id=cause.pk, name=name), "#causes")


@require_POST
@permission_required(Permission.WORK_SET)
def playbook_deed(request: HttpRequest, row_id: int) -> HttpResponse:
    """Puts a playbook in its place (`do=up`, `down`), away (`archive`) or back into use (anything else)."""
    return _deed(request, Playbook, row_id, "")


@require_POST
@permission_required(Permission.WORK_SET)
def stage_deed(request: HttpRequest, row_id: int) -> HttpResponse:
    """The same for a stage."""
    return _deed(request, Stage, row_id, "#stages")


@require_POST
@permission_required(Permission.WORK_SET)
def cause_deed(request: HttpRequest, row_id: int) -> HttpResponse:
    """The same for a root cause."""
    return _deed(request, Cause, row_id, "#causes")


def _deed(request: HttpRequest, kind: Any, row_id: int, place: str) -> HttpResponse:
    row = _found(kind, row_id)
    wanted = request.POST.get("do") or request.GET.get("do", "")
    if wanted in ("up", "down"):
        services.move_row(kind=kind, row_id=row.pk, is_up=wanted == "up")
    elif wanted == "archive":
        try:
            if kind is Stage:
                services.archive_stage(stage_id=row.pk)
            else:
                services.put_away(kind=kind, row_id=row.pk)
        except WorkRefused as refusal:
            notify(request, str(refusal), kind="warn")
        else:
            notify(request, _("“%(name)s” is put away") % {"name": row.name}, undo_url=request.path)
    else:
        services.put_away(kind=kind, row_id=row.pk, is_away=False)
        notify(request, _("“%(name)s” is in use again") % {"name": row.name})
    return redirect(reverse("work:playbooks") + place)


def _rename(request: HttpRequest, row: Any, rename: Any, place: str) -> HttpResponse:
    form = NameForm(request.POST if request.method == "POST" else None, before=row.name)
    if request.method == "POST" and form.is_valid():
        rename(form.cleaned_data["name"])
        notify(request, _("Saved"))
        return redirect(reverse("work:playbooks") + place)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/name.html", {"form": form, "row": row}, status=status)


def _show(request: HttpRequest, stage_form: NameForm, cause_form: NameForm, *, status: int = 200) -> HttpResponse:
    books, every, standing_in = playbooks(with_archived=True), stages(), standing()
    known = causes(with_archived=True)
    rules = dict(OwnerRule.choices)
    context = {
        "books": [(one, rules[one.owner_rule]) for one in books if one.archived_at is None],
        "books_away": [one for one in books if one.archived_at is not None],
        "stages": [(one, standing_in.get(one.id, 0)) for one in every if not one.is_archived],
        "stages_away": [one for one in every if one.is_archived],
        "causes": [one for one in known if one.archived_at is None],
        "causes_away": [one for one in known if one.archived_at is not None],
        "stage_form": stage_form,
        "cause_form": cause_form,
    }
    return render(request, "work/playbooks.html", context, status=status)


def _found(kind: Any, row_id: int) -> Any:
    row = kind.objects.filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row
