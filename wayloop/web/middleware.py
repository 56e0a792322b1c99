"""What happens around every view: limits, headers, toasts that travel along, words for bare refusals."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from wayloop.kernel.limits import Crowd, Crowds, Limit, household_of
from wayloop.web.errors import error_page

# No page here looks, listens, measures or pays; passkeys are asked for by our own pages only.
NOT_USED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in NOT_USED),
    # What is ours is shown by our pages only.
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
BY_ADDRESS = Limit("pages of strangers", 600, timedelta(minutes=1))
BY_MEMBER = Limit("pages of a member", 3_000, timedelta(minutes=1))

_REDIRECTS = ("HX-Redirect", "HX-Refresh", "HX-Location", "Location")


class HeadersMiddleware:
    """Tells browsers what no page needs. Django and its policy for content tell the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class LimitsMiddleware:
    """Lets nobody ask for more pages than people can read: strangers by their address, members by their account.

    Passwords, codes and API keys have tighter limits of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._strangers, self._members = Crowd(BY_ADDRESS), Crowd(BY_MEMBER)
        self._of_views = Crowds()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.crowds = self._of_views  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Refuses what comes too often. Strangers who are only led to the sign-in page cost nothing."""
        if getattr(view, "has_own_limits", False):
            return None
        if request.user.is_authenticated:
            wait = self._members.wait(str(request.user.pk))
        elif getattr(view, "login_required", True):
            return None
        else:
            wait = self._strangers.wait(household_of(str(request.META.get("REMOTE_ADDR", ""))))
        return HttpResponse(status=429, headers={"Retry-After": str(wait)}) if wait else None


class ToastMiddleware:
    """Adds waiting messages to an HTML answer that htmx asked for; other answers keep them for the next page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.headers.get("HX-Request") or any(name in response.headers for name in _REDIRECTS):
            return response
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_html or b"<html" in response.content[:400].lower():
            return response
        waiting = get_messages(request)
        if not len(waiting):
            return response
        if response.status_code == 204:
            response.status_code = 200
        toasts = render_to_string("ui/toasts.html", {"messages": waiting}, request=request)
        response.content += f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{toasts}</hx-partial>'.encode()
        response.headers.pop("Content-Length", None)
        return response


class ErrorPageMiddleware:
    """Gives bare refusals (405, 413, 429, 503 without words) their page. API answers have words of their own."""

    BARE = frozenset({405, 413, 429, 503})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in self.BARE or response.streaming or response.content:
            return response
        page = error_page(request, response.status_code)
        for name in ("Allow", "Retry-After", "Cache-Control", "Content-Language"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page
