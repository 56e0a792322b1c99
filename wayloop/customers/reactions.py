"""What the customers listen to: any event may change what follows from events."""

from collections.abc import Sequence

from wayloop.contracts.customers import TraitSource
from wayloop.customers.services.computed import mark_for_computing
from wayloop.kernel import registry
from wayloop.kernel.stream.facts import Row
from wayloop.kernel.stream.listeners import listens

KINDS = sorted({kind for source in registry.offers(TraitSource) for kind in source.kinds})  # type: ignore[type-abstract]


@listens("customers.computed_traits", *KINDS, start="beginning")
def note_who_did_something(rows: Sequence[Row]) -> None:
    """Marks them; a job computes. So a large import costs one mark for each customer, not one computing an event."""
    mark_for_computing(handles=sorted({row.person for row in rows if row.person is not None}))
