"""What tests of the ledger and of those above it need to arrange: a kind of event of their own, events of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from wayloop.contracts.ledger import EventColumns, EventKind, EventRefs, Property
from wayloop.kernel import registry
from wayloop.kernel.testing import offered_instead
from wayloop.ledger.models import Event, EventKey

__all__ = ["DONE", "MAY", "Event", "EventKey", "columns_of", "offered", "refs_of"]
MAY = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)
# Nobody reads it, so nobody translates it.
LABEL = "done"
DONE = EventKind(
    "test.done",
    1,
    LABEL,
    "other",
    "check",
    description="done in a test",
    properties={
        "what": Property("text", "what", longest=10),
        "times": Property("whole", "times"),
        "weight": Property("decimal", "weight"),
        "by_hand": Property("flag", "by hand"),
        "due_on": Property("date", "due"),
        "begun_at": Property("instant", "begun"),
        "state": Property("choice", "state", options=("good", "bad")),
    },
)


@contextmanager
def offered(*kinds: EventKind) -> Iterator[None]:
    """These kinds are in the catalogue inside the block, instead of others of their names."""
    names = {kind.name for kind in kinds}
    others = [kind for kind in registry.offers(EventKind) if kind.name not in names]
    with offered_instead(EventKind, [*others, *kinds]):
        yield


def columns_of(*events: tuple[str, datetime], kind: str = DONE.name, handle: int = 7, **others: Any) -> EventColumns:
    """Events of one customer by message id and time; their subjects count from 1."""
    count = len(events)
    given: dict[str, Any] = {
        "source": "shop",
        "is_news": True,
        "message_ids": [message for message, _ in events],
        "handles": [handle] * count,
        "occurred_at": [moment for _, moment in events],
        "offset_minutes": [180] * count,
        "subject_kind": "thing",
        "subject_ids": list(range(1, count + 1)),
    }
    return EventColumns(**{"kind": kind, **given, **others})


def refs_of(columns: EventColumns, places: Sequence[int] | None = None) -> EventRefs:
    """How these events are named later, all of them or those at some places."""
    wanted = range(len(columns.message_ids)) if places is None else places
    return EventRefs(
        kind=columns.kind,
        source=columns.source,
        message_ids=[columns.message_ids[place] for place in wanted],
        handles=[columns.handles[place] for place in wanted],
        occurred_at=[columns.occurred_at[place] for place in wanted],
    )
