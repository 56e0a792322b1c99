"""What happened is settled once for ever, by months, and never rewritten."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import clock
from wayloop.ledger import api as ledger
from wayloop.ledger.api import EventColumns
from wayloop.ledger.models import Event, EventKey

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    with clock.standing_at(NOW):
        yield


def columns(*events: tuple[str, datetime], source: str = "shop", **others: Any) -> EventColumns:
    """Orders of customer 7 by message id and time."""
    count = len(events)
    given = EventColumns(
        kind="order.placed",
        source=source,
        is_news=False,
        message_ids=[message for message, _ in events],
        handles=[7] * count,
        occurred_at=[moment for _, moment in events],
        offset_minutes=[180] * count,
        subject_kind="order",
        subject_ids=list(range(1, count + 1)),
    )
    return replace(given, **others)


def record(*events: tuple[str, datetime], **others: Any) -> int:
    return ledger.record_events(columns=columns(*events, **others))


def parts() -> dict[datetime, str]:
    """Time of each event → the partition it lies in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT occurred_at, tableoid::regclass::text FROM ledger_event")
        return dict(cursor.fetchall())


def months() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_event'::regclass")
        return sorted(name.removeprefix("ledger_event_") for (name,) in cursor.fetchall())


def test_a_message_is_settled_once_however_often_it_comes(db: None) -> None:
    assert [record(("a", MAY), ("b", MAY)), record(("a", MAY)), record(("b", MAY), ("c", MAY))] == [2, 0, 1]
    assert (Event.objects.count(), EventKey.objects.count()) == (3, 3)


def test_a_message_twice_in_one_batch_counts_once(db: None) -> None:
    assert (record(("a", MAY), ("a", MAY)), Event.objects.count()) == (1, 1)


def test_a_message_stays_known_after_its_event_is_gone(db: None) -> None:
    record(("a", MAY))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL wayloop.ledger_change = 'allowed'")
        cursor.execute("DELETE FROM ledger_event")
    assert (record(("a", MAY)), Event.objects.count()) == (0, 0)


def test_the_same_id_with_another_time_is_the_same_message(db: None) -> None:
    assert [record(("a", MAY)), record(("a", MAY + timedelta(days=400)))] == [1, 0]


def test_the_same_id_of_another_source_or_kind_is_another_message(db: None) -> None:
    told = [record(("a", MAY)), record(("a", MAY), source="till"), record(("a", MAY), kind="return.made")]
    assert (told, Event.objects.count()) == ([1, 1, 1], 3)


def test_a_batch_that_is_rolled_back_can_come_again(db: None) -> None:
    with transaction.atomic():
        record(("a", MAY))
        transaction.set_rollback(True)
    assert (record(("a", MAY)), Event.objects.count()) == (1, 1)


def test_no_messages_are_no_events(db: None) -> None:
    assert record() == 0


def test_a_kind_nobody_offers_is_refused(db: None) -> None:
    with pytest.raises(KeyError, match=r"no context offers the event kind 'order\.eaten'"):
        record(("a", MAY), kind="order.eaten")


def test_columns_of_unequal_length_are_refused(db: None) -> None:
    with pytest.raises(ValueError, match="zip"):
        record(("a", MAY), handles=[1, 2])


def test_everything_that_was_told_stands_in_the_row(db: None) -> None:
    record(
        ("a", MAY),
        location_ids=[3],
        amounts=[-1250],
        currencies=["UAH"],
        properties=[{"number": "№ 1", "lines": 2}],
        channel="till",
        batch="import:5",
    )
    (row,) = Event.objects.values(
        "kind", "version", "handle", "subject_kind", "subject_id", "occurred_at", "offset_minutes", "received_at",
        "channel", "location_id", "amount", "currency", "properties", "source", "batch", "is_news", "corrects",
    )  # fmt: skip
    assert row == {
        "kind": "order.placed",
        "version": 1,
        "handle": 7,
        "subject_kind": "order",
        "subject_id": 1,
        "occurred_at": MAY,
        "offset_minutes": 180,
        "received_at": NOW,
        "channel": "till",
        "location_id": 3,
        "amount": -1250,
        "currency": "UAH",
        "properties": {"number": "№ 1", "lines": 2},
        "source": "shop",
        "batch": "import:5",
        "is_news": False,
        "corrects": None,
    }


def test_an_amount_without_a_currency_is_refused(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        record(("a", MAY), amounts=[5])


def test_each_event_has_its_position_in_the_stream(db: None) -> None:
    record(("b", MAY + timedelta(hours=1)), ("a", MAY))
    record(("c", MAY - timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text, epoch FROM kernel_streamepoch")
        now = cursor.fetchone()
        cursor.execute("SELECT xid::text, epoch FROM ledger_event ORDER BY id")
        assert cursor.fetchall() == [now] * 3
        cursor.execute("SELECT occurred_at FROM ledger_event ORDER BY epoch, xid, id")
        # In one batch by time, and never before what was there already.
        assert [moment for (moment,) in cursor.fetchall()] == [MAY, MAY + timedelta(hours=1), MAY - timedelta(days=1)]


def test_months_are_made_when_they_are_needed(db: None) -> None:
    assert months() == ["past", "rest"]
    ledger.ensure_months(instants=[MAY, MAY, datetime(2011, 12, 9, tzinfo=UTC)])
    assert months() == ["2011_12", "2026_05", "past", "rest"]
    ledger.ensure_months(instants=[MAY])
    assert months() == ["2011_12", "2026_05", "past", "rest"]


@pytest.mark.parametrize(
    ("moment", "part"),
    [
        (datetime(2026, 5, 1, tzinfo=UTC), "ledger_event_2026_05"),
        (datetime(2026, 4, 30, 23, 59, 59, 999999, tzinfo=UTC), "ledger_event_2026_04"),
        # Half past one in Kyiv on the first of May is still April in UTC.
        (datetime(2026, 5, 1, 1, 30, tzinfo=timezone(timedelta(hours=3))), "ledger_event_2026_04"),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), "ledger_event_2025_12"),
        (datetime(2000, 1, 1, tzinfo=UTC), "ledger_event_2000_01"),
        (datetime(1999, 12, 31, 23, 59, tzinfo=UTC), "ledger_event_past"),
        (datetime(1, 1, 1, tzinfo=UTC), "ledger_event_past"),
        (datetime(2028, 5, 31, tzinfo=UTC), "ledger_event_2028_05"),
        (datetime(2028, 6, 1, tzinfo=UTC), "ledger_event_rest"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "ledger_event_rest"),
    ],
)
def test_an_event_lies_in_the_month_of_its_time_in_utc(moment: datetime, part: str, db: None) -> None:
    ledger.ensure_months(instants=[moment])
    record(("a", moment))
    assert list(parts().values()) == [part]


def test_rows_in_the_rest_move_when_their_month_is_made(db: None) -> None:
    june = datetime(2026, 6, 1, tzinfo=UTC)
    record(("a", MAY), ("b", june))
    before = sorted(Event.objects.values_list("id", "occurred_at", "key"))
    assert set(parts().values()) == {"ledger_event_rest"}
    ledger.ensure_months(instants=[MAY])
    assert parts() == {MAY: "ledger_event_2026_05", june: "ledger_event_rest"}
    assert sorted(Event.objects.values_list("id", "occurred_at", "key")) == before
    assert record(("a", MAY)) == 0


@pytest.mark.parametrize("statement", ["UPDATE ledger_event SET amount = NULL", "DELETE FROM ledger_event"])
@pytest.mark.parametrize("instants", [[], [MAY]])
def test_what_happened_is_not_rewritten(statement: str, instants: list[datetime], db: None) -> None:
    ledger.ensure_months(instants=instants)
    record(("a", MAY))
    before = Event.objects.values_list("id", "amount")[0]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Event.objects.values_list("id", "amount")) == [before]


def test_two_processes_that_need_the_same_months_at_once_both_get_them(committed: None) -> None:
    wanted = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 5)]
    start = Barrier(2)

    def make() -> None:
        try:
            start.wait(20)
            ledger.ensure_months(instants=wanted)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(make) for _ in range(2)]:
            done.result(30)
    assert months() == ["2026_01", "2026_02", "2026_03", "2026_04", "past", "rest"]


def test_two_processes_that_settle_the_same_message_at_once_write_it_once(committed: None) -> None:
    ledger.ensure_months(instants=[MAY])
    start = Barrier(2)

    def settle() -> int:
        try:
            with transaction.atomic(), clock.standing_at(NOW):
                start.wait(20)
                told = record(("b", MAY), ("a", MAY))
                time.sleep(0.05)
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = [done.result(30) for done in [pool.submit(settle) for _ in range(2)]]
    assert (sorted(told), len(ledger.timeline(handles=[7], scope=EVERYTHING))) == ([0, 2], 2)
