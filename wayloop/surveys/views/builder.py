"""The builder: questions on the left, the respondent's real page in the middle, settings of one thing on the right."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.business import api as business
from wayloop.surveys.desk import GROUPS, desk_of
from wayloop.surveys.document import editing
from wayloop.surveys.document.codec import document_from
from wayloop.surveys.document.shape import Document
from wayloop.surveys.document.walk import Way, go
from wayloop.surveys.doors import Door
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.forms import QuestionForm, WholeForm, fewer_options, more_options, more_quotas
from wayloop.surveys.models import QuotaCount, Survey
from wayloop.surveys.pathmap import map_of
from wayloop.surveys.presets import new_question
from wayloop.surveys.respondent import show
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services import surveys as services
from wayloop.surveys.standing import Standing
from wayloop.surveys.views.listing import survey_for
from wayloop.ui.localised import language_name
from wayloop.ui.toasts import notify

WHOLE = "whole"
Form = QuestionForm | WholeForm


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def build(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A survey being built; `q` is the question on the right (or `whole`), `in` the language its texts are in."""
    survey = survey_for(request, uuid)
    return _page(request, survey, None)


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def save(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Saves what stands on the right. By script it answers the list anew, else it leads back to the page."""
    survey = survey_for(request, uuid)
    document = document_from(survey.draft)
    form = _form(request, document, data=request.POST)
    if form is None:
        raise Http404
    if not form.is_valid():
        return _page(request, survey, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = request.POST.get("revision", "")
    revision = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
    try:
        survey = services.change_draft(survey_id=survey.pk, change=lambda _draft: _changed(form), revision=revision)
    except SurveyRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, survey, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.headers.get("HX-Request"):
        return _page(request, survey, None, sent=form)
    notify(request, _("Saved"))
    return redirect(_here(request, survey))


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Changes the survey's build: adds a question (`do=add`), moves, copies, removes it, adds or removes an option."""
    survey = survey_for(request, uuid)
    option, dropped = request.POST.get("fewer", ""), request.POST.get("drop", "")
    wanted = "fewer" if option else "drop" if dropped else request.POST.get("do", "")
    key = request.POST.get("q", "")
    chosen = [key]

    def act(document: Document) -> Document:
        return _act(document, wanted, key, request.POST.get("type", ""), option or dropped, chosen)

    if wanted in ("", "undo"):
        survey = services.undo_change(survey_id=survey.pk)
    else:
        try:
            services.change_draft(survey_id=survey.pk, change=act, is_undoable=True)
        except editing.NoSuchQuestion:
            raise Http404 from None
        except SurveyRefused as refusal:
            notify(request, str(refusal), kind="warn")
    if wanted == "remove":
        notify(request, _("The question is removed"), undo_url=request.path)
    elif wanted == "drop":
        notify(request, _("The quota is removed"), undo_url=request.path)
    language = request.POST.get("in", "")
    query = f"?q={chosen[0]}" + (f"&in={language}" if language in document_from(survey.draft).languages else "")
    return redirect(reverse("survey_desk:build", args=[uuid]) + query)


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def paths(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A drawing of all ways through the draft."""
    survey = survey_for(request, uuid)
    document = document_from(survey.draft)
    desk = desk_of(survey, document)
    return render(request, "surveys/paths.html", {"survey": survey, "desk": desk, "map": map_of(document, desk.lines)})


@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # knows no parts of addresses
@xframe_options_sameorigin
@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The respondent's own page with the draft: the same template and script; nothing is sent or kept."""
    survey = survey_for(request, uuid)
    document = document_from(survey.draft)
    key = request.GET.get("q", "")
    keys = [one.key for one in document.questions]
    way = go(document.questions, {})
    if key in keys:
        way = Way(tuple(keys[: keys.index(key)]), key, len(keys) - keys.index(key))
    standing = Standing(None, document, document.questions, way, {})
    return show(request, Door(survey, "preview"), survey.link, "p" * 22, standing, is_preview=True)


def _act(document: Document, wanted: str, key: str, kind: str, option: str, chosen: list[str]) -> Document:
    if wanted == "add" and kind in QuestionType.values and len(document.questions) < editing.MOST_QUESTIONS:
        document, fresh = editing.fresh_key(document)
        chosen[0] = fresh
        return editing.add_question(document, new_question(QuestionType(kind), fresh, document.languages), key)
    if wanted == "copy":
        document, chosen[0] = editing.copy_question(document, key)
        return document
    if wanted == "remove":
        places = [one.key for one in document.questions]
        kept = editing.remove_question(document, key)
        chosen[0] = kept.questions[max(places.index(key) - 1, 0)].key if kept.questions else WHOLE
        return kept
    if wanted in ("up", "down"):
        return editing.move_question(document, key, -1 if wanted == "up" else 1)
    if wanted == "quota":
        return more_quotas(document, kind)
    if wanted == "drop":
        return replace(document, quotas=tuple(one for one in document.quotas if one.key != option))
    question = document.question(key)
    if question is None:
        return document
    if wanted == "more":
        return editing.put_question(document, more_options(question, document.source))
    if wanted == "fewer":
        return editing.put_question(document, fewer_options(question, option))
    return document


def _changed(form: Form) -> Document:
    if isinstance(form, WholeForm):
        return form.document
    return editing.put_question(form.document, form.question)


def _page(
    request: HttpRequest, survey: Survey, form: Form | None, status: int = HTTPStatus.OK, sent: Form | None = None
) -> HttpResponse:
    """The page, or by script what changes of it; `sent`: the form as it stands there and was saved."""
    document = document_from(survey.draft)
    desk = desk_of(survey, document)
    shown = form or _form(request, document)
    key = _key(request, document)
    language = _language(request, document)
    question = document.question(key)
    context = {
        "survey": survey,
        "desk": desk,
        "form": shown,
        "is_whole": isinstance(shown, WholeForm),
        "question": question,
        "question_type": question.type.label if question else "",
        "key": key,
        "edited": language,
        "edited_name": language_name(language),
        "problems": desk.problems_of("" if isinstance(shown, WholeForm) else key),
        "logic": sent if isinstance(sent, QuestionForm) and sent.shape != request.POST.get("shape") else None,
        "quotas": _quotas(survey, shown),
        "groups": [[(one.value, one.label) for one in group] for group in GROUPS],
        "preview": reverse("survey_desk:preview", args=[survey.uuid]) + f"?lang={language}&q={key}",
        "holes": [
            ("{{ name }}", _("first name")),
            ("{{ order }}", _("number of the order")),
            ("{{ place }}", _("place")),
            (f"{{{{ {key if question else 'q1'} }}}}", _("the answer to this question, further down")),
        ],
    }
    by_script = bool(request.headers.get("HX-Request")) and request.method == "POST"
    template = "surveys/_builder.html" if by_script else "surveys/builder.html"
    return render(request, template, context, status=status)


def _quotas(survey: Survey, form: Form | None) -> list[tuple[object, ...]]:
    """The quotas with their fields, and how many each has counted."""
    if not isinstance(form, WholeForm):
        return []
    taken = dict(QuotaCount.objects.filter(survey=survey).values_list("quota", "taken"))
    return [(*row, taken.get(row[0].key, 0)) for row in form.quotas]


def _form(request: HttpRequest, document: Document, data: object = None) -> Form | None:
    key, language = _key(request, document), _language(request, document)
    question = document.question(key)
    if question is not None:
        return QuestionForm(data, document=document, question=question, language=language)
    profile = business.profile()
    codes = dict.fromkeys([*document.languages, *profile.content_languages])
    return WholeForm(
        data, document=document, language=language, languages={code: language_name(code) for code in codes}
    )


def _key(request: HttpRequest, document: Document) -> str:
    key = request.POST.get("q", "") if request.method == "POST" else request.GET.get("q", "")
    if document.question(key) is not None:
        return key
    return WHOLE if key == WHOLE or not document.questions else document.questions[0].key


def _language(request: HttpRequest, document: Document) -> str:
    given = request.POST.get("in", "") if request.method == "POST" else request.GET.get("in", "")
    if given in document.languages:
        return given
    own = (translation.get_language() or "").split("-")[0]
    return own if own in document.languages else document.source


def _here(request: HttpRequest, survey: Survey) -> str:
    document = document_from(survey.draft)
    query = f"?q={_key(request, document)}&in={_language(request, document)}"
    return reverse("survey_desk:build", args=[survey.uuid]) + query
