"""An event tells what its kind knows, in the types of the kind, whatever version it was written in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from wayloop.contracts.ledger import EventKind, Property
from wayloop.contracts.scope import EVERYTHING
from wayloop.ledger import api as ledger
from wayloop.ledger.api import EventRefused
from wayloop.ledger.rules import missing_converters
from wayloop.ledger.testing import DONE, MAY, Event, columns_of, offered

FULL = {
    "what": "тест «1»",
    "times": 3,
    "weight": Decimal("0.10"),
    "by_hand": False,
    "due_on": date(2026, 5, 4),
    "begun_at": datetime(2026, 5, 4, 12, tzinfo=UTC),
    "state": "good",
}


@pytest.fixture(autouse=True)
def _test_kind() -> Iterator[None]:
    with offered(DONE):
        yield


def record(message: str = "a", **properties: Any) -> int:
    return ledger.record_events(columns=columns_of((message, MAY), properties=[properties]))


def told() -> list[dict[str, Any]]:
    return [dict(event.properties) for event in ledger.timeline(handles=[7], scope=EVERYTHING)]


def test_properties_come_back_as_they_were_given(db: None) -> None:
    record(**FULL)
    assert told() == [FULL]
    assert Event.objects.get().properties["weight"] == "0.10"


def test_what_is_none_is_not_there(db: None) -> None:
    record(what=None, times=0)
    assert told() == [{"times": 0}]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"colour": "red"}, "test.done has no property 'colour'; it has: what, times, "),
        ({"what": 5}, "test.done.what must be a text of at most 10 characters without NUL, not int"),
        ({"what": "x" * 11}, "at most 10 characters"),
        ({"what": "a\0"}, "without NUL"),
        ({"times": True}, "test.done.times must be a whole number, not bool"),
        ({"times": 1.0}, "must be a whole number, not float"),
        ({"times": 2**60}, "must be a whole number"),
        ({"weight": 1}, "must be a Decimal, not int"),
        ({"weight": Decimal("NaN")}, "must be a Decimal"),
        ({"by_hand": 1}, "must be true or false, not int"),
        ({"due_on": MAY}, "must be a date, not datetime"),
        ({"begun_at": date(2026, 5, 4)}, "must be an instant with its offset, not date"),
        ({"begun_at": MAY.replace(tzinfo=None)}, "must be an instant with its offset"),
        ({"state": "ugly"}, "must be one of good, bad, not str"),
    ],
)
def test_what_the_kind_does_not_know_is_refused_and_nothing_is_written(
    given: dict[str, Any], refusal: str, db: None
) -> None:
    with pytest.raises(EventRefused) as refused:
        record(**given)
    assert refusal in str(refused.value)
    assert not Event.objects.exists()


def test_a_required_property_is_asked_for(db: None) -> None:
    strict = replace(
        DONE, properties={"what": Property("text", "What", is_required=True), "times": DONE.properties["times"]}
    )
    with offered(strict):
        for given in ({}, {"what": None}, {"times": 2}):
            with pytest.raises(EventRefused, match=r"test\.done needs what"):
                record(**given)
        assert record(what="x") == 1


def test_events_of_an_older_version_are_read_in_todays_shape(db: None) -> None:
    record("a", what="old", times=2)
    newer = replace(
        DONE,
        version=3,
        properties={"title": Property("text", "What"), "weight": Property("decimal", "How much")},
        converters={
            1: lambda found: {"title": found["what"], "times": found["times"]},
            2: lambda found: {"title": found["title"], "weight": str(found["times"])},
        },
    )
    with offered(newer):
        ledger.record_events(columns=columns_of(("b", MAY), properties=[{"title": "new"}]))
        assert told() == [{"title": "new"}, {"title": "old", "weight": Decimal(2)}]
    with offered(replace(newer, converters={})), pytest.raises(EventRefused, match="no converter leads from version 1"):
        told()
    with pytest.raises(EventRefused, match="has version 3, this program knows 1"):
        told()


def test_events_whose_kind_is_gone_are_read_as_they_are(db: None) -> None:
    record(weight=Decimal(2))
    with offered(replace(DONE, name="test.other")):
        ledger.record_events(columns=columns_of(("b", MAY), kind="test.other", properties=[{"weight": Decimal(3)}]))
    assert [found["weight"] for found in told()] == ["3", Decimal(2)]


KINDS = sorted(ledger.kinds())


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_in_three_languages_what_it_means(name: str) -> None:
    kind: EventKind = ledger.kinds()[name]
    texts = [kind.label, kind.description, *(one.meaning for one in kind.properties.values())]
    told = []
    for language in ("en", "ru", "uk"):
        with translation.override(language):
            told.append([str(text) for text in texts])
    assert [text for texts in told for text in texts if not text.strip()] == []
    # A text that nobody marked is the same in all of them.
    assert [english for english, russian in zip(told[0], told[1], strict=True) if english == russian] == []
    assert missing_converters(kind) == []
