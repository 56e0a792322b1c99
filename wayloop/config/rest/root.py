"""One API of one version, put together from the contexts."""

import json
import logging
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from wayloop.accounts import api as accounts
from wayloop.config.rest.document import finished
from wayloop.config.rest.routers import all_routes
from wayloop.kernel.outages import RETRY_SECONDS
from wayloop.kernel.rest.problems import Fault, Problem, problem_response, validation_problem
from wayloop.kernel.rest.routes import is_plain

log = logging.getLogger(__name__)
VERSION = "v1"
ROOT = f"/api/{VERSION}/"
DEEPEST = 40
SCHEME = "Bearer "


class StrictParser(Parser):
    """JSON as RFC 8259 has it, without what no column takes: NUL, lone surrogates, NaN, towers of brackets."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            content = json.loads(request.body, parse_constant=_no_number, parse_float=_finite)
        except (ValueError, RecursionError):
            raise Problem("bad_request", _("The content is no JSON.")) from None
        _check(content, 0)
        return content

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name, values in data.lists():
            if any(isinstance(value, str) and not is_plain(value) for value in values):
                detail = _("This holds characters that no text may have.")
                raise Problem("invalid", faults=[Fault(detail, parameter=name[:60])])
        return super().parse_querydict(data, list_fields, request)


class ChosenFields(BaseRenderer):
    """JSON; of the rows only what `?fields=` asked for."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        chosen: frozenset[str] | None = getattr(request, "rest_fields", None)
        if chosen is not None and response_status < 300 and isinstance(data, dict):
            if isinstance(data.get("items"), list):
                data = data | {"items": [_only(row, chosen) for row in data["items"]]}
            else:
                data = _only(data, chosen)
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)


class RestAPI(NinjaAPI):
    """The API with its door and its document."""

    def caller_of(self, request: HttpRequest) -> accounts.KeyInfo | None:
        """Whose key stands in the header; sessions never open this door."""
        text = request.headers.get("Authorization", "")
        if not text.startswith(SCHEME) or not text.isascii() or len(text) > 300:
            return None
        return accounts.member_for_key(text.removeprefix(SCHEME).strip(), request=request)

    def get_openapi_schema(self, **_others: Any) -> Any:
        """The document in English, whoever reads it."""
        return finished(super().get_openapi_schema(path_prefix=ROOT))


def make_api() -> RestAPI:
    """The API with every context's router."""

    api = RestAPI(
        title="Wayloop",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="rest",
        auth=None,
        parser=StrictParser(),
        renderer=ChosenFields(),
    )
    for routes in all_routes():
        api.add_router("", routes.router)
    api.add_exception_handler(Problem, _refused)
    api.add_exception_handler(ValidationError, _does_not_fit)
    api.add_exception_handler(Http404, lambda request, error: problem_response(Problem("not_found")))
    api.add_exception_handler(PermissionDenied, lambda request, error: problem_response(Problem("forbidden")))
    api.add_exception_handler(HttpError, lambda request, error: problem_response(Problem("bad_request")))
    api.add_exception_handler(BadRequest, lambda request, error: problem_response(Problem("bad_request")))
    api.add_exception_handler(SuspiciousOperation, lambda request, error: problem_response(Problem("bad_request")))
    api.add_exception_handler(OperationalError, _database_gave_up)
    api.add_exception_handler(InterfaceError, _database_gave_up)
    api.add_exception_handler(Exception, _broken)
    return api


def _refused(request: HttpRequest, problem: Any) -> HttpResponse:
    return problem_response(problem)


def _does_not_fit(request: HttpRequest, found: Any) -> HttpResponse:
    return problem_response(validation_problem(found.errors))


def _database_gave_up(request: HttpRequest, error: Any) -> HttpResponse:
    log.warning("a request of the API took too long, or the database is away: %s", type(error).__name__)
    return problem_response(
        Problem("unavailable", _("Ask for less, or again in a moment."), headers={"Retry-After": str(RETRY_SECONDS)})
    )


def _broken(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("an endpoint broke: %s %s", request.method, request.path, exc_info=error)
    return problem_response(Problem("broken", _("It is noted in the log. Nothing was changed.")))


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _check(content: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Problem("bad_request", _("The content is nested too deeply."))
    if isinstance(content, str):
        if not is_plain(content):
            raise Problem("bad_request", _("The content holds characters that no text may have."))
    elif isinstance(content, dict):
        for name, value in content.items():
            _check(name, depth + 1)
            _check(value, depth + 1)
    elif isinstance(content, list):
        for value in content:
            _check(value, depth + 1)


def _only(row: Mapping[str, Any], chosen: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in chosen}
