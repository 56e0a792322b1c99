"""Error pages: human, in the reader's language, and without the database."""

import re
from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from psycopg.errors import AdminShutdown, QueryCanceled

from wayloop.business import api as business
from wayloop.web import errors, views


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_has_a_page_that_needs_no_database(status: int) -> None:
    # No database fixture: any query would raise here.
    page = errors.error_page(RequestFactory().get("/x/"), status)
    html = page.content.decode()
    assert page.status_code == status
    assert html.count("<h1") == 1
    # The start page is away with everything else then, and customers who come by a link have no way into the house.
    assert ('href="/"' in html) == (status != 503)
    assert "<c-" not in html


def test_trying_again_is_offered_where_it_can_help() -> None:
    assert 'href="/x/?a=1"' in errors.error_page(RequestFactory().get("/x/?a=1"), 503).content.decode()
    assert 'href="/x/"' not in errors.error_page(RequestFactory().get("/x/"), 404).content.decode()
    assert 'href="/x/"' not in errors.error_page(RequestFactory().post("/x/"), 500).content.decode()


def test_a_request_by_script_gets_a_note_that_fits_into_a_page() -> None:
    html = errors.error_page(RequestFactory().get("/x/", headers={"HX-Request": "true"}), 404).content.decode()
    assert "<html" not in html
    assert 'role="alert"' in html


def test_the_page_keeps_the_colours_of_the_reader() -> None:
    request = RequestFactory().get("/x/")
    request.COOKIES = {"theme": "dark"}
    assert 'data-theme="dark"' in errors.error_page(request, 500).content.decode()


def test_the_page_speaks_the_language_of_the_browser() -> None:
    page = errors.error_page(RequestFactory().get("/x/", headers={"Accept-Language": "uk,en;q=0.5"}), 404)
    assert '<html lang="uk"' in page.content.decode()


def test_when_even_the_page_fails_there_are_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(views, "error_page", broken)
    page = views.server_error(RequestFactory().get("/"))
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")


def test_a_missing_page_is_told_so(owner: Client, owner_member: Any) -> None:
    page = owner.get("/no-such-page/")
    assert page.status_code == 404
    assert re.findall(r"<h1[^>]*>([^<]+)<", page.content.decode()) == ["Nothing here"]


def test_a_form_that_lay_open_too_long_is_told_so(owner_member: Any) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    browser.force_login(owner_member)
    page = browser.post("/gallery/toast/", {"kind": "good"})
    assert page.status_code == 403
    assert "This page was open for too long" in page.content.decode()


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, cause: Exception | None) -> Client:
    """A guest whose every request meets this error of the database."""

    def fail() -> None:
        raise error from cause

    monkeypatch.setattr(business, "profile", fail)
    return Client(raise_request_exception=False, headers={"host": "localhost"})


LOST = psycopg.OperationalError("consuming input failed: server closed the connection")


@pytest.mark.parametrize(
    ("language", "title", "advice"),
    [
        ("en", "Back in a moment", "What you sent was not taken. Go back in a minute and send it again."),
        ("ru", "Сейчас вернёмся", "Мы не приняли то, что вы отправили. Вернитесь через минуту и отправьте ещё раз."),
        ("uk", "Зараз повернемося", "Ми не прийняли те, що ви надіслали. Поверніться за хвилину й надішліть ще раз."),
    ],
)
def test_while_the_database_is_away_a_guest_is_asked_to_send_it_again(
    owner_member: Any, monkeypatch: pytest.MonkeyPatch, language: str, title: str, advice: str
) -> None:
    guest = failing(monkeypatch, OperationalError("gone"), LOST)
    answer = guest.post(f"/s/{'x' * 22}/", {"question": "q1", "a": "1"}, headers={"accept-language": language})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    page = answer.content.decode()
    assert (title in page, advice in page, "gone" in page) == (True, True, False)


def test_programs_are_told_by_a_problem_that_the_database_is_away(
    owner_member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = failing(monkeypatch, InterfaceError("closed"), None).get("/api/v1/scores")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Retry-After"]) == (
        503,
        "application/problem+json",
        "5",
    )
    assert (answer.json()["code"], answer.json()["status"]) == ("unavailable", 503)


@pytest.mark.parametrize(
    ("cause", "status"), [(AdminShutdown(), 503), (psycopg.OperationalError("no answer"), 503), (QueryCanceled(), 500)]
)
def test_only_a_database_that_is_away_is_waited_for(
    owner_member: Any, monkeypatch: pytest.MonkeyPatch, cause: Exception, status: int
) -> None:
    answer = failing(monkeypatch, OperationalError("x"), cause).get("/sign-in/")
    assert (answer.status_code, "Retry-After" in answer.headers) == (status, status == 503)
