"""The letter that asks, as it will look: for whoever builds the survey, before anybody gets it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.messaging import api as messaging
from wayloop.privacy import api as privacy
from wayloop.surveys.document.codec import document_from
from wayloop.surveys.document.shape import Document
from wayloop.surveys.letters import invitation_letter
from wayloop.surveys.models import Survey
from wayloop.surveys.standing import published
from wayloop.surveys.views.listing import survey_for
from wayloop.ui.localised import language_name

# Letters hold the styles of their elements in themselves, because mail programs know nothing else. Nothing is loaded,
# nothing runs.
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
}


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The invitation, or the reminder (`remind`), in the language `in`; `frame`: the letter itself."""
    survey = survey_for(request, uuid)
    document = _document(survey)
    if not document.questions:
        raise Http404
    language, is_reminder = _language(request, document), "remind" in request.GET
    shown = messaging.show_letter(
        letter=invitation_letter(document, language, is_reminder=is_reminder),
        values={"token": "-", "name": _("Anna"), "order": "1042"},
        purpose=privacy.Purpose.REMINDER if is_reminder else privacy.Purpose.SURVEY,
    )
    if "frame" in request.GET:
        answer = HttpResponse(shown.html)
        answer._csp_replace = POLICY  # type: ignore[attr-defined]
        answer.xframe_options_exempt = True
        return answer
    context: dict[str, Any] = {
        "survey": survey,
        "shown": shown,
        "language": language,
        "languages": [(code, language_name(code)) for code in document.languages],
        "is_reminder": is_reminder,
    }
    return render(request, "surveys/letter.html", context)


def _document(survey: Survey) -> Document:
    """What is asked; of a survey that was never published the draft."""
    return published(survey.pk, survey.current) if survey.current else document_from(survey.draft)


def _language(request: HttpRequest, document: Document) -> str:
    for code in (request.GET.get("in", ""), (get_language() or "").split("-")[0]):
        if code in document.languages:
            return code
    return document.source
