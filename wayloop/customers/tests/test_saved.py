"""Saved lists: what they show, who sees them, who changes them."""

import re
from typing import Any

import pytest
from django.test import Client

from wayloop.customers.models import SavedView
from wayloop.customers.services import saved
from wayloop.customers.services.tags import archive_tag, create_tag
from wayloop.customers.testing import Sight, see_all, shown_titles

LIST, SAVE, LISTS = "/customers/", "/customers/lists/save/", "/customers/lists/"


@pytest.fixture
def kept(owner: Client) -> SavedView:
    """The owner's list of those from Kyiv, by name, with one column."""
    see_all(Sight("1", "Борис", town="Kyiv"), Sight("2", "Анна", town="Kyiv"), Sight("3", "Віра", town="Lviv"))
    owner.post(SAVE, {"name": " From  Kyiv ", "query": "trait.town=kyiv&sort=name&columns=seen"})
    return SavedView.objects.get()


def heads(client: Client, path: str) -> list[str]:
    page = client.get(path).content.decode().partition("<thead>")[2].partition("</thead>")[0]
    return re.findall(r'class="sort"[^>]*>([^<]+)<', page)


def test_a_saved_list_opens_as_it_was_kept(kept: SavedView, owner: Client) -> None:
    address = f"{LIST}?view={kept.pk}"
    assert (kept.name, shown_titles(owner, address), heads(owner, address)) == (
        "From Kyiv",
        ["Анна", "Борис"],
        ["Customer", "Seen last"],
    )


def test_links_of_a_saved_list_lead_on_from_it(kept: SavedView, owner: Client) -> None:
    page = owner.get(f"{LIST}?view={kept.pk}").content.decode()
    turned = re.search(r'class="sort" href="([^"]*sort=-name[^"]*)"', page)
    assert turned
    assert shown_titles(owner, turned[1].replace("&amp;", "&")) == ["Борис", "Анна"]
    without = re.search(r'class="chip" href="([^"]*)"', page)
    assert without
    changed = without[1].replace("&amp;", "&")
    assert shown_titles(owner, changed) == ["Анна", "Борис", "Віра"]
    told = [
        f'name="over" value="{kept.pk}"' in owner.get(path).content.decode()
        for path in (changed, f"{LIST}?view={kept.pk}")
    ]
    assert told == [True, False]
    owner.post(SAVE, {"over": str(kept.pk), "query": changed.partition("?")[2]})
    assert shown_titles(owner, f"{LIST}?view={kept.pk}") == ["Анна", "Борис", "Віра"]


def test_the_team_sees_what_is_shared_and_nothing_else(
    kept: SavedView, owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    def sees(who: Client) -> bool:
        return "From Kyiv" in who.get(LIST).content.decode()

    assert (sees(owner), sees(reader), shown_titles(reader, f"{LIST}?view={kept.pk}")) == (
        True,
        False,
        shown_titles(reader),
    )
    owner.post(f"{LISTS}{kept.pk}/share/")
    assert (sees(reader), shown_titles(reader, f"{LIST}?view={kept.pk}")) == (True, ["Анна", "Борис"])
    assert [who.get(LISTS).status_code for who in (owner, reader, front_desk, stranger)] == [200, 200, 403, 302]


@pytest.mark.parametrize("what", ["name", "pin", "share", "delete", "up", "down"])
def test_only_its_maker_changes_a_list(what: str, kept: SavedView, owner: Client, reader: Client) -> None:
    for is_shared in (False, True):
        SavedView.objects.update(is_shared=is_shared)
        before = SavedView.objects.values().get()
        reader.post(f"{LISTS}{kept.pk}/{what}/", {"name": "Mine"})
        reader.post(SAVE, {"over": str(kept.pk), "query": ""})
        assert SavedView.objects.values().get() == before


def test_readers_keep_lists_of_their_own_but_share_none(kept: SavedView, reader: Client) -> None:
    reader.post(SAVE, {"name": "Mine", "query": "star=yes", "is_shared": "on"})
    view = SavedView.objects.get(name="Mine")
    reader.post(f"{LISTS}{view.pk}/share/")
    view.refresh_from_db()
    assert view.is_shared is False


def test_a_list_is_renamed_unpinned_moved_deleted_and_brought_back(kept: SavedView, owner: Client) -> None:
    owner.post(SAVE, {"name": "Second", "query": "star=yes"})
    owner.post(f"{LISTS}{kept.pk}/down/")
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Second", "From Kyiv"]
    owner.post(f"{LISTS}{kept.pk}/name/", {"name": "Neighbours"})
    owner.post(f"{LISTS}{kept.pk}/pin/")
    kept.refresh_from_db()
    is_in_the_head = ">Neighbours<" in owner.get(LIST).content.decode()
    assert (kept.name, kept.is_pinned, is_in_the_head) == ("Neighbours", False, False)
    page = owner.post(f"{LISTS}{kept.pk}/delete/", follow=True).content.decode()
    assert f'action="{LISTS}{kept.pk}/restore/"' in page
    assert shown_titles(owner, f"{LIST}?view={kept.pk}") == shown_titles(owner)
    owner.post(f"{LISTS}{kept.pk}/restore/")
    assert shown_titles(owner, f"{LIST}?view={kept.pk}") == ["Анна", "Борис"]
    assert [owner.post(f"{LISTS}{kept.pk}/erase/").status_code, owner.get(f"{LISTS}{kept.pk}/pin/").status_code] == [
        404,
        405,
    ]


def test_a_list_about_a_tag_put_away_says_so(owner: Client) -> None:
    tag = create_tag(name="Regulars")
    owner.post(SAVE, {"name": "Regulars", "query": f"tag={tag}"})
    archive_tag(tag_id=tag)
    answer = owner.get(f"{LIST}?view={SavedView.objects.get().pk}")
    assert (answer.status_code, "“Tag” has no such value." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_list_needs_a_name(name: str, owner_member: Any) -> None:
    with pytest.raises(saved.ViewRefused):
        saved.save_view(
            member=owner_member.pk, name=name, condition={}, sort="", columns=[], is_shared=False, is_pinned=True
        )


def test_a_filter_that_is_none_is_told_and_shows_nobody(owner: Client) -> None:
    see_all(Sight("1", "Анна"))
    answer = owner.get(f"{LIST}?kind=ghost")
    assert (answer.status_code, "has no such value any more" in answer.content.decode()) == (422, True)
    assert shown_titles(owner, f"{LIST}?kind=ghost") == []


def test_the_page_of_filters_holds_what_is_chosen(owner: Client, reader: Client, stranger: Client) -> None:
    page = owner.get("/customers/filters/?kind=company&seen=!90&sort=name").content.decode()
    assert re.search(r'name="kind" value="company" checked', page)
    assert re.search(r'value="!90" selected', page)
    assert '<input type="hidden" name="sort" value="name">' in page
    part = owner.get("/customers/filters/", headers={"HX-Request": "true", "HX-Target": "div#filter-form"})
    assert "<html" not in part.content.decode()
    assert [who.get("/customers/filters/").status_code for who in (reader, stranger)] == [200, 302]
