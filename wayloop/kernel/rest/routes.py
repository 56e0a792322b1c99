"""Routes: what stands between a request and an endpoint.

In this order: size, key, limit, permission, parameters, content type; then one transaction, which a refusal undoes, and
for a POST the same answer to the same `Idempotency-Key`.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Protocol, TypeVar, get_args

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status
from ninja.decorators import decorate_view
from pydantic import BaseModel

from wayloop.kernel.idempotency import idempotent
from wayloop.kernel.limits import Limit, household_of, take
from wayloop.kernel.rest.problems import Fault, Problem, problem_response
from wayloop.kernel.rest.schemas import Chosen, ProblemTold

BY_KEY = Limit("key", 600)
BY_ADDRESS = Limit("address", 60)  # of requests without a key, or with one that is none
LARGEST_BODY = 4 * 1024 * 1024
JSON, FORM = "application/json", "multipart/form-data"
ALWAYS = (400, 401, 403, 422, 429, 503)
V = TypeVar("V", bound=Callable[..., Any])


class Keep(Protocol):
    """A decorator that gives back what it was put on."""

    def __call__(self, view: V, /) -> V: ...


class Caller(Protocol):
    """Whoever comes with a key."""

    @property
    def id(self) -> int: ...
    def may(self, permission: Any, /) -> bool: ...


class Door(Protocol):
    """What the composition root knows: whose key it is."""

    def caller_of(self, request: HttpRequest) -> Caller | None: ...


class Routes:
    """The endpoints of one context. `tag` is the heading they stand under in the reference."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])

    def get(self, path: str, *, needs: Any, answer: Any, problems: Sequence[int] = (404,), **more: Any) -> Keep:
        """A read. `needs`: the permission; `answer`: the shape; `problems`: refusals beside the usual ones."""
        return self._route("GET", path, needs, {200: answer}, problems, **more)

    def post(
        self, path: str, *, needs: Any, answer: Any, status: int = 201, problems: Sequence[int] = (), **more: Any
    ) -> Keep:
        """A write, or a read that is asked for by a body (`is_read`)."""
        return self._route("POST", path, needs, {status: answer}, (*problems, 409, 413, 415), **more)

    def patch(self, path: str, *, needs: Any, answer: Any, problems: Sequence[int] = (404, 412), **more: Any) -> Keep:
        """A change of some fields."""
        return self._route("PATCH", path, needs, {200: answer}, (*problems, 413, 415), **more)

    def put(self, path: str, *, needs: Any, answer: Any, problems: Sequence[int] = (404, 412), **more: Any) -> Keep:
        """A value written anew."""
        return self._route("PUT", path, needs, {200: answer}, (*problems, 413, 415), **more)

    def delete(self, path: str, *, needs: Any, problems: Sequence[int] = (404, 412), **more: Any) -> Keep:
        """A value taken away."""
        return self._route("DELETE", path, needs, {204: None}, problems, **more)

    def _route(
        self,
        method: str,
        path: str,
        needs: Any,
        answers: Mapping[int, Any],
        problems: Sequence[int],
        *,
        content: str = JSON,
        is_read: bool = False,
        largest: int = LARGEST_BODY,
        **more: Any,
    ) -> Keep:
        ((status, answer),) = answers.items()
        guard = _Guard(needs, content, method, is_read=is_read, largest=largest, known=_fields_of(answer))
        documented = dict(answers) | dict.fromkeys(sorted({*ALWAYS, *problems}), ProblemTold)

        def register(view: V) -> V:
            @wraps(view)
            def answered(*given: Any, **named: Any) -> Any:
                return Status(status, view(*given, **named))

            guarded = decorate_view(guard)(answered)
            summary, _sign, description = (view.__doc__ or "").strip().partition("\n")
            self.router.api_operation(
                [method],
                path,
                auth=None,
                response=documented,
                operation_id=view.__name__,
                url_name=view.__name__,
                summary=summary.rstrip("."),
                description=" ".join(description.split()),
                openapi_extra=({} if needs is None else {"x-permission": str(getattr(needs, "value", needs))})
                | ({"x-idempotent": True} if method == "POST" and not is_read and content == JSON else {}),
                **more,
            )(guarded)
            return view

        return register


class _Guard:
    """Runs an operation behind all that is checked before it."""

    def __init__(
        self, needs: Any, content: str, method: str, *, is_read: bool, largest: int, known: frozenset[str]
    ) -> None:
        self._needs, self._content, self._method = needs, content, method
        self._is_read, self._largest, self._known = is_read, largest, known

    def __call__(self, run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(run)
        def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
            operation = run.__self__  # type: ignore[attr-defined]  # ninja hands out a bound method
            headers: dict[str, str] = {}
            try:
                if any(isinstance(part, str) and not is_plain(part) for part in path.values()):
                    raise Problem("not_found")
                self._let_in(request, operation.api, headers)
                self._check(request, _parameters(operation))
                response = self._run(lambda asked: run(asked, **path), request)
            except Problem as problem:
                response = problem_response(problem)
            for name, value in headers.items():
                response.headers.setdefault(name, value)
            return response

        return guarded

    def _let_in(self, request: HttpRequest, door: Door, headers: dict[str, str]) -> None:
        caller = door.caller_of(request)
        if caller is None:
            allowance = take(BY_ADDRESS, household_of(str(request.META.get("REMOTE_ADDR", ""))))
        else:
            allowance = take(BY_KEY, str(caller.id))
        headers |= allowance.headers
        if allowance.retry_after:
            raise Problem("too_many_requests", _("Wait %(seconds)s seconds.") % {"seconds": allowance.retry_after})
        if caller is None:
            raise Problem("unauthenticated", _("Send the header “Authorization: Bearer” with a key that is in force."))
        if self._needs is not None and not caller.may(self._needs):
            raise Problem(
                "forbidden", _("The key needs the permission “%(name)s”.") % {"name": getattr(self._needs, "value", "")}
            )
        request.auth = caller  # type: ignore[attr-defined]

    def _check(self, request: HttpRequest, parameters: frozenset[str]) -> None:
        unknown = [name for name in request.GET if name not in parameters]
        if unknown:
            detail = _("There is no such parameter here.")
            raise Problem("invalid", faults=[Fault(detail, parameter=name[:60]) for name in unknown[:20]])
        chosen = request.GET.get("fields")
        if chosen is not None and "fields" in parameters:
            names = frozenset(name.strip() for name in chosen.split(",")) - {""}
            if not names or not names <= self._known:
                detail = _("Known fields: %(names)s.") % {"names": ", ".join(sorted(self._known))}
                raise Problem("invalid", faults=[Fault(detail, parameter="fields")])
            request.rest_fields = names | {"id"}  # type: ignore[attr-defined]
        if self._method in ("GET", "DELETE"):
            return
        if int(request.META.get("CONTENT_LENGTH") or 0) > self._largest:
            raise too_large(self._largest)
        if request.content_type != self._content:
            raise Problem("unsupported_media_type", _("Send %(type)s.") % {"type": self._content})
        if self._content == JSON:
            try:
                size = len(request.body)
            except RequestDataTooBig:
                raise too_large(self._largest) from None
            if size > self._largest:
                raise too_large(self._largest)
            if not size:
                raise Problem("bad_request", _("The content is empty. Send JSON."))

    def _run(self, run: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
        if self._method == "GET" or self._is_read:
            return run(request)

        def whole(asked: HttpRequest) -> HttpResponse:
            with transaction.atomic():
                response = run(asked)
                if response.status_code >= 400:
                    # A refusal leaves nothing of what was done before it.
                    transaction.set_rollback(True)
            return response

        if self._method != "POST" or self._content != JSON:
            return whole(request)
        return idempotent(_name_of_caller, required=False, refuse=_refuse_again)(whole)(request)


def is_plain(text: str) -> bool:
    """Whether a text of the database can hold it: no NUL, no halves of letters."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def too_large(most: int) -> Problem:
    """413, with what is possible."""
    return Problem("too_large", _("At most %(most)s bytes. Send it in parts.") % {"most": most})


def etag_of(told: BaseModel) -> str:
    """The version of what is answered."""
    return f'"{hashlib.sha256(told.model_dump_json().encode()).hexdigest()[:32]}"'


def check_version(request: HttpRequest, etag: str) -> None:
    """Raises `Problem` when `If-Match` names another version than this one. Without the header everything goes."""
    given = request.headers.get("If-Match")
    if given is None:
        return
    if given.strip() != "*" and etag not in [one.strip() for one in given.split(",")]:
        raise Problem("version_differs", _("Read it again, then change it."))


def _name_of_caller(request: HttpRequest) -> str:
    return f"api key {request.auth.id}"  # type: ignore[attr-defined]


def _refuse_again(status: int, code: str, message: str) -> HttpResponse:
    return problem_response(Problem(f"idempotency_{code}", message))


def _parameters(operation: Any) -> frozenset[str]:
    """Names that may stand in the query."""
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(model.__ninja_flatten_map__)
    return frozenset(names)


def _fields_of(answer: Any) -> frozenset[str]:
    """The fields that `?fields=` may name: those of the rows of a page, or of the thing itself."""
    if not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        return frozenset()
    if "items" in answer.model_fields:
        (answer,) = get_args(answer.model_fields["items"].annotation)
    return frozenset(answer.model_fields) if issubclass(answer, Chosen) else frozenset()
