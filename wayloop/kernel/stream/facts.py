"""What a fact is: a frozen dataclass of ids and plain values, registered under a kind and a version. No Django.

A fact says what has become true, never what to do. It holds no names, addresses or texts of people: who reads it looks
those up, so erasure has nothing to do here.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

F = TypeVar("F")
Payload = Mapping[str, Any]
Converter = Callable[[dict[str, Any]], dict[str, Any]]
PLAIN = (bool, int, str, datetime, date, Decimal)


class FactError(Exception):
    """A fact, its kind or one of its versions is not as it was declared."""


class Position(NamedTuple):
    """The place of a row in the stream; compared as a whole. `xid` is the transaction that wrote it, without wrap."""

    epoch: int
    xid: int
    id: int


BEGINNING = Position(0, 0, 0)


@dataclass(frozen=True)
class FactKind:
    """One registered shape: `fields` by name and type; `person` names the field that holds a person handle.

    `simple`: the fields whose values are the same in JSON; `others`: those whose values have to be read out of it.
    """

    kind: str
    version: int
    shape: type[Any]
    fields: Mapping[str, Any]
    person: str | None
    simple: Mapping[str, type[Any]]
    others: Mapping[str, Any]


_by_kind: dict[str, FactKind] = {}
_by_shape: dict[type[Any], FactKind] = {}
_converters: dict[tuple[str, int], Converter] = {}


def fact(kind: str, *, version: int = 1, person: str | None = None) -> Callable[[type[F]], type[F]]:
    """Registers a frozen dataclass as the current shape of `kind` ("context.what_happened").

    `person` names the field with the person handle; listeners that work in parts keep each person in one part. Raises
    `FactError` for a shape that cannot travel or a kind that is taken.
    """

    def register(shape: type[F]) -> type[F]:
        parameters = getattr(shape, "__dataclass_params__", None)
        if parameters is None or not parameters.frozen:
            raise FactError(f"{shape.__name__} must be a frozen dataclass")
        fields = get_type_hints(shape)
        for name, hint in fields.items():
            if not _travels(hint):
                raise FactError(f"{shape.__name__}.{name}: a fact holds ids and plain values, not {hint}")
        if person is not None and person not in fields:
            raise FactError(f"{shape.__name__} has no field {person!r}")
        known = _by_kind.get(kind)
        if known and (known.shape.__module__, known.shape.__qualname__) != (shape.__module__, shape.__qualname__):
            raise FactError(f"the kind {kind!r} is taken by {known.shape.__qualname__}")
        simple = {name: hint for name, hint in fields.items() if hint in (int, str, bool)}
        others = {name: hint for name, hint in fields.items() if name not in simple}
        _by_kind[kind] = _by_shape[shape] = FactKind(kind, version, shape, fields, person, simple, others)
        return shape

    return register


def converter(kind: str, *, from_version: int) -> Callable[[Converter], Converter]:
    """Registers how a payload of `from_version` becomes one of the next version. Older ones go through each step."""

    def register(convert: Converter) -> Converter:
        _converters[kind, from_version] = convert
        return convert

    return register


def kinds() -> Mapping[str, FactKind]:
    """All registered facts by kind."""
    return dict(_by_kind)


def kind_of(one: type[Any] | str) -> str:
    """The kind of a fact's class; a text is a kind already (those of the ledger are)."""
    return one if isinstance(one, str) else described(one).kind


def described(shape: type[Any]) -> FactKind:
    """The registration of a fact's class. Raises `FactError` when there is none."""
    if shape not in _by_shape:
        raise FactError(f"{shape.__name__} is not a registered fact")
    return _by_shape[shape]


def missing_converters() -> list[tuple[str, int]]:
    """Kind and version for which no converter leads on, of all versions that may still lie in the stream."""
    return [
        (one.kind, version)
        for one in _by_kind.values()
        for version in range(1, one.version)
        if (one.kind, version) not in _converters
    ]


def encode(one: Any) -> dict[str, Any]:
    """The payload of a fact, ready for JSON. Raises `FactError` when a value is not of its declared type."""
    known = described(type(one))
    found = {}
    for name, hint in known.fields.items():
        value = getattr(one, name)
        # Most values are plain, and this runs for every fact.
        found[name] = value if type(value) is known.simple.get(name) else _encoded(value, hint, f"{known.kind}.{name}")
    return found


def decode(kind: str, version: int, payload: Payload) -> Any:
    """The fact that a payload of any version tells of, in today's shape.

    Raises `FactError` for an unknown kind, a version newer than this program, or one no converter leads on from.
    """
    known = _by_kind.get(kind)
    if known is None:
        raise FactError(f"no context declares the fact {kind!r}")
    if version > known.version:
        raise FactError(f"{kind!r} has version {version}, this program knows {known.version}: update the program")
    found = dict(payload)
    for step in range(version, known.version):
        if (kind, step) not in _converters:
            raise FactError(f"{kind!r}: no converter leads from version {step} to {step + 1}")
        found = _converters[kind, step](found)
    # What `encode` wrote needs no look at values that are the same in JSON; this runs for every fact.
    if version == known.version and found.keys() == known.fields.keys():
        if not known.others:
            return known.shape(**found)
        return known.shape(**found | {name: _decoded(found[name], hint) for name, hint in known.others.items()})
    return known.shape(**{name: _decoded(found.get(name), hint) for name, hint in known.fields.items()})


class _Columns(NamedTuple):
    position: Position
    kind: str
    version: int
    payload: Payload
    person: int | None
    cause: int | None
    depth: int
    at: datetime


class Row(_Columns):
    """One row of the stream as a listener gets it. A tuple with names, since they come by the ten thousand a second.

    `payload` is as it was written; `fact` decodes it into today's shape (facts only, not rows of other sources).
    `person` is the handle it was written for. `depth` counts the reactions that led to it, `cause` is the id of the row
    it reacts to. `at` is when it was written.
    """

    @property
    def fact(self) -> Any:
        """Raises `FactError` when it cannot be decoded. Decoded once; `cached_property` would take a lock each time."""
        kept = self.__dict__
        if "fact" not in kept:
            kept["fact"] = decode(self.kind, self.version, self.payload)
        return kept["fact"]


def _travels(hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return len(arguments) == 2 and type(None) in arguments and all(_travels(one) for one in _without_none(hint))
    if origin is tuple:
        return len(arguments) == 2 and arguments[1] is Ellipsis and _travels(arguments[0])
    return isinstance(hint, type) and (hint in PLAIN or issubclass(hint, Enum))


def _without_none(hint: Any) -> list[Any]:
    return [one for one in get_args(hint) if one is not type(None)]


def _encoded(value: Any, hint: Any, name: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _encoded(value, _without_none(hint)[0], name)
    if origin is tuple:
        if not isinstance(value, tuple):
            raise FactError(f"{name} must be a tuple, not {type(value).__name__}")
        return [_encoded(one, get_args(hint)[0], name) for one in value]
    # bool is an int and a datetime is a date for Python, but not here.
    fits = isinstance(value, hint) if issubclass(hint, Enum) else type(value) is hint
    if not fits:
        raise FactError(f"{name} must be {hint.__name__}, not {type(value).__name__}")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise FactError(f"{name} must be an instant with its offset")
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value


def _decoded(value: Any, hint: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _decoded(value, _without_none(hint)[0])
    if origin is tuple:
        return tuple(_decoded(one, get_args(hint)[0]) for one in value)
    if value is None:
        raise FactError(f"a value of type {hint.__name__} is absent")
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    return hint(value) if hint is Decimal or issubclass(hint, Enum) else value


def plain_fields(shape: type[Any]) -> list[str]:
    """The names of a fact's fields, in their order."""
    return [field.name for field in dataclasses.fields(shape)]
