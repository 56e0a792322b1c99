"""Surveys as people build and answer them: three languages, a phone, a foreign site, no connection, keys alone."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Site
from tests.browser.visitors import Visitor, said

Visit = Callable[..., Visitor]
QUESTIONS = {"en": "How was your coffee today?", "ru": "Как вам кофе сегодня?", "uk": "Як вам кава сьогодні?"}
LOADER = "/popin/v1.js"


class _Foreign(BaseHTTPRequestHandler):
    """A page of somebody else, which holds nothing but a text and our script."""

    body = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if self.path == "/":
            self.wfile.write(self.body)

    def log_message(self, *_anything: object) -> None:
        """Tells nobody."""


@pytest.fixture
def foreign() -> Iterator[tuple[str, Callable[[str], None]]]:
    """The origin of a foreign site, and what sets its page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Foreign)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def put(text: str) -> None:
        _Foreign.body = f'<!doctype html><html lang="uk"><title>Shop</title><h1>Shop</h1>{text}'.encode()

    yield f"http://127.0.0.1:{server.server_port}", put
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def built(sample: Site, _window: Visitor) -> str:
    """A survey of two questions that the owner builds in three languages and publishes; its link."""
    _window.start_anew()
    _window.sign_in()
    page = _window.go("/surveys/new/")
    page.locator("button[value=empty]").click()
    page.wait_for_url("**/build/**")
    for kind in ("csat", "text"):
        page.locator("select[name=type]").first.select_option(kind)
        page.locator(".build-left button[type=submit]").click()
        page.wait_for_load_state()
    survey = re.search(r"/surveys/([0-9a-f-]{36})/", page.url)
    assert survey
    for language, words in QUESTIONS.items():
        page = _window.go(f"/surveys/{survey[1]}/build/?q=q1&in={language}")
        page.locator("#id_text").fill(words)
        with page.expect_response("**/build/save/"):
            page.locator("#id_text").press("Tab")
    page.locator("button[value=publish]").click()
    page.wait_for_url("**/share/")
    return str(sample.query("SELECT link FROM surveys_survey WHERE uuid = %s", survey[1])[0][0])


def answers(site: Site, channel: str) -> list[tuple[str, int]]:
    """Language and mark of the whole responses of a channel, the newest last."""
    return site.query(
        "SELECT r.language, a.number::int FROM surveys_response r JOIN surveys_survey s ON s.id = r.survey_id "
        "JOIN surveys_answer a ON a.response_id = r.id AND a.question = 'q1' "
        "WHERE r.channel = %s AND r.completed_at IS NOT NULL AND s.name->'texts'->>'en' = 'New survey' ORDER BY r.id",
        channel,
    )


@pytest.mark.parametrize(("language", "theme"), [("uk", "light"), ("ru", "dark"), ("en", "light")])
def test_it_is_answered_on_a_phone_in_each_language(
    language: str, theme: str, built: str, sample: Site, visit: Visit
) -> None:
    guest = visit(sample, language=language, phone=True, theme=theme)
    page = guest.go(f"/s/{built}/?lang={language}")
    expect(page.locator("h1")).to_have_text(QUESTIONS[language])
    assert (guest.barriers(), guest.overflow()) == ([], [])
    # What a screen reader is told: the question as the name of a group, the marks as its choices, then one button.
    tree = page.locator("#ask").aria_snapshot()
    assert f'group "{QUESTIONS[language]}"' in tree
    assert tree.count("- radio ") == 5
    assert tree.count("- button ") == 1
    page.locator(".mark-choice").nth(3).tap()
    page.locator("button.go").tap()
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("[data-live]")).not_to_be_empty()
    page.locator("textarea").fill("ok")
    page.locator("button.go").tap()
    expect(page.locator("h1")).to_have_text(said("Thank you!", language))
    assert (guest.barriers(), answers(sample, "link")[-1]) == ([], (language, 4))


def test_without_a_connection_it_is_kept_and_sent_later(built: str, sample: Site, visit: Visit) -> None:
    guest = visit(sample, phone=True)
    page = guest.go(f"/s/{built}/?lang=en")
    before = len(answers(sample, "link"))
    guest.troubles_may_hold("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.locator(".mark-choice").nth(1).tap()
    page.locator("button.go").tap()
    page.locator("button.go").tap()
    expect(page.locator("h1")).to_have_text("Your answers are kept here")
    assert len(answers(sample, "link")) == before
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Thank you!")
    assert answers(sample, "link")[-1] == ("en", 2)


def begun(site: Site, channel: str) -> int:
    """How many responses of a channel were begun."""
    return int(site.query("SELECT count(*) FROM surveys_response WHERE channel = %s", channel)[0][0])


def test_the_way_back_a_reload_and_another_language_go_on_with_the_same_answers(
    built: str, sample: Site, visit: Visit
) -> None:
    guest = visit(sample, phone=True)
    before = begun(sample, "link")
    guest.go("/sign-in/")
    page = guest.go(f"/s/{built}/?lang=en")
    page.locator(".mark-choice").nth(2).tap()
    page.locator("button.go").tap()
    expect(page.locator("textarea")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text(QUESTIONS["en"])
    expect(page.locator("input[name=a]").nth(2)).to_be_checked()
    page.go_forward()
    expect(page.locator("textarea")).to_be_visible()
    page.reload()
    expect(page.locator("textarea")).to_be_visible()
    page.locator("a[hreflang=ru]").tap()
    expect(page.locator("h1")).to_have_text(said("What could we do better?", "ru"))
    page.locator("[data-back]").tap()
    expect(page.locator("h1")).to_have_text(QUESTIONS["ru"])
    expect(page.locator("input[name=a]").nth(2)).to_be_checked()
    page.locator("button.go").tap()
    page.locator("button.go").tap()
    expect(page.locator("h1")).to_have_text(said("Thank you!", "ru"))
    assert (begun(sample, "link") - before, answers(sample, "link")[-1][1]) == (1, 3)


def test_what_a_closed_page_kept_is_sent_when_the_survey_is_opened_again(
    built: str, sample: Site, visit: Visit
) -> None:
    guest = visit(sample, phone=True)
    before = begun(sample, "link")
    page = guest.go(f"/s/{built}/?lang=en")
    guest.troubles_may_hold("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.locator(".mark-choice").nth(0).tap()
    page.locator("button.go").tap()
    expect(page.locator("[data-status]")).to_be_visible()
    page.goto("about:blank")
    page.context.set_offline(False)
    guest.go(f"/s/{built}/?lang=en")
    # It goes on behind the answer that was kept.
    expect(page.locator("textarea")).to_be_visible()
    page.locator("button.go").tap()
    expect(page.locator("h1")).to_have_text("Thank you!")
    assert (begun(sample, "link") - before, answers(sample, "link")[-1]) == (1, ("en", 1))


def test_a_kiosk_that_is_left_in_the_middle_shows_nothing_of_it_and_waits_for_a_connection(
    built: str, sample: Site, owner: Visitor, visit: Visit
) -> None:
    (uuid,) = sample.query("SELECT uuid::text FROM surveys_survey WHERE link = %s", built)[0]
    page = owner.go(f"/surveys/{uuid}/share/")
    page.locator("[name=name]").fill("At the door")
    page.locator("[name=pin]").fill("4711")
    page.locator("[name=pin]").press("Enter")
    page.wait_for_load_state()
    (link,) = sample.query("SELECT link FROM surveys_kiosk WHERE name = 'At the door'")[0]
    device = visit(sample, phone=True)
    device.troubles_may_hold("ERR_INTERNET_DISCONNECTED")
    page = device.page
    page.clock.install()
    device.go(f"/kiosk/{link}/")
    page.locator("[name=pin]").fill("4711")
    page.locator("button.go").tap()
    expect(page.locator(".mark-choice").first).to_be_visible()
    first = page.locator("h1").inner_text()
    page.context.set_offline(True)
    page.locator(".mark-choice").nth(3).tap()
    page.locator("button.go").tap()
    page.locator("textarea").fill("private words")
    page.clock.fast_forward(50_000)
    # Nobody can be asked now; the device stays where it is.
    expect(page.locator("h1")).not_to_have_text(first)
    expect(page.locator("textarea")).to_have_count(0)
    assert begun(sample, "kiosk") == 0
    page.context.set_offline(False)
    page.clock.fast_forward(60_000)
    expect(page.locator("h1")).to_have_text(first)
    page.clock.fast_forward(5_000)
    expect(page.locator("input[name=a]:checked")).to_have_count(0)
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("private words")
    assert sample.query(
        "SELECT a.question, a.number::int FROM surveys_answer a JOIN surveys_response r ON r.id = a.response_id "
        "WHERE r.channel = 'kiosk'"
    ) == [("q1", 4)]


def test_who_answers_an_invitation_that_was_ended_elsewhere_is_thanked_at_once(
    built: str, sample: Site, owner: Visitor, visit: Visit
) -> None:
    (uuid,) = sample.query("SELECT uuid::text FROM surveys_survey WHERE link = %s", built)[0]
    page = owner.go(f"/surveys/{uuid}/share/")
    page.locator("form[action$='/share/link/'] button").click()
    page.wait_for_load_state()
    token = page.locator("code").nth(1).inner_text().split("/s/")[1]
    first, second = (visit(sample, phone=True).go(f"/s/{token}?lang=en") for _browser in range(2))
    for page, mark in ((first, 4), (second, 0)):
        page.locator(".mark-choice").nth(mark).tap()
    first.locator("button.go").tap()
    first.locator("button.go").tap()
    expect(first.locator("h1")).to_have_text("Thank you!")
    second.locator("button.go").tap()
    expect(second.locator("h1")).to_have_text("Thank you!")
    assert answers(sample, "link")[-1] == ("en", 5)


def test_keys_alone_answer_it_by_the_address_of_its_code(built: str, sample: Site, owner: Visitor) -> None:
    (uuid,) = sample.query("SELECT uuid::text FROM surveys_survey WHERE link = %s", built)[0]
    page = owner.go(f"/surveys/{uuid}/share/")
    address = page.locator("[data-code-address]").inner_text()
    page = owner.go(address.removeprefix(sample.url) + "?lang=en")
    for key in ("Tab", "Tab", "Tab", "Tab", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.name") == "a" and key == "Tab":
            page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("by keys")
    page.keyboard.press("Tab")
    for _key in range(3):
        if page.evaluate("document.activeElement.className") != "go":
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you!")
    assert len(answers(sample, "qr")) == 1


def test_it_comes_up_on_a_foreign_page_that_may_show_it_and_on_no_other(
    built: str, sample: Site, owner: Visitor, foreign: tuple[str, Callable[[str], None]]
) -> None:
    origin, put = foreign
    put(f'<script src="{sample.url}{LOADER}" data-survey="{built}" data-after="0" async></script>')
    (uuid,) = sample.query("SELECT uuid::text FROM surveys_survey WHERE link = %s", built)[0]
    shop: Page = owner.page.context.browser.new_page()  # type: ignore[union-attr]
    try:
        shop.goto(origin)
        expect(shop.locator("[role=dialog]")).to_be_attached()
        expect(shop.locator("[role=dialog]")).not_to_be_visible()
        page = owner.go(f"/surveys/{uuid}/share/")
        page.locator("input[name=origin]").fill(origin)
        page.locator("#site .build-add button").click()
        expect(page.locator("#site")).to_contain_text(origin)
        assert shop.evaluate("localStorage.length") == 0
        shop.goto(origin)
        survey = shop.frame_locator("iframe")
        expect(survey.locator("h1")).to_have_text(QUESTIONS["uk"])
        # Another language stays in the frame.
        for language in ("ru", "uk"):
            survey.locator(f"a[hreflang={language}]").click()
            expect(survey.locator("h1")).to_have_text(QUESTIONS[language])
        survey.locator(".mark-choice").nth(4).click()
        survey.locator("button.go").click()
        survey.locator("button.go").click()
        expect(survey.locator("h1")).to_have_text(said("Thank you!", "uk"))
        assert shop.context.cookies() == []
        shop.get_by_label(said("Close", "uk")).click()
        expect(shop.locator("iframe")).to_have_count(0)
        # It was shown: it does not come again for a while.
        shop.goto(origin)
        shop.wait_for_load_state()
        expect(shop.locator("iframe")).to_have_count(0)
    finally:
        shop.close()
    assert answers(sample, "site") == [("uk", 5)]
