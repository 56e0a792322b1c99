"""Bad answers become cases, once each; whoever had one is asked afterwards, and the case hears what they say."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from wayloop.contracts.surveys import ScoreGiven, SurveyCompleted
from wayloop.contracts.work import CaseChange, CaseMoved
from wayloop.kernel import clock
from wayloop.kernel.stream.listeners import listeners
from wayloop.kernel.stream.provenance import reacting
from wayloop.messaging.testing import Memory, using
from wayloop.privacy.testing import NOON, Hold, people
from wayloop.surveys import api as surveys
from wayloop.surveys.doors import Door
from wayloop.surveys.enums import AskState, QuestionType, Trigger
from wayloop.surveys.models import Ask, CaseRule, Invitation, Score
from wayloop.surveys.services import closing, sending
from wayloop.surveys.services.responses import take_answer
from wayloop.surveys.testing import Given, asked, give, publish
from wayloop.work.testing import Case, CaseEntry, move_to, playbook

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_noon(db: None) -> Iterator[None]:
    with clock.standing_at(NOON):
        yield


def rule(book: Any, **more: Any) -> CaseRule:
    wanted = {"name": "Bad", "metric": "nps", "scale_low": 0, "scale_high": 10, "worst": 6, "playbook": book.pk}
    return closing.save_case_rule(**(wanted | more))


def scored(*scores: Given, batch: str = "") -> int:
    """Gives these scores; answers how many cases came of them."""
    given = give(*scores, batch=batch)
    return closing.open_cases_for(scores=sorted(given.ids.values()))


def test_a_bad_answer_becomes_a_case_of_the_playbook_of_its_rule(near_location: int) -> None:
    ((anna, _point),) = people("anna")
    book = playbook(deadline_minutes=60, steps=["Call"])
    rule(book)
    bad = Given("6", "1", "nps", comment="Waited an hour", handle=anna, location=near_location, at=NOON)
    assert (scored(bad), scored(bad), scored(Given("7", "2", "nps", at=NOON))) == (1, 0, 0)
    case = Case.objects.get()
    assert (case.handle, case.playbook, case.location_id, case.title, case.said) == (
        anna, book, near_location, "Waited an hour", "Waited an hour",
    )  # fmt: skip
    assert (case.deadline_at is not None, list(Hold.objects.values_list("handle", flat=True))) == (True, [anna])


def test_the_first_rule_that_fits_counts_and_scales_are_never_mixed() -> None:
    first, second = playbook("Courier"), playbook("Others")
    (
        rule(first, words=["Couri", "parcel"]),
        rule(second),
        rule(second, metric="csat", scale_low=1, scale_high=5, worst=2),
    )
    scored(
        Given("3", "1", "nps", comment="The COURIER was late", at=NOON),
        Given("3", "2", "nps", at=NOON),
        Given("3", "3", "nps", scale="1-10", at=NOON),
        Given("2", "4", "csat", at=NOON),
        Given("2", "5", "csat", scale="1-10", at=NOON),
    )
    assert [case.playbook for case in Case.objects.order_by("pk")] == [first, second, second]


def test_a_stopped_rule_opens_nothing_nor_does_an_import_and_all_marks_of_a_response_are_one_case() -> None:
    book = playbook()
    mine = rule(book)
    rule(book, metric="csat", scale_low=1, scale_high=5, worst=2)
    closing.switch_case_rule(rule_id=mine.pk, is_on=False)
    assert scored(Given("1", "1", "nps", at=NOON)) == 0
    closing.switch_case_rule(rule_id=mine.pk, is_on=True)
    assert scored(Given("1", "2", "nps", at=NOON), batch="import:1") == 0
    survey = publish(asked(QuestionType.NPS, "q1"), asked(QuestionType.CSAT, "q2"))
    door = Door(survey, "link")
    secret = "s" * 22
    take_answer(door=door, secret=secret, question="q1", sent={"a": ["1"]})
    take_answer(door=door, secret=secret, question="q2", sent={"a": ["1"]})
    assert closing.open_cases_for(scores=list(Score.objects.filter(source="surveys").values_list("pk", flat=True))) == 1


def solved_with(survey: Any, anna: int) -> Case:
    rule(playbook(recovery_survey=survey.pk))
    scored(Given("1", "1", "nps", handle=anna, at=NOON))
    case = Case.objects.get()
    move_to(case, "solved")
    moved = CaseMoved(case.pk, anna, CaseChange.SOLVED, 1, "solved", None, None, is_news=True)
    closing.ask_afterwards(moves=[moved, moved])
    return case


@pytest.mark.parametrize(("said", "is_recovered", "state"), [("5", True, "solved"), ("1", False, "working")])
def test_after_a_solved_case_its_customer_is_asked_and_the_case_hears_what_they_say(
    owner_member: Any, said: str, is_recovered: bool, state: str
) -> None:
    ((anna, _point),) = people("anna")
    survey = publish(asked(QuestionType.CSAT, "q1"))
    case = solved_with(survey, anna)
    ask = Ask.objects.select_related("rule").get()
    assert (ask.rule.trigger, ask.case_id, ask.due_at) == (Trigger.RECOVERY, case.pk, NOON + 2 * HOUR)
    with using(Memory()), clock.standing_at(NOON + 3 * HOUR):
        sending.ask_some()
    ask.refresh_from_db()
    invitation = Invitation.objects.get()
    assert ask.state == AskState.ASKED
    with clock.standing_at(NOON + 4 * HOUR):
        door = Door(survey, "email", invitation=invitation)
        done = take_answer(door=door, secret="", question="q1", sent={"a": [said]})
        assert done.response is not None
        closing.note_afterwards(responses=[done.response.pk])
        # What they say afterwards is no case of its own.
        rule(playbook("Any"), metric="csat", scale_low=1, scale_high=5, worst=2)
        scores = Score.objects.filter(source="surveys").values_list("pk", flat=True)
        assert closing.open_cases_for(scores=list(scores)) == 0
    case.refresh_from_db()
    assert (case.is_recovered, case.state, case.recovery) == (is_recovered, state, done.response.pk)
    assert CaseEntry.objects.filter(kind="recovery").count() == 1


def test_who_is_opened_anew_before_they_are_asked_is_not_asked(owner_member: Any) -> None:
    ((anna, _point),) = people("anna")
    case = solved_with(publish(asked(QuestionType.CSAT, "q1")), anna)
    closing.ask_afterwards(
        moves=[CaseMoved(case.pk, anna, CaseChange.REOPENED, 1, "working", None, None, is_news=True)]
    )
    assert Ask.objects.get().state == AskState.UNDONE


def test_a_score_is_told_as_a_fact_once(monkeypatch: Any) -> None:
    told: list[ScoreGiven] = []
    monkeypatch.setattr("wayloop.surveys.services.scores.announce", lambda *facts: told.extend(facts))
    one = Given("9", "1", "nps", at=NOON)
    give(one), give(one)
    assert [(fact.metric, fact.value, fact.feel) for fact in told] == [("nps", Decimal(9), 1)]


def test_rules_are_kept_by_those_who_see_the_whole_business(
    owner: Client, reader: Client, far_manager: Client, stranger: Client
) -> None:
    book = playbook()
    given = {
        "name": "Courier <b>",
        "question": "nps 0-10",
        "worst": "6",
        "words": "couri\n\nparcel",
        "playbook": book.pk,
    }
    made = owner.post("/surveys/cases/new/", given)
    wrong = owner.post("/surveys/cases/new/", given | {"question": "csat 1-5"})
    found = CaseRule.objects.get()
    page = owner.get("/surveys/cases/").content.decode()
    assert (made.status_code, wrong.status_code, found.words, found.worst) == (302, 422, ["couri", "parcel"], 6)
    assert ("Courier <b>" in page, "NPS of 10: 6 or worse" in page) == (False, True)
    paths = ["/surveys/cases/", "/surveys/cases/new/", f"/surveys/cases/{found.uuid}/"]
    for who, status in ((reader, 403), (far_manager, 403), (stranger, 302)):
        assert {who.get(path).status_code for path in paths} == {status}
        assert who.post(f"/surveys/cases/{found.uuid}/do/", {"do": "remove"}).status_code == status
    owner.post(f"/surveys/cases/{found.uuid}/do/", {"do": "stop"})
    found.refresh_from_db()
    assert (found.stopped_at, found.removed_at) == (NOON, None)
    owner.post(f"/surveys/cases/{found.uuid}/do/", {"do": "remove"})
    # The first page tells of it once more, with the way back.
    pages = [owner.get("/surveys/cases/").content.decode() for _time in range(2)]
    assert [str(found.uuid) in page for page in pages] == [True, False]


def test_a_case_is_opened_from_the_list_of_scores(
    owner: Client, reader: Client, far_manager: Client, near_location: int
) -> None:
    given = give(Given("1", "1", "nps", comment="Cold <b>soup", location=near_location, at=NOON))
    (score,) = given.ids.values()
    answers = [who.post(f"/scores/{score}/case/").status_code for who in (reader, far_manager, owner, owner)]
    page = owner.get("/scores/").content.decode()
    case = Case.objects.get()
    assert (answers, str(case.uuid) in page) == ([403, 404, 302, 302], True)
    assert "Cold &lt;b&gt;soup" in owner.get(f"/cases/{case.uuid}/").content.decode()


def react(name: str, *facts: Any) -> None:
    """What a listener does with these facts, allowed to announce what it has declared and nothing else."""
    listener = next(one for one in listeners() if one.name == name)
    rows: Any = [SimpleNamespace(fact=fact, depth=0, position=SimpleNamespace(id=1)) for fact in facts]
    with reacting(listener.name, listener.announces, rows, listener.deepest):
        listener.digest(rows)


def test_a_case_is_opened_from_the_answers_behind_a_number_once_for_each_response(
    owner: Client, reader: Client, owner_member: Any
) -> None:
    survey = publish(asked(QuestionType.NPS, "q1"), asked(QuestionType.CSAT, "q2"))
    for marks in (("3", "1"), ("10", "5")):
        surveys.record_answers(
            survey_id=survey.pk, answers={"q1": {"a": marks[0]}, "q2": {"a": marks[1]}}, at=NOON - HOUR
        )
    playbook("Complaint"), playbook("Score", kind="score")
    here = f"/surveys/{survey.uuid}/answers/?period=all"
    links = re.findall(r'action="(/scores/\d+/case/)"', owner.get(here).content.decode())
    assert (len(links), "/case/" in reader.get(here).content.decode()) == (1, False)
    owner.post(links[0])
    case = Case.objects.get()
    # Of both marks the one that stands first in the results, by the playbook of bad scores.
    assert (case.title, str(case.playbook and case.playbook.name)) == (
        "Готовність рекомендувати (NPS): 3 із 10",
        "Score",
    )
    for who in (owner, reader):
        page = who.get(here).content.decode()
        assert (f"/cases/{case.uuid}/" in page, f"No. {case.number}" in page, links[0] in page) == (True, True, False)


def test_the_stream_carries_it_from_the_answer_to_the_case_and_back(owner_member: Any) -> None:
    ((anna, _point),) = people("anna")
    survey = publish(asked(QuestionType.CSAT, "q1"))
    rule(playbook(recovery_survey=survey.pk, deadline_minutes=60))
    given = give(Given("1", "1", "nps", handle=anna, at=NOON))
    react("surveys.cases", ScoreGiven(given.ids[0], anna, None, "nps", Decimal(1), 0, 10, -1, None))
    case = Case.objects.get()
    move_to(case, "solved")
    react("surveys.afterwards", CaseMoved(case.pk, anna, CaseChange.SOLVED, 1, "solved", None, None, is_news=True))
    with using(Memory()), clock.standing_at(NOON + 3 * HOUR):
        sending.ask_some()
        door = Door(survey, "email", invitation=Invitation.objects.get())
        done = take_answer(door=door, secret="", question="q1", sent={"a": ["1"]})
        assert done.response is not None
        react("surveys.recovery", SurveyCompleted(survey.pk, 1, done.response.pk, anna, None))
    case.refresh_from_db()
    assert (case.is_recovered, case.state, case.times_reopened) == (False, "working", 1)
