"""Accepting and handing over, with the twin in the place of a mail server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from wayloop.contracts.channels import Handed, Outcome, Parcel
from wayloop.contracts.messaging import MessageState
from wayloop.kernel import clock
from wayloop.messaging import api as messaging
from wayloop.messaging.models import LetterText
from wayloop.messaging.services import doubts, leaving
from wayloop.messaging.testing import HELLO, NOON, Memory, Message, people, send_all, using, wishes
from wayloop.privacy.testing import Contact, Refusal, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Iterator[Memory]:
    way = Memory()
    with using(way), clock.standing_at(NOON):
        yield way


def states() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("id").values_list("state", "reason"))


def test_everybody_who_may_be_asked_gets_one_letter_and_the_others_are_named(post: Memory) -> None:
    anna, boris, clara = people("anna", "boris", "clara")
    say(boris, "withdrawn", purpose="survey")
    answers = messaging.send_messages(columns=wishes([anna, boris, (clara[0], None)]))
    assert [answer.is_accepted for answer in answers] == [True, False, False]
    assert [answer.reasons for answer in answers[1:]] == [("withdrawn",), ("no_address",)]
    assert send_all() == 1
    (parcel,) = post.sent
    assert (parcel.to, parcel.subject) == ("anna@example.com", "How was it, guest 0?")
    assert "Hello guest 0" in parcel.text
    assert "/s/0/" in parcel.text
    assert "/unsubscribe/" in parcel.leave
    assert states() == [("sent", "")]


def test_the_same_wish_again_is_the_same_message(post: Memory) -> None:
    who = people("anna", "boris")
    first = messaging.send_messages(columns=wishes(who))
    send_all()
    assert messaging.send_messages(columns=wishes(who)) == first
    assert send_all() == 0
    assert (len(post.sent), Contact.objects.count(), LetterText.objects.count()) == (2, 2, 1)


def test_without_a_way_out_nothing_is_counted() -> None:
    with using(Memory(is_on=False)), clock.standing_at(NOON):
        (answer,) = messaging.send_messages(columns=wishes(people("anna")))
    assert answer.reasons == ("no_way",)
    assert (Message.objects.count(), Contact.objects.count(), Refusal.objects.count()) == (0, 0, 0)


def test_who_withdraws_while_the_message_waits_gets_none_and_their_place_is_free_again(post: Memory) -> None:
    (anna,) = people("anna")
    messaging.send_messages(columns=wishes([anna]))
    say(anna, "withdrawn", purpose="survey")
    assert send_all() == 0
    assert (post.sent, states()) == ([], [("refused", "withdrawn")])
    assert Contact.objects.filter(taken_back_at=None).count() == 0
    assert list(Refusal.objects.values_list("reasons", flat=True)) == [["withdrawn"]]


def test_who_withdraws_at_the_last_moment_gets_none_either(post: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, boris = people("anna", "boris")
    messaging.send_messages(columns=wishes([anna, boris]))
    hand = leaving._hand

    def hand_late(session, message, parcel):  # type: ignore[no-untyped-def]
        if parcel.to.startswith("boris"):
            say(boris, "withdrawn", purpose="survey", at=NOON)
        return hand(session, message, parcel)

    monkeypatch.setattr(leaving, "_hand", hand_late)
    assert send_all() == 1
    assert [parcel.to for parcel in post.sent] == ["anna@example.com"]
    assert states() == [("sent", ""), ("refused", "withdrawn")]


def test_what_comes_to_the_night_waits_for_the_morning(post: Memory) -> None:
    messaging.send_messages(columns=wishes(people("anna")))
    with clock.standing_at(NOON + timedelta(hours=11)):
        assert send_all() == 0
    (message,) = Message.objects.all()
    assert (message.state, message.next_at.isoformat()) == ("waiting", "2026-06-04T06:00:00+00:00")
    with clock.standing_at(message.next_at):
        assert send_all() == 1


def test_what_has_lost_its_sense_is_not_sent(post: Memory) -> None:
    messaging.send_messages(columns=replace(wishes(people("anna")), not_after=NOON + timedelta(hours=1)))
    with clock.standing_at(NOON + timedelta(hours=2)):
        assert send_all() == 0
    assert states() == [("refused", "too_late")]


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Outcome.NEVER, "refused", "turned_away"),
        (Outcome.DEAD, "refused", "dead_address"),
        (Outcome.LATER, "waiting", ""),
        (Outcome.AWAY, "waiting", ""),
        (Outcome.UNSURE, "doubtful", ""),
    ],
)
def test_what_the_other_side_says_decides(post: Memory, outcome: Outcome, state: str, reason: str) -> None:
    (anna,) = people("anna")
    messaging.send_messages(columns=wishes([anna]))
    post.answer = lambda parcel: Handed(outcome, "their words")
    send_all()
    assert states() == [(state, reason)]
    assert Message.objects.get().detail == "their words"
    dead = messaging.send_messages(columns=wishes([anna], purpose="service", subject=2))[0].reasons
    assert dead == (("bounced",) if outcome == Outcome.DEAD else ())


def test_what_is_put_off_goes_later_and_is_given_up_after_days(post: Memory) -> None:
    messaging.send_messages(columns=wishes(people("anna"), purpose="service"))
    post.answer = lambda parcel: Handed(Outcome.LATER, "451 greylisted")
    now, tries = NOON, []
    while Message.objects.get().state == "waiting":
        tries.append(now)
        with clock.standing_at(now):
            send_all()
        now = Message.objects.get().next_at
    assert states() == [("refused", "no_answer")]
    assert 15 <= len(tries) <= 30
    assert timedelta(days=3) < tries[-1] - NOON < timedelta(days=4)


def test_a_sender_that_died_leaves_a_doubt_that_only_a_person_settles(post: Memory) -> None:
    anna, boris = people("anna", "boris")
    messaging.send_messages(columns=wishes([anna, boris]))

    def die(parcel: Parcel) -> Handed:
        raise SystemExit

    post.answer = die
    with pytest.raises(SystemExit):
        leaving.send_waiting(lane=0)
    assert states() == [("leaving", ""), ("claimed", "")]
    post.answer = Memory().answer
    assert leaving.send_waiting(lane=0) == 1
    assert states() == [("doubtful", ""), ("sent", "")]
    assert send_all() == 0
    assert messaging.states_of(about_kind="invitation", about_ids=[100, 101, 102]) == {
        100: MessageState.DOUBTFUL,
        101: MessageState.SENT,
    }
    number = Message.objects.get(state="doubtful").pk
    assert doubts.send_again(messages=[number], member=7) == 1
    assert doubts.doubt_again(messages=[number], member=8) == 0
    assert doubts.doubt_again(messages=[number], member=7) == 1
    assert doubts.take_arrived(messages=[number], member=7) == 1
    assert states() == [("sent", ""), ("sent", "")]


def test_a_run_that_is_stopped_sends_nothing_more_and_can_go_on(post: Memory) -> None:
    run = messaging.open_run(title="Spring", subject_kind="survey", subject_id=1)
    messaging.send_messages(columns=wishes(people("anna", "boris"), run=run))
    assert messaging.stop_run(run=run)
    assert not messaging.stop_run(run=run)
    (late,) = messaging.send_messages(columns=wishes(people("clara"), run=run))
    assert late.reasons == ("stopped",)
    assert send_all() == 0
    assert states() == [("refused", "stopped")] * 2
    assert Contact.objects.filter(taken_back_at=None).count() == 0
    assert messaging.resume_run(run=run)
    assert send_all() == 2
    progress = messaging.run_progress([run])[run]
    assert (progress.total, progress.ended, progress.is_stopped) == (2, 2, False)
    assert Contact.objects.filter(taken_back_at=None).count() == 2


def test_what_is_not_needed_any_more_is_taken_back(post: Memory) -> None:
    messaging.send_messages(columns=wishes(people("anna", "boris")))
    assert messaging.take_back_messages(about_kind="invitation", about_ids=[101]) == 1
    assert send_all() == 1
    assert states() == [("sent", ""), ("refused", "taken_back")]


def test_addresses_are_found_over_all_handles_of_a_person() -> None:
    anna, boris = people("anna", "boris")
    assert messaging.find_addresses(channel="email", handles=[boris[0], anna[0], boris[0]]) == [
        boris[1], anna[1], boris[1]
    ]  # fmt: skip
    assert messaging.find_addresses(channel="sms", handles=[anna[0]]) == [None]


def test_a_letter_that_cannot_be_sent_is_refused_before_anything_is_counted(post: Memory) -> None:
    letter = replace(HELLO, subject=" ")
    with pytest.raises(messaging.LetterRefused):
        messaging.send_messages(columns=wishes(people("anna"), letter=letter))
    assert Contact.objects.count() == 0
