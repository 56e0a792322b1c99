"""What a request asks for, where it comes from, and what is kept of it."""

from datetime import date
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from wayloop.kernel.clock import is_in_our_time


def asks_for(request: HttpRequest, element_id: str) -> bool:
    """Whether htmx wants only the part of the page with this id.

    htmx 4 names the target with its tag, as in `div#timeline-more`.
    """
    return request.headers.get("HX-Target", "").rpartition("#")[2] == element_id


def came_from(request: HttpRequest, otherwise: str) -> str:
    """The path and query of the own page that sent this request; `otherwise` when it does not say or is foreign."""
    told = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}):
        return otherwise
    parts = urlsplit(told)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if path.startswith("/") and not path.startswith("//") else otherwise


def day_in(text: str) -> date | None:
    """The day somebody sent, as 2026-05-04, in years that can be reckoned with; or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_in_our_time(day) else None


def number_in(text: str) -> int | None:
    """The whole number somebody sent, or None."""
    return int(text) if text.isdecimal() and len(text) < 16 else None


def unlogged(response: HttpResponse) -> HttpResponse:
    """The response of an address that is a secret: refusals are logged with their address, this one is not."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response
