"""What contexts offer each other, and the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from wayloop.kernel import clock, registry


@dataclass(frozen=True)
class Dish:
    """Something that is offered in these tests only."""

    name: str


class Unknown:
    """Nobody offers this."""


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._items, Dish, raising=False)


def test_what_is_offered_is_found_in_its_order() -> None:
    for name in ("soup", "bread", "tea"):
        registry.offer(Dish, Dish(name))
    assert registry.offers(Dish) == (Dish("soup"), Dish("bread"), Dish("tea"))


def test_the_same_item_offered_twice_counts_once() -> None:
    registry.offer(Dish, Dish("soup"))
    registry.offer(Dish, Dish("soup"))
    assert registry.offers(Dish) == (Dish("soup"),)


def test_nothing_is_offered_under_an_unknown_kind() -> None:
    assert registry.offers(Unknown) == ()


def test_the_clock_goes_in_utc() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().tzinfo is UTC


def test_the_clock_stands_inside_a_block_and_goes_on_after_it() -> None:
    noon, evening = datetime(2026, 5, 4, 12, tzinfo=UTC), datetime(2026, 5, 4, 20, tzinfo=UTC)
    with clock.standing_at(noon):
        with clock.standing_at(evening):
            inner = clock.now()
        outer = clock.now()
    assert (inner, outer) == (evening, noon)
    assert clock.now() != noon


def test_the_clock_goes_on_after_an_error_inside_a_block() -> None:
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    with pytest.raises(RuntimeError), clock.standing_at(noon):
        raise RuntimeError
    assert clock.now() != noon
