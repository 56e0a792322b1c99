"""What a request to the API does not have: cookies, pages, redirects."""

import logging
from collections.abc import Callable
from http.cookies import SimpleCookie

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from wayloop.kernel.rest.problems import BY_STATUS, MEDIA_TYPE, Problem, problem_response

DOOR = "/api/"
# Members may read what the API can do with their session; everything else is for keys alone.
FOR_MEMBERS = frozenset({"/api/v1/openapi.json"})
OWN_TYPES = ("application/json", MEDIA_TYPE, "text/csv", "application/zip", "application/octet-stream")
KEPT = ("Allow", "Retry-After", "Content-Language")
log = logging.getLogger(__name__)


class RestMiddleware:
    """Takes cookies off requests to the API, and makes a problem of every page that would be answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DOOR):
            return self.get_response(request)
        if request.path not in FOR_MEMBERS:
            request.META.pop("HTTP_COOKIE", None)
            request.COOKIES = {}
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        is_empty = response.status_code == 204
        if response.status_code == 304 or is_empty or (response.status_code < 300 and kind in OWN_TYPES):
            pass
        elif kind != MEDIA_TYPE:
            response = _as_problem(response)
        response.cookies = SimpleCookie()
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    # A redirect leads people somewhere: to the first run, to sign in. A program is told that there is nothing yet.
    code = "unavailable" if response.status_code < 400 else BY_STATUS.get(response.status_code, "bad_request")
    if response.status_code >= 500:
        code = "unavailable" if response.status_code == 503 else "broken"
    problem = problem_response(Problem(code))
    for name in KEPT:
        if name in response.headers:
            problem.headers[name] = response.headers[name]
    return problem
