"""The published document as people read it: for the page of the reference and for docs/reference/api.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schemas = Mapping[str, Any]
FORMATS = {"date-time": "time", "date": "date", "uuid": "uuid", "binary": "file"}


@dataclass(frozen=True)
class Part:
    """A parameter, or a field of what is sent or answered."""

    name: str
    type: str
    is_required: bool
    meaning: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    """One thing the API can do. `answers`: status → what it means."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    permission: str
    parameters: tuple[Part, ...]
    body: tuple[Part, ...]
    answer: tuple[Part, ...]
    answers: tuple[tuple[str, str], ...]


def operations_by_tag(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Heading → operations, in the order of the document."""
    found: dict[str, list[Operation]] = {}
    schemas: Schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            found.setdefault(told["tags"][0], []).append(_operation(method.upper(), path, told, schemas))
    return found


def _operation(method: str, path: str, told: Mapping[str, Any], schemas: Schemas) -> Operation:
    good = next(status for status in told["responses"] if status.startswith("2"))
    content: Mapping[str, Any] = told.get("requestBody", {}).get("content", {})
    sent = [one["schema"] for one in content.values()]
    return Operation(
        name=told["operationId"],
        method=method,
        path=path,
        summary=told["summary"],
        description=told.get("description", ""),
        permission=told.get("x-permission", ""),
        parameters=tuple(
            Part(
                one["name"],
                type_of(one["schema"]),
                bool(one.get("required")),
                one.get("description", ""),
                one["in"],
            )
            for one in told.get("parameters", ())
        ),
        body=_parts(sent[0] if sent else None, schemas),
        answer=_parts(_json_of(told["responses"][good]), schemas),
        answers=tuple((status, one["description"]) for status, one in told["responses"].items()),
    )


def _json_of(response: Mapping[str, Any]) -> Any:
    return response.get("content", {}).get("application/json", {}).get("schema")


def _parts(schema: Mapping[str, Any] | None, schemas: Schemas, before: str = "", depth: int = 0) -> tuple[Part, ...]:
    """The fields of an object, those of lists and objects inside it too, by their paths."""
    whole = _resolved(schema, schemas)
    if whole is None or depth > 2:
        return ()
    parts: list[Part] = []
    for name, one in whole.get("properties", {}).items():
        path = f"{before}{name}"
        parts.append(Part(path, type_of(one), name in whole.get("required", ()), one.get("description", "")))
        inner, sign = _inside(one)
        if inner is not None and inner.get("title") != "Money":
            parts += _parts(inner, schemas, f"{path}{sign}.", depth + 1)
    return tuple(parts)


def _inside(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str]:
    """What a list or an object holds, and the sign of it in a path."""
    for one in (schema, *schema.get("anyOf", ())):
        if one.get("type") == "array" and "$ref" in one.get("items", {}):
            return one["items"], "[]"
        if "$ref" in one and not one["$ref"].endswith(("MoneyTold", "MoneyGiven")):
            return one, ""
    return None, ""


def _resolved(schema: Mapping[str, Any] | None, schemas: Schemas) -> Mapping[str, Any] | None:
    if schema is None:
        return None
    if "$ref" in schema:
        found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def type_of(schema: Mapping[str, Any]) -> str:
    """The type in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return "money" if name in ("MoneyTold", "MoneyGiven", "PriceGiven") else "object"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_of(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " | ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    if kind == "string":
        return {"date-time": "time", "date": "date", "uuid": "uuid", "binary": "file"}.get(
            schema.get("format", ""), "text"
        )
    return {"integer": "whole number", "boolean": "true or false", "null": "null", "number": "number"}.get(kind, kind)
