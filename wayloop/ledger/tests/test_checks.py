"""The doctor proves what can be proven of the ledger, and finds what is broken."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from wayloop.contracts.doctor import State
from wayloop.ledger import api as ledger
from wayloop.ledger.checks import ledger_rows
from wayloop.ledger.testing import DONE, MAY, columns_of, offered, refs_of

TWO = columns_of(("a", MAY), ("b", MAY))


@pytest.fixture(autouse=True)
def _full_ledger(db: None) -> Iterator[None]:
    with offered(DONE):
        ledger.record_events(columns=TWO)
        ledger.record_events(columns=columns_of(("c", MAY), handle=8, batch="import:1"))
        ledger.correct_events(columns=columns_of(("a2", MAY + timedelta(days=40))), former=refs_of(TWO, [0]))
        ledger.retract_events(refs=refs_of(TWO, [1]), reason="mistake", frees_ids=True)
        ledger.retract_batch(batch="import:1")
        yield


def test_a_ledger_as_services_leave_it_is_sound() -> None:
    found = ledger_rows()
    assert (found.state, found.text) == (State.GOOD, "4 events and 3 corrections looked at")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM ledger_eventkey", "events without their key: 1"),
        ("DELETE FROM ledger_seen WHERE handle = 7", "events that no timeline would show: 3"),
        ("UPDATE ledger_seen SET months = months[2:]", "events that no timeline would show: 2"),
        ("DELETE FROM ledger_void WHERE NOT is_retraction", "corrections of nothing: 1"),
        ("UPDATE ledger_void SET event_id = event_id + 1000", "events gone without a reason: 3"),
        ("DELETE FROM ledger_retraction", "events gone without a reason: 2"),
        ("DELETE FROM ledger_event WHERE corrects IS NOT NULL", "events gone without a reason: 1"),
    ],
)
def test_damage_is_found(damage: str, told: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL wayloop.ledger_change = 'allowed'")
        cursor.execute(damage)
    found = ledger_rows()
    assert (found.state, told in found.text) == (State.BROKEN, True)


def test_an_empty_ledger_is_sound() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL wayloop.ledger_change = 'allowed'")
        for table in ("event", "void", "retraction", "seen", "eventkey"):
            cursor.execute(f"DELETE FROM ledger_{table}")  # noqa: S608
    assert ledger_rows().state == State.GOOD
