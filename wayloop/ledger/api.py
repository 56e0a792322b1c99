"""The face of the ledger for other contexts."""

from wayloop.contracts.ledger import EventColumns, EventInfo, EventKind
from wayloop.kernel import registry
from wayloop.ledger.queries import timeline
from wayloop.ledger.services import ensure_months, record_events

__all__ = ["EventColumns", "EventInfo", "EventKind", "ensure_months", "kinds", "record_events", "timeline"]


def kinds() -> dict[str, EventKind]:
    """The catalogue: name → kind."""
    return {kind.name: kind for kind in registry.offers(EventKind)}
