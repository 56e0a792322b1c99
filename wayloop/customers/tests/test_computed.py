"""Computed traits follow what happened, in batches, and are written only where something changed."""

from datetime import timedelta

import pytest

from wayloop.customers.habits import Habits, habits_of
from wayloop.customers.models import Card, TraitDefinition, TraitsDue
from wayloop.customers.services import computed
from wayloop.customers.testing import SPRING, happen, see
from wayloop.kernel import clock
from wayloop.kernel.stream.listeners import listeners
from wayloop.ledger.api import Activity

DAY = timedelta(days=1)


@pytest.fixture
def anna(owner_member: object) -> int:
    return see("1", "Anna", at=SPRING - 60 * DAY)


@pytest.mark.parametrize(
    ("activity", "days", "habits"),
    [
        (Activity(), 100, {}),
        (Activity(1, {"till": 1}, {9: 1}), 100, {"channels": ["till"]}),
        (
            Activity(6, {"till": 6, "web": 2, "chat": 1}, {7: 5, 8: 1, 23: 3}),
            91,
            {"channels": ["till"], "active_hours": ["morning", "night"], "contact_frequency": 2.0},
        ),
        (
            Activity(3, {"web": 2, "": 9, "till": 3}, {21: 14}),
            5,
            {"channels": ["till"], "active_hours": ["evening"], "contact_frequency": 3.0},
        ),
    ],
)
def test_habits_follow_from_counts(activity: Activity, days: int, habits: dict[str, object]) -> None:
    assert habits_of(activity, days) == habits


def test_what_was_done_within_a_year_counts(anna: int) -> None:
    happen(anna, 6)
    with clock.standing_at(SPRING + 30 * DAY):
        soon = Habits().values([anna])[anna]
    with clock.standing_at(SPRING + 400 * DAY):
        late = Habits().values([anna])[anna]
    assert soon == {"customer_since": "2026-01-31", "active_hours": ["day"], "contact_frequency": 0.3}
    assert late == {"customer_since": "2026-01-31"}


def test_an_event_marks_its_customer_and_the_job_computes_once(anna: int) -> None:
    boris = see("2", "Boris")
    happen(anna, 4)
    (listener,) = [one for one in listeners() if one.name == "customers.computed_traits"]
    computed.mark_for_computing(handles=[anna, anna])
    marked = list(TraitsDue.objects.values_list("person", flat=True))
    done = [computed.compute_marked(), computed.compute_marked()]
    made = {card.person: card.computed_at is not None for card in Card.objects.all()}
    assert (marked, done, made) == ([anna], [1, 0], {anna: True, boris: False})
    assert "order.placed" in listener.kinds


def test_nothing_new_writes_nothing(anna: int) -> None:
    with clock.standing_at(SPRING):
        computed.compute_traits(people=[anna])
    with clock.standing_at(SPRING + DAY):
        computed.compute_traits(people=[anna])
    assert Card.objects.get(person=anna).computed_at == SPRING


def test_what_is_archived_is_computed_no_more(anna: int) -> None:
    computed.compute_traits(people=[anna])
    before = Card.objects.get(person=anna).computed
    TraitDefinition.objects.filter(key="customer_since").update(archived_at=SPRING)
    computed.compute_traits(people=[anna])
    assert (before, Card.objects.get(person=anna).computed) == ({"customer_since": "2026-01-31"}, {})


def test_the_old_and_the_never_computed_are_found(anna: int) -> None:
    boris = see("2", "Boris")
    with clock.standing_at(SPRING):
        computed.compute_traits(people=[anna])
    found = []
    for days in (1, 31):
        with clock.standing_at(SPRING + days * DAY):
            computed.mark_stale()
        found.append(sorted(TraitsDue.objects.values_list("person", flat=True)))
    assert found == [[boris], [anna, boris]]
