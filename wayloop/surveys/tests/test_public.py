"""The respondent's page without script: GET changes nothing, each post is one question, everything can be resumed."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger
from wayloop.surveys.document.shape import Condition, Option, Test
from wayloop.surveys.doors import SITE, link_for_invitation
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.models import Answer, Invitation, Response, Survey
from wayloop.surveys.popin import read_origin
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services.invitations import invite
from wayloop.surveys.services.sites import add_site
from wayloop.surveys.services.surveys import close_survey
from wayloop.surveys.tally.funnel import funnel_of
from wayloop.surveys.tally.wanted import Wanted
from wayloop.surveys.testing import JUNE, asked, publish
from wayloop.surveys.themes import DARK_GROUND, LIGHT_GROUND, WHITE, contrast, readable, sheet, upon

LOW = Condition((Test("q1", Op.AT_MOST, ("6",)),))
WAYS = (Option("o1", Localised.of("<b>bus</b>", "en")), Option("o2", Localised.of("car", "en")))
WHY = Localised(texts={"en": "You gave {{ q1 }}. Why?", "uk": "Ви поставили {{ q1 }}. Чому?"}, source="en")


@pytest.fixture
def survey(owner_member: object) -> Survey:
    return publish(
        asked(QuestionType.NPS, "q1", text=Localised(texts={"en": "Recommend?", "uk": "Порадите?"}, source="en")),
        asked(QuestionType.TEXT, "q2", text=WHY, show=LOW),
        asked(QuestionType.SINGLE, "q3", options=WAYS),
        languages=("en", "uk"),
        thanks=Localised.of("See you soon.", "en"),
    )


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]*>", "", found[1]).split())


def address(survey: Survey) -> str:
    return f"/s/{survey.link}/"


def test_a_survey_is_answered_by_forms_alone(survey: Survey, stranger: Client) -> None:
    first = stranger.get(address(survey)).content.decode()
    secret = hidden(first, "secret")
    headings = [heading(first)]
    for question, value in (("q1", "3"), ("q2", "slow"), ("q3", "o1")):
        answer = stranger.post(address(survey), {"secret": secret, "question": question, "a": value})
        assert answer.status_code == 303
        headings.append(heading(stranger.get(answer["Location"]).content.decode()))
    assert headings == ["Recommend?", "You gave 3. Why?", "q3", "Thank you!"]
    assert Response.objects.get().completed_at is not None
    assert not stranger.cookies


def test_reading_changes_nothing_and_a_score_in_the_link_does_not_count(survey: Survey, stranger: Client) -> None:
    for _time in range(3):
        page = stranger.get(f"{address(survey)}?a=9").content.decode()
        assert stranger.head(f"{address(survey)}?a=9").status_code == 200
    assert (Response.objects.count(), Answer.objects.count()) == (0, 0)
    assert "is-unconfirmed" in page
    assert re.search(r'value="9" checked', page)
    stranger.post(address(survey), {"secret": hidden(page, "secret"), "question": "q1", "a": "9"})
    assert Answer.objects.get().number == 9


def test_who_comes_back_goes_on_where_they_were_and_may_go_back(survey: Survey, stranger: Client) -> None:
    secret = "r" * 22
    where = stranger.post(address(survey), {"secret": secret, "question": "q1", "a": "3"})["Location"]
    assert heading(stranger.get(where).content.decode()) == "You gave 3. Why?"
    back = stranger.get(f"{address(survey)}{secret}/?back=q1").content.decode()
    assert (heading(back), 'value="3" checked' in back) == ("Recommend?", True)
    assert stranger.get(f"{address(survey)}{'n' * 22}/").status_code == 302


def test_another_language_goes_on_with_the_same_response_and_in_the_same_frame(
    survey: Survey, stranger: Client
) -> None:
    secret = "r" * 22
    stranger.post(f"{address(survey)}?frame=1", {"secret": secret, "question": "q1", "a": "3"})
    on_the_way = stranger.get(f"{address(survey)}{secret}/?frame=1").content.decode()
    pages = [stranger.get(f"{address(survey)}?frame=1").content.decode(), on_the_way]
    found = [re.findall(r'<a href="([^"]*)" lang="uk"', page) for page in pages]
    assert found == [[f"{address(survey)}?frame=1&amp;lang=uk"], [f"{address(survey)}{secret}/?frame=1&amp;lang=uk"]]
    unknown = stranger.get(f"{address(survey)}{'n' * 22}/?frame=1&lang=uk")
    assert unknown["Location"] == f"{address(survey)}?frame=1&lang=uk"


def test_what_is_wrong_comes_back_with_a_line_and_what_was_typed(survey: Survey, stranger: Client) -> None:
    sent = {"secret": "r" * 22, "question": "q1", "a": "77"}
    page = stranger.post(address(survey), sent)
    assert (page.status_code, "Choose a number from 0 to 10." in page.content.decode()) == (422, True)
    by_script = stranger.post(address(survey), sent, headers={"X-Survey-Script": "1"})
    assert (by_script.status_code, by_script.json()["field"]) == (422, "a")
    assert Response.objects.count() == 0


def test_the_page_speaks_the_reader_s_language(survey: Survey, stranger: Client) -> None:
    pages = {
        told: stranger.get(address(survey), headers={"accept-language": told}).content.decode()
        for told in ("uk-UA,uk;q=0.9", "ru,en;q=0.5", "de")
    }
    assert [heading(page) for page in pages.values()] == ["Порадите?", "Recommend?", "Recommend?"]
    assert "Відповіді бачить лише наша команда." in pages["uk-UA,uk;q=0.9"]
    assert heading(stranger.get(f"{address(survey)}?lang=uk").content.decode()) == "Порадите?"


def test_texts_are_texts_and_never_markup(survey: Survey, stranger: Client) -> None:
    page = stranger.get(address(survey)).content.decode()
    assert ("<b>bus</b>" in page, "&lt;b&gt;bus&lt;/b&gt;" in page) == (False, True)
    assert "style=" not in page


def test_an_invitation_resumes_by_itself_and_ends_once(survey: Survey, stranger: Client) -> None:
    path = "/" + link_for_invitation(invite(survey_id=survey.pk, language="uk")).split("/", 3)[3]
    assert heading(stranger.get(path).content.decode()) == "Порадите?"
    for secret, question, value in (("a", "q1", "9"), ("b", "q3", "o2"), ("c", "q1", "1")):
        stranger.post(path, {"secret": secret * 22, "question": question, "a": value})
    assert (Response.objects.count(), Answer.objects.get(question="q1").number) == (1, 9)
    assert heading(stranger.get(path).content.decode()) == "Дякуємо!"


def test_an_invitation_is_seen_when_the_script_says_so_and_by_no_look_at_its_link(
    survey: Survey, stranger: Client
) -> None:
    invitation = invite(survey_id=survey.pk)
    path = "/" + link_for_invitation(invitation).split("/", 3)[3]

    def seen() -> tuple[bool, int]:
        """When it was seen, and how many were by what results tell."""
        invitation.refresh_from_db()
        return invitation.seen_at is not None, funnel_of(survey.pk, Wanted(), EVERYTHING).seen

    pages = [stranger.get(path).content.decode(), stranger.get(f"{path}?a=9").content.decode()]
    stranger.head(path)
    assert (seen(), ["data-unseen" in page for page in pages]) == ((False, 0), [True, True])
    assert stranger.post(path, {"seen": "1"}).status_code == 204
    first = Invitation.objects.get().seen_at
    stranger.post(path, {"seen": "1"})
    assert (seen(), Invitation.objects.get().seen_at, Response.objects.count()) == ((True, 1), first, 0)
    assert "data-unseen" not in stranger.get(path).content.decode()
    # Of a link that anybody may follow nobody is told.
    assert "data-unseen" not in stranger.get(address(survey)).content.decode()
    assert (stranger.post(address(survey), {"seen": "1"}).status_code, seen()) == (204, (True, 1))


def test_what_is_closed_over_or_made_up_says_so(survey: Survey, stranger: Client) -> None:
    with clock.standing_at(JUNE):
        path = "/" + link_for_invitation(invite(survey_id=survey.pk)).split("/", 3)[3]
    with clock.standing_at(JUNE + timedelta(days=31)):
        late = stranger.get(path)
        assert (late.status_code, heading(late.content.decode())) == (410, "This link is over")
    close_survey(survey_id=survey.pk)
    assert heading(stranger.get(address(survey)).content.decode()) == "This survey is closed"
    sent = {"secret": "r" * 22, "question": "q1", "a": "3"}
    assert [stranger.get(address(survey)).status_code, stranger.post(address(survey), sent).status_code] == [410, 410]
    # Not the last letter: some of its bits say nothing.
    forged = f"{path[:-12]}{'A' if path[-12] != 'A' else 'B'}{path[-11:]}"
    made_up = [f"/s/{'x' * 22}/", "/s/x/", forged, "/s/%00/", f"/s/{'я' * 30}/", f"{address(survey)}x/"]
    found = [stranger.get(one) for one in made_up]
    assert {one.status_code for one in found} == {404}
    # A customer is not led to the sign-in of the team.
    assert heading(found[0].content.decode()) == "No survey here"


def test_garbage_in_a_post_breaks_nothing(survey: Survey, stranger: Client) -> None:
    for name in ("secret", "question", "a", "counter", "lang", "a.o1", "own.o1"):
        for value in ("", "\0", "я" * 400, "-1", "9" * 60, "<b>", "q1"):
            answer = stranger.post(address(survey), {"secret": "r" * 22, "question": "q1", "a": "5", name: value})
            assert answer.status_code in (303, 422), (name, value)
    assert stranger.post(address(survey), b"{", content_type="application/json").status_code == 303


def test_who_posts_faster_than_people_do_waits_and_crowds_are_marked(
    survey: Survey, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    with clock.standing_at(JUNE):
        answers = [
            stranger.post(address(survey), {"secret": f"{number:022}", "question": "q1", "a": "9"}).status_code
            for number in range(245)
        ]
    assert (answers.count(303), answers.count(429)) == (240, 5)
    assert Response.objects.filter(flags__contains=["crowd"]).count() == 220


@pytest.mark.parametrize(
    "colour", [(255, 255, 0), (75, 83, 194), (0, 0, 0), (255, 255, 255), (120, 120, 120), (255, 0, 0)]
)
def test_any_colour_is_made_readable(colour: tuple[int, int, int]) -> None:
    for ground in (LIGHT_GROUND, DARK_GROUND):
        found = readable(colour, ground)
        assert contrast(found, ground) >= 4.5
        assert contrast(upon(found), found) >= 4.5
    assert readable((75, 83, 194), WHITE) == (75, 83, 194)


def test_a_theme_is_a_sheet_at_an_address_of_its_own(stranger: Client) -> None:
    answer = stranger.get("/survey-theme/ff0000-dark-round.css")
    assert (answer["Content-Type"], "immutable" in answer["Cache-Control"]) == ("text/css; charset=utf-8", True)
    assert [sheet(one) for one in ("red-dark-round", "ff0000-dark-round}", "FF0000-dark-round")] == [None] * 3


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("shop.example", "https://shop.example"),
        (" https://Shop.example:8443/cart?x=1 ", "https://shop.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("кава.укр", "https://xn--80aaf4a.xn--j1amh"),
    ],
)
def test_a_site_is_known_by_its_origin(typed: str, origin: str) -> None:
    assert read_origin(typed) == origin


@pytest.mark.parametrize(
    "typed", ["", "*", "https://*.example", "javascript:alert(1)", "a b", "https://x@y.example", "\0"]
)
def test_what_is_no_site_is_refused(typed: str) -> None:
    with pytest.raises(SurveyRefused, match="Write the address of the site"):
        read_origin(typed)


def test_only_listed_sites_may_frame_a_survey_and_never_an_invitation(survey: Survey, stranger: Client) -> None:
    def framed(path: str) -> tuple[str, bool]:
        answer = stranger.get(path)
        policy = answer["Content-Security-Policy"].partition("frame-ancestors ")[2].partition(";")[0]
        return policy, "X-Frame-Options" in answer

    frame = f"{address(survey)}?frame=1"
    assert framed(frame) == ("'none'", True)
    add_site(origin="shop.example")
    assert framed(frame) == ("https://shop.example", False)
    assert framed(address(survey)) == ("'none'", True)
    invited = link_for_invitation(invite(survey_id=survey.pk)).partition("/s/")[2]
    assert framed(f"/s/{invited}?frame=1") == ("'none'", True)
    stranger.post(frame, {"secret": "f" * 22, "question": "q1", "a": "9"})
    assert (Response.objects.get().channel, len(stranger.cookies)) == ("site", 0)
    script = stranger.get("/popin/v1.js")
    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_letter_is_shown_to_whoever_builds_it(
    owner: Client, reader: Client, stranger: Client, survey: Survey
) -> None:
    page = f"/surveys/{survey.uuid}/letter/"
    assert [who.get(page).status_code for who in (owner, reader, stranger)] == [200, 403, 302]
    shown = owner.get(f"{page}?in=uk&remind=1").content.decode()
    tag = shown.partition("<iframe ")[2].partition(">")[0].split()
    assert {"sandbox", 'src="?frame=1&amp;in=uk&amp;remind=1"'} <= set(tag)
    frame = owner.get(f"{page}?frame=1&in=uk&remind=1")
    policy = frame.headers["Content-Security-Policy"]
    assert ("script-src 'none'" in policy, "frame-ancestors 'self'" in policy) == (True, True)
    letter = frame.content.decode()
    assert letter.count('href="#/s/-/?a=') == 11
    assert set(re.findall(r'href="(#?[^"/]*)', letter)) == {"#"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Link", "QR code", "Invitation", "Window on the site", "Kiosk"]),
        ("ru", ["Ссылка", "QR-код", "Приглашение", "Окно на сайте", "Киоск"]),
        ("uk", ["Посилання", "QR-код", "Запрошення", "Вікно на сайті", "Кіоск"]),
    ],
)
def test_every_way_in_has_a_word(language: str, words: list[str]) -> None:
    with translation.override(language):
        assert [ledger.channel_word(way) for way in ("link", "qr", "invitation", SITE, "kiosk")] == words
