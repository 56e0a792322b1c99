"""Whoever stands behind a change is told once; whoever would recommend us is thanked; words are shown with consent."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.surveys import ScoreGiven
from wayloop.customers.api import note_sightings
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.messaging.testing import Memory, Message, send_all, using
from wayloop.privacy.api import Purpose
from wayloop.privacy.testing import NOON, Consent, people
from wayloop.surveys.testing import Given, give
from wayloop.voice.links import thanks_token
from wayloop.voice.models import Behind, Change, Telling, Thanks
from wayloop.voice.services import changes, telling, thanks
from wayloop.voice.sources import sources
from wayloop.work.testing import Case, Cause, start

DAY = timedelta(days=1)
OLD = NOON - timedelta(days=365)


@pytest.fixture(autouse=True)
def post(owner_member: object) -> Iterator[Memory]:
    way = Memory()
    with using(way), clock.standing_at(NOON):
        yield way


def guests(*names: str) -> list[int]:
    handles = [handle for handle, _point in people(*names)]
    note_sightings(
        columns=CustomerColumns(
            handles=handles, known_as=list(names), seen_at=[NOON] * len(names), source="shop",
            names=[name.title() for name in names],
        )
    )  # fmt: skip
    return handles


def change(title: str = "Another courier", **more: Any) -> Change:
    wanted = {"happened_on": date(2026, 6, 1), "location_id": None, "by": None}
    return changes.write_change(title=Localised.of(title, "en"), text=Localised.of("On time.", "en"), **(wanted | more))


def put(one: Change, source: str = "answer", key: str = "", text: str = "", location: int | None = None) -> int:
    found = sources()[source].find(key, text, OLD, location, 100)
    return changes.put_behind(change_id=one.pk, source=source, things=found)


def test_everybody_behind_a_change_is_told_once_however_much_they_said(post: Memory) -> None:
    anna, boris = guests("anna", "boris")
    give(
        Given("1", "1", comment="Parcel late", handle=anna, at=NOON),
        Given("2", "2", comment="parcel again late", handle=anna, at=NOON),
        Given("5", "3", comment="all well", handle=boris, at=NOON),
        Given("1", "4", comment="late, says nobody", at=NOON),
    )
    one = change()
    assert (put(one, text="late"), put(one, text="LATE")) == (3, 0)
    telling.start_telling(change_id=one.pk, by=None)
    while telling.tell_some():
        pass
    telling.start_telling(change_id=one.pk, by=None)
    telling.tell_some()
    send_all()
    assert [(row.handle, row.state) for row in Telling.objects.all()] == [(anna, "told")]
    (message,) = Message.objects.all()
    assert (message.purpose, message.handle, len(post.sent)) == (Purpose.FEEDBACK, anna, 1)
    assert "late" not in str(message.letter.__dict__)


def test_who_is_put_behind_it_later_is_told_too_and_who_has_an_open_case_waits() -> None:
    anna, boris = guests("anna", "boris")
    case = start(boris, "Soup")
    Case.objects.filter(pk=case.pk).update(cause=Cause.objects.earliest("pk"))
    give(Given("1", "1", comment="late", handle=anna, at=NOON))
    one = change()
    put(one)
    telling.start_telling(change_id=one.pk, by=None)
    telling.tell_some()
    assert put(one, "case", str(Cause.objects.earliest("pk").pk)) == 1
    telling.tell_late_comers(change_id=one.pk)
    telling.tell_some()
    rows = {row.handle: (row.state, row.reasons) for row in Telling.objects.all()}
    assert rows == {anna: ("told", []), boris: ("waiting", ["case", "too_soon"])} or rows == {
        anna: ("told", []), boris: ("waiting", ["case"]),
    }  # fmt: skip
    telling.stop_telling(change_id=one.pk)
    assert Telling.objects.get(handle=boris).state == "stopped"


def test_nobody_is_told_of_a_change_nobody_asked_for(owner: Client) -> None:
    one = change()
    page = owner.post(f"/changes/{one.uuid}/do/", {"do": "tell"}, follow=True).content.decode()
    one.refresh_from_db()
    assert ("First say which answers led to it" in page, one.telling_since) == (True, None)


def test_changes_are_written_by_the_owner_and_read_by_the_reader(
    owner: Client, reader: Client, far_manager: Client, stranger: Client, near_location: int
) -> None:
    given = {"title_uk": "Інший <b>курʼєр", "text_uk": "Вчасно", "happened_on": "2026-06-01", "location": near_location}
    assert owner.post("/changes/new/", given).status_code == 302
    one = Change.objects.get()
    here = f"/changes/{one.uuid}/"
    again = [owner.post(f"{here}edit/", given | {"seen": 1}).status_code for _time in range(2)]
    assert (again, owner.post("/changes/new/", {}).status_code) == ([302, 422], 422)
    for path in ("/changes/", here):
        page = reader.get(path).content.decode()
        assert ("Інший &lt;b&gt;курʼєр" in page, "<b>курʼєр" in page) == (True, False)
    assert [far_manager.get(path).status_code for path in (here, "/changes/")] == [404, 200]
    assert "курʼєр" not in far_manager.get("/changes/").content.decode()
    deeds = [f"{here}do/", f"{here}behind/", f"{here}edit/", "/changes/new/", "/thanks/do/", "/thanks/"]
    assert [{who.post(path).status_code for path in deeds} for who in (reader, stranger)] == [{403}, {302}]
    give(Given("1", "1", comment="late", handle=guests("anna")[0], at=NOON))
    owner.post(f"{here}behind/", {"what": "answer|", "text": "late", "days": "90"})
    page = owner.get(here).content.decode()
    assert (Behind.objects.count(), ">late<" in page, "Anna" in page) == (1, True, True)
    owner.post(f"{here}do/", {"do": "drop", "row": Behind.objects.get().pk})
    owner.post(f"{here}do/", {"do": "remove"})
    assert (Behind.objects.count(), owner.get(here).status_code, owner.get(f"/changes/{uuid4()}/").status_code) == (
        0, 404, 404,
    )  # fmt: skip


def fact(score: int, handle: int | None, value: int) -> ScoreGiven:
    return ScoreGiven(score, handle, None, "nps", Decimal(value), 0, 10, 1 if value > 8 else 0, None)


def switched_on(**more: Any) -> None:
    wanted = {"asks_words": True, "invites_friends": True, "tags_ambassadors": True}
    thanks.set_thanking(is_on=True, text=Localised(), **(wanted | more))


def test_a_nine_or_ten_is_thanked_once_in_half_a_year_and_becomes_an_ambassador(owner: Client, post: Memory) -> None:
    anna, boris = guests("anna", "boris")
    assert thanks.note_scores(scores=[fact(1, anna, 10)]) == 0
    switched_on()
    told = [fact(1, anna, 10), fact(2, anna, 9), fact(3, boris, 8), fact(4, None, 10)]
    assert (thanks.note_scores(scores=told), thanks.note_scores(scores=told)) == (1, 0)
    thanks.thank_some()
    send_all()
    row = Thanks.objects.get()
    assert (row.handle, row.state, len(post.sent), len(row.code)) == (anna, "told", 1, 6)
    assert "Амбасадор" in owner.get("/customers/").content.decode()
    page = owner.post("/thanks/do/", {"do": "came", "code": row.code.lower()}, follow=True).content.decode()
    missed = owner.post("/thanks/do/", {"do": "came", "code": "NOBODY"}, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.came, "1 friend came by this code" in page, "Nobody has this code" in missed) == (1, True, True)


def test_friends_are_sent_with_a_code_a_reward_and_a_link(client: Client, owner: Client) -> None:
    (anna,) = guests("anna")
    given = {"is_on": "1", "invites_friends": "1", "reward_uk": "Кава <b>обом", "link": "shop.example/a?b=1#top"}
    assert owner.post("/thanks/", given | {"link": "javascript:alert(1)"}).status_code == 422
    assert owner.post("/thanks/", given).status_code == 302
    thanks.note_scores(scores=[fact(1, anna, 9)])
    row = Thanks.objects.get()
    page = client.get(f"/thanks/{thanks_token(row.pk)}/").content.decode()
    link = f"https://shop.example/a?b=1&amp;friend={row.code}#top"
    assert (link in page, "Кава &lt;b&gt;обом" in page, "May we show" in page) == (True, True, False)
    owner.post("/thanks/", given | {"invites_friends": "", "asks_words": "1"})
    page = client.get(f"/thanks/{thanks_token(row.pk)}/").content.decode()
    assert (row.code in page, "Кава" in page, "May we show" in page) == (False, False, True)


def test_words_are_shown_with_consent_and_forgotten_when_it_is_taken_back(client: Client, owner: Client) -> None:
    (anna,) = guests("anna")
    given = give(Given("10", "1", "nps", comment="Best <i>coffee", handle=anna, at=NOON))
    switched_on(tags_ambassadors=False)
    thanks.note_scores(scores=[fact(*given.ids.values(), anna, 10)])
    thanks.thank_some()
    row = Thanks.objects.get()
    here = f"/thanks/{thanks_token(row.pk)}/"
    page = client.get(here).content.decode()
    refused = client.post(here, {"quote": "Best coffee", "name": "Anna S."})
    assert ("Best &lt;i&gt;coffee" in page, refused.status_code, Consent.objects.count()) == (True, 422, 0)
    client.post(here, {"quote": "Best coffee", "name": "Anna S.", "agree": "1"})
    shown = owner.get("/thanks/?words=1").content.decode()
    client.post(here, {"do": "withdraw"})
    hidden = owner.get("/thanks/?words=1").content.decode()
    row.refresh_from_db()
    assert (["Best coffee" in one for one in (shown, hidden)], row.quote, row.shown_name) == ([True, False], "", "")
    acts = [(one.purpose, one.act) for one in Consent.objects.order_by("pk")]
    assert acts == [("testimonial", "given"), ("testimonial", "withdrawn")]
    assert [client.get(f"/thanks/{token}/").status_code for token in ("x", thanks_token(row.pk + 1))] == [410, 410]
