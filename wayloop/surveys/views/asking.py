"""Who is asked: the rules of a survey, what a week of one would look like, how far a run is."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.surveys.ask_forms import RuleForm
from wayloop.surveys.enums import Trigger
from wayloop.surveys.models import AskRule, Survey
from wayloop.surveys.preview import preview_rule, progress_of, progress_of_rules
from wayloop.surveys.rule_words import sentence
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services import asking
from wayloop.surveys.views.listing import survey_for
from wayloop.ui.toasts import notify


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def rules(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rules that ask this survey, and how far each is."""
    survey = _whole(request, uuid)
    found = list(AskRule.objects.filter(survey=survey, removed_at=None).order_by("-pk"))
    progress = progress_of_rules([rule.pk for rule in found])
    context = {"survey": survey, "rows": [(rule, sentence(rule), progress[rule.pk]) for rule in found]}
    return render(request, "surveys/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SURVEYS_CHANGE)
def rule_form(request: HttpRequest, uuid: UUID, rule: UUID | None = None) -> HttpResponse:
    """A new rule, or one to be changed; it asks nobody before it is started."""
    survey = _whole(request, uuid)
    found = _rule(survey, rule) if rule else None
    member = member_of(request)
    form = RuleForm(request.POST if request.method == "POST" else None, member=member, rule=found)
    if request.method == "POST" and form.is_valid():
        try:
            kept = asking.save_rule(
                survey_id=survey.pk, rule_id=found.pk if found else None, by=member.id, **form.wanted
            )
            return redirect("survey_desk:rule", uuid, kept.uuid)
        except SurveyRefused as refusal:
            form.add_error(None, str(refusal))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "surveys/rule_form.html", {"survey": survey, "rule": found, "form": form}, status=status)


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def rule_page(request: HttpRequest, uuid: UUID, rule: UUID) -> HttpResponse:
    """One rule: who would be asked this week, who not and why; how far it is. By script only the latter."""
    survey = _whole(request, uuid)
    found = _rule(survey, rule)
    context: dict[str, Any] = {
        "survey": survey,
        "rule": found,
        "said": sentence(found),
        "progress": progress_of(found),
        "is_run": found.trigger == Trigger.ONCE,
        "page_url": reverse("survey_desk:rule", args=[survey.uuid, found.uuid]),
        "deed_url": reverse("survey_desk:rule_deed", args=[survey.uuid, found.uuid]),
    }
    if request.headers.get("HX-Request"):
        return render(request, "surveys/_rule_progress.html", context)
    # A run that has begun shows how it goes, not how it would.
    if found.trigger != Trigger.ONCE or found.started_at is None:
        context["preview"] = preview_rule(found, member_of(request).scope)
    return render(request, "surveys/rule.html", context)


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def rule_deed(request: HttpRequest, uuid: UUID, rule: UUID) -> HttpResponse:
    """Starts a rule (`do=start`), stops it, removes it; anything else brings a removed one back."""
    survey = _whole(request, uuid)
    found = AskRule.objects.filter(survey=survey, uuid=rule).first()
    if found is None:
        raise Http404
    wanted = request.POST.get("do", "")
    try:
        if wanted == "start":
            asking.start_rule(rule_id=found.pk)
            notify(request, _("It asks from now on"))
        elif wanted == "stop":
            asking.stop_rule(rule_id=found.pk)
            notify(request, _("Nobody more is asked"))
        elif wanted == "remove":
            asking.remove_rule(rule_id=found.pk)
            notify(request, _("“%(name)s” is removed") % {"name": found.name}, undo_url=request.path)
            return redirect("survey_desk:rules", uuid)
        else:
            asking.restore_rule(rule_id=found.pk)
    except SurveyRefused as refusal:
        notify(request, str(refusal), kind="warn")
    return redirect("survey_desk:rule", uuid, found.uuid)


def _whole(request: HttpRequest, uuid: UUID) -> Survey:
    """The survey, for those who see the whole business: a rule writes to customers of any location."""
    if not member_of(request).scope.sees_everything:
        raise PermissionDenied
    return survey_for(request, uuid)


def _rule(survey: Survey, uuid: UUID) -> AskRule:
    found = AskRule.objects.select_related("survey").filter(survey=survey, uuid=uuid, removed_at=None).first()
    if found is None:
        raise Http404
    return found
