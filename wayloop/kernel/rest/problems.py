"""Refusals of the API: `application/problem+json` (RFC 9457), in the language of the request."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MEDIA_TYPE = "application/problem+json"
# The page that explains them; a code never changes its meaning.
TYPE = "/developers/#problem-{code}"


@dataclass(frozen=True)
class Kind:
    """One kind of refusal: its status, and what it is called."""

    status: int
    title: Any


KINDS: Mapping[str, Kind] = {
    "bad_request": Kind(400, gettext_lazy("The request cannot be read")),
    "idempotency_key": Kind(400, gettext_lazy("The Idempotency-Key is none")),
    "unauthenticated": Kind(401, gettext_lazy("An API key is needed")),
    "forbidden": Kind(403, gettext_lazy("This key may not do that")),
    "not_found": Kind(404, gettext_lazy("There is no such thing")),
    "method_not_allowed": Kind(405, gettext_lazy("This address takes another method")),
    "conflict": Kind(409, gettext_lazy("It is here already")),
    "idempotency_running": Kind(409, gettext_lazy("The same request is being worked on")),
    "version_differs": Kind(412, gettext_lazy("Somebody has changed it since")),
    "too_large": Kind(413, gettext_lazy("The request is too large")),
    "unsupported_media_type": Kind(415, gettext_lazy("This kind of content is not taken")),
    "invalid": Kind(422, gettext_lazy("Something in the request does not fit")),
    "refused": Kind(422, gettext_lazy("That cannot be done")),
    "idempotency_content": Kind(422, gettext_lazy("The Idempotency-Key belongs to another request")),
    "too_many_requests": Kind(429, gettext_lazy("Too many requests")),
    "broken": Kind(500, gettext_lazy("Something broke on our side")),
    "unavailable": Kind(503, gettext_lazy("Not possible at the moment")),
}
# For refusals that come from elsewhere and know no more than a status.
BY_STATUS: Mapping[int, str] = {kind.status: code for code, kind in KINDS.items()} | {
    400: "bad_request",
    409: "conflict",
    422: "invalid",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value: in the body at a JSON pointer, or of a parameter of the address."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def to_json(self) -> dict[str, str]:
        """As it stands in the answer."""
        place = {"pointer": f"#{self.pointer}"} if self.pointer is not None else {"parameter": self.parameter or ""}
        return {"detail": self.detail} | place


class Problem(Exception):
    """Ends an endpoint with a refusal. `code` is one of `KINDS`; `detail` a line for people, in their language; `more`
    are further members of the answer.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.faults = code, detail, tuple(faults)
        self.headers, self.more = dict(headers or {}), dict(more or {})

    @property
    def status(self) -> int:
        """The status of the answer."""
        return KINDS[self.code].status


def problem_response(problem: Problem) -> HttpResponse:
    """The answer."""
    content: dict[str, Any] = {
        "type": TYPE.format(code=problem.code),
        "title": str(KINDS[problem.code].title),
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        content["detail"] = problem.detail
    if problem.faults:
        content["errors"] = [fault.to_json() for fault in problem.faults]
    headers = {"WWW-Authenticate": 'Bearer realm="wayloop"'} if problem.status == 401 else {}
    return HttpResponse(
        json.dumps(content | problem.more, ensure_ascii=False),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=headers | problem.headers,
    )


def missing() -> Problem:
    """404: there is none, or none this key may see; which of both is nobody's business."""
    return Problem("not_found")


def refused_value(detail: str, pointer: str) -> Problem:
    """422 for one value of the body, told by the rules behind the endpoint."""
    return Problem("invalid", faults=[Fault(detail, pointer=pointer)])


def validation_problem(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """What the schemas found, in words. Never repeats the value: it may be personal."""
    return Problem("invalid", faults=[_fault(error) for error in list(errors)[:50]])


def _fault(error: Mapping[str, Any]) -> Fault:
    source, *path = error["loc"]
    detail = _in_words(error["type"], error.get("ctx", {}), error)
    if source in ("body", "form", "file"):
        # The first step is the name of the argument in our code.
        steps = [part for part in path[1:] if not _is_branch(part)]
        return Fault(detail, pointer="".join(f"/{_escaped(part)}" for part in steps))
    return Fault(detail, parameter=str(path[-1]) if path else "")


def _is_branch(part: Any) -> bool:
    """Steps that name a branch of a union, which are no places in the content."""
    is_name = isinstance(part, str)
    return is_name and (part in _BRANCHES or part.endswith(("Given", "]")) or part.startswith(("function-", "Asked")))


def _escaped(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _in_words(kind: str, about: Mapping[str, Any], error: Mapping[str, Any]) -> str:
    if kind == "value_error":
        # Raised by checks of our own, in the language of the request.
        return str(about.get("error") or error["msg"])
    if kind in ("missing", "extra_forbidden"):
        return _("This is needed.") if kind == "missing" else _("There is no such field.")
    if kind in ("string_too_long", "too_long"):
        return _("At most %(most)s.") % {"most": about["max_length"]}
    if kind in ("string_too_short", "too_short"):
        return _("At least %(least)s.") % {"least": about["min_length"]}
    if kind in ("less_than_equal", "less_than"):
        return _("At most %(most)s.") % {"most": about.get("le", about.get("lt"))}
    if kind in ("greater_than_equal", "greater_than"):
        return _("At least %(least)s.") % {"least": about.get("ge", about.get("gt"))}
    if kind in ("enum", "literal_error"):
        return _("One of: %(known)s.") % {"known": about["expected"]}
    for beginning, words in _OF_TYPES.items():
        if kind.startswith(beginning):
            return str(words)
    return _("This value does not fit.")


_BRANCHES = frozenset({"bool", "int", "float", "str"})
_OF_TYPES = {
    "string_pattern": gettext_lazy("This is not written as it should be."),
    "string": gettext_lazy("This should be a text."),
    "int": gettext_lazy("This should be a whole number."),
    "uuid": gettext_lazy("This should be a UUID."),
    "bool": gettext_lazy("This should be true or false."),
    "list": gettext_lazy("This should be a list."),
    "model": gettext_lazy("This should be an object."),
    "dict": gettext_lazy("This should be an object."),
    "date_": gettext_lazy("This should be a date, as in 2026-05-04."),
    "date_from": gettext_lazy("This should be a date, as in 2026-05-04."),
}
