"""Values of traits: the newest stands on the card, the history keeps all."""

from datetime import UTC, datetime, timedelta

import pytest

from wayloop.customers import api as customers
from wayloop.customers.api import Trait
from wayloop.customers.models import Card, TraitValue
from wayloop.customers.testing import SPRING, see
from wayloop.kernel import clock

DAY = timedelta(days=1)


@pytest.fixture
def anna(db: None) -> int:
    return see("17850")


def traits(handle: int) -> dict[str, str]:
    return Card.objects.get(person=handle).traits


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_card_shows_the_newest_value_and_history_keeps_all(order: tuple[int, ...], anna: int) -> None:
    towns = ["Odesa", "Lviv", "Kyiv"]
    for years in order:
        tell_town(anna, towns[years], SPRING + years * 365 * DAY)
    history = TraitValue.objects.order_by("-valid_from").values_list("value", flat=True)
    assert (traits(anna), list(history)) == ({"town": "Kyiv"}, ["Kyiv", "Lviv", "Odesa"])


def tell_town(handle: int, town: str, since: datetime, source: str = "shop") -> None:
    customers.note_traits(trait=Trait.TOWN, handles=[handle], values=[town], valid_from=[since], source=source)


def test_a_value_that_was_so_already_is_no_news(anna: int) -> None:
    for days in (0, 1, 2):
        tell_town(anna, "Kyiv", SPRING + days * DAY)
    assert list(TraitValue.objects.values_list("value", "valid_from")) == [("Kyiv", SPRING)]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_value_that_comes_back_is_told_again(at_once: bool, anna: int) -> None:
    told = ["Kyiv", "Kyiv", "Lviv", "Kyiv", "Kyiv"]
    since = [SPRING + days * DAY for days in range(5)]
    for batch in [range(5)] if at_once else [[days] for days in range(5)]:
        customers.note_traits(
            trait=Trait.TOWN,
            handles=[anna for _ in batch],
            values=[told[days] for days in batch],
            valid_from=[since[days] for days in batch],
            source="shop",
        )
    history = TraitValue.objects.order_by("valid_from").values_list("value", flat=True)
    assert (list(history), traits(anna)) == (["Kyiv", "Lviv", "Kyiv"], {"town": "Kyiv"})


def test_an_empty_value_says_nothing(anna: int) -> None:
    tell_town(anna, "Kyiv", SPRING)
    for nothing in ("", "  ", "\x00"):
        tell_town(anna, nothing, SPRING + DAY)
    assert (traits(anna), TraitValue.objects.count()) == ({"town": "Kyiv"}, 1)


def test_a_value_says_where_it_comes_from_and_when_it_was_written(anna: int) -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    with clock.standing_at(now):
        tell_town(anna, "K" * 300, SPRING, source="till")
    (row,) = TraitValue.objects.values("handle", "trait", "value", "source", "valid_from", "recorded_at")
    assert row == {
        "handle": anna,
        "trait": "town",
        "value": "K" * 254,
        "source": "till",
        "valid_from": SPRING,
        "recorded_at": now,
    }


def test_two_traits_stand_beside_each_other(anna: int) -> None:
    see("17850", town="Kyiv", country="UA")
    tell_town(anna, "Lviv", SPRING + DAY)
    assert traits(anna) == {"town": "Lviv", "country": "UA"}
