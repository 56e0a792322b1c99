"""Who reaches which page: owner, read-only member, stranger, at every address of this context."""

from urllib.parse import quote

import pytest
from django.test import Client

from wayloop.accounts.models import Member
from wayloop.accounts.urls import urlpatterns

OPEN_TO_STRANGERS = {
    "account_login",
    "account_logout",
    "account_start",
    "account_language",
    "account_theme",
    "account_density",
    "join",
    "mfa_authenticate",
    "new_password",
}
# Address, then what a plain GET answers to owner, read-only member, stranger.
DOORS = {
    "sign-in/": (302, 302, 200),
    "sign-out/": (405, 405, 405),
    "start/": (404, 404, 404),
    "me/": (200, 200, 302),
    "me/password/": (405, 405, 302),
    "me/sign-out-everywhere/": (405, 405, 302),
    "me/language/": (405, 405, 405),
    "me/theme/": (405, 405, 405),
    "me/density/": (405, 405, 405),
}


def test_only_these_views_are_open_to_strangers() -> None:
    opened = {pattern.name for pattern in urlpatterns if not getattr(pattern.callback, "login_required", True)}
    assert opened == OPEN_TO_STRANGERS


@pytest.mark.parametrize("path", DOORS)
def test_each_door_opens_to_whom_it_should(path: str, owner: Client, reader: Client, stranger: Client) -> None:
    assert tuple(who.get(f"/{path}").status_code for who in (owner, reader, stranger)) == DOORS[path]


@pytest.mark.parametrize("path", DOORS)
def test_reading_changes_nothing(path: str, owner: Client, stranger: Client) -> None:
    query = {"language": "ru", "theme": "dark", "density": "roomy", "name": "Changed", "new_password": "x"}
    before = list(Member.objects.values())
    for who in (owner, stranger):
        who.get(f"/{path}", query)
        who.head(f"/{path}", query)
    assert list(Member.objects.values()) == before


@pytest.mark.parametrize("path", ["/me/", "/me/?a=1&b=%2F", "/me/password/"])
def test_a_stranger_is_led_to_sign_in_and_back(stranger: Client, path: str) -> None:
    assert stranger.get(path).headers["Location"] == f"/sign-in/?next={quote(path)}"


def test_a_strangers_form_leads_back_to_the_page_it_stood_on(stranger: Client) -> None:
    there = stranger.post("/me/password/", headers={"referer": "http://testserver/me/"})
    elsewhere = stranger.post("/me/password/", headers={"referer": "https://evil.example/me/"})
    assert (there.headers["Location"], elsewhere.headers["Location"]) == ("/sign-in/?next=/me/", "/sign-in/")


def test_a_strangers_script_is_told_to_load_the_sign_in_page(stranger: Client) -> None:
    response = stranger.get("/me/", headers={"hx-request": "true", "hx-current-url": "http://testserver/me/?tab=2"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (200, "/sign-in/?next=/me/%3Ftab%3D2")


def test_pages_of_members_are_never_stored(owner: Client) -> None:
    assert owner.get("/me/").headers["Cache-Control"] == "no-store"


def test_pages_of_strangers_differ_by_language_and_cookie(stranger: Client) -> None:
    told = stranger.get("/sign-in/").headers["Vary"].lower().split(", ")
    assert {"accept-language", "cookie"} <= set(told)
