"""Research notes: written, marked, quoted, found, exported; each location keeps its own."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see
from wayloop.identity import api as identity
from wayloop.journeys import services
from wayloop.journeys.models import Guide, Mark, Note, Quote
from wayloop.journeys.queries import NoteFilter, list_notes, places_of, worst_points
from wayloop.journeys.services import NoteDetails
from wayloop.kernel.localised import Localised

DAY = date(2026, 6, 1)


def guide(*points: str, is_scored: bool = True) -> Guide:
    name = Localised.of("Visit", "en")
    return services.write_guide(name=name, way="mystery", points=points or ("Greeted", "Clean"), is_scored=is_scored)


def note(title: str = "Visit on Monday", **more: Any) -> Note:
    wanted = {"way": "mystery", "title": title, "happened_on": DAY} | more
    return services.write_note(details=NoteDetails(**wanted), by=None)


def test_a_checklist_is_scored_by_what_was_looked_at_and_locations_are_compared(
    near_location: int, far_location: int
) -> None:
    book = guide()
    for location, marks in ((near_location, (4, None)), (near_location, (6, 2)), (far_location, (10, 8))):
        one = note(location_id=location, guide_id=book.pk)
        services.mark_points(note_id=one.pk, marks={place: (mark, "") for place, mark in enumerate(marks, 1)})
    note("without a checklist", location_id=near_location)
    found = places_of(scope=EVERYTHING, wanted=NoteFilter())
    assert [(one.location_id, one.visits, one.share) for one in found] == [
        (near_location, 2, 0.4), (far_location, 1, 0.9),
    ]  # fmt: skip
    assert worst_points(scope=EVERYTHING, wanted=NoteFilter()) == [("Clean", 2, 5.0), ("Greeted", 3, 20 / 3)]
    assert [one.location_id for one in places_of(scope=Scope((far_location,)), wanted=NoteFilter())] == [far_location]


def test_notes_are_found_by_words_of_theirs_and_of_their_quotes_and_by_tags(db: None) -> None:
    one, other = note("Talk with Anna", way="interview", text="The queue is long"), note("Watching the door")
    services.add_quote(note_id=one.pk, text="I wait at the door", tags="First visit, , queue, first  VISIT", tone=-1)

    def titles(**wanted: Any) -> list[str]:
        return [row.title for row in list_notes(scope=EVERYTHING, wanted=NoteFilter(**wanted)).rows]

    assert Quote.objects.get().tags == ["first visit", "queue"]
    assert (titles(text="queu"), titles(text="door"), titles(tag="first visit")) == (
        [one.title], [other.title, one.title], [one.title],
    )  # fmt: skip
    assert (titles(way="interview"), titles(text="%"), titles(text="moon")) == ([one.title], [], [])


def test_another_guide_brings_its_own_points_and_a_changed_guide_changes_no_note(db: None) -> None:
    book = guide("Greeted")
    one = note(guide_id=book.pk)
    services.mark_points(note_id=one.pk, marks={1: (7, "<b>smiled")})
    services.write_guide(name=book.name, way="mystery", points=["Thanked"], is_scored=True, guide_id=book.pk)
    assert [(mark.text, mark.given) for mark in Mark.objects.all()] == [("Greeted", 7)]
    details = NoteDetails("mystery", "Visit", DAY, guide_id=guide("Clean", "Warm").pk)
    services.write_note(details=details, by=None, note_id=one.pk, seen=1)
    one.refresh_from_db()
    assert ([mark.text for mark in Mark.objects.all()], one.scored, one.possible) == (["Clean", "Warm"], 0, 0)


def test_who_may_read_reads_and_only_who_may_write_writes(
    owner: Client, reader: Client, stranger: Client, front_desk: Client, fingerprints: Any
) -> None:
    book = guide()
    one = note("Talk <b>", guide_id=book.pk)
    services.add_quote(note_id=one.pk, text="<i>said")
    here = f"/research/{one.uuid}/"
    for path in ("/research/", here, "/research/quotes/"):
        page = reader.get(path).content.decode()
        assert ([sign in page for sign in ("Talk <b>", "<i>said")], stranger.get(path).status_code) == (
            [False, False], 302,
        )  # fmt: skip
        assert front_desk.get(path).status_code == 403
    forms = ["/research/new/", f"{here}edit/", "/research/guides/", f"/research/guides/{book.pk}/"]
    deeds = [f"{here}quotes/", f"{here}marks/", f"{here}do/", f"/research/guides/{book.pk}/do/"]
    before = fingerprints()
    for who, status in ((reader, 403), (stranger, 302)):
        assert {who.get(path).status_code for path in forms} == {status}
        assert {who.post(path).status_code for path in deeds} == {status}
    assert (fingerprints() == before, {owner.get(path).status_code for path in forms}) == (True, {200})


def test_the_owner_writes_marks_quotes_and_takes_away(owner: Client) -> None:
    book = guide()
    given = {"title": "Visit", "way": "mystery", "happened_on": "2026-06-01", "guide": book.pk, "people": "1",
             "consent": "not_needed", "text": "Quiet"}  # fmt: skip
    assert owner.post("/research/new/", given).status_code == 302
    one = Note.objects.get()
    here = f"/research/{one.uuid}/"
    owner.post(f"{here}marks/", {"mark-1": "9", "remark-1": "at once", "mark-2": ""})
    wrong = owner.post(f"{here}marks/", {"mark-1": "11"}, follow=True).content.decode()
    owner.post(f"{here}quotes/", {"text": "=1+1", "who": "guest", "tone": "1", "tags": "coffee"})
    one.refresh_from_db()
    assert (one.scored, one.possible, "A mark goes from 0 to 10" in wrong) == (9, 10, True)
    assert owner.post(f"{here}quotes/", {"text": " "}).status_code == 422
    again = [owner.post(f"{here}edit/", given | {"seen": 1}).status_code for _time in range(2)]
    (file,) = re.findall(r'href="(/research/file/[^"]*)"', owner.get("/research/?kind=mystery").content.decode())
    assert file == "/research/file/?kind=mystery"
    lines = owner.get("/research/file/").getvalue().decode("utf-8-sig").splitlines()
    assert (again, [line.split(",")[4] for line in lines[1:]]) == ([302, 422], ["'=1+1", "Greeted", "Clean"])
    owner.post(f"{here}do/", {"do": "drop", "quote": Quote.objects.get().pk})
    owner.post(f"{here}do/", {"do": "remove"})
    assert (Quote.objects.count(), owner.get(here).status_code) == (0, 404)
    owner.post(f"{here}do/")
    assert (owner.get(here).status_code, owner.get(f"/research/{uuid4()}/").status_code) == (200, 404)


def test_a_note_names_the_customer_it_was_with_for_those_who_may_see_them(
    owner: Client, reader: Client, far_manager: Client, stranger: Client, near_location: int, far_location: int
) -> None:
    anna, near = see("1", "Anna Sad", location=near_location), see("2", "Near Anna", location=near_location)
    see("3", "Anna Far", location=far_location)
    one = note("Talk", location_id=far_location)
    here = f"/research/{one.uuid}/"
    ids = identity.uuids_of([anna, near])
    found = owner.get(f"{here}?who=anna").content.decode()
    assert [name in found for name in ("Anna Sad", "Near Anna", "Anna Far", "It was them")] == [True] * 4
    # Whoever sees another place finds nobody of this one, and cannot name them by their address.
    found = far_manager.get(f"{here}?who=anna").content.decode()
    assert [name in found for name in ("Anna Sad", "Near Anna", "Anna Far")] == [False, False, True]
    tried = [far_manager, reader, stranger]
    assert [who.post(f"{here}person/", {"person": ids[anna]}).status_code for who in tried] == [404, 403, 302]
    assert [owner.post(f"{here}person/", {"person": wrong}).status_code for wrong in ("x", uuid4())] == [404, 404]
    owner.post(f"{here}person/", {"person": ids[anna]})
    one.refresh_from_db()
    shown = [who.get(here).content.decode() for who in (owner, reader, far_manager)]
    assert (one.handle, ["Anna Sad" in page for page in shown]) == (anna, [True, True, False])
    page = owner.post(f"{here}person/", follow=True).content.decode()
    undo = f"{here}person/?person={ids[anna]}"
    one.refresh_from_db()
    assert (one.handle, undo in page) == (None, True)
    owner.post(undo)
    one.refresh_from_db()
    assert one.handle == anna


def test_notes_of_another_location_are_nowhere(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    near, far = note("near note", location_id=near_location), note("far note", location_id=far_location)
    for one in (near, far):
        services.add_quote(note_id=one.pk, text=f"{one.title} quote", tags=one.title)
    pages = [far_manager.get(path) for path in ("/research/", "/research/quotes/", "/search/?q=note")]
    texts = [page.content.decode() for page in pages]
    texts.append(far_manager.get("/research/file/").getvalue().decode())
    assert [("near note" in text, "far note" in text) for text in texts] == [(False, True)] * 4
    tried = [f"/research/{near.uuid}/{what}" for what in ("", "edit/")]
    assert {far_manager.get(path).status_code for path in tried} == {404}
    assert {far_manager.post(f"/research/{near.uuid}/{what}/").status_code for what in ("quotes", "marks", "do")} == {
        404
    }
    counts = []
    owner.get("/research/")
    for _time in range(2):
        with CaptureQueriesContext(connection) as found:
            owner.get("/research/")
        counts.append(len(found))
        note("more"), note("and more")
    assert counts[0] == counts[1]
