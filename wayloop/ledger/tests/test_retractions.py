"""What was taken back counts nowhere; a batch goes step by step, and afterwards the same file can come again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from wayloop.contracts.scope import EVERYTHING
from wayloop.ledger import api as ledger
from wayloop.ledger.api import EventRefused
from wayloop.ledger.testing import DONE, MAY, Event, EventKey, columns_of, offered, refs_of

DAY = timedelta(days=1)
OTHER = replace(DONE, name="test.other")
THREE = columns_of(("a", MAY), ("b", MAY + DAY), ("c", MAY + 40 * DAY))


@pytest.fixture(autouse=True)
def _test_kind() -> Iterator[None]:
    with offered(DONE, OTHER):
        yield


def shown(*handles: int) -> list[int]:
    return [event.subject_id for event in ledger.timeline(handles=handles or [7], scope=EVERYTHING)]


def counted() -> tuple[int, int]:
    """Events that everybody may count, and those the activity of customer 7 counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM api_ledger_events")
        (number,) = cursor.fetchone()
    activity = ledger.activity_of([7], since=MAY - DAY)
    return number, sum(activity[7].hours.values()) if 7 in activity else 0


def retraction_rows() -> list[tuple[str, int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, handle, cardinality(event_ids), batch FROM ledger_retraction ORDER BY handle, kind, id"
        )
        return list(cursor.fetchall())


def test_what_was_taken_back_is_gone_from_timeline_and_counts(db: None) -> None:
    ledger.record_events(columns=THREE)
    assert ledger.retract_events(refs=refs_of(THREE, [0, 2]), reason="mistake") == 2
    assert (shown(), counted(), Event.objects.count()) == ([2], (1, 1), 3)
    assert retraction_rows() == [("test.done", 7, 2, "")]


def test_taking_back_again_changes_nothing(db: None, fingerprints: Any) -> None:
    ledger.record_events(columns=THREE)
    ledger.retract_events(refs=refs_of(THREE), reason="mistake")
    before = fingerprints()
    unknown = refs_of(columns_of(("x", MAY)))
    assert [ledger.retract_events(refs=refs, reason="again") for refs in (refs_of(THREE), unknown)] == [0, 0]
    assert fingerprints() == before


def test_a_message_that_was_taken_back_stays_known_unless_it_is_freed(db: None) -> None:
    ledger.record_events(columns=THREE)
    ledger.retract_events(refs=refs_of(THREE, [0]), reason="mistake")
    ledger.retract_events(refs=refs_of(THREE, [1]), reason="mistake", frees_ids=True)
    assert (ledger.record_events(columns=THREE), sorted(shown())) == (1, [2, 3])


def test_a_corrected_event_goes_with_its_corrections(db: None) -> None:
    ledger.record_events(columns=THREE)
    ledger.correct_events(columns=columns_of(("a2", MAY + 2 * DAY)), former=refs_of(THREE, [0]))
    assert (ledger.retract_events(refs=refs_of(THREE, [0]), reason="mistake"), sorted(shown())) == (1, [2, 3])


def test_a_reason_is_a_short_word(db: None) -> None:
    ledger.record_events(columns=THREE)
    with pytest.raises(EventRefused, match="at most 80"):
        ledger.retract_events(refs=refs_of(THREE), reason="x" * 81)


@pytest.mark.parametrize("table", ["ledger_retraction", "ledger_void"])
def test_that_something_was_taken_back_is_not_rewritten(table: str, db: None) -> None:
    ledger.record_events(columns=THREE)
    ledger.retract_events(refs=refs_of(THREE), reason="mistake")
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET handle = 1"):  # noqa: S608
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def bring(batch: str = "import:1", prefix: str = "") -> int:
    """An import of two transactions' worth: seven events of two kinds and three people."""
    written = 0
    for kind, handle, names in (("test.done", 7, "abc"), ("test.other", 7, "ab"), ("test.done", 8, "de")):
        events = [(prefix + name, MAY + place * 20 * DAY) for place, name in enumerate(names)]
        written += ledger.record_events(
            columns=columns_of(*events, kind=kind, handle=handle, batch=batch, is_news=False)
        )
    return written


@pytest.mark.parametrize("most", [1, 2, 100])
def test_a_batch_is_taken_back_and_the_same_file_can_come_again(most: int, db: None) -> None:
    bring()
    ledger.record_events(columns=columns_of(("live", MAY)))
    bring("import:2", "other ")
    steps: list[int] = []

    def note(events: int) -> bool:
        steps.append(events)
        return True

    assert ledger.retract_batch(batch="import:1", keep_going=note, most=most) == 7
    assert (sum(steps), max(steps) <= most, counted()[0]) == (7, True, 8)
    assert (bring(), counted()[0], bring()) == (7, 15, 0)
    assert (ledger.retract_batch(batch="import:1"), counted()[0]) == (7, 8)


def test_one_row_tells_the_stream_of_all_events_of_a_person_and_a_kind(db: None) -> None:
    bring()
    ledger.retract_batch(batch="import:1")
    assert retraction_rows() == [
        ("test.done", 7, 3, "import:1"),
        ("test.other", 7, 2, "import:1"),
        ("test.done", 8, 2, "import:1"),
    ]


def test_a_batch_is_left_where_it_was_stopped_and_goes_on_there(db: None) -> None:
    bring()
    answers = iter([True, False])
    assert ledger.retract_batch(batch="import:1", keep_going=lambda _: next(answers), most=3) == 3
    assert counted()[0] == 4
    assert (ledger.retract_batch(batch="import:1", most=3), counted()[0]) == (4, 0)


def test_events_of_a_batch_that_are_gone_already_are_no_hindrance(db: None) -> None:
    bring()
    done = columns_of(("a", MAY), ("b", MAY + 20 * DAY))
    ledger.retract_events(refs=refs_of(done, [0]), reason="mistake")
    ledger.correct_events(columns=columns_of(("b2", MAY)), former=refs_of(done, [1]))
    assert (ledger.retract_batch(batch="import:1", most=2), counted()[0]) == (6, 0)
    # The key of the correction by hand is not one of the batch.
    assert (bring(), EventKey.objects.count()) == (7, 8)


def test_a_batch_nobody_knows_is_nothing_to_do(db: None) -> None:
    assert ledger.retract_batch(batch="import:404") == 0
    assert ledger.retract_batch_step(batch="import:404") == ledger.RetractedStep(0, is_last=True)
