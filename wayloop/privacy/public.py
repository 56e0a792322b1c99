"""Pages of people without sign-in: a signed link says who they are. Looking changes nothing, a POST acts."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wayloop.business import api as business
from wayloop.kernel.signing import BadToken
from wayloop.privacy.enums import Purpose
from wayloop.privacy.links import (
    Meant,
    meant_by_confirm,
    meant_by_preferences,
    meant_by_unsubscribe,
    preferences_link,
)
from wayloop.privacy.queries.standing import address_of, choices_of, wording
from wayloop.privacy.services import preferences as services
from wayloop.ui.requests import unlogged

View = Callable[[HttpRequest, Meant], HttpResponse]
ONE_CLICK = "List-Unsubscribe"


def _by_link(read: Callable[[str], Meant]) -> Callable[[View], Callable[[HttpRequest, str], HttpResponse]]:
    """Opens a page by its signed link. The link stands for the sign-in, so that mail programs can post without one."""

    def guard(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
        @login_not_required
        @csrf_exempt
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            try:
                meant = read(token)
            except BadToken:
                return unlogged(render(request, "privacy/over.html", status=HTTPStatus.GONE))
            return unlogged(view(request, meant))

        return opened

    return guard


@_by_link(meant_by_preferences)
def preferences(request: HttpRequest, meant: Meant) -> HttpResponse:
    """What somebody wants to hear of, at one of their addresses."""
    address, profile, language = address_of(meant.point, meant.handle), business.profile(), get_language() or "en"
    is_saved = request.method == "POST"
    if is_saved and request.POST.get("do") == "leave":
        services.leave_everything(point=meant.point, handle=meant.handle)
    elif is_saved:
        services.choose(
            address=address,
            handle=meant.handle,
            wanted=set(request.POST.getlist("purpose")) & set(Purpose.values),
            language=language,
            business_name=profile.name,
        )
    choices = choices_of(address)
    context: dict[str, Any] = {
        "address": address,
        "business": profile,
        "choices": [(one, wording(one.purpose, language, profile.name)[0]) for one in choices],
        "is_any": any(one.is_on for one in choices),
        "is_saved": is_saved,
    }
    return render(request, "privacy/preferences.html", context)


@_by_link(meant_by_unsubscribe)
def unsubscribe(request: HttpRequest, meant: Meant) -> HttpResponse:
    """One click to leave: a mail program posts `List-Unsubscribe=One-Click` (RFC 8058), a person presses a button."""
    if request.method == "POST":
        is_program = request.POST.get(ONE_CLICK) == "One-Click"
        services.unsubscribe(meant=meant, page="one click" if is_program else "unsubscribe")
        if is_program:
            return HttpResponse("unsubscribed", content_type="text/plain; charset=utf-8")
    return render(request, "privacy/unsubscribe.html", _about(meant) | {"is_done": request.method == "POST"})


@_by_link(meant_by_confirm)
def confirm(request: HttpRequest, meant: Meant) -> HttpResponse:
    """The second half of a double opt-in. Programs that open links of mails confirm nothing."""
    is_agreed = request.method == "POST" and services.confirm(meant=meant, language=get_language() or "en")
    context = _about(meant) | {"is_done": request.method == "POST", "is_agreed": is_agreed}
    return render(request, "privacy/confirm.html", context)


def _about(meant: Meant) -> dict[str, Any]:
    profile = business.profile()
    purpose = Purpose(meant.purpose)
    return {
        "business": profile,
        "address": address_of(meant.point, meant.handle),
        "purpose": purpose,
        "words": wording(purpose, get_language() or "en", profile.name)[0] if purpose != Purpose.SERVICE else "",
        "preferences": preferences_link(point=meant.point, handle=meant.handle),
    }
