"""Values of traits: the newest stands on the card, the history keeps all."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from wayloop.accounts.api import Role, create_member
from wayloop.accounts.testing import Member
from wayloop.customers import api as customers
from wayloop.customers.api import Trait
from wayloop.customers.defaults import SHIPPED
from wayloop.customers.models import Card, TraitDefinition, TraitValue
from wayloop.customers.services.traits import TraitChanged, set_trait, undo_trait
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


def test_a_source_that_repeats_itself_does_not_push_away_what_another_has_told(anna: int) -> None:
    tell_town(anna, "Kyiv", SPRING)
    tell_town(anna, "Lviv", SPRING + DAY, source="till")
    tell_town(anna, "Kyiv", SPRING + 2 * DAY)
    before = traits(anna)
    tell_town(anna, "Odesa", SPRING + 3 * DAY)
    assert (before, traits(anna)) == ({"town": "Lviv"}, {"town": "Odesa"})


def test_a_value_that_cannot_be_read_is_left_out_and_counted(anna: int) -> None:
    note = {"handles": [anna, anna], "valid_from": [SPRING, SPRING + DAY], "source": "shop"}
    refused = customers.note_traits(trait="birth_date", values=["soon", "31.12.1990"], **note)
    assert (refused, traits(anna)) == (1, {"birth_date": "1990-12-31"})


def test_a_trait_without_history_keeps_its_newest_value_only(anna: int) -> None:
    TraitDefinition.objects.filter(key="town").update(keeps_history=False)
    for days, town in enumerate(["Kyiv", "Lviv", "Odesa"]):
        tell_town(anna, town, SPRING + days * DAY)
    assert (list(TraitValue.objects.values_list("value", flat=True)), traits(anna)) == (["Odesa"], {"town": "Odesa"})


@pytest.mark.parametrize("key", ["orders_count", "shoe_size"])
def test_computed_and_unknown_traits_cannot_be_noted(key: str, anna: int) -> None:
    with pytest.raises(ValueError, match=key):
        customers.note_traits(trait=key, handles=[anna], values=["1"], valid_from=[SPRING], source="shop")


def write(person: int, value: Any, seen: int, member: Member, key: str = "town") -> int:
    trait = TraitDefinition.objects.get(key=key)
    return set_trait(person=person, trait=trait, value=value, seen=seen, member_id=member.pk)


def test_what_a_member_writes_follows_what_the_member_saw(anna: int, owner_member: Member) -> None:
    tell_town(anna, "Kyiv", clock.now() + DAY)
    (seen,) = TraitValue.objects.values_list("pk", flat=True)
    written = write(anna, "Lviv", seen, owner_member)
    assert (traits(anna), write(anna, "Lviv", written, owner_member)) == ({"town": "Lviv"}, written)
    with pytest.raises(TraitChanged) as refusal:
        write(anna, "Odesa", seen, owner_member)
    assert (refusal.value.current.value, traits(anna)) == ("Lviv", {"town": "Lviv"})


def test_a_trait_can_be_taken_away_and_that_can_be_undone(anna: int, owner_member: Member) -> None:
    tell_town(anna, "Kyiv", SPRING)
    (seen,) = TraitValue.objects.values_list("pk", flat=True)
    gone = write(anna, None, seen, owner_member)
    without = traits(anna)
    for _again in range(2):
        undo_trait(person=anna, value_id=gone, member_id=owner_member.pk)
    assert (without, traits(anna), write(anna, "Kyiv", seen, owner_member)) == ({}, {"town": "Kyiv"}, seen)


def test_only_ones_own_last_word_can_be_undone(anna: int, owner_member: Member, reader_member: Member) -> None:
    first = write(anna, "Kyiv", 0, owner_member)
    second = write(anna, "Lviv", first, reader_member)
    with pytest.raises(TraitChanged):
        undo_trait(person=anna, value_id=first, member_id=owner_member.pk)
    with pytest.raises(TraitValue.DoesNotExist):
        undo_trait(person=anna, value_id=second, member_id=owner_member.pk)
    assert traits(anna) == {"town": "Lviv"}


def test_the_labels_of_shipped_traits_are_all_there(db: None) -> None:
    shipped = TraitDefinition.objects.filter(is_shipped=True)
    assert {one.key: {option.code for option in one.choices} for one in shipped} == {
        key: set(words.options) for key, words in SHIPPED.items()
    }


class Elsewhere:
    """Another connection to the database that does one thing in a thread of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.answer: Any = None
        self._thread = threading.Thread(target=self._run, args=(act,))
        self._thread.start()

    def _run(self, act: Callable[[], Any]) -> None:
        try:
            self.answer = act()
        except TraitChanged as error:
            self.answer = error
        finally:
            connection.close()

    def wait(self) -> Any:
        self._thread.join(30)
        return self.answer


@pytest.fixture
def two(committed: None) -> tuple[int, Member]:
    member = create_member(name="Ada", email="ada@example.com", password="green apples fall", role=Role.AGENT)
    return see("17850"), Member.objects.get(pk=member.id)


def until_somebody_waits() -> None:
    """Returns when another connection waits for a lock of ours."""
    for _try in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    raise AssertionError("nobody waits")


def test_two_who_edit_different_traits_at_once_lose_nothing(two: tuple[int, Member]) -> None:
    anna, member = two
    with transaction.atomic():
        write(anna, "Kyiv", 0, member)
        other = Elsewhere(lambda: write(anna, "Baker", 0, member, key="profession"))
        until_somebody_waits()
    other.wait()
    assert traits(anna) == {"town": "Kyiv", "profession": "Baker"}


def test_of_two_who_edit_one_trait_at_once_the_second_is_told(two: tuple[int, Member]) -> None:
    anna, member = two
    with transaction.atomic():
        write(anna, "Kyiv", 0, member)
        other = Elsewhere(lambda: write(anna, "Lviv", 0, member))
        until_somebody_waits()
    refused = other.wait()
    assert (type(refused), refused.current.value, traits(anna)) == (TraitChanged, "Kyiv", {"town": "Kyiv"})


def test_a_file_that_comes_in_during_an_edit_brings_no_old_value_back(two: tuple[int, Member]) -> None:
    anna, member = two
    with transaction.atomic():
        write(anna, "Kyiv", 0, member)
        other = Elsewhere(lambda: tell_town(anna, "Lviv", SPRING))
        until_somebody_waits()
    other.wait()
    assert (traits(anna), TraitValue.objects.count()) == ({"town": "Kyiv"}, 2)
