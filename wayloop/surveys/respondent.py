"""The respondent's page as it is made and answered, by whichever door somebody comes in."""

import re
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, get_language_from_request
from django.utils.translation import gettext as _

from wayloop.accounts.api import address_of
from wayloop.business import api as business
from wayloop.kernel.limits import Limit, household_of, wait_of
from wayloop.surveys.document.answers import AnswerRefused, Reply, read_answer
from wayloop.surveys.document.holes import fill
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.doors import SITE, Door
from wayloop.surveys.enums import Ending
from wayloop.surveys.page import card_of, plan_of, word_of
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services.invitations import note_choice, note_seen
from wayloop.surveys.services.responses import take_answer
from wayloop.surveys.standing import Standing, document_of, response_of, standing_of
from wayloop.surveys.themes import spec_of
from wayloop.ui.localised import language_name

POSTS = Limit("survey posts", 240)
# More new responses than this from one address in a minute are marked, not refused: it may be a school, or a till.
CROWD = Limit("survey crowd", 20)
SCRIPT = "X-Survey-Script"
# Nobody has touched a kiosk for so long: the guest has gone.
IDLE_SECONDS = 45
SECRET = re.compile(r"[A-Za-z0-9_-]{22}")


def show(
    request: HttpRequest,
    door: Door,
    token: str,
    secret: str,
    standing: Standing,
    *,
    error: AnswerRefused | None = None,
    is_preview: bool = False,
    kiosk: str = "",
) -> HttpResponse:
    """The page as it stands; with `error` the question that was answered comes again, with status 422.

    `kiosk`: the address where the next guest begins.
    """
    document = standing.document
    language = language_for(request, document, door)
    with translation.override(spoken(language)):
        words = words_for(door, standing, language)
        seed = door.token_of(secret).hex
        wanted = _wanted(request, standing, error)
        shared: dict[str, Any] = {"language": language, "words": words, "seed": seed}
        card = None
        if wanted is not None:
            sent = dict(request.POST.lists()) if error is not None else None
            card = card_of(
                wanted,
                **shared,
                reply=standing.answers.get(wanted.key),
                sent=sent,
                error=str(error or ""),
                chosen=request.GET.get("a", "")[:20] if wanted == document.questions[0] else "",
            )
        begin, resumed = ways_on(door, token, secret, kiosk) if not is_preview else (request.path, request.path)
        asked = standing.way.asked
        place = asked.index(wanted.key) if wanted and wanted.key in asked else len(asked)
        context: dict[str, Any] = {
            "card": card,
            "others": [
                card_of(one, **shared, reply=standing.answers.get(one.key))
                for one in standing.questions
                if not (card and one.key == card.key)
            ],
            "plan": plan_of(document, standing.questions, standing.answers),
            "secret": secret,
            "action": begin,
            "resumed": resumed,
            "resumed_and": and_more(resumed),
            # Before the first answer there is nothing to go on with.
            "in_language": and_more(resumed if standing.response else begin),
            "kiosk_again": kiosk,
            "kiosk_close": reverse("survey:close_kiosk", args=[token]) if kiosk else "",
            "kiosk_seconds": IDLE_SECONDS if kiosk else 0,
            "store": f"survey.{seed[:16]}",
            "is_preview": is_preview,
            "is_framed": door.channel == SITE,
            "is_invited": door.invitation is not None,
            "is_unseen": door.invitation is not None and door.invitation.seen_at is None,
            "back": asked[place - 1] if place and not is_preview else "",
            "left": standing.way.left,
            "asked": place,
            "ending": standing.response.ending if standing.response else "",
            "quota_text": _quota_text(standing, language, words),
            **frame_of(document, language, words),
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        return _answered(render(request, "surveys/page/page.html", context, status=status), language)


def frame_of(document: Document, language: str, words: dict[str, str]) -> dict[str, Any]:
    """What stands around the question: who asks, why, in which languages, how it looks."""
    return {
        "business": words.get("business") or business.profile().name,
        "title": document.title.in_language(language),
        "reason": fill(document.reason.in_language(language), words),
        "thanks": fill(document.thanks.in_language(language), words),
        "next_label": document.next_label.in_language(language),
        "next_url": document.next_url if document.next_url.startswith(("https://", "http://")) else "",
        "language": language,
        "languages": [(code, language_name(code)) for code in document.languages],
        "theme": reverse("survey:theme", args=[spec_of(document.theme)]),
        "look": document.theme.look,
        "least_shown": document.least_shown,
    }


def language_for(request: HttpRequest, document: Document, door: Door | None) -> str:
    """The language of the page: the one chosen, else of the invitation, else of the browser, else of the survey."""
    wanted = [request.GET.get("lang", ""), request.POST.get("lang", "")]
    if door is not None and door.invitation is not None:
        wanted.append(door.invitation.language)
    told = request.headers.get("Accept-Language", "")[:400].split(",")
    wanted += [part.partition(";")[0].strip().split("-")[0].lower() for part in told]
    return next((code for code in wanted if code in document.languages), document.source)


def spoken(language: str) -> str:
    """The language of our own words beside a text in this one."""
    return language if language in {code for code, _name in settings.LANGUAGES} else "en"


def words_for(door: Door, standing: Standing, language: str) -> dict[str, str]:
    """What can be put into the texts."""
    words = {"business": business.profile().name}
    if door.location_id is not None:
        places = {place.id: place.name for place in business.locations(with_archived=True)}
        if door.location_id in places:
            words["place"] = str(places[door.location_id])
    if door.invitation is not None:
        words |= {"name": door.invitation.first_name, "order": door.invitation.order_number}
    for key, reply in standing.answers.items():
        question = standing.document.question(key)
        if question is not None:
            words[key] = word_of(question, reply, language)
    return {name: word for name, word in words.items() if word}


def too_many(request: HttpRequest) -> HttpResponse | None:
    """The answer to somebody who posts faster than people do; None for everybody else."""
    wait = _wait(request, POSTS)
    if not wait:
        return None
    text = _("That was very fast. Wait a moment, then send it again.")
    answer: HttpResponse = (
        JsonResponse({"error": text}, status=HTTPStatus.TOO_MANY_REQUESTS)
        if request.headers.get(SCRIPT)
        else _notice(request, HTTPStatus.TOO_MANY_REQUESTS, text)
    )
    answer.headers["Retry-After"] = str(wait)
    return answer


def _wait(request: HttpRequest, limit: Limit) -> int:
    return wait_of(request, limit, household_of(address_of(request)))


def note_chosen(request: HttpRequest, door: Door) -> HttpResponse:
    """Notes what was clicked in the message; it is shown apart and is no answer."""
    if refused := too_many(request):
        return refused
    document = document_of(door, None)
    if door.invitation is not None and door.is_open and document.questions:
        try:
            reply = read_answer(document.questions[0], {"a": [request.POST["chosen"][:20]]})
        except AnswerRefused:
            reply = Reply()
        if reply.parts:
            note_choice(invitation_id=door.invitation.pk, chosen=request.POST["chosen"])
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def note_looked(request: HttpRequest, door: Door) -> HttpResponse:
    """Notes that somebody has the page of an invitation before them, as its script tells."""
    if refused := too_many(request):
        return refused
    if door.invitation is not None and door.is_open:
        note_seen(invitation_id=door.invitation.pk)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def receive(request: HttpRequest, door: Door, token: str, secret: str, *, kiosk: str = "") -> HttpResponse:
    """Takes a post, and leads to where the next question stands; one without a secret to the beginning."""
    if refused := too_many(request):
        return refused
    by_script = bool(request.headers.get(SCRIPT))
    if not SECRET.fullmatch(secret):
        begin, _resumed = ways_on(door, token, secret, kiosk)
        return HttpResponseRedirect(begin, status=HTTPStatus.SEE_OTHER)
    document = document_of(door, None)
    if request.POST.get("lang", "") not in document.languages:
        # Of the version it was begun with.
        document = document_of(door, response_of(door, secret))
    language = language_for(request, document, door)
    with translation.override(spoken(language)):
        counter = request.POST.get("counter", "")
        try:
            standing = take_answer(
                door=door,
                secret=secret,
                question=request.POST.get("question", "")[:12],
                sent={name: [str(one) for one in values] for name, values in request.POST.lists()},
                upload=request.FILES.get("a"),
                counter=int(counter) if counter.isascii() and counter.isdigit() and len(counter) < 17 else 0,
                language=language,
                # A kiosk is one address of many people.
                is_crowd=lambda: not kiosk and _wait(request, CROWD) > 0,
            )
        except SurveyRefused as refused:
            if by_script:
                return JsonResponse({"closed": str(refused)}, status=HTTPStatus.GONE)
            return closed(request, document, is_late=door.is_late)
        except AnswerRefused as refused:
            if by_script:
                told = {"error": str(refused), "field": refused.field}
                return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return show(request, door, token, secret, standing_of(door, secret), error=refused, kiosk=kiosk)
    if by_script:
        is_full = standing.response is not None and standing.response.ending == Ending.QUOTA
        return JsonResponse({"full": is_full, "over": standing.is_over})
    _begin, resumed = ways_on(door, token, secret, kiosk)
    return HttpResponseRedirect(f"{and_more(resumed)}lang={language}", status=HTTPStatus.SEE_OTHER)


def _wanted(request: HttpRequest, standing: Standing, error: AnswerRefused | None) -> Question | None:
    if standing.is_over:
        return None
    key = request.POST.get("question", "") if error is not None else request.GET.get("back", "")
    if key not in standing.way.asked:
        key = standing.way.next or ""
    return standing.document.question(key)


def _quota_text(standing: Standing, language: str, words: dict[str, str]) -> str:
    """What is said to whom a quota has no place for; the first of the survey's quotas says it."""
    texts = (quota.message.in_language(language) for quota in standing.document.quotas)
    return fill(next((text for text in texts if text), ""), words)


def closed(request: HttpRequest, document: Document, *, is_late: bool = False) -> HttpResponse:
    """The page of a survey that takes nobody; `is_late`: it goes on, but this link to it does not."""
    language = language_for(request, document, None) if document.questions else get_language_from_request(request)
    with translation.override(spoken(language)):
        title, text = _("This survey is closed"), _("Thank you for wanting to answer.")
        if is_late:
            title = _("This link is over")
            text = _("Invitations are good for a while only. Thank you for wanting to answer.")
        theme = reverse("survey:theme", args=[spec_of(document.theme)])
        return _answered(_notice(request, HTTPStatus.GONE, title, text=text, theme=theme), language)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The page of a link that leads nowhere, for customers: they have no way into the house."""
    text = _("The link was cut off, or has a typo. Open it once more from our message.")
    return _answered(_notice(request, HTTPStatus.NOT_FOUND, _("No survey here"), text=text), get_language() or "en")


def _notice(request: HttpRequest, status: HTTPStatus, title: str, *, text: str = "", theme: str = "") -> HttpResponse:
    """A page of a few words, in the language that is spoken now."""
    context = {
        "title": title,
        "text": text,
        "theme": theme,
        "business": business.profile().name,
        "language": get_language() or "en",
    }
    return render(request, "surveys/page/notice.html", context, status=status)


def _answered(answer: HttpResponse, language: str) -> HttpResponse:
    answer.headers["Content-Language"] = language
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def ways_on(door: Door, token: str, secret: str, kiosk: str = "") -> tuple[str, str]:
    """Where a door's survey begins, and where the response with this secret goes on."""
    if kiosk:
        return kiosk, f"{kiosk}?r={secret}"
    begin, framed = reverse("survey:page", args=[token]), "?frame=1" if door.channel == SITE else ""
    is_own = door.invitation is not None or not SECRET.fullmatch(secret)
    return begin + framed, (begin if is_own else reverse("survey:resumed", args=[token, secret])) + framed


def and_more(address: str) -> str:
    """An address of ours, ready for one more parameter."""
    return f"{address}{'&' if '?' in address else '?'}"
