"""What is added to the document that is made from the endpoints: keys, headers, refusals."""

from typing import Any

from wayloop.kernel.rest.problems import KINDS, MEDIA_TYPE
from wayloop.kernel.rest.schemas import Chosen, ProblemTold

DESCRIPTION = """\
Everything other programs may know and do here. Each request carries a key: `Authorization: Bearer wl_…`. \
A key opens what it was made for, and sees the locations it was given. Refusals are problems (RFC 9457), in the \
language of `Accept-Language` (ru, uk, en).\
"""
REASONS = {
    400: "The request cannot be read",
    401: "No key, or one that is not in force",
    403: "The key lacks the permission",
    404: "There is none, or none this key may see",
    405: "The address takes another method",
    409: "It is here already, or the same request is being worked on",
    412: "`If-Match` names another version",
    413: "The request is too large",
    415: "The kind of content is not taken",
    422: "Something in the request does not fit; `errors` says where",
    429: "Too many requests; `Retry-After` says when to come again",
    503: "Not possible at the moment; `Retry-After` says when to come again",
}
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "minLength": 1, "maxLength": 255},
    "description": "The same key again has the answer of the first time and no second effect, for seven days.",
}


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it is published."""
    document["info"]["description"] = DESCRIPTION
    document["security"] = [{"key": []}]
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["servers"] = [{"url": "/"}]
    for path in document["paths"].values():
        for operation in path.values():
            _finish(operation)
    _relax(document["components"]["schemas"])
    return document


def _finish(operation: dict[str, Any]) -> None:
    if operation.pop("x-idempotent", False):
        operation.setdefault("parameters", []).append(IDEMPOTENCY)
    responses = operation["responses"]
    for status in list(responses):
        answer = responses[status]
        if int(status) >= 400:
            answer["description"] = REASONS[int(status)]
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        if int(status) != 503:
            answer["headers"] = {name: {"schema": {"type": "string"}} for name in LIMITS}
    # Texts as keys, as JSON has them.
    operation["responses"] = {str(status): responses[status] for status in sorted(responses, key=int)}


def _relax(schemas: dict[str, Any]) -> None:
    """Rows of which only some fields were asked for lack the others."""
    chosen = {one.__name__ for one in _all_below(Chosen)}
    for name, schema in schemas.items():
        if name in chosen:
            schema["required"] = ["id"]
    schemas["Problem"] = ProblemTold.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["Problem"].pop("$defs", None)
    schemas["Problem"]["properties"]["code"]["enum"] = sorted(KINDS)
    schemas.pop("ProblemTold", None)


def _all_below(kind: type[Any]) -> set[type[Any]]:
    return {one for child in kind.__subclasses__() for one in {child, *_all_below(child)}}
