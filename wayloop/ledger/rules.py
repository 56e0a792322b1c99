"""What an event may tell: the properties of its kind are checked when it is recorded and typed when it is read."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from wayloop.contracts.ledger import EventKind, Property

Properties = Mapping[str, Any]
# What a value must be, in words, for the one who wrote the call.
WANTED = {
    "text": "a text",
    "whole": "a whole number",
    "decimal": "a Decimal",
    "flag": "true or false",
    "date": "a date",
    "instant": "an instant with its offset",
    "choice": "one of its options",
}
# A number of JSON that every reader takes without loss.
LARGEST_WHOLE = 2**53


class EventRefused(ValueError):
    """An event is not as its kind says, or what it points to cannot be corrected; the text says what is wrong."""


class Schema:
    """The checks of one kind, made once: `encode` runs for every event."""

    def __init__(self, kind: EventKind) -> None:
        self._name = kind.name
        self._encoders = {name: _encoder(one) for name, one in kind.properties.items()}
        self._wanted = {name: _wanted(one) for name, one in kind.properties.items()}
        self._required = frozenset(name for name, one in kind.properties.items() if one.is_required)

    def encode(self, given: Properties) -> dict[str, Any]:
        """The properties as they are kept, in JSON; those that are None are left out.

        Raises `EventRefused` for one the kind does not have, one of another type, or a required one that is absent.
        """
        kept: dict[str, Any] = {}
        for name, value in given.items():
            if value is None:
                continue
            encoder = self._encoders.get(name)
            if encoder is None:
                raise EventRefused(f"{self._name} has no property {name!r}; it has: {self._known()}")
            encoded = encoder(value)
            if encoded is None:
                raise EventRefused(f"{self._name}.{name} must be {self._wanted[name]}, not {type(value).__name__}")
            kept[name] = encoded
        if not self._required <= kept.keys():
            missing = ", ".join(sorted(self._required - kept.keys()))
            raise EventRefused(f"{self._name} needs {missing}")
        return kept

    def takes(self, name: str, value: Any) -> bool:
        """Whether the kind has this property, and the value is one of it."""
        encoder = self._encoders.get(name)
        return encoder is not None and encoder(value) is not None

    def _known(self) -> str:
        return ", ".join(self._encoders) or "none"


def properties_that_fail(kind: EventKind, given: Properties) -> dict[str, str]:
    """Property → "missing" or "unreadable", of those with which the event could not be recorded."""
    schema = Schema(kind)
    found = {name: "unreadable" for name, value in given.items() if value is not None and not schema.takes(name, value)}
    return found | {
        name: "missing" for name, one in kind.properties.items() if one.is_required and given.get(name) is None
    }


def decode(kind: EventKind | None, version: int, kept: Properties) -> Properties:
    """The properties in the types of the kind, in today's version; as they are kept when the kind is gone.

    Raises `EventRefused` when they are newer than this program, or no converter leads on.
    """
    if kind is None:
        return kept
    if version > kind.version:
        raise EventRefused(f"{kind.name} has version {version}, this program knows {kind.version}: update the program")
    found = dict(kept)
    for step in range(version, kind.version):
        if step not in kind.converters:
            raise EventRefused(f"{kind.name}: no converter leads from version {step} to {step + 1}")
        found = kind.converters[step](found)
    readers = {"decimal": Decimal, "date": date.fromisoformat, "instant": datetime.fromisoformat}
    for name, value in found.items():
        one = kind.properties.get(name)
        if one is not None and one.type in readers:
            found[name] = readers[one.type](value)  # type: ignore[operator]
    return found


def missing_converters(kind: EventKind) -> list[int]:
    """Versions of events that may lie in the ledger and from which no converter leads on."""
    return [version for version in range(1, kind.version) if version not in kind.converters]


def _wanted(one: Property) -> str:
    if one.type == "text":
        return f"a text of at most {one.longest} characters without NUL"
    return f"one of {', '.join(one.options)}" if one.type == "choice" else WANTED[one.type]


@cache
def _plain_encoders() -> dict[str, Callable[[Any], Any]]:
    # bool is an int and a datetime is a date for Python, but not here. None means: not such a value.
    return {
        "whole": lambda value: value if type(value) is int and abs(value) <= LARGEST_WHOLE else None,
        "decimal": lambda value: str(value) if type(value) is Decimal and value.is_finite() else None,
        "flag": lambda value: value if type(value) is bool else None,
        "date": lambda value: value.isoformat() if type(value) is date else None,
        "instant": lambda value: value.isoformat() if type(value) is datetime and value.tzinfo is not None else None,
    }


def _encoder(one: Property) -> Callable[[Any], Any]:
    if one.type == "text":
        return lambda value: (
            value if isinstance(value, str) and len(value) <= one.longest and "\0" not in value else None
        )
    if one.type == "choice":
        options = {str(option): str(option) for option in one.options}
        return lambda value: options.get(value) if isinstance(value, str) else None
    return _plain_encoders()[one.type]
