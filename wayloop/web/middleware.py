"""What happens to every answer after its view: toasts travel along, bare refusals get words."""

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from wayloop.web.errors import error_page

_REDIRECTS = ("HX-Redirect", "HX-Refresh", "HX-Location", "Location")


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
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page
