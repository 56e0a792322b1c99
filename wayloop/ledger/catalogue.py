"""The catalogue: which kinds of events there are."""

from wayloop.contracts.ledger import EventKind
from wayloop.kernel import registry


def kinds() -> dict[str, EventKind]:
    """Name → kind, with its description and the properties its events may have."""
    return {kind.name: kind for kind in registry.offers(EventKind)}


def kind_named(name: str) -> EventKind:
    """One kind. Raises `KeyError` when no context offers it."""
    for kind in registry.offers(EventKind):
        if kind.name == name:
            return kind
    raise KeyError(f"no context offers the event kind {name!r}")
