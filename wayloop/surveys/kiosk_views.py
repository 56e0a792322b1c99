"""A kiosk: a device at a place that asks one guest after another, opened and closed by a PIN."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import address_of
from wayloop.kernel.limits import Limit, take
from wayloop.kernel.signing import random_secret
from wayloop.surveys.document.shape import Document
from wayloop.surveys.doors import Door
from wayloop.surveys.kiosk import forget, is_opened, remember
from wayloop.surveys.models import Kiosk
from wayloop.surveys.respondent import SCRIPT, SECRET, closed, frame_of, language_for, receive, show, spoken
from wayloop.surveys.standing import published, standing_of

PINS = Limit("kiosk pin", 10)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def kiosk(request: HttpRequest, link: str) -> HttpResponse:
    """The kiosk's page: the PIN first, then question after question; after the thanks the next guest begins."""
    found = _kiosk(link)
    door = Door(found.survey, "kiosk", found.location_id)
    if not is_opened(request, found):
        # What a device sends later, which somebody has closed meanwhile, is no try at the PIN; it keeps it.
        return HttpResponse(status=HTTPStatus.FORBIDDEN) if request.headers.get(SCRIPT) else _pin(request, found)
    secret = request.POST.get("secret", "") if request.method == "POST" else request.GET.get("r", "")
    if request.method == "POST":
        return receive(request, door, link, secret, kiosk=_address(link))
    secret = secret if SECRET.fullmatch(secret) else random_secret()
    if not door.is_open:
        return closed(request, published(found.survey_id, found.survey.current))
    return show(request, door, link, secret, standing_of(door, secret), kiosk=_address(link))


@csrf_exempt
@never_cache
@require_POST
@login_not_required
def close(request: HttpRequest, link: str) -> HttpResponse:
    """Closes the kiosk on this device; the PIN opens it again."""
    found = _kiosk(link)
    answer = HttpResponseRedirect(_address(link), status=HTTPStatus.SEE_OTHER)
    forget(answer, found)
    return answer


def _pin(request: HttpRequest, found: Kiosk) -> HttpResponse:
    document = published(found.survey_id, found.survey.current)
    language = language_for(request, document, None)
    with translation.override(spoken(language)):
        return _pin_in(language, document, request, found)


def _pin_in(language: str, document: Document, request: HttpRequest, found: Kiosk) -> HttpResponse:
    error = ""
    if request.method == "POST":
        if take(PINS, f"{found.pk} {address_of(request)}").retry_after:
            error = _("Too many tries. Wait a minute, then try again.")
        elif check_password(request.POST.get("pin", "")[:16], found.pin):
            answer = HttpResponseRedirect(_address(found.link), status=HTTPStatus.SEE_OTHER)
            remember(answer, found)
            return answer
        else:
            error = _("This is not the PIN of this kiosk.")
    context = {
        **frame_of(document, language, {}),
        "title": found.name,
        "error": error,
        "action": _address(found.link),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "surveys/page/kiosk.html", context, status=status)


def _kiosk(link: str) -> Kiosk:
    found = Kiosk.objects.select_related("survey").filter(link=link[:22], removed_at=None).first()
    if found is None or len(link) != 22:
        raise Http404
    return found


def _address(link: str) -> str:
    return reverse("survey:kiosk", args=[link])
