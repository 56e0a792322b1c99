"""The typed tree as JSON and back. What has its usual value is left out, so stored documents stay short."""

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from wayloop.kernel.localised import Localised
from wayloop.surveys.document.shape import Document

T = TypeVar("T")


class NotADocument(ValueError):
    """What was read has not the shape of a survey."""


def to_json(value: Any) -> Any:
    """Plain lists, mappings and texts."""
    if isinstance(value, Localised):
        return value.to_json()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = {}
        for field in dataclasses.fields(value):
            given = getattr(value, field.name)
            if given != _usual(field):
                told[field.name] = to_json(given)
        return told
    return value


def document_from(raw: Any) -> Document:
    """The document that was stored. Raises `NotADocument`."""
    return read(Document, raw)


def read(kind: type[T], raw: Any) -> T:
    """A value of this type out of JSON. Raises `NotADocument`."""
    found: T = _read(kind, raw)
    return found


def _read(hint: Any, raw: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        wanted = next(one for one in get_args(hint) if one is not type(None))
        return None if raw is None else _read(wanted, raw)
    if origin is tuple:
        if not isinstance(raw, list):
            raise NotADocument(f"a list is expected, not {type(raw).__name__}")
        return tuple(_read(get_args(hint)[0], one) for one in raw)
    if hint is Localised:
        return _text(raw)
    if dataclasses.is_dataclass(hint):
        return _record(hint, raw)
    if issubclass(hint, Enum):
        try:
            return hint(raw)
        except ValueError as error:
            raise NotADocument(str(error)) from None
    if type(raw) is not hint:
        raise NotADocument(f"{hint.__name__} is expected, not {type(raw).__name__}")
    return raw


def _record(kind: Any, raw: Any) -> Any:
    if not isinstance(raw, Mapping):
        raise NotADocument(f"{kind.__name__} is expected, not {type(raw).__name__}")
    hints = _hints(kind)
    if unknown := set(raw) - set(hints):
        raise NotADocument(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    try:
        return kind(**{name: _read(hints[name], given) for name, given in raw.items()})
    except TypeError as error:
        raise NotADocument(str(error)) from None


def _text(raw: Any) -> Localised:
    if not isinstance(raw, Mapping) or set(raw) != {"source", "texts"} or not isinstance(raw["texts"], Mapping):
        raise NotADocument("a text in several languages is expected")
    if not all(isinstance(text, str) for text in (raw["source"], *raw["texts"], *raw["texts"].values())):
        raise NotADocument("a text in several languages is expected")
    return Localised.from_json(raw)


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _usual(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
