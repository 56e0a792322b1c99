"""A correction takes the place of what it corrects; the earlier value stays within reach."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from wayloop.contracts.scope import EVERYTHING
from wayloop.ledger import api as ledger
from wayloop.ledger.api import EventRefs, EventRefused
from wayloop.ledger.testing import DONE, MAY, Event, columns_of, offered, refs_of

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _test_kind() -> Iterator[None]:
    with offered(DONE):
        yield


def amounts(handle: int = 7) -> list[tuple[int | None, bool]]:
    """The timeline: amount, and whether it is a correction."""
    return [(event.amount, event.is_corrected) for event in ledger.timeline(handles=[handle], scope=EVERYTHING)]


def published() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM api_ledger_events ORDER BY amount")
        return [amount for (amount,) in cursor.fetchall()]


def event(message: str, amount: int, days: int = 0, **others: Any) -> ledger.EventColumns:
    return columns_of((message, MAY + days * DAY), amounts=[amount], currencies=["UAH"], **others)


FIRST = event("a", 100)


def correct(message: str, amount: int, former: EventRefs | None = None, **others: Any) -> int:
    return ledger.correct_events(columns=event(message, amount, **others), former=former or refs_of(FIRST))


def test_the_timeline_shows_the_corrected_event_once_and_where_it_now_belongs(db: None) -> None:
    ledger.record_events(columns=FIRST)
    ledger.record_events(columns=event("b", 7, days=1))
    # Ten days later than first told, which is another place in the timeline, and three months away another partition.
    assert (correct("a corrected", 120, days=90), amounts(), published()) == (1, [(120, True), (7, False)], [7, 120])


def test_earlier_values_are_within_reach_from_the_last_to_the_first(db: None) -> None:
    ledger.record_events(columns=FIRST)
    correct("a2", 120)
    correct("a3", 130, days=40)
    ledger.record_events(columns=event("b", 7))
    live = ledger.timeline(handles=[7], scope=EVERYTHING)
    former = ledger.former_versions(live)
    assert [[(one.amount, one.occurred_at) for one in former[event.id]] for event in live if event.id in former] == [
        [(120, MAY), (100, MAY)]
    ]


def test_a_correction_of_what_was_corrected_takes_the_place_of_the_latest(db: None) -> None:
    ledger.record_events(columns=FIRST)
    correct("a2", 120)
    correct("a3", 130)
    assert (amounts(), Event.objects.count()) == ([(130, True)], 3)


def test_the_same_correction_again_changes_nothing(db: None, fingerprints: Any) -> None:
    ledger.record_events(columns=FIRST)
    correct("a2", 120)
    before = fingerprints()
    assert (correct("a2", 120), correct("a2", 999), fingerprints() == before) == (0, 0, True)


def test_the_original_that_comes_again_stays_corrected(db: None) -> None:
    ledger.record_events(columns=FIRST)
    correct("a2", 120)
    assert (ledger.record_events(columns=FIRST), amounts()) == (0, [(120, True)])


def test_an_event_can_be_given_to_whom_it_belongs(db: None) -> None:
    ledger.record_events(columns=FIRST)
    correct("a2", 100, handle=8)
    assert (amounts(7), amounts(8)) == ([], [(100, True)])


def test_many_events_are_corrected_pairwise(db: None) -> None:
    three = columns_of(*((name, MAY) for name in "abc"), amounts=[1, 2, 3], currencies=["UAH"] * 3)
    ledger.record_events(columns=three)
    ledger.correct_events(
        columns=columns_of(("a2", MAY), ("c2", MAY), amounts=[10, 30], currencies=["UAH"] * 2),
        former=refs_of(three, [0, 2]),
    )
    assert sorted(amounts()) == [(2, False), (10, True), (30, True)]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"former": refs_of(event("nobody", 1))}, "1 events to correct are not known"),
        ({"former": refs_of(event("a", 1, handle=8))}, "1 events to correct are not known"),
        ({"batch": "import:1"}, "a correction belongs to no batch"),
    ],
)
def test_what_cannot_be_corrected_is_refused(given: dict[str, Any], refusal: str, db: None) -> None:
    ledger.record_events(columns=FIRST)
    with pytest.raises(EventRefused, match=refusal):
        correct("x", 1, **given)
    assert amounts() == [(100, False)]


def test_what_was_taken_back_cannot_be_corrected(db: None) -> None:
    ledger.record_events(columns=FIRST)
    ledger.retract_events(refs=refs_of(FIRST), reason="mistake")
    with pytest.raises(EventRefused, match="taken back"):
        correct("a2", 120)


def test_corrections_are_rows_of_the_stream_that_point_to_what_they_correct(db: None) -> None:
    ledger.record_events(columns=replace(FIRST, is_news=False))
    correct("a2", 120)
    first, second = Event.objects.order_by("id")
    assert (first.corrects, second.corrects, second.is_news) == (None, first.id, True)
