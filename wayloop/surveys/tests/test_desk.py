"""Surveys of the team: who reaches them, building one from ours to published, handing it out, a kiosk, results."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.surveys.document.checks import problems_of
from wayloop.surveys.document.codec import document_from
from wayloop.surveys.document.shape import Condition, Document, Jump, Option, Test
from wayloop.surveys.document.walk import longest, never_asked
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.models import Kiosk, Response, Survey
from wayloop.surveys.ready import ready_document, ready_surveys
from wayloop.surveys.services.surveys import create_survey
from wayloop.surveys.testing import JUNE, asked, publish

NEW = "/surveys/new/"


def words(client: Client, path: str) -> str:
    page = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"(<[^>]*>|\s)+", " ", page).split())


@pytest.fixture
def survey(owner_member: object) -> Survey:
    return publish(asked(QuestionType.CSAT, "q1"), asked(QuestionType.TEXT, "q2"))


@pytest.fixture
def draft(owner_member: object) -> Survey:
    questions = (asked(QuestionType.CSAT, "q1"), asked(QuestionType.TEXT, "q2"))
    return create_survey(
        name=Localised.of("Visit", "en"), document=Document(languages=("en", "uk"), questions=questions, last_key=2)
    )


def test_who_may_see_and_who_may_build(
    survey: Survey, owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    people = (owner, reader, front_desk, stranger)
    base = f"/surveys/{survey.uuid}/"
    for path, answers in {
        "/surveys/": [200, 200, 403, 302],
        base: [200, 200, 403, 302],
        NEW: [200, 403, 403, 302],
        f"{base}build/": [200, 403, 403, 302],
        f"{base}build/paths/": [200, 403, 403, 302],
        f"{base}preview/": [200, 403, 403, 302],
        f"{base}share/": [200, 403, 403, 302],
        f"{base}share/card/": [200, 403, 403, 302],
        f"{base}share/qr/": [200, 403, 403, 302],
        "/surveys/answers/1/file/": [404, 404, 403, 302],
    }.items():
        assert [who.get(path).status_code for who in people] == answers, path
    for path in (
        NEW,
        f"{base}do/",
        f"{base}build/save/",
        f"{base}build/change/",
        f"{base}share/link/",
        f"{base}kiosks/",
    ):
        assert [who.post(path).status_code for who in people[1:]] == [403, 403, 302], path
    assert "Hand out" not in words(reader, base)


def test_answers_of_another_location_stay_hidden(
    survey: Survey, owner: Client, far_manager: Client, near_location: int, stranger: Client
) -> None:
    stranger.post(f"/s/{survey.link}/", {"secret": "a" * 22, "question": "q1", "a": "1"})
    sent = {"secret": "b" * 22, "question": "q2", "a": "the barista of Podil"}
    stranger.post(f"/s/{survey.link}/", {**sent, "question": "q1", "a": "5"})
    stranger.post(f"/s/{survey.link}/", sent)
    Response.objects.exclude(completed_at=None).update(location_id=near_location)
    base = f"/surveys/{survey.uuid}/"
    assert "the barista of Podil" in words(owner, base)
    assert "2 people began, 1 answered to the end. 1 is answering now." in words(owner, base)
    assert ("the barista of Podil" in words(far_manager, base), "1 person began" in words(far_manager, base)) == (
        False,
        True,
    )
    Survey.objects.update(location_id=near_location)
    assert [far_manager.get(base).status_code, str(survey.name) in words(far_manager, "/surveys/")] == [404, False]


@pytest.mark.parametrize("ready", ready_surveys(), ids=lambda one: one.key)
def test_each_of_ours_is_short_complete_and_without_notes(ready: object) -> None:
    document = ready_document(ready.key, ("uk", "ru", "en"))  # type: ignore[attr-defined]
    assert document is not None
    assert 5 <= len(document.questions) <= 7
    assert longest(document.questions) <= 7
    assert ([problem.text for problem in problems_of(document)], never_asked(document.questions)) == ([], [])
    texts = [document.title, document.reason, document.thanks, *(one.text for one in document.questions)]
    texts += [option.label for one in document.questions for option in (*one.options, *one.rows)]
    assert {len(text.texts) for text in texts} == {3}


def test_a_survey_of_ours_is_built_published_and_asked(owner: Client, stranger: Client) -> None:
    built = owner.post(NEW, {"ready": "visit"})["Location"]
    survey = Survey.objects.get()
    assert built == f"/surveys/{survey.uuid}/build/"
    assert stranger.get(f"/s/{survey.link}/").status_code == 410
    page = owner.get(built).content.decode()
    assert "How was it today?" in page
    assert owner.post(f"/surveys/{survey.uuid}/do/", {"do": "publish"}).status_code == 302
    assert "How was it today?" in stranger.get(f"/s/{survey.link}/").content.decode()
    assert "Published as version 1." in owner.get(built).content.decode()


def test_a_survey_of_ours_is_called_by_each_member_in_their_language_until_somebody_names_it(
    owner: Client,
) -> None:
    owner.post(NEW, {"ready": "visit"})
    survey = Survey.objects.get()
    heard = {}
    for given in ("", "After a visit", "Гості зали"):
        # Nothing changes by giving it the name it has.
        owner.post(f"/surveys/{survey.uuid}/do/", {"do": "rename", "name": given})
        for language in ("ru", "uk", "en"):
            owner.post("/me/language/", {"language": language, "next": "/"})
            shown = re.findall(r'class="row-link"[^>]*>([^<]*)<', owner.get("/surveys/").content.decode())
            heard.setdefault(given, []).append(*shown)
        owner.post("/me/language/", {"language": "en", "next": "/"})
    ours = ["После визита", "Після візиту", "After a visit"]
    assert heard == {"": ours, "After a visit": ours, "Гості зали": ["Гості зали"] * 3}


def test_one_question_is_changed_in_one_language(draft: Survey, owner: Client) -> None:
    base = f"/surveys/{draft.uuid}/build/"
    sent = {"q": "q2", "in": "uk", "text": "Чому?", "revision": "1", "is_required": "on", "is_long": "on"}
    assert owner.post(f"{base}save/", sent)["Location"] == f"{base}?q=q2&in=uk"
    draft.refresh_from_db()
    question = document_from(draft.draft).question("q2")
    assert question is not None
    assert (question.text.texts, question.is_required) == ({"en": "q2", "uk": "Чому?"}, True)
    by_script = owner.post(f"{base}save/", {**sent, "revision": "2"}, headers={"HX-Request": "true"})
    assert ("<html" in by_script.content.decode(), 'id="build-list"' in by_script.content.decode()) == (False, True)
    stale = owner.post(f"{base}save/", {**sent, "text": "Коли?", "revision": "1"})
    assert (stale.status_code, "Somebody else has changed this survey" in stale.content.decode()) == (422, True)


def test_logic_is_chosen_as_sentences(draft: Survey, owner: Client) -> None:
    base = f"/surveys/{draft.uuid}/build/"
    logic = {"test_0_value": "q1:2", "test_0_op": "at_most", "jump_0_to": "end", "is_any": "all"}
    owner.post(f"{base}save/", {"q": "q2", "in": "en", "text": "Why?", **logic})
    draft.refresh_from_db()
    question = document_from(draft.draft).question("q2")
    assert question is not None
    assert question.show == Condition((Test("q1", Op.AT_MOST, ("2",)),))
    assert "only when answer 1 is 2 or less" in words(owner, f"{base}?q=q1")
    wrong = owner.post(f"{base}save/", {"q": "q2", "in": "en", "text": "Why?", **logic, "test_0_op": "one_of"})
    assert (wrong.status_code, "These do not fit together" in wrong.content.decode()) == (422, True)


@pytest.fixture
def travel(owner_member: object) -> Survey:
    ways = tuple(Option(key, Localised.of(word, "en")) for key, word in (("o1", "Bus"), ("o2", "Car"), ("o3", "Foot")))
    questions = (asked(QuestionType.SINGLE, "q1", options=ways), asked(QuestionType.TEXT, "q2"))
    return create_survey(name=Localised.of("Travel", "en"), document=Document(questions=questions, last_key=2))


def test_a_sentence_can_be_about_several_answers(travel: Survey, owner: Client) -> None:
    base = f"/surveys/{travel.uuid}/build/"
    sent = {"q": "q2", "in": "en", "text": "Why?", "test_0_value": "q1:o1", "test_0_op": "one_of", "shape": ""}
    by_script = owner.post(f"{base}save/", sent, headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r'name="test_0_more" value="(\w+)"', by_script) == ["o2", "o3"]
    owner.post(f"{base}save/", {**sent, "test_0_more": ["o3"]})
    travel.refresh_from_db()
    question = document_from(travel.draft).question("q2")
    assert question is not None
    assert question.show == Condition((Test("q1", Op.ONE_OF, ("o1", "o3")),))
    assert "only when answer 1 is “Bus, Foot”" in words(owner, f"{base}?q=q1")
    shown = {**sent, "test_0_more": ["o3"], "shape": "test_0=q1:o1"}
    again = owner.post(f"{base}save/", shown, headers={"HX-Request": "true"}).content.decode()
    assert "test_0_more" not in again


def test_several_quotas_each_with_its_answers_and_words(travel: Survey, owner: Client, stranger: Client) -> None:
    base, change = f"/surveys/{travel.uuid}/build/", f"/surveys/{travel.uuid}/build/change/"
    for _time in range(2):
        owner.post(change, {"do": "quota", "type": "q1", "q": "whole"})
    owner.post(change, {"do": "quota", "type": "q2", "q": "whole"})
    assert "A condition is not finished" in words(owner, f"{base}?q=whole")
    whole = {"q": "whole", "in": "en", "languages": "en", "look": "device", "corners": "soft", "most_k4": "7"}
    first = {"values_k3": ["o1", "o3"], "most_k3": "1", "message_k3": "Enough walkers."}
    owner.post(f"{base}save/", {**whole, **first, "values_k4": ["o2"]})
    travel.refresh_from_db()
    quotas = document_from(travel.draft).quotas
    assert [(one.key, one.when.tests[0].values, one.most) for one in quotas] == [
        ("k3", ("o1", "o3"), 1),
        ("k4", ("o2",), 7),
    ]
    owner.post(f"/surveys/{travel.uuid}/do/", {"do": "publish"})
    path = f"/s/{travel.link}/"
    for guest, way in (("a", "o1"), ("b", "o3"), ("c", "o2")):
        for question, value in (("q1", way), ("q2", "so")):
            answer = stranger.post(path, {"secret": guest * 22, "question": question, "a": value})
        assert ("Enough walkers." in stranger.get(answer["Location"]).content.decode()) == (guest == "b")
    assert "1 of 1 so far" in words(owner, f"{base}?q=whole")
    owner.post(change, {"drop": "k3", "q": "whole"})
    travel.refresh_from_db()
    assert [one.key for one in document_from(travel.draft).quotas] == ["k4"]


def test_all_ways_are_drawn(owner_member: object, owner: Client) -> None:
    jumps = (Jump(Condition((Test("q1", Op.AT_LEAST, ("4",)),)), "q4"), Jump(Condition(), ""))
    questions = (
        asked(QuestionType.CSAT, "q1", jumps=jumps[:1]),
        asked(QuestionType.TEXT, "q2", show=Condition((Test("q1", Op.AT_MOST, ("2",)),))),
        asked(QuestionType.TEXT, "q3", jumps=jumps[1:]),
        asked(QuestionType.TEXT, "q4"),
    )
    survey = create_survey(name=Localised.of("Ways", "en"), document=Document(questions=questions, last_key=4))
    page = owner.get(f"/surveys/{survey.uuid}/build/paths/").content.decode()
    assert [page.count(f"path-arc path-{kind}") for kind in ("jump", "skip")] == [2, 1]
    # The third leads to the end by itself; the fourth is reached by a jump.
    assert (page.count("path-step path-on"), page.count("nobody gets here")) == (3, 0)


def test_questions_come_go_and_come_back(draft: Survey, owner: Client) -> None:
    change = f"/surveys/{draft.uuid}/build/change/"

    def keys() -> list[str]:
        draft.refresh_from_db()
        return [one.key for one in document_from(draft.draft).questions]

    owner.post(change, {"do": "add", "type": "nps", "q": "q1"})
    assert keys() == ["q1", "q3", "q2"]
    owner.post(change, {"do": "down", "q": "q3"})
    owner.post(change, {"do": "copy", "q": "q1"})
    assert keys() == ["q1", "q4", "q2", "q3"]
    owner.post(change, {"do": "remove", "q": "q2"})
    assert keys() == ["q1", "q4", "q3"]
    owner.post(change)
    assert keys() == ["q1", "q4", "q2", "q3"]
    owner.post(change, {"do": "add", "type": "single", "q": "q3"})
    owner.post(change, {"do": "more", "q": "q5"})
    owner.post(change, {"fewer": "o1", "q": "q5"})
    draft.refresh_from_db()
    added = document_from(draft.draft).question("q5")
    assert added is not None
    assert [option.key for option in added.options] == ["o2", "o3"]
    assert owner.post(change, {"do": "remove", "q": "q99"}).status_code == 404


@pytest.mark.parametrize(
    "name", ["q", "in", "text", "type", "test_0_value", "jump_0_to", "revision", "colour", "next_url"]
)
def test_garbage_in_the_builder_breaks_nothing(name: str, draft: Survey, owner: Client) -> None:
    base = f"/surveys/{draft.uuid}/build/"
    for value in ("", "x" * 3000, "\0", "q1:", "☕", "-1", "javascript:alert(1)"):
        for q in ("q1", "whole"):
            sent = {"q": q, "in": "en", "languages": "en", "look": "device", "corners": "soft", name: value}
            assert owner.post(f"{base}save/", sent).status_code in (302, 422), value
        assert owner.post(f"{base}change/", {"do": "add", "type": "nps", name: value}).status_code == 302
        assert owner.get(base, {name: value}).status_code == 200


def test_the_preview_may_be_framed_by_us_and_keeps_nothing(draft: Survey, owner: Client) -> None:
    answer = owner.get(f"/surveys/{draft.uuid}/preview/?q=q2")
    assert (
        "'self'" in answer["Content-Security-Policy"].partition("frame-ancestors")[2],
        answer["X-Frame-Options"],
    ) == (
        True,
        "SAMEORIGIN",
    )
    assert "data-preview" in answer.content.decode()
    assert Response.objects.count() == 0


def test_a_survey_is_handed_out_by_links_codes_and_a_card(survey: Survey, owner: Client, stranger: Client) -> None:
    base = f"/surveys/{survey.uuid}/share/"
    assert f"/s/{survey.link}/" in owner.get(base).content.decode()
    page = owner.post(f"{base}link/", {"first_name": "Ira"}).content.decode()
    found = re.search(r"/s/([\w-]{40,})/", page)
    assert found
    assert stranger.get(found[0]).status_code == 200
    picture = owner.get(f"{base}qr/")
    assert (picture["Content-Type"], b"<svg" in picture.getvalue()) == ("image/svg+xml", True)
    assert "<svg" in owner.get(f"{base}card/").content.decode()


def test_a_kiosk_opens_by_its_pin_and_asks_one_guest_after_another(survey: Survey, owner: Client) -> None:
    sent = {"name": "Door", "pin": "1x"}
    assert owner.post(f"/surveys/{survey.uuid}/kiosks/", sent).status_code == 422
    owner.post(f"/surveys/{survey.uuid}/kiosks/", {**sent, "pin": "4711"})
    path = f"/kiosk/{Kiosk.objects.get().link}/"
    device = Client(headers={"accept-language": "en"})
    with clock.standing_at(JUNE):
        assert "Enter the PIN" in device.get(path).content.decode()
        assert device.post(path, {"pin": "0000"}).status_code == 422
        device.post(path, {"secret": "k" * 22, "question": "q1", "a": "5"})
        assert Response.objects.count() == 0
        device.post(path, {"pin": "4711"})
        for guest in ("k", "l"):
            for question, value in (("q1", "5"), ("q2", "")):
                answer = device.post(path, {"secret": guest * 22, "question": question, "a": value})
            assert "Thank you!" in device.get(answer["Location"]).content.decode()
        assert list(Response.objects.values_list("channel", "ending")) == [("kiosk", "thanks")] * 2
        assert f'action="{path}close/"' in device.get(path).content.decode()
        device.post(f"{path}close/")
        assert "Enter the PIN" in device.get(path).content.decode()
        # What the device kept while it was open and sends now is not taken for tries at the PIN.
        late = {"secret": "m" * 22, "question": "q1", "a": "5"}
        assert {device.post(path, late, headers={"X-Survey-Script": "1"}).status_code for _ in range(12)} == {403}
        assert device.post(path, {"pin": "4711"}).status_code == 303
        device.post(f"{path}close/")
    with clock.standing_at(JUNE + timedelta(hours=1)):
        tries = [device.post(path, {"pin": str(number)}).content.decode() for number in range(1000, 1011)]
        assert ["Too many tries" in page for page in tries] == [False] * 10 + [True]


def test_results_tell_how_many_answered_and_how(owner_member: object, owner: Client, stranger: Client) -> None:
    options = (Option("o1"), Option("o2"))
    options = tuple(
        Option(one.key, asked(QuestionType.TEXT, name).text) for one, name in zip(options, ("Bus", "Car"), strict=True)
    )
    survey = publish(asked(QuestionType.CSAT, "q1"), asked(QuestionType.SINGLE, "q2", options=options))
    for number, (mark, way) in enumerate((("5", "o1"), ("4", ""), ("1", "o1"))):
        for question, value in (("q1", mark), ("q2", way)):
            stranger.post(f"/s/{survey.link}/", {"secret": f"{number}" * 22, "question": question, "a": value})
    told = words(owner, f"/surveys/{survey.uuid}/")
    assert "3 people began, 3 answered to the end." in told
    assert "3.33 on average, from 1 to 5 · 1.00…5.00 q1 1 1 33% 2 0 0% 3 0 0% 4 1 33% 5 1 33%" in told
    assert "CSAT: not enough answers yet – 3, from 30 on it says something." in told
    assert "2 answers , 1 left it out q2 Bus 2 100% Car 0 0%" in told
