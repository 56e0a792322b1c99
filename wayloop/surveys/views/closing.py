"""What follows an answer: rules that open cases, and a case opened for one answer by hand."""

from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.surveys.case_forms import CaseRuleForm
from wayloop.surveys.enums import ScoreMetric
from wayloop.surveys.models import CaseRule, Score
from wayloop.surveys.queries import answers_that_fit
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services import closing
from wayloop.ui.requests import came_from
from wayloop.ui.toasts import notify
from wayloop.work import api as work

DAYS = 30


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def case_rules(request: HttpRequest) -> HttpResponse:
    """The rules in the order they are asked in, each with how many answers of the last 30 days it means."""
    _check_scope(request)
    found = list(CaseRule.objects.filter(removed_at=None).select_related("survey").order_by("position", "pk"))
    books = {one.id: one.name for one in work.playbooks_in_use()}
    context = {
        "rows": [(rule, sentence(rule), books.get(rule.playbook), answers_that_fit(rule, days=DAYS)) for rule in found],
        "has_playbooks": bool(books),
    }
    return render(request, "surveys/case_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SURVEYS_CHANGE)
def case_rule(request: HttpRequest, rule: UUID | None = None) -> HttpResponse:
    """A new rule, or one to be changed."""
    _check_scope(request)
    found = _rule(rule) if rule else None
    form = CaseRuleForm(request.POST if request.method == "POST" else None, rule=found)
    if request.method == "POST" and form.is_valid():
        try:
            closing.save_case_rule(rule_id=found.pk if found else None, by=member_of(request).id, **form.wanted)
        except SurveyRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("survey_desk:case_rules")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "surveys/case_rule.html", {"rule": found, "form": form}, status=status)


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def case_rule_deed(request: HttpRequest, rule: UUID) -> HttpResponse:
    """Puts a rule above the one before it (`do=up`), stops it, starts it, removes it; anything else brings it back."""
    _check_scope(request)
    found = CaseRule.objects.filter(uuid=rule).first()
    if found is None:
        raise Http404
    wanted = request.POST.get("do", "")
    if wanted == "up":
        closing.raise_case_rule(rule_id=found.pk)
    elif wanted in ("start", "stop"):
        closing.switch_case_rule(rule_id=found.pk, is_on=wanted == "start")
    elif wanted == "remove":
        closing.remove_case_rule(rule_id=found.pk)
        notify(request, _("“%(name)s” is removed") % {"name": found.name}, undo_url=request.path)
    else:
        closing.remove_case_rule(rule_id=found.pk, is_removed=False)
    return redirect("survey_desk:case_rules")


@require_POST
@permission_required(Permission.WORK_OPEN)
def open_case(request: HttpRequest, score: int) -> HttpResponse:
    """Opens the case of one answer, or leads to the one that is here."""
    member = member_of(request)
    found = Score.objects.filter(pk=score).first()
    if not member.may(Permission.SCORES_VIEW):
        raise PermissionDenied
    if found is None or not (
        found.location_id is None or member.scope.locations is None or found.location_id in member.scope.locations
    ):
        raise Http404
    try:
        case = work.cases_by_id([closing.open_case_for(score_id=found.pk, by=member.id)])
    except work.WorkRefused as refusal:
        notify(request, str(refusal), kind="warn")
        return redirect(came_from(request, "/scores/"))
    for one in case.values():
        return redirect("work:case", uuid=one.uuid)
    raise Http404


def sentence(rule: CaseRule) -> str:
    """Which answers a rule means, as people read it."""
    metric = ScoreMetric(rule.metric)
    best = rule.scale_low if rule.lower_is_better else rule.scale_high
    short = metric.label if metric == ScoreMetric.RATING else metric.upper()
    told = [_("%(question)s of %(best)s: %(worst)s or worse") % {"question": short, "best": best, "worst": rule.worst}]
    if rule.survey is not None:
        told.append(_("survey “%(name)s”") % {"name": rule.survey.name})
    if rule.location_id is not None:
        names = {one.id: str(one.name) for one in business.locations(with_archived=True)}
        told.append(names.get(rule.location_id, "–"))
    if rule.words:
        number = len(rule.words)
        text = ngettext("with the word “%(word)s”", "with “%(word)s” or another of %(n)s words", number)
        told.append(text % {"word": rule.words[0], "n": number})
    elif rule.needs_comment:
        told.append(_("with a comment"))
    return " · ".join(told)


def _check_scope(request: HttpRequest) -> None:
    """A rule opens cases of any location: for those who see the whole business."""
    if not member_of(request).scope.sees_everything:
        raise PermissionDenied


def _rule(uuid: UUID) -> CaseRule:
    found = CaseRule.objects.filter(uuid=uuid, removed_at=None).first()
    if found is None:
        raise Http404
    return found
