"""Notes: written, edited with their history, pinned, removed and brought back; seen by those of the place."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.accounts.testing import Member
from wayloop.customers.models import Note
from wayloop.customers.services import notes
from wayloop.customers.testing import SPRING, card_address, happen, see
from wayloop.kernel import clock

PANEL = {"HX-Request": "true", "HX-Target": "section#notes"}


def add(client: Client, handle: int, text: str, **more: Any) -> Any:
    return client.post(f"{card_address(handle)}notes/", {"text": text} | more, headers=PANEL)


def act(client: Client, handle: int, what: str, note: int, **data: Any) -> Any:
    return client.post(f"{card_address(handle)}notes/{note}/{what}/", data, headers=PANEL)


def shown(page: Any) -> list[str]:
    """The notes of a panel, from the top."""
    return re.findall(r'<p class="note-text">([^<]*)</p>', page.content.decode())


def panel(client: Client, handle: int) -> list[str]:
    return shown(client.get(card_address(handle), headers=PANEL))


def test_pinned_notes_stand_at_the_top(owner: Client) -> None:
    anna = see("1", "Anna")
    for text in ("first", "second", "third"):
        answer = add(owner, anna, text)
    pinned = act(owner, anna, "pin", Note.objects.get(text="first").pk, pin="yes")
    loose = act(owner, anna, "pin", Note.objects.get(text="first").pk, pin="no")
    assert [shown(one) for one in (answer, pinned, loose)] == [
        ["third", "second", "first"],
        ["first", "third", "second"],
        ["third", "second", "first"],
    ]


def test_a_note_is_edited_and_its_former_texts_are_kept(owner: Client, owner_member: Member) -> None:
    anna = see("1", "Anna")
    add(owner, anna, "Likes <b>tea</b>")
    (note,) = Note.objects.all()
    answer = act(owner, anna, "edit", note.pk, text="Likes coffee", seen=1)
    again = act(owner, anna, "edit", note.pk, text="Likes coffee", seen=2)
    late = act(owner, anna, "edit", note.pk, text="Likes milk", seen=1)
    page = owner.get(f"{card_address(anna)}notes/{note.pk}/").content.decode()
    assert [one.status_code for one in (answer, again, late)] == [200, 200, 422]
    assert ("written anew meanwhile" in late.content.decode(), "Likes milk" in late.content.decode()) == (True, True)
    assert re.findall(r'note-text[^>]*">([^<]*)<', page) == ["Likes coffee", "Likes &lt;b&gt;tea&lt;/b&gt;"]


def test_a_removed_note_can_be_brought_back(owner: Client) -> None:
    anna = see("1", "Anna")
    add(owner, anna, "first")
    note = Note.objects.get().pk
    removed = act(owner, anna, "remove", note)
    undo = re.search(r'action="(/customers/[^"]+/restore/)"', removed.content.decode())[1]
    owner.post(undo)
    assert (shown(removed), panel(owner, anna)) == ([], ["first"])


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 4001])
def test_an_empty_or_endless_note_is_refused(text: str, owner: Client) -> None:
    anna = see("1", "Anna")
    plain = owner.post(f"{card_address(anna)}notes/", {"text": text})
    assert (add(owner, anna, text).status_code, plain.status_code, Note.objects.count()) == (422, 422, 0)


def test_notes_stand_in_the_timeline_among_the_events(owner: Client, owner_member: Member) -> None:
    anna = see("1", "Anna")
    happen(anna, 45)
    for hours in (2, 30, 60):
        with clock.standing_at(SPRING + timedelta(hours=hours)):
            notes.add_note(person=anna, text=f"after {hours} hours", member_id=owner_member.pk)
    path, order = card_address(anna), []
    while path:
        page = owner.get(path).content.decode().partition("split-side")[0]
        order += re.findall(r"after \d+ hours|₴1\.\d\d", page)
        found = re.search(r'hx-get="([^"]*before=[^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    amounts = [f"₴1.{hour:02}" for hour in reversed(range(45))]
    # A note stands above what happened in the same moment.
    expected = ["after 60 hours", *amounts[:14], "after 30 hours", *amounts[14:42], "after 2 hours", *amounts[42:]]
    only = owner.get(f"{card_address(anna)}?show=notes").content.decode().partition("split-side")[0]
    assert (order, re.findall(r"after \d+ hours|₴1", only)) == (
        expected,
        ["after 60 hours", "after 30 hours", "after 2 hours"],
    )


def test_who_may_only_look_reads_notes_and_writes_none(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    anna = see("1", "Anna")
    add(owner, anna, "first")
    note = Note.objects.get().pk
    assert panel(reader, anna) == ["first"]
    for who, status in ((reader, 403), (front_desk, 403), (stranger, 302)):
        page = f"{card_address(anna)}notes/"
        tried = [who.post(page), *(who.post(f"{page}{note}/{what}/") for what in ("edit", "pin", "remove", "restore"))]
        assert [one.status_code for one in tried] == [status] * 5
    assert list(Note.objects.values_list("text", "version", "removed_at")) == [("first", 1, None)]


def test_only_its_author_edits_a_note_and_managers_may_remove_it(
    owner: Client, far_manager: Client, owner_member: Member
) -> None:
    anna = see("1", "Anna")
    add(owner, anna, "of the owner")
    note = Note.objects.get().pk
    edited = act(far_manager, anna, "edit", note, text="mine", seen=1)
    removed = act(far_manager, anna, "remove", note)
    assert (edited.status_code, removed.status_code, shown(removed)) == (404, 200, [])


def test_a_note_of_one_place_is_hidden_from_another(
    owner: Client, far_manager: Client, near_location: int, owner_member: Member
) -> None:
    anna, boris = see("1", "Anna"), see("2", "Boris", location=near_location)
    add(far_manager, anna, "of the far place")
    notes.add_note(person=anna, text="of the near place", member_id=owner_member.pk, location_id=near_location)
    near = Note.objects.get(text="of the near place").pk
    assert (panel(owner, anna), panel(far_manager, anna)) == (
        ["of the near place", "of the far place"],
        ["of the far place"],
    )
    page = far_manager.get(f"{card_address(anna)}?show=notes").content.decode()
    assert ("of the far place" in page, "of the near place" in page) == (True, False)
    tried = [act(far_manager, anna, "remove", near), add(far_manager, boris, "x")]
    tried.append(far_manager.get(f"{card_address(anna)}notes/{near}/"))
    assert ([one.status_code for one in tried], Note.objects.count()) == ([404, 404, 404], 2)


def test_a_note_belongs_to_its_own_card_only(owner: Client) -> None:
    anna, boris = see("1", "Anna"), see("2", "Boris")
    add(owner, anna, "of Anna")
    note = Note.objects.get().pk
    tried = [act(owner, boris, what, note, text="x", seen=1) for what in ("edit", "pin", "remove")]
    assert ([one.status_code for one in tried], panel(owner, boris)) == ([404] * 3, [])
