"""How cases tell the ledger and the stream what happened, and take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wayloop.business import api as business
from wayloop.contracts.ledger import EventColumns, EventRefs
from wayloop.kernel import clock
from wayloop.ledger import api as ledger
from wayloop.work.models import Case

SOURCE, SUBJECT = "work", "case"
# What is noted later than that is history: it triggers nothing.
NEWS_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Told:
    """One event of a case. `message`: unique among the events of its kind; `at`: aware; money in minor units."""

    case: Case
    message: str
    at: datetime
    amount: int | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


def is_news(*, at: datetime, is_history: bool = False) -> bool:
    """Whether others react to what happened at an instant; what is noted two days later is history."""
    return not is_history and clock.now() - at < NEWS_FOR


def tell(*, kind: str, events: Sequence[Told], is_history: bool = False) -> None:
    """Records events of one kind, of those whose customer is known; what lies back two days is history."""
    known = [one for one in events if one.case.handle is not None]
    for news in (True, False):
        mine = [one for one in known if is_news(at=one.at, is_history=is_history) is news]
        if mine:
            ledger.record_events(columns=_columns(kind, mine, is_news=news))


def untell(*, kind: str, message: str, case: Case, at: datetime) -> None:
    """Takes one event back because the member undid what it tells of."""
    if case.handle is not None:
        refs = EventRefs(kind, SOURCE, [message], [case.handle], [at])
        ledger.retract_events(refs=refs, reason="undone by the member")


def _columns(kind: str, events: Sequence[Told], *, is_news: bool) -> EventColumns:
    zones = {place.id: place.zone for place in business.locations(with_archived=True)}
    here = business.profile().zone
    return EventColumns(
        kind=kind,
        source=SOURCE,
        is_news=is_news,
        message_ids=[one.message for one in events],
        handles=[one.case.handle or 0 for one in events],
        occurred_at=[one.at for one in events],
        offset_minutes=[
            clock.offset_minutes(one.at.astimezone(ZoneInfo(zones.get(one.case.location_id or 0) or here)))
            for one in events
        ],
        subject_kind=SUBJECT,
        subject_ids=[one.case.pk for one in events],
        location_ids=[one.case.location_id for one in events],
        amounts=[one.amount for one in events],
        currencies=[one.case.currency if one.amount is not None else None for one in events],
        properties=[one.properties for one in events],
    )
