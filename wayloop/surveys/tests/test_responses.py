"""Responses: one per person, taken once, resumed, completed; what they leave in scores, stream and timeline."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import see
from wayloop.kernel import clock, files
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger
from wayloop.surveys.document.answers import AnswerRefused
from wayloop.surveys.document.shape import Condition, Document, Option, Quota, Test
from wayloop.surveys.doors import Door, NoDoor, link_for_invitation, link_for_place, open_door
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.models import Answer, QuotaCount, Response, Survey, SurveyVersion
from wayloop.surveys.rules import Scale, SurveyRefused
from wayloop.surveys.services.invitations import invite
from wayloop.surveys.services.responses import settle_left, take_answer
from wayloop.surveys.services.surveys import change_draft, close_survey, publish_survey, undo_change
from wayloop.surveys.standing import Standing, standing_of
from wayloop.surveys.testing import JUNE, Score, asked, publish

SECRET = "s" * 22
LOW = Condition((Test("q1", Op.AT_MOST, ("6",)),))


@pytest.fixture
def survey(db: None) -> Survey:
    """Recommendation; why, of those who would not; how easy it was, in the older reversed way."""
    return publish(
        asked(QuestionType.NPS, "q1"),
        asked(QuestionType.TEXT, "q2", show=LOW),
        asked(QuestionType.CES, "q3", scale=Scale(1, 5, lower_is_better=True)),
    )


def say(door: Door, question: str, value: str, secret: str = SECRET, **others: object) -> Standing:
    return take_answer(door=door, secret=secret, question=question, sent={"a": [value]}, **others)  # type: ignore[arg-type]


def test_answers_lead_on_and_the_last_one_completes(survey: Survey) -> None:
    door = Door(survey, "link")
    assert standing_of(door, SECRET).way.next == "q1"
    assert Response.objects.count() == 0
    assert say(door, "q1", "9").way.next == "q3"
    assert say(door, "q1", "3").way.next == "q2"
    assert say(door, "q2", "too slow").way.next == "q3"
    end = say(door, "q3", "2", language="uk")
    response = Response.objects.get()
    assert (end.is_over, response.asked, response.ending, response.flags) == (
        True,
        ["q1", "q2", "q3"],
        "thanks",
        ["fast"],
    )
    assert standing_of(door, SECRET).is_over
    assert not standing_of(door, "t" * 22).is_over


def test_marks_become_scores_with_scale_direction_question_and_version(survey: Survey) -> None:
    door = Door(survey, "qr", 7)
    with clock.standing_at(JUNE):
        for question, value in (("q1", "3"), ("q2", "too slow"), ("q3", "2")):
            say(door, question, value, language="uk")
    told = Score.objects.order_by("question").values_list(
        "metric", "scale_low", "scale_high", "lower_is_better", "value", "feel", "comment",
        "survey_id", "survey_version", "question", "location_id", "channel", "language", "happened_at",
    )  # fmt: skip
    where = (survey.pk, 1)
    assert list(told) == [
        ("nps", 0, 10, False, Decimal(3), -1, "too slow", *where, "q1", 7, "qr", "uk", JUNE),
        ("ces", 1, 5, True, Decimal(2), 1, "", *where, "q3", 7, "qr", "uk", JUNE),
    ]
    row = Answer.objects.get(question="q3")
    assert (row.type, row.scale_low, row.scale_high, row.lower_is_better) == ("ces", 1, 5, True)


def test_an_answer_to_a_question_that_is_not_asked_counts_for_nothing(survey: Survey) -> None:
    door = Door(survey, "link")
    say(door, "q1", "3")
    say(door, "q2", "too slow")
    say(door, "q1", "9")
    say(door, "q3", "1")
    assert Response.objects.get().asked == ["q1", "q3"]
    assert list(Score.objects.order_by("question").values_list("value", "comment")) == [(9, ""), (1, "")]
    with pytest.raises(AnswerRefused):
        say(door, "q3", "1", "t" * 22)
    assert Response.objects.count() == 1


def test_what_arrives_late_never_replaces_what_came_after_it(survey: Survey) -> None:
    door = Door(survey, "link")
    say(door, "q1", "9", counter=5)
    say(door, "q1", "2", counter=4)
    assert Answer.objects.get().number == 9
    say(door, "q1", "3", counter=6)
    assert Answer.objects.get().number == 3


def test_an_answer_after_the_end_changes_nothing(survey: Survey) -> None:
    door = Door(survey, "link")
    for question, value in (("q1", "9"), ("q3", "1")):
        say(door, question, value)
    assert say(door, "q1", "2").is_over
    assert Answer.objects.get(question="q1").number == 9


def test_an_invitation_is_one_response_whoever_opens_it(survey: Survey) -> None:
    anna = see("1", "Anna")
    invitation = invite(survey_id=survey.pk, handle=anna, channel="email", reason="bought yesterday")
    token = link_for_invitation(invitation).rstrip("/").rsplit("/", 1)[1]
    for secret in ("a" * 22, "b" * 22):
        say(open_door(token), "q1", "9", secret)
    say(open_door(token), "q3", "1", "c" * 22)
    assert Response.objects.get().handle == anna
    events = ledger.timeline(handles=[anna], scope=EVERYTHING, kinds=["survey.completed"])
    assert [dict(event.properties) for event in events] == [{"survey": survey.pk, "version": 1, "answers": 2}]
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload ->> 'handle' FROM kernel_fact WHERE kind = 'surveys.completed'")
        assert cursor.fetchall() == [(str(anna),)]


def test_links_that_were_changed_or_are_over_open_nothing(survey: Survey) -> None:
    with clock.standing_at(JUNE):
        invitation = invite(survey_id=survey.pk)
        token = link_for_invitation(invitation).rstrip("/").rsplit("/", 1)[1]
        assert open_door(token).is_open
    with clock.standing_at(JUNE + timedelta(days=31)):
        door = open_door(token)
        with pytest.raises(SurveyRefused):
            say(door, "q1", "9")
    with clock.standing_at(JUNE + timedelta(days=200)), pytest.raises(NoDoor) as over:
        open_door(token)
    assert over.value.is_over
    place = link_for_place(survey, 7).rstrip("/").rsplit("/", 1)[1]
    assert (open_door(place).location_id, open_door(survey.link).survey) == (7, survey)
    for bad in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" * 22, "x", place[::-1]):
        with pytest.raises(NoDoor):
            open_door(bad)


def test_a_closed_survey_lets_those_end_who_began(survey: Survey) -> None:
    say(Door(survey, "link"), "q1", "9")
    close_survey(survey_id=survey.pk)
    survey.refresh_from_db()
    with pytest.raises(SurveyRefused):
        say(Door(survey, "link"), "q1", "9", "t" * 22)
    assert say(Door(survey, "link"), "q3", "1").is_over


def test_answers_stay_with_the_version_they_were_given_to(survey: Survey) -> None:
    door = Door(survey, "link")
    say(door, "q1", "9")
    change_draft(survey_id=survey.pk, change=lambda _draft: Document(questions=(asked(QuestionType.CSAT, "q9"),)))
    assert publish_survey(survey_id=survey.pk, by=None).number == 2
    assert publish_survey(survey_id=survey.pk, by=None).number == 2
    assert say(door, "q3", "1").is_over
    assert Response.objects.get().version == 1
    survey.refresh_from_db()
    assert standing_of(Door(survey, "link"), "t" * 22).way.next == "q9"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        SurveyVersion.objects.filter(number=1).update(document={})


def test_a_draft_is_saved_once_undone_and_guarded_by_its_revision(survey: Survey) -> None:
    emptied = change_draft(survey_id=survey.pk, change=lambda _draft: Document(), is_undoable=True, revision=1)
    assert emptied.revision == 2
    with pytest.raises(SurveyRefused):
        change_draft(survey_id=survey.pk, change=lambda draft: draft, revision=1)
    with pytest.raises(SurveyRefused):
        publish_survey(survey_id=survey.pk, by=None)
    assert len(undo_change(survey_id=survey.pk).draft["questions"]) == 3
    assert undo_change(survey_id=survey.pk).revision == 3


def test_a_quota_takes_no_more_than_it_says(db: None) -> None:
    low = Quota("k1", LOW, 2, Localised.of("Enough of you, thank you.", "en"))
    survey = publish(asked(QuestionType.NPS, "q1"), asked(QuestionType.TEXT, "q2"), quotas=(low,))
    door = Door(survey, "link")
    endings = []
    for number, mark in enumerate(("1", "9", "2", "3", "10")):
        secret = f"{number}" * 22
        standing = say(door, "q1", mark, secret)
        if not standing.is_over:
            say(door, "q2", "why", secret)
        endings.append(Response.objects.order_by("-pk")[0].ending)
    assert endings == ["thanks", "thanks", "thanks", "quota", "thanks"]
    assert (QuotaCount.objects.get().taken, Score.objects.count()) == (2, 4)


def test_marks_of_those_who_left_count_after_a_day(survey: Survey) -> None:
    with clock.standing_at(JUNE):
        say(Door(survey, "link"), "q1", "2")
    with clock.standing_at(JUNE + timedelta(hours=23)):
        assert (settle_left(), Score.objects.count()) == (0, 0)
    with clock.standing_at(JUNE + timedelta(hours=25)):
        assert (settle_left(), settle_left(), Score.objects.get().value) == (1, 0, 2)
        say(Door(survey, "link"), "q2", "slow")
        say(Door(survey, "link"), "q3", "1")
    assert sorted(Score.objects.values_list("question", "value")) == [("q1", 2), ("q3", 1)]


def test_responses_are_flagged_and_kept(db: None) -> None:
    rows = tuple(Option(f"o{number}", Localised.of("row", "en")) for number in range(1, 5))
    survey = publish(asked(QuestionType.MATRIX, "q1", rows=rows), asked(QuestionType.TEXT, "q2"))
    door = Door(survey, "link")
    with clock.standing_at(JUNE):
        take_answer(
            door=door, secret=SECRET, question="q1", sent={f"a.o{n}": ["5"] for n in range(1, 5)}, is_crowd=lambda: True
        )
    with clock.standing_at(JUNE + timedelta(minutes=1)):
        say(door, "q2", "")
    assert Response.objects.get().flags == ["crowd", "flat"]


def test_a_file_is_known_by_what_it_is(db: None) -> None:
    survey = publish(asked(QuestionType.FILE, "q1", is_required=True), asked(QuestionType.TEXT, "q2"))
    door = Door(survey, "link")
    page = SimpleUploadedFile("cat.png", b"<html><script>alert(1)</script>")
    for upload in (None, page):
        with pytest.raises(AnswerRefused):
            take_answer(door=door, secret=SECRET, question="q1", sent={}, upload=upload)
    photo = SimpleUploadedFile("../my cat.html", b"\x89PNG\r\n\x1a\n rest")
    take_answer(door=door, secret=SECRET, question="q1", sent={}, upload=photo)
    row = Answer.objects.get()
    assert (row.text, row.file_id is not None) == ("my cat.png", True)
    # Whoever else was given the same content may forget it: the answer keeps it.
    assert row.file_id
    assert (files.release(row.file_id), files.release_unused(before=clock.now())) == (False, 0)
