"""How agreements and service jobs tell the ledger what happened, and take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wayloop.commerce.services.telling import Offsets
from wayloop.contracts.ledger import EventColumns, EventRefs
from wayloop.kernel import clock
from wayloop.ledger import api as ledger

SOURCE = "service"
# What is noted later than that is history: it triggers nothing.
NEWS_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Told:
    """One event of a subject. `message`: unique among the events of its kind; `at`: aware; money in minor units."""

    message: str
    handle: int
    subject: int
    at: datetime
    location_id: int | None = None
    product_id: int | None = None
    amount: int | None = None
    currency: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def tell(*, kind: str, subject_kind: str, events: Sequence[Told], is_history: bool = False, batch: str = "") -> None:
    """Records events of one kind; what is told afterwards (`is_history`) or lies back two days is history.

    `batch` names the import that tells them.
    """
    now = clock.now()
    for is_news in (True, False):
        mine = [one for one in events if (not is_history and now - one.at < NEWS_FOR) is is_news]
        if mine:
            ledger.record_events(columns=_columns(kind, subject_kind, mine, is_news=is_news, batch=batch))


def untell(*, kind: str, message: str, handle: int, at: datetime) -> None:
    """Takes one event back because the member undid what it tells of."""
    refs = EventRefs(kind, SOURCE, [message], [handle], [at])
    ledger.retract_events(refs=refs, reason="undone by the member")


def _columns(kind: str, subject_kind: str, events: Sequence[Told], *, is_news: bool, batch: str) -> EventColumns:
    offsets = Offsets()
    return EventColumns(
        kind=kind,
        source=SOURCE,
        is_news=is_news,
        message_ids=[one.message for one in events],
        handles=[one.handle for one in events],
        occurred_at=[one.at for one in events],
        offset_minutes=[offsets.at(one.at, one.location_id) for one in events],
        subject_kind=subject_kind,
        subject_ids=[one.subject for one in events],
        location_ids=[one.location_id for one in events],
        product_ids=[one.product_id for one in events],
        amounts=[one.amount for one in events],
        currencies=[one.currency if one.amount is not None else None for one in events],
        properties=[one.properties for one in events],
        batch=batch,
    )
