"""What the customers listen to: any event may change what follows from events."""

from collections.abc import Sequence

from wayloop.contracts.customers import TraitSource
from wayloop.contracts.ledger import EventChange
from wayloop.customers.services.computed import mark_for_computing
from wayloop.kernel import registry
from wayloop.ledger import api as ledger

KINDS = sorted({kind for source in registry.offers(TraitSource) for kind in source.kinds})  # type: ignore[type-abstract]


@ledger.listens_to_events("customers.computed_traits", *KINDS, start="beginning")
def note_who_did_something(changes: Sequence[EventChange]) -> None:
    """Marks them; a job computes. So a large import costs one mark for each customer, not one computing an event."""
    mark_for_computing(handles=sorted({event.handle for one in changes for event in (one.event, one.former) if event}))
