"""Error pages: human, in the reader's language, and without the database."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from wayloop.web import errors, views


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_has_a_page_that_needs_no_database(status: int) -> None:
    # No database fixture: any query would raise here.
    page = errors.error_page(RequestFactory().get("/x/"), status)
    html = page.content.decode()
    assert page.status_code == status
    assert html.count("<h1") == 1
    assert 'href="/"' in html
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
