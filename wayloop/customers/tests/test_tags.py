"""Tags and stars: the words, who has them, and the pages on which they are kept."""

from typing import Any

import pytest
from django.test import Client

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.models import Star, Tag, Tagging
from wayloop.customers.queries.tags import all_tags, count_tagged, groups_of, tags_of
from wayloop.customers.services.tags import (
    TagRefused,
    add_tag,
    archive_tag,
    change_tag,
    create_tag,
    merge_tags,
    remove_tag,
    restore_tag,
    unmerge_tag,
)
from wayloop.customers.testing import card_address, see, shown_titles

TAGS = "/customers/tags/"


def names(person: int) -> list[str]:
    return [tag.name for tag in tags_of([person]).get(person, [])]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Give the tag a name."),
        ("  \0 ", "Give the tag a name."),
        ("x" * 61, "A tag has at most 60 letters."),
        ("REGULARS", "There is a tag “REGULARS” already."),
        (" regulars ", "There is a tag “regulars” already."),
    ],
)
def test_a_tag_needs_a_name_of_its_own(name: str, problem: str, db: None) -> None:
    create_tag(name="Regulars")
    with pytest.raises(TagRefused) as refused:
        create_tag(name=name)
    assert (str(refused.value), Tag.objects.count()) == (problem, 1)


def test_a_tag_is_put_on_once_and_taken_off(db: None) -> None:
    first, second = see("1"), see("2")
    tag = create_tag(name="Regulars")
    assert add_tag(tag_id=tag, people=[first], member=None) == [first]
    assert add_tag(tag_id=tag, people=[first, second, 10**12], member=None) == [second]
    assert (names(first), names(second)) == (["Regulars"], ["Regulars"])
    assert [(row[0], row[1]) for row in remove_tag(tag_id=tag, people=[first])] == [(tag, first)]
    assert (names(first), names(second)) == ([], ["Regulars"])


def test_merged_tags_count_as_one_and_part_again_as_they_were(db: None) -> None:
    both, one, other = see("1"), see("2"), see("3")
    kept, gone, third = create_tag(name="Regulars"), create_tag(name="Regular guests"), create_tag(name="Often here")
    add_tag(tag_id=kept, people=[both, one], member=None)
    add_tag(tag_id=gone, people=[both, other], member=None)
    before = set(Tagging.objects.values_list("tag_id", "person"))
    merge_tags(tag_id=gone, into=kept)
    merge_tags(tag_id=kept, into=third)
    assert [sorted(group) for group in groups_of([kept, third])] == [[kept, gone, third]] * 2
    assert [names(person) for person in (both, one, other)] == [["Often here"]] * 3
    assert [(tag.name, tag.merged) for tag in all_tags()] == [("Often here", ("Regular guests", "Regulars"))]
    assert add_tag(tag_id=third, people=[both, other], member=None) == []
    unmerge_tag(tag_id=kept)
    unmerge_tag(tag_id=gone)
    assert set(Tagging.objects.values_list("tag_id", "person")) == before
    assert [names(person) for person in (both, one, other)] == [
        ["Regular guests", "Regulars"],
        ["Regulars"],
        ["Regular guests"],
    ]


def test_a_tag_is_merged_into_another_one_only(db: None) -> None:
    tag, other = create_tag(name="Regulars"), create_tag(name="Guests")
    archive_tag(tag_id=other)
    for into in (tag, other, 0):
        with pytest.raises(TagRefused):
            merge_tags(tag_id=tag, into=into)
    assert Tag.objects.filter(merged_into=None).count() == 2


def test_a_tag_put_away_is_seen_nowhere_and_comes_back(db: None) -> None:
    person, tag = see("1"), create_tag(name="Regulars")
    add_tag(tag_id=tag, people=[person], member=None)
    archive_tag(tag_id=tag)
    assert names(person) == []
    with pytest.raises(TagRefused):
        add_tag(tag_id=tag, people=[see("2")], member=None)
    twin = create_tag(name="regulars")
    with pytest.raises(TagRefused):
        restore_tag(tag_id=tag)
    change_tag(tag_id=twin, name="Others", colour=3)
    restore_tag(tag_id=tag)
    assert names(person) == ["Regulars"]


def test_counts_are_of_those_the_reader_sees(near_location: int, far_location: int) -> None:
    tag, empty = create_tag(name="Regulars"), create_tag(name="Guests")
    people = [see("1", location=near_location), see("2", location=far_location), see("3")]
    add_tag(tag_id=tag, people=people, member=None)
    told = [count_tagged([tag, empty], scope) for scope in (EVERYTHING, Scope((far_location,)), Scope(()))]
    assert [(counts[tag].number, counts[empty].number) for counts in told] == [(3, 0), (2, 0), (1, 0)]


def test_tags_are_kept_by_those_who_change_many(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    tag = create_tag(name="Regulars")
    people = (owner, reader, front_desk, stranger)
    assert [who.get(TAGS).status_code for who in people] == [200, 403, 403, 302]
    for path, fields in (
        (f"{TAGS}new/", {"name": "Guests"}),
        (f"{TAGS}{tag}/edit/", {"name": "Friends", "colour": "2"}),
        (f"{TAGS}{tag}/archive/", {}),
    ):
        for who in (reader, front_desk, stranger):
            assert who.post(path, fields).status_code in (302, 403)
        assert [who.get(path).status_code for who in (owner, stranger)] == [405, 302]
    assert list(Tag.objects.values_list("name", "archived_at")) == [("Regulars", None)]


def test_the_page_changes_tags_and_offers_the_way_back(owner: Client) -> None:
    other = create_tag(name="Guests")
    owner.post(f"{TAGS}new/", {"name": "Regulars", "colour": "5"})
    tag = Tag.objects.get(name="Regulars")
    owner.post(f"{TAGS}{tag.pk}/edit/", {"name": "Friends", "colour": "6"})
    tag.refresh_from_db()
    assert (tag.name, tag.colour) == ("Friends", 6)
    page = owner.post(f"{TAGS}{tag.pk}/merge/", {"into": str(other)}, follow=True).content.decode()
    assert f'action="{TAGS}{tag.pk}/unmerge/"' in page
    owner.post(f"{TAGS}{tag.pk}/unmerge/")
    page = owner.post(f"{TAGS}{tag.pk}/archive/", follow=True).content.decode()
    assert f'action="{TAGS}{tag.pk}/restore/"' in page
    owner.post(f"{TAGS}{tag.pk}/restore/")
    tag.refresh_from_db()
    assert (tag.merged_into, tag.archived_at) == (None, None)
    refused = owner.post(f"{TAGS}new/", {"name": "friends"}, follow=True).content.decode()
    assert "There is a tag “friends” already." in refused
    assert [owner.post(f"{TAGS}{end}").status_code for end in ("0/edit/", f"{tag.pk}/erase/")] == [404, 404]


def test_a_star_is_the_members_own(owner: Client, reader: Client, stranger: Client, owner_member: Any) -> None:
    handle = see("1", "Anna")
    star = f"{card_address(handle)}star/"
    assert owner.post(star).status_code == 302
    assert stranger.post(star).status_code == 302
    assert list(Star.objects.values_list("member_id", "person")) == [(owner_member.pk, handle)]
    assert [shown_titles(who, "/customers/?star=yes") for who in (owner, reader)] == [["Anna"], []]
    answer = owner.post(star, headers={"HX-Request": "true"})
    assert ('aria-pressed="false"' in answer.content.decode(), Star.objects.count()) == (True, 0)


def test_nobody_stars_or_tags_whom_they_do_not_see(far_manager: Client, near_location: int) -> None:
    card, tag = card_address(see("1", location=near_location)), create_tag(name="Regulars")
    assert [far_manager.post(f"{card}{end}/", {"add": str(tag)}).status_code for end in ("star", "tags")] == [404, 404]
    assert (Star.objects.count(), Tagging.objects.count()) == (0, 0)


def test_tags_of_a_card_are_changed_by_who_may(owner: Client, reader: Client) -> None:
    handle, tag = see("1"), create_tag(name="Regulars")
    path = f"{card_address(handle)}tags/"
    assert reader.post(path, {"add": str(tag)}).status_code == 403
    owner.post(path, {"add": str(tag)})
    assert names(handle) == ["Regulars"]
    owner.post(path, {"remove": str(tag)})
    assert names(handle) == []
