"""The pages of outgoing messages: who may look, who may stop and decide."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wayloop.contracts.channels import Handed, Outcome, Returned
from wayloop.kernel import clock
from wayloop.kernel.testing import announced
from wayloop.messaging import api as messaging
from wayloop.messaging.testing import NOON, Memory, Message, people, send_all, using, wishes
from wayloop.privacy.testing import Contact

pytestmark = pytest.mark.django_db
PAGE = "/messages/"


@pytest.fixture
def run(owner_member: object) -> int:
    """A run of three: one message sent, one refused, one in doubt."""
    way = Memory()
    outcomes = {"anna": Outcome.TAKEN, "boris": Outcome.NEVER, "clara": Outcome.UNSURE}
    way.answer = lambda parcel: Handed(outcomes[parcel.to.partition("@")[0]], "554 <b>their</b> words")
    with using(way), clock.standing_at(NOON):
        number = messaging.open_run(title="Spring survey", subject_kind="survey", subject_id=1, url="/surveys/")
        messaging.send_messages(columns=wishes(people("anna", "boris", "clara"), run=number))
        send_all()
    return number


def test_the_list_tells_what_became_of_each(owner: Client, reader: Client, stranger: Client, run: int) -> None:
    for who in (owner, reader):
        page = who.get(PAGE).content.decode()
        assert page.count("How was it, guest") == 4
        assert "Their server refused it" in page
        assert "&lt;b&gt;their" in page
        assert who.get(f"{PAGE}?state=sent").content.decode().count("How was it, guest 0") == 1
        assert "Spring survey" in who.get(f"{PAGE}runs/{run}/").content.decode()
        assert who.get(f"{PAGE}runs/999/").status_code == 404
    assert stranger.get(PAGE).status_code == 302
    assert "They arrived" not in reader.get(PAGE).content.decode()


def test_only_who_may_decides_about_doubts_and_can_take_it_back(owner: Client, reader: Client, run: int) -> None:
    number = Message.objects.get(state="doubtful").pk
    assert reader.post(f"{PAGE}doubtful/", {"message": number, "do": "again"}).status_code == 403
    owner.post(f"{PAGE}doubtful/", {"message": number, "do": "again"})
    assert Message.objects.get(pk=number).state == "waiting"
    owner.post(f"{PAGE}doubtful/undo/?message={number}")
    assert Message.objects.get(pk=number).state == "doubtful"
    owner.post(f"{PAGE}doubtful/", {"message": number, "do": "arrived"})
    assert Message.objects.get(pk=number).state == "sent"
    assert owner.post(f"{PAGE}doubtful/", {"message": "x", "do": "again"}).status_code == 302


def test_only_who_may_stops_a_run(owner: Client, reader: Client, stranger: Client, run: int) -> None:
    for who, status in ((reader, 403), (stranger, 302)):
        assert who.post(f"{PAGE}runs/{run}/stop/").status_code == status
        assert who.post(f"{PAGE}runs/{run}/resume/").status_code == status
    assert not messaging.run_progress([run])[run].is_stopped
    owner.post(f"{PAGE}runs/{run}/stop/")
    assert messaging.run_progress([run])[run].is_stopped
    part = owner.get(f"{PAGE}runs/{run}/", headers={"HX-Target": "div#run-progress"}).content.decode()
    assert "Nothing more of it leaves" in part
    owner.post(f"{PAGE}runs/{run}/resume/")
    assert not messaging.run_progress([run])[run].is_stopped


def test_a_list_of_one_and_of_three_asks_as_often(owner: Client, run: int) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            owner.get(address)
        return len(asked)

    count(PAGE)
    assert count(f"{PAGE}?state=sent") == count(PAGE)


def test_a_letter_that_comes_back_later_is_told_of_and_counts_no_more(owner: Client, run: int) -> None:
    sent = Message.objects.get(state="sent")
    notice = [Returned(sent.key.hex, Outcome.DEAD, "5.1.1 no such <b>user</b>"), Returned("0" * 32, Outcome.DEAD)]
    assert [messaging.note_returned(returned=notice) for _time in range(2)] == [1, 0]
    sent.refresh_from_db()
    assert (sent.state, sent.reason) == ("sent", "dead_address")
    page = owner.get(f"{PAGE}?state=sent").content.decode()
    assert "Came back" in page
    assert "There is nobody at this address: 5.1.1 no such &lt;b&gt;user&lt;/b&gt;" in page
    assert len(announced("messaging.returned")) == 1
    assert Contact.objects.filter(handle=sent.handle, taken_back_at=None).count() == 0
    with using(Memory()), clock.standing_at(NOON + timedelta(days=90)):
        again = wishes([(sent.handle, sent.point)], key="another")
        assert messaging.send_messages(columns=again)[0].reasons == ("bounced",)
        assert owner.post(f"{PAGE}{sent.pk}/address/").status_code == 302
        assert messaging.send_messages(columns=again)[0].is_accepted
