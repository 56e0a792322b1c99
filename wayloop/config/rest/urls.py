"""Addresses of the API."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.views.decorators.http import require_safe

from wayloop.config.rest.root import make_api
from wayloop.kernel.rest.problems import Problem, problem_response

api = make_api()
_document: dict[str, Any] = {}


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document (OpenAPI 3.1), for members who are signed in and for keys."""
    if not request.user.is_authenticated and api.caller_of(request) is None:
        return problem_response(Problem("unauthenticated"))
    return JsonResponse(document())


def document() -> dict[str, Any]:
    """What the API can do; made once for a process."""
    if not _document:
        with translation.override("en"):
            _document.update(api.get_openapi_schema())
    return _document


def _patterns() -> list[URLPattern]:
    found, _application, _namespace = api.urls
    # The last one is a page of the library.
    patterns = [one for one in found if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in patterns:
        # Keys, not sessions, open these, and are counted.
        one.callback.login_required = False  # type: ignore[attr-defined]
        one.callback.has_own_limits = True  # type: ignore[attr-defined]
    return patterns


app_name = "rest"
urlpatterns = [path("openapi.json", openapi, name="openapi"), *_patterns()]
