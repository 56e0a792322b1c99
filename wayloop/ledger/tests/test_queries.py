"""The timeline: newest first, page by page, without what the reader may not see."""

from datetime import UTC, datetime, timedelta

import pytest

from wayloop.contracts.ledger import EventInfo
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.ledger import api as ledger
from wayloop.ledger.api import EventColumns

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def record(
    *messages: str, handle: int = 7, kind: str = "order.placed", hours: int = 0, location: int | None = None
) -> None:
    count = len(messages)
    ledger.record_events(
        columns=EventColumns(
            kind=kind,
            source="shop",
            is_news=True,
            message_ids=messages,
            handles=[handle] * count,
            occurred_at=[NOON + timedelta(hours=hours)] * count,
            offset_minutes=[0] * count,
            subject_kind="order",
            subject_ids=[1] * count,
            location_ids=[location] * count,
            properties=[{"message": message} for message in messages],
        )
    )


def told(events: list[EventInfo]) -> list[str]:
    return [event.properties["message"] for event in events]


def test_the_newest_comes_first_and_equal_times_by_arrival(db: None) -> None:
    record("noon")
    record("later", hours=1)
    record("noon too")
    record("earlier", hours=-1)
    assert told(ledger.timeline(handles=[7], scope=EVERYTHING)) == ["later", "noon too", "noon", "earlier"]


def test_it_holds_only_the_handles_and_kinds_asked_for(db: None) -> None:
    record("mine")
    record("mine too", handle=8)
    record("other", handle=9)
    record("back", kind="return.made", hours=-1)
    assert set(told(ledger.timeline(handles=[7, 8], scope=EVERYTHING))) == {"mine", "mine too", "back"}
    assert told(ledger.timeline(handles=[7, 8], scope=EVERYTHING, kinds=["return.made"])) == ["back"]
    assert told(ledger.timeline(handles=[7, 8], scope=EVERYTHING, kinds=[])) == []
    assert told(ledger.timeline(handles=[], scope=EVERYTHING)) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_show_everything_once_even_at_the_same_instant(size: int, db: None) -> None:
    record("a", "b", "c", "d", "e")
    record("f", hours=1)
    record("g", hours=-1)
    whole = told(ledger.timeline(handles=[7], scope=EVERYTHING))
    paged: list[str] = []
    before = None
    while page := ledger.timeline(handles=[7], scope=EVERYTHING, before=before, limit=size):
        paged += told(page)
        before = (page[-1].occurred_at, page[-1].id)
    assert (paged, len(whole)) == (whole, 7)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, ["nowhere", "here", "there"]),
        (Scope((1,)), ["nowhere", "here"]),
        (Scope((2,)), ["nowhere", "there"]),
        (Scope((1, 2)), ["nowhere", "here", "there"]),
        (Scope(()), ["nowhere"]),
    ],
)
def test_events_of_hidden_locations_are_not_there(scope: Scope, seen: list[str], db: None) -> None:
    record("there", location=2)
    record("here", location=1, hours=1)
    record("nowhere", hours=2)
    assert told(ledger.timeline(handles=[7], scope=scope)) == seen


def test_the_catalogue_names_the_kinds_by_their_name() -> None:
    catalogue = ledger.kinds()
    assert {"order.placed", "return.made"} <= set(catalogue)
    assert all(name == kind.name for name, kind in catalogue.items())
