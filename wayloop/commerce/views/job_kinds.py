"""Settings: kinds of service jobs and their stages."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.business import api as business
from wayloop.commerce.forms.job_kinds import KindForm, NewKindForm, StageForm
from wayloop.commerce.job_templates import TEMPLATES
from wayloop.commerce.models import JobKind, JobStage
from wayloop.commerce.queries.job_kinds import KindInfo, kinds_with_stages, standing_in
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import job_kinds as services
from wayloop.kernel.localised import Localised, in_our_words
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.SETTINGS_CHANGE)
def kind_list(request: HttpRequest) -> HttpResponse:
    """All kinds with their stages."""
    kinds = kinds_with_stages()
    context = {
        "kinds": [kind for kind in kinds if not kind.is_archived],
        "archived": [kind for kind in kinds if kind.is_archived],
    }
    return render(request, "commerce/kinds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def new_kind(request: HttpRequest) -> HttpResponse:
    """A kind that begins as one of ours."""
    form = NewKindForm(request.POST if request.method == "POST" else None, initial={"template": "repair"})
    if request.method == "POST" and form.is_valid():
        template = TEMPLATES[form.cleaned_data["template"]]
        language = business.profile().content_languages[0]
        name: Localised = form.cleaned_data["name"]
        try:
            kind = services.add_kind(
                name=name if any(name.texts.values()) else in_our_words(template.label, language),
                icon=template.icon,
                usual_hours=template.usual_hours,
                stages=[
                    services.NewStage(in_our_words(words, language), outcome) for words, outcome in template.stages
                ],
            )
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Jobs of this kind can be opened now"))
            return redirect("service:kind", kind.pk)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/kind_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def kind_page(request: HttpRequest, kind_id: int) -> HttpResponse:
    """One kind: its words, and its stages in their order."""
    kind = _kind(kind_id)
    form = KindForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        services.change_kind(kind_id=kind.pk, **form.cleaned_data)
        notify(request, _("Saved"))
        return redirect("service:kind", kind.pk)
    return _show(request, kind, form, StageForm(prefix="stage"))


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def kind_deed(request: HttpRequest, kind_id: int) -> HttpResponse:
    """Puts a kind in its place (`do=up`, `down`), away (`archive`) or back into use (anything else, as an undo)."""
    kind, wanted = _kind(kind_id), request.POST.get("do", "")
    if wanted in ("up", "down"):
        services.move_kind(kind_id=kind.pk, is_up=wanted == "up")
    elif wanted == "archive":
        services.archive_kind(kind_id=kind.pk)
        notify(request, _("“%(name)s” is put away") % {"name": kind.name}, undo_url=request.path)
    else:
        services.restore_kind(kind_id=kind.pk)
        notify(request, _("“%(name)s” is in use again") % {"name": kind.name})
    return redirect("service:kinds")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def add_stage(request: HttpRequest, kind_id: int) -> HttpResponse:
    """One more stage: open ones before the ends, ends behind all."""
    kind = _kind(kind_id)
    form = StageForm(request.POST, prefix="stage")
    if form.is_valid():
        try:
            stage = services.add_stage(kind_id=kind.pk, **form.cleaned_data)
        except CommerceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = reverse("service:stage_deed", args=[stage.pk]) + "?do=archive"
            notify(request, _("“%(name)s” is added") % {"name": stage.name}, undo_url=undo)
            return redirect(reverse("service:kind", args=[kind.pk]) + "#stages")
    return _show(request, kind, KindForm(kind=kind), form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def stage_page(request: HttpRequest, stage_id: int) -> HttpResponse:
    """The name of a stage."""
    stage = _stage(stage_id)
    form = StageForm(request.POST if request.method == "POST" else None, stage=stage)
    if request.method == "POST" and form.is_valid():
        services.rename_stage(stage_id=stage.pk, name=form.cleaned_data["name"])
        notify(request, _("Saved"))
        return redirect(reverse("service:kind", args=[stage.kind_id]) + "#stages")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/stage.html", {"form": form, "stage": stage, "kind": stage.kind}, status=status)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def stage_deed(request: HttpRequest, stage_id: int) -> HttpResponse:
    """Puts a stage in its place (`do=up`, `down`), away (`archive`) or back into use (anything else, as an undo)."""
    stage = _stage(stage_id)
    wanted = request.POST.get("do") or request.GET.get("do", "")
    if wanted in ("up", "down"):
        services.move_stage(stage_id=stage.pk, is_up=wanted == "up")
    elif wanted == "archive":
        try:
            services.archive_stage(stage_id=stage.pk)
        except CommerceRefused as refusal:
            notify(request, str(refusal), kind="warn")
        else:
            notify(request, _("“%(name)s” is put away") % {"name": stage.name}, undo_url=request.path)
    else:
        services.restore_stage(stage_id=stage.pk)
        notify(request, _("“%(name)s” is in use again") % {"name": stage.name})
    return redirect(reverse("service:kind", args=[stage.kind_id]) + "#stages")


def _show(request: HttpRequest, kind: JobKind, form: KindForm, stage_form: StageForm) -> HttpResponse:
    info: KindInfo = next(one for one in kinds_with_stages() if one.id == kind.pk)
    standing = standing_in(kind.pk)
    context = {
        "kind": info,
        "form": form,
        "stage_form": stage_form,
        "stages": [(stage, standing.get(stage.id, 0)) for stage in info.in_use],
        "archived": [stage for stage in info.stages if stage.is_archived],
    }
    is_refused = form.is_bound or stage_form.is_bound
    return render(request, "commerce/kind.html", context, status=REFUSED if is_refused else HTTPStatus.OK)


def _kind(kind_id: int) -> JobKind:
    kind = JobKind.objects.filter(pk=kind_id).first()
    if kind is None:
        raise Http404
    return kind


def _stage(stage_id: int) -> JobStage:
    stage = JobStage.objects.select_related("kind").filter(pk=stage_id).first()
    if stage is None:
        raise Http404
    return stage
