"""The list of surveys, a new one, what is done with one."""

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel import files
from wayloop.kernel.localised import in_our_words
from wayloop.surveys.document.shape import Document
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Answer, Survey
from wayloop.surveys.ready import ready_document, ready_surveys
from wayloop.surveys.results import Counts, counts_of_surveys
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services import surveys as services
from wayloop.surveys.standing import promise_of
from wayloop.ui.downloads import saved
from wayloop.ui.toasts import notify

EMPTY = "empty"
NEW = gettext_lazy("New survey")


@require_safe
@permission_required(Permission.SCORES_VIEW)
def survey_list(request: HttpRequest) -> HttpResponse:
    """All surveys, the one changed last first; those put away behind `archived`."""
    member = member_of(request)
    is_archived = "archived" in request.GET
    rows = Survey.objects.filter(archived_at__isnull=not is_archived).order_by("-changed_at", "-pk")
    if member.scope.locations is not None:
        rows = rows.filter(Q(location_id=None) | Q(location_id__in=member.scope.locations))
    counts = counts_of_surveys(scope=member.scope)
    found = [(survey, counts.get(survey.pk, Counts())) for survey in rows]
    context = {
        "rows": found,
        "is_archived": is_archived,
        "has_archived": Survey.objects.exclude(archived_at=None).exists(),
        "may_change": member.may(Permission.SURVEYS_CHANGE),
        "may_rule": member.scope.sees_everything,
    }
    return render(request, "surveys/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SURVEYS_CHANGE)
def new_survey(request: HttpRequest) -> HttpResponse:
    """A survey that begins as one of ours, or empty (`ready`)."""
    if request.method == "POST":
        key = request.POST.get("ready", "")
        languages = business.profile().content_languages or ("en",)
        document = ready_document(key, languages)
        if document is None and key != EMPTY:
            raise Http404
        name = next((one.name for one in ready_surveys() if one.key == key), in_our_words(NEW))
        try:
            survey = services.create_survey(name=name, document=document or Document(languages=tuple(languages)))
        except SurveyRefused as refusal:
            notify(request, str(refusal), kind="warn")
            return redirect("survey_desk:list")
        return redirect("survey_desk:build", survey.uuid)
    return render(request, "surveys/new.html", {"ready": ready_surveys()})


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def deed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Publishes a survey (`do=publish`), closes, reopens, renames it, puts it away; anything else takes it back."""
    survey = survey_for(request, uuid)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "publish":
            version = services.publish_survey(survey_id=survey.pk, by=member_of(request).id)
            notify(request, _("Version %(number)s is asked from now on") % {"number": version.number})
            return redirect("survey_desk:share", uuid)
        if wanted == "rename":
            services.rename_survey(survey_id=survey.pk, name=request.POST.get("name", ""))
            return redirect("survey_desk:build", uuid)
        if wanted == "close":
            services.close_survey(survey_id=survey.pk)
            notify(request, _("The survey takes no new answers"))
        elif wanted == "open":
            services.reopen_survey(survey_id=survey.pk)
            notify(request, _("The survey takes answers again"))
        elif wanted == "archive":
            services.archive_survey(survey_id=survey.pk)
            notify(request, _("“%(name)s” is put away") % {"name": survey.name}, undo_url=request.path)
            return redirect("survey_desk:list")
        else:
            services.restore_survey(survey_id=survey.pk)
            notify(request, _("“%(name)s” is in use again") % {"name": survey.name})
    except SurveyRefused as refusal:
        notify(request, str(refusal), kind="warn")
        return redirect("survey_desk:build", uuid)
    return redirect("survey_desk:results", uuid)


@require_safe
@permission_required(Permission.SCORES_VIEW)
def answer_file(request: HttpRequest, answer_id: int) -> HttpResponseBase:
    """What a respondent attached: always saved, never shown in the page's own origin."""
    scope = member_of(request).scope
    row = Answer.objects.select_related("response").filter(pk=answer_id, type=QuestionType.FILE).first()
    places = scope.locations
    if row is None or row.file_id is None or promise_of(row.response.survey_id):
        raise Http404
    if places is not None and row.response.location_id is not None and row.response.location_id not in places:
        raise Http404
    return saved(files.path_of(row.file_id), row.text)


def survey_for(request: HttpRequest, uuid: UUID) -> Survey:
    """The survey of an address; 404 for one of a location the member does not see."""
    survey = Survey.objects.filter(uuid=uuid).first()
    places = member_of(request).scope.locations
    is_hidden = survey and places is not None and survey.location_id is not None and survey.location_id not in places
    if survey is None or is_hidden:
        raise Http404
    return survey
