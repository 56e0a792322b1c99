"""The timeline: newest first, page by page, without what the reader may not see."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wayloop.contracts.ledger import EventInfo
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.ledger import api as ledger
from wayloop.ledger.api import EventColumns

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def record(
    *messages: str,
    handle: int = 7,
    kind: str = "order.placed",
    hours: int = 0,
    at: datetime = NOON,
    location: int | None = None,
) -> None:
    count = len(messages)
    ledger.record_events(
        columns=EventColumns(
            kind=kind,
            source="shop",
            is_news=True,
            message_ids=messages,
            handles=[handle] * count,
            occurred_at=[at + timedelta(hours=hours)] * count,
            offset_minutes=[0] * count,
            subject_kind="order",
            subject_ids=[1] * count,
            location_ids=[location] * count,
            properties=[{"number": message} for message in messages],
        )
    )


def told(events: list[EventInfo]) -> list[str]:
    return [event.properties["number"] for event in events]


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


def spread(months: int, each: int, *, made: bool) -> list[str]:
    """Events in so many months, every second one, newest first; with and without partitions of their own."""
    moments = [
        NOON - timedelta(days=61 * month) + timedelta(hours=place) for month in range(months) for place in range(each)
    ]
    if made:
        ledger.ensure_months(instants=moments)
    ledger.record_events(
        columns=EventColumns(
            kind="order.placed",
            source="shop",
            is_news=True,
            message_ids=[str(number) for number in range(len(moments))],
            handles=[7] * len(moments),
            occurred_at=moments,
            offset_minutes=[0] * len(moments),
            subject_kind="order",
            subject_ids=[1] * len(moments),
            properties=[{"number": str(number)} for number in range(len(moments))],
        )
    )
    newest_first = sorted(range(len(moments)), key=lambda number: moments[number], reverse=True)
    return [str(number) for number in newest_first]


@pytest.mark.parametrize(
    ("months", "each", "made"), [(1, 60, True), (13, 1, True), (30, 1, False), (12, 4, False), (25, 2, False)]
)
def test_pages_walk_through_the_months_somebody_was_active_in(months: int, each: int, made: bool, db: None) -> None:
    expected = spread(months, each, made=made)
    pages: list[list[str]] = []
    page = ledger.timeline_page(handles=[7], scope=EVERYTHING, limit=20)
    while True:
        pages.append(told(list(page.events)))
        if page.older is None:
            break
        page = ledger.timeline_page(handles=[7], scope=EVERYTHING, before=page.older, limit=20)
    assert [number for numbers in pages for number in numbers] == expected
    # Never more than asked for; and enough for a screen until the last one.
    assert [12 <= len(numbers) <= 20 for numbers in pages[:-1]] == [True] * (len(pages) - 1)
    assert told(ledger.timeline(handles=[7], scope=EVERYTHING, limit=17)) == expected[:17]


def test_a_page_looks_back_as_far_as_it_must_for_the_kinds_asked_for(db: None) -> None:
    spread(30, 1, made=False)
    record("old", kind="return.made", hours=-24 * 61 * 29)
    page = ledger.timeline_page(handles=[7], scope=EVERYTHING, kinds=["return.made"])
    assert (told(list(page.events)), page.older) == (["old"], None)


def test_times_without_a_month_of_their_own_have_their_place_too(db: None) -> None:
    for year in (1, 1970, 1999, 2000, 2026, 2077, 9999):
        record(str(year), hours=0, at=datetime(year, 12, 31, 23, tzinfo=UTC))
    assert told(ledger.timeline(handles=[7], scope=EVERYTHING)) == ["9999", "2077", "2026", "2000", "1999", "1970", "1"]


@pytest.mark.parametrize("months", [1, 12])
def test_a_page_asks_twice_however_many_months_it_opens(
    months: int, db: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    spread(months, 1, made=False)
    with django_assert_num_queries(2):
        ledger.timeline_page(handles=[7], scope=EVERYTHING)


def test_the_catalogue_names_the_kinds_by_their_name() -> None:
    catalogue = ledger.kinds()
    assert {"order.placed", "return.made"} <= set(catalogue)
    assert all(name == kind.name for name, kind in catalogue.items())
