"""Changes of many customers: whom they concern, that they go on after any stop, and come back exactly."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from wayloop.contracts.conditions import EVERYBODY, Condition, Where
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.enums import BulkKind
from wayloop.customers.listing import desk_of
from wayloop.customers.models import BulkAction, BulkStep, Card, Star, Tagging, TraitValue
from wayloop.customers.queries.bulk import bulk_by_id, latest_bulks
from wayloop.customers.services import bulk
from wayloop.customers.services.tags import add_tag, archive_tag, create_tag, remove_tag
from wayloop.customers.testing import Sight, see, see_all
from wayloop.kernel import clock, progress
from wayloop.kernel.progress import Stage

LIST, PRESS = "/customers/", "/customers/changes/press/"


@pytest.fixture
def crowd(db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven customers, two to a step, none done at once."""
    monkeypatch.setattr(bulk, "STEP", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    return see_all(*(Sight(str(number), town="Kyiv" if number % 2 else "") for number in range(100, 107)))


def press(
    member: int, kind: BulkKind, condition: Condition = EVERYBODY, scope: Scope = EVERYTHING, **detail: Any
) -> int:
    desk = desk_of(SimpleNamespace(id=member, role="owner", scope=scope))
    return bulk.press_bulk(kind=kind, detail=detail, condition=condition, eyes=desk.eyes, fields=desk.fields).id


def tagged() -> set[tuple[Any, ...]]:
    return set(Tagging.objects.values_list("tag_id", "person", "handle", "added_at", "added_by"))


def towns() -> dict[int, Any]:
    return {person: traits.get("town") for person, traits in Card.objects.values_list("person", "traits")}


def stop_after(monkeypatch: pytest.MonkeyPatch, steps: int, raised: Exception | None = None) -> None:
    """Lets so many steps through, then asks for a stop, or fails inside the next one."""
    original: Callable[..., bool] = progress.Work.keep_going
    left = [steps]

    def keep_going(work: progress.Work, **more: Any) -> bool:
        left[0] -= 1
        if left[0] < 0 and raised is not None:
            original(work, **more)
            raise raised
        if left[0] < 0:
            progress.stop(work.id)
        return original(work, **more)

    monkeypatch.setattr(progress.Work, "keep_going", keep_going)


def test_whom_it_concerns_is_fixed_when_the_button_is_pressed(crowd: list[int], owner_member: Any) -> None:
    tag = create_tag(name="Regulars")
    condition = Where("trait.town", "is", ("kyiv",))
    action = press(owner_member.pk, BulkKind.TAG, condition, tag=tag)
    see("200", town="Kyiv")
    Card.objects.filter(person=crowd[1]).update(traits={})
    bulk.run_bulk(action_id=action)
    assert {row[1] for row in tagged()} == {crowd[1], crowd[3], crowd[5]}
    info = bulk_by_id(action, owner_member.pk)
    assert info
    assert (info.total, info.words, info.shown and info.shown.state) == (3, "Tag “Regulars”", Stage.DONE)


def test_taking_a_tag_back_leaves_whoever_had_it_before(crowd: list[int], owner_member: Any) -> None:
    tag = create_tag(name="Regulars")
    add_tag(tag_id=tag, people=crowd[:3], member=None)
    before = tagged()
    action = press(owner_member.pk, BulkKind.TAG, tag=tag)
    bulk.run_bulk(action_id=action)
    assert len(tagged()) == 7
    # Somebody takes it off and puts it on again by hand: that is theirs.
    remove_tag(tag_id=tag, people=[crowd[6]])
    add_tag(tag_id=tag, people=[crowd[6]], member=owner_member.pk)
    bulk.undo_bulk(action_id=action, member=owner_member.pk)
    bulk.take_back_bulk(action_id=action)
    assert {row[1] for row in tagged() - before} == {crowd[6]}
    assert before <= tagged()


def test_tags_taken_off_come_back_with_their_day_and_member(crowd: list[int], owner_member: Any) -> None:
    tag = create_tag(name="Regulars")
    with clock.standing_at(clock.now() - timedelta(days=9)):
        add_tag(tag_id=tag, people=crowd[:5], member=owner_member.pk)
    before = tagged()
    action = press(owner_member.pk, BulkKind.UNTAG, tag=tag)
    bulk.run_bulk(action_id=action)
    assert tagged() == set()
    bulk.undo_bulk(action_id=action, member=owner_member.pk)
    bulk.take_back_bulk(action_id=action)
    assert tagged() == before


@pytest.mark.parametrize("kind", [BulkKind.STAR, BulkKind.UNSTAR])
def test_stars_come_and_go_and_come_back(kind: BulkKind, crowd: list[int], owner_member: Any) -> None:
    first = press(owner_member.pk, BulkKind.STAR, Where("trait.town", "known", (True,)))
    bulk.run_bulk(action_id=first)
    before = set(Star.objects.values_list("member_id", "person", "starred_at"))
    action = press(owner_member.pk, kind)
    bulk.run_bulk(action_id=action)
    assert Star.objects.count() == {BulkKind.STAR: 7, BulkKind.UNSTAR: 0}[kind]
    bulk.undo_bulk(action_id=action, member=owner_member.pk)
    bulk.take_back_bulk(action_id=action)
    assert set(Star.objects.values_list("member_id", "person", "starred_at")) == before


@pytest.mark.parametrize("value", ["Lviv", None])
def test_a_trait_of_many_comes_back_value_by_value(value: str | None, crowd: list[int], owner_member: Any) -> None:
    before = towns()
    action = press(owner_member.pk, BulkKind.TRAIT, trait="town", value=value)
    bulk.run_bulk(action_id=action)
    assert set(towns().values()) == {value}
    assert TraitValue.objects.filter(member=owner_member, source="").count() == (7 if value else 3)
    bulk.undo_bulk(action_id=action, member=owner_member.pk)
    bulk.take_back_bulk(action_id=action)
    assert towns() == before


def test_a_trait_written_since_stays_when_the_change_is_taken_back(crowd: list[int], owner_member: Any) -> None:
    before = towns()
    action = press(owner_member.pk, BulkKind.TRAIT, trait="town", value="Lviv")
    bulk.run_bulk(action_id=action)
    later = press(owner_member.pk, BulkKind.TRAIT, Where("trait.town", "is", ("Lviv",)), trait="town", value="Odesa")
    BulkStep.objects.filter(action_id=later).exclude(number=0).delete()
    bulk.run_bulk(action_id=later)
    bulk.undo_bulk(action_id=action, member=owner_member.pk)
    bulk.take_back_bulk(action_id=action)
    assert towns() == before | {crowd[0]: "Odesa", crowd[1]: "Odesa"}


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_killed_anywhere_it_goes_on_and_is_done_once(
    steps: int, crowd: list[int], owner_member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = create_tag(name="Regulars")
    action = press(owner_member.pk, BulkKind.TAG, tag=tag)
    with monkeypatch.context() as patched:
        stop_after(patched, steps, RuntimeError("killed"))
        with pytest.raises(RuntimeError):
            bulk.run_bulk(action_id=action)
    # What the broken step counted went with it.
    assert (len(tagged()), progress.show(BulkAction.objects.get().work).done) == (2 * steps, 2 * steps)
    bulk.run_bulk(action_id=action)
    bulk.run_bulk(action_id=action)
    assert ({row[1] for row in tagged()}, progress.show(BulkAction.objects.get().work).done) == (set(crowd), 7)


def test_stopped_it_stays_half_done_goes_on_or_comes_back(
    crowd: list[int], owner_member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = create_tag(name="Regulars")
    action = press(owner_member.pk, BulkKind.TAG, tag=tag)
    with monkeypatch.context() as patched:
        stop_after(patched, 2)
        bulk.run_bulk(action_id=action)
    info = bulk_by_id(action, owner_member.pk)
    assert info
    assert (len(tagged()), info.is_stopped) == (4, True)
    bulk.resume_bulk(action_id=action, member=owner_member.pk)
    with monkeypatch.context() as patched:
        stop_after(patched, 1)
        bulk.run_bulk(action_id=action)
    assert len(tagged()) == 6
    bulk.undo_bulk(action_id=action, member=owner_member.pk)
    with monkeypatch.context() as patched:
        stop_after(patched, 1)
        bulk.take_back_bulk(action_id=action)
    assert len(tagged()) == 4
    bulk.resume_bulk(action_id=action, member=owner_member.pk)
    bulk.take_back_bulk(action_id=action)
    bulk.run_bulk(action_id=action)
    assert tagged() == set()


def test_a_tag_put_away_meanwhile_is_put_on_nobody_more(crowd: list[int], owner_member: Any) -> None:
    tag = create_tag(name="Regulars")
    action = press(owner_member.pk, BulkKind.TAG, tag=tag)
    archive_tag(tag_id=tag)
    bulk.run_bulk(action_id=action)
    assert tagged() == set()


def test_others_cannot_take_back_stop_or_see_it(crowd: list[int], owner_member: Any, reader_member: Any) -> None:
    action = press(owner_member.pk, BulkKind.STAR)
    for call in (bulk.undo_bulk, bulk.stop_bulk, bulk.resume_bulk):
        with pytest.raises(bulk.BulkRefused):
            call(action_id=action, member=reader_member.pk)
    assert bulk_by_id(action, reader_member.pk) is None


def test_old_changes_are_forgotten(crowd: list[int], owner_member: Any) -> None:
    press(owner_member.pk, BulkKind.STAR)
    assert bulk.forget_old_bulks(before=clock.now() - timedelta(days=1)) == 0
    assert bulk.forget_old_bulks(before=clock.now() + timedelta(days=1)) == 1
    assert BulkStep.objects.count() == 0


def test_ticked_customers_are_changed_at_once_and_the_toast_leads_back(owner: Client) -> None:
    first, second, third = see("1"), see("2"), see("3")
    tag = create_tag(name="Regulars")
    fields = {"do": "tag", "tag_add": str(tag), "person": [str(first), str(second)], "query": "sort=name"}
    answer = owner.post(PRESS, fields)
    assert answer.headers["Location"] == f"{LIST}?sort=name"
    assert {row[1] for row in tagged()} == {first, second}
    undo = f"/customers/changes/{BulkAction.objects.get().pk}/undo/"
    page = owner.get(LIST).content.decode()
    assert ("Tag “Regulars”: 2 customers." in page, f'action="{undo}"' in page) == (True, True)
    assert owner.post(undo).status_code == 302
    assert (tagged(), Card.objects.filter(person=third).exists()) == (set(), True)


def test_all_that_match_are_those_of_the_filters(owner: Client) -> None:
    see_all(Sight("1", town="Kyiv"), Sight("2", town="Lviv"), Sight("3", town="Kyiv"))
    owner.post(PRESS, {"do": "star", "all": "1", "query": "trait.town=kyiv"})
    assert Star.objects.count() == 2
    page = owner.post(PRESS, {"do": "star", "all": "1", "query": "trait.town=odesa"}, follow=True).content.decode()
    assert "Nobody matches any more." in page
    page = owner.post(PRESS, {"do": "unstar", "all": "1", "query": "kind=ghost"}, follow=True)
    assert (page.status_code, Star.objects.count()) == (422, 2)


def test_who_may_change_what(owner: Client, reader: Client, front_desk: Client, stranger: Client) -> None:
    handle, tag = see("1"), create_tag(name="Regulars")
    wishes = {
        "star": {"do": "star", "person": str(handle)},
        "tag": {"do": "tag", "tag_add": str(tag), "person": str(handle)},
        "all": {"do": "tag", "tag_add": str(tag), "all": "1", "query": ""},
        "trait": {"do": "trait", "trait": "town", "value": "Kyiv", "person": str(handle)},
    }
    people = (reader, front_desk, stranger)
    assert {name: [who.post(PRESS, fields).status_code for who in people] for name, fields in wishes.items()} == {
        "star": [302, 403, 302],
        "tag": [403, 403, 302],
        "all": [403, 403, 302],
        "trait": [403, 403, 302],
    }
    assert (Tagging.objects.count(), towns()[handle], Star.objects.count()) == (0, None, 1)
    assert owner.get(PRESS).status_code == 405


def test_ticking_somebody_out_of_sight_changes_nobody(far_manager: Client, near_location: int) -> None:
    handle = see("1", location=near_location)
    page = far_manager.post(PRESS, {"do": "star", "person": str(handle)}, follow=True).content.decode()
    assert ("Nobody matches any more." in page, Star.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "Choose what to do."),
        ({"do": "erase"}, "Choose what to do."),
        ({"do": "star"}, "Tick some customers first."),
        ({"do": "star", "person": ["x", "9" * 40]}, "Tick some customers first."),
        ({"do": "tag", "tag_add": "9" * 40, "person": "1"}, "Choose a tag."),
        ({"do": "tag", "tag_add": "0", "person": "1"}, "Choose a tag."),
        ({"do": "trait", "person": "1"}, "Choose what to write."),
        ({"do": "trait", "trait": "orders_count", "value": "5", "person": "1"}, "Choose what to write."),
        (
            {"do": "trait", "trait": "birth_date", "value": "soon", "person": "1"},
            "Write a date, for example 31.12.1990.",
        ),
        ({"do": "trait", "trait": "town", "person": "1"}, "Write the value, or tick that it is to be taken away."),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(fields: dict[str, Any], problem: str, owner: Client) -> None:
    see("1")
    assert problem in owner.post(PRESS, fields, follow=True).content.decode()
    assert BulkAction.objects.count() == 0


def test_the_page_of_changes_shows_the_members_own(owner: Client, reader: Client, stranger: Client) -> None:
    owner.post(PRESS, {"do": "star", "person": str(see("1"))})
    action = BulkAction.objects.get().pk
    told = [
        f"/customers/changes/{action}/undo/" in who.get("/customers/changes/").content.decode()
        for who in (owner, reader)
    ]
    assert told == [True, False]
    part = {"HX-Request": "true", "HX-Target": f"div#bulk-{action}"}
    path = f"/customers/changes/{action}/"
    assert [who.get(path, headers=part).status_code for who in (owner, reader)] == [200, 404]
    assert stranger.get("/customers/changes/").status_code == 302
    assert owner.post(f"{path}erase/").status_code == 404


def test_what_was_changed_lately_is_read_with_one_number_of_queries(
    crowd: list[int], owner_member: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        tag = create_tag(name=f"Regulars {count}")
        for _ in range(count):
            press(owner_member.pk, BulkKind.TAG, tag=tag)
            press(owner_member.pk, BulkKind.TRAIT, trait="profession", value=f"Baker {count}")
        with django_assert_num_queries(4):
            found = latest_bulks(owner_member.pk)
        assert [one.words for one in found[:2]] == [f"Profession: Baker {count}", f"Tag “Regulars {count}”"]
        assert {one.shown.state for one in found if one.shown} == {Stage.WAITING}
