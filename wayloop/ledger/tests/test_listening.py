"""Whoever listens to the ledger hears of corrections and retractions."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from wayloop.contracts.ledger import EventChange
from wayloop.kernel import registry
from wayloop.kernel.stream.listeners import Listener, listeners
from wayloop.kernel.stream.runner import drain
from wayloop.ledger import api as ledger
from wayloop.ledger.testing import DONE, MAY, columns_of, offered, refs_of


@pytest.fixture(autouse=True)
def _test_kind() -> Iterator[None]:
    with offered(DONE):
        yield


def test_a_listener_hears_what_happened_what_replaced_it_and_what_was_taken_back(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._items, Listener, [])
    heard: list[EventChange] = []
    ledger.listens_to_events("test.heard", DONE.name, start="beginning")(heard.extend)

    def told() -> list[tuple[str, int | None, int | None, bool]]:
        drain()
        found = [(one.how, one.event.amount, one.former.amount if one.former else None, one.is_news) for one in heard]
        heard.clear()
        return found

    two = columns_of(
        ("a", MAY),
        ("b", MAY + timedelta(1)),
        amounts=[1, 2],
        currencies=["UAH"] * 2,
        is_news=False,
        properties=[{"times": 1}, {}],
    )
    ledger.record_events(columns=two)
    assert told() == [("happened", 1, None, False), ("happened", 2, None, False)]
    ledger.correct_events(
        columns=columns_of(("a2", MAY), amounts=[10], currencies=["UAH"], properties=[{"times": 2}]),
        former=refs_of(two, [0]),
    )
    assert told() == [("corrected", 10, 1, True)]
    ledger.retract_events(refs=refs_of(two), reason="mistake")
    assert sorted(told(), key=str) == [("retracted", 10, None, True), ("retracted", 2, None, False)]
    monkeypatch.setitem(registry._items, Listener, [])
    late: list[EventChange] = []
    ledger.listens_to_events("test.late", DONE.name, start="beginning")(late.extend)
    drain()
    # Who begins later hears the same story in the same order.
    assert [one.how for one in late] == ["happened", "happened", "corrected", "retracted", "retracted"]
    live = {one.event.id for one in late if one.how != "retracted"}
    assert {one.event.id for one in late if one.how == "retracted"} <= live
    assert late[0].event.properties == {"times": 1}


def without_honour(known: list[Listener]) -> list[str]:
    """Listeners to events that would count corrections twice and never hear of retractions."""
    events = set(ledger.kinds())
    return [
        one.name for one in known if events & set(one.kinds) and not getattr(one.digest, "honours_retractions", False)
    ]


def test_every_listener_to_events_honours_retractions() -> None:
    assert without_honour(list(listeners())) == []


def test_a_listener_that_does_not_would_be_found() -> None:
    assert without_honour([Listener("test.deaf", (DONE.name,), lambda rows: None, "now")]) == ["test.deaf"]
