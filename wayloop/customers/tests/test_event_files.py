"""Events from files: history of the kinds there are, each once."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from wayloop.contracts.imports import ImportContext, ImportOutcome
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.entities.events import Events
from wayloop.customers.models import Card
from wayloop.customers.testing import see
from wayloop.ledger import api as ledger
from wayloop.ledger.testing import DONE, offered

NOON = datetime(2026, 5, 4, 12)  # noqa: DTZ001 – as a file tells it


def bring(*rows: dict[str, Any], batch: str = "import:1") -> ImportOutcome:
    names = {name for row in rows for name in row} | {"kind", "happened_at"}
    given = {"kind": DONE.name, "happened_at": NOON}
    with offered(DONE):
        return Events().write(
            context=ImportContext("shop", batch, "Europe/Kyiv", "UAH", "uk", "web"),
            rows=list(range(1, len(rows) + 1)),
            columns={name: [row.get(name, given.get(name)) for row in rows] for name in names},
        )


def test_an_event_tells_who_when_and_what(owner_member: Any) -> None:
    anna = see("17", "Anna")
    row = {"customer": "17", "amount": Decimal("12.50"), "what": "latte", "times": Decimal(2), "by_hand": True}
    outcome = bring(row | {"begun_at": NOON, "location": "Podil", "state": "good"})
    assert (outcome.counts, outcome.refused) == ({"events": 1, "events_known": 0}, {})
    with offered(DONE):
        (event,) = ledger.timeline(handles=[anna], scope=EVERYTHING)
    moment = datetime(2026, 5, 4, 9, tzinfo=UTC)
    assert (event.occurred_at, event.offset_minutes, event.amount, event.currency) == (moment, 180, 1250, "UAH")
    assert (event.channel, event.location_id is not None, event.is_news) == ("web", True, False)
    assert dict(event.properties) == {
        "what": "latte", "times": 2, "by_hand": True, "begun_at": moment, "state": "good",
    }  # fmt: skip
    assert Card.objects.get().seen_at == moment


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({}, "nobody"),
        ({"email": "x"}, "unreadable:email"),
        ({"customer": "1", "times": Decimal("1.5")}, "unreadable:times"),
        ({"customer": "1", "state": "odd"}, "unreadable:state"),
        ({"customer": "1", "location": "Mars"}, "place"),
        ({"customer": "1", "currency": "XQX"}, "currency"),
        ({"customer": "1", "kind": "score.given", "value": Decimal(5)}, "missing:metric"),
    ],
)
def test_what_cannot_be_stays_out_with_its_reason(db: None, row: dict[str, Any], code: str) -> None:
    outcome = bring(row)
    assert (outcome.refused, outcome.counts["events"], Card.objects.count()) == ({1: code}, 0, 0)


def test_the_same_event_again_is_known_by_its_number_or_by_all_it_says(db: None) -> None:
    rows = ({"customer": "1", "number": "m1"}, {"customer": "1", "what": "tea"}, {"customer": "1", "what": "bun"})
    assert bring(*rows).counts == {"events": 3, "events_known": 0}
    assert bring(*rows, {"customer": "2", "number": "m1"}, batch="import:2").counts["events"] == 0


def test_every_property_of_every_kind_is_a_field() -> None:
    with offered(DONE):
        fields = Events().fields
    found = {one.name: one.type for one in fields}
    assert set(DONE.properties) <= set(found)
    assert (found["times"], found["by_hand"], found["due_on"], found["begun_at"]) == (
        "decimal", "yes_no", "date", "instant",
    )  # fmt: skip
    assert len(found) == len(fields)
