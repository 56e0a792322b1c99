"""The address of a kiosk, and the mark a device keeps once somebody of the team has opened it with the PIN."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from wayloop.kernel import signing
from wayloop.surveys.models import Kiosk

OPENED = signing.purpose("surveys.kiosk", timedelta(days=30))
COOKIE = "wayloop-kiosk"


def kiosk_address(kiosk: Kiosk) -> str:
    """Where a device opens its kiosk."""
    return f"{settings.ENVIRONMENT.url}{reverse('survey:kiosk', args=[kiosk.link])}"


def is_opened(request: HttpRequest, kiosk: Kiosk) -> bool:
    """Whether this device was opened with the kiosk's PIN. Another PIN closes it again."""
    try:
        return signing.unsign(OPENED, request.COOKIES.get(COOKIE, "")) == _mark(kiosk)
    except (signing.BadToken, UnicodeDecodeError):
        return False


def remember(answer: HttpResponse, kiosk: Kiosk) -> None:
    """Lets the device go on until somebody closes it. The one cookie of the surveys: a staff device, no visitor's."""
    answer.set_cookie(
        COOKIE,
        signing.sign(OPENED, _mark(kiosk)),
        max_age=OPENED.lifetime,
        path=reverse("survey:kiosk", args=[kiosk.link]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(answer: HttpResponse, kiosk: Kiosk) -> None:
    """Closes the kiosk on this device."""
    answer.delete_cookie(COOKIE, path=reverse("survey:kiosk", args=[kiosk.link]), samesite="Strict")


def _mark(kiosk: Kiosk) -> str:
    return f"{kiosk.pk}.{kiosk.pin[-16:]}"
