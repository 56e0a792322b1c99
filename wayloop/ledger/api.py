"""The face of the ledger for other contexts."""

from wayloop.contracts.ledger import Channel, EventColumns, EventInfo, EventKind
from wayloop.kernel import registry
from wayloop.ledger.activity import Activity, activity_of
from wayloop.ledger.queries import timeline
from wayloop.ledger.services import ensure_months, record_events

__all__ = [
    "Activity",
    "EventColumns",
    "EventInfo",
    "EventKind",
    "activity_of",
    "channel_word",
    "ensure_months",
    "kinds",
    "record_events",
    "timeline",
]


def kinds() -> dict[str, EventKind]:
    """The catalogue: name → kind."""
    return {kind.name: kind for kind in registry.offers(EventKind)}


def channel_word(name: str) -> str:
    """What a channel is called in the reader's language; one that nobody offers is called by its name."""
    return next((str(one.label) for one in registry.offers(Channel) if one.name == name), name)
