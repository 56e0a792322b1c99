"""How pages look to whoever asks: the member's own choice, else the cookie's, else the browser's, else ours."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from wayloop.accounts.enums import Density, Theme
from wayloop.accounts.models import Member

YEAR_IN_SECONDS = 365 * 24 * 60 * 60
CHOICES: dict[str, tuple[str, ...]] = {
    "language": tuple(code for code, _ in settings.LANGUAGES),
    "theme": tuple(Theme.values),
    "density": tuple(Density.values),
}


@dataclass(frozen=True)
class Preferences:
    """How pages look: language (ru, uk, en), theme, density; whether single keys act."""

    language: str
    theme: str
    density: str
    single_keys: bool


def preferences_of(request: HttpRequest) -> Preferences:
    """The preferences that hold for this request."""
    member = request.user if isinstance(request.user, Member) else None
    return Preferences(
        language=_chosen(request, member, "language") or _language_of_browser(request),
        theme=_chosen(request, member, "theme") or Theme.SYSTEM,
        density=_chosen(request, member, "density") or Density.NORMAL,
        single_keys=member.single_keys if member else True,
    )


def remember(response: HttpResponse, preference: str, value: str) -> None:
    """Keeps a choice in this browser, for the pages before sign-in. Only the server reads the cookie."""
    response.set_cookie(
        cookie_name(preference),
        value,
        max_age=YEAR_IN_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cookie_name(preference: str) -> str:
    """The cookie's name; with https the browser itself guards it by the prefix."""
    return f"__Host-{preference}" if settings.SESSION_COOKIE_SECURE else preference


def browser_languages(request: HttpRequest) -> Iterator[str]:
    """The languages the browser asks for, best first, as in "uk" or "en-gb"."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code != "*":
            yield code


def _chosen(request: HttpRequest, member: Member | None, preference: str) -> str:
    for value in (getattr(member, preference, ""), request.COOKIES.get(cookie_name(preference), "")):
        if value in CHOICES[preference]:
            return str(value)
    return ""


def _language_of_browser(request: HttpRequest) -> str:
    for code in browser_languages(request):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
