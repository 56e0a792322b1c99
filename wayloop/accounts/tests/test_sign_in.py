"""Coming in and going out."""

import re
import time
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from wayloop.accounts.models import Member
from wayloop.accounts.sample import SAMPLE_MEMBERS, SAMPLE_PASSWORD
from wayloop.accounts.testing import PASSWORD
from wayloop.business.testing import Business

RIGHT = {"login": "olena@example.com", "password": PASSWORD}
WRONG = {"login": "olena@example.com", "password": "not my password"}
UNKNOWN = {"login": "nobody@example.com", "password": "not my password"}
# Of the form, and of the forms of scripts.
TOKEN = r"\b[A-Za-z0-9]{64}\b"
MISMATCH = "E-mail and password do not match. Check both and try again."


def sign_in(client: Client, answers: dict[str, str], **extra: str):
    return client.post("/sign-in/", answers | extra)


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_the_right_password_leads_home(stranger: Client) -> None:
    response = sign_in(stranger, RIGHT)
    assert (response.status_code, response.headers["Location"], is_in(stranger)) == (302, "/", True)


def test_capitals_and_spaces_around_the_address_do_not_matter(stranger: Client) -> None:
    sign_in(stranger, RIGHT, login="  Olena@Example.COM ")
    assert is_in(stranger) is True


def test_signing_in_makes_a_new_session_key(stranger: Client) -> None:
    session = stranger.session
    session["visited"] = True
    session.save()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    sign_in(stranger, RIGHT)
    assert stranger.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert list(Session.objects.filter(session_key=before)) == []


def test_wrong_password_and_unknown_address_get_the_same_answer(stranger: Client) -> None:
    answers = [sign_in(stranger, given) for given in (WRONG, UNKNOWN)]
    assert [response.status_code for response in answers] == [422, 422]
    pages = [
        unescape(response.content.decode()).replace(given["login"], "…")
        for response, given in zip(answers, (WRONG, UNKNOWN), strict=True)
    ]
    assert re.sub(TOKEN, "token", pages[0]) == re.sub(TOKEN, "token", pages[1])
    assert MISMATCH in pages[0]


@pytest.mark.parametrize("given", [WRONG, UNKNOWN])
def test_wrong_password_and_unknown_address_cost_one_hash_each(
    stranger: Client, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    hasher = hashers.Argon2PasswordHasher
    verify, encode = hasher.verify, hasher.encode
    monkeypatch.setattr(hasher, "verify", lambda self, *given: hashed.append("one") or verify(self, *given))
    monkeypatch.setattr(hasher, "encode", lambda self, *given: hashed.append("one") or encode(self, *given))
    sign_in(stranger, given)
    assert hashed == ["one"]


def test_a_member_who_was_switched_off_is_like_a_wrong_password(stranger: Client, owner_member: Member) -> None:
    Member.objects.update(is_active=False)
    response = sign_in(stranger, RIGHT)
    assert (response.status_code, MISMATCH in unescape(response.content.decode())) == (422, True)


def test_what_was_typed_stays_except_the_password(stranger: Client) -> None:
    page = sign_in(stranger, WRONG).content.decode()
    assert ("olena@example.com" in page, "not my password" in page) == (True, False)


@pytest.mark.parametrize("given", [RIGHT, WRONG, UNKNOWN])
def test_after_five_wrong_passwords_an_account_waits_whoever_asks(stranger: Client, given: dict[str, str]) -> None:
    for _ in range(5):
        assert sign_in(stranger, given, password="guess").status_code == 422
    response = sign_in(stranger, given)
    assert (response.status_code, response.headers["Retry-After"], is_in(stranger)) == (429, "300", False)
    assert "Too many attempts. Wait 5 minutes, then try again." in response.content.decode()


def test_the_wait_is_for_one_account_only(stranger: Client, reader_member: Member) -> None:
    for _ in range(6):
        sign_in(stranger, WRONG)
    sign_in(stranger, {"login": "rima@example.com", "password": PASSWORD})
    assert is_in(stranger) is True


def test_another_name_of_this_host_gives_no_further_attempts(stranger: Client) -> None:
    for host in ("localhost", "127.0.0.1", "[::1]", "localhost:8000", "127.0.0.1:8000"):
        assert stranger.post("/sign-in/", WRONG, headers={"host": host}).status_code == 422
    assert sign_in(stranger, RIGHT).status_code == 429


def test_a_made_up_address_of_a_proxy_gives_no_further_attempts(stranger: Client) -> None:
    for number in range(20):
        stranger.post("/sign-in/", UNKNOWN | {"login": f"{number}@example.com"})
    response = stranger.post("/sign-in/", RIGHT, headers={"x-forwarded-for": "203.0.113.9"})
    assert response.status_code == 429


def test_an_address_that_hammers_is_sent_away_with_a_page_in_its_language(stranger: Client) -> None:
    for _ in range(60):
        stranger.post("/sign-in/", {})
    response = stranger.post("/sign-in/", RIGHT)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert "allauth" not in response.content.decode()


def test_the_wait_ends(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        sign_in(stranger, WRONG)
    start = time.time()
    monkeypatch.setattr("time.time", lambda: start + 301)
    sign_in(stranger, RIGHT)
    assert is_in(stranger) is True


def test_right_passwords_are_not_counted_but_earlier_wrong_ones_stay(stranger: Client) -> None:
    for _ in range(4):
        sign_in(stranger, WRONG)
    for _ in range(3):
        assert sign_in(stranger, RIGHT).status_code == 302
        stranger.post("/sign-out/")
    assert [sign_in(stranger, WRONG).status_code for _ in range(2)] == [422, 429]


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("/me/", "/me/"),
        ("/customers/?q=Анна", "/customers/?q=Анна"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("http://testserver/me/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("me/", "/"),
        ("", "/"),
    ],
)
def test_next_leads_to_own_paths_only(stranger: Client, told: str, place: str) -> None:
    response = sign_in(stranger, RIGHT, next=told)
    assert unescape(response.headers["Location"]) == place.replace("Анна", "%D0%90%D0%BD%D0%BD%D0%B0")


def test_a_member_who_opens_the_sign_in_page_is_led_on(owner: Client) -> None:
    assert [owner.get(path).headers["Location"] for path in ("/sign-in/", "/sign-in/?next=/me/")] == ["/", "/me/"]


def test_a_request_by_script_is_told_to_load_the_next_page(stranger: Client) -> None:
    response = stranger.post("/sign-in/", RIGHT, headers={"hx-request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (200, "/")


def test_signing_out_ends_the_session(owner: Client) -> None:
    response = owner.post("/sign-out/")
    assert (response.headers["Location"], is_in(owner), Session.objects.count()) == ("/sign-in/", False, 0)


def test_signing_out_needs_a_post(owner: Client) -> None:
    assert (owner.get("/sign-out/").status_code, is_in(owner)) == (405, True)


def test_a_stranger_who_signs_out_comes_to_sign_in(stranger: Client) -> None:
    assert stranger.post("/sign-out/").headers["Location"] == "/sign-in/"


def test_without_the_forms_token_nobody_comes_in_and_the_page_says_what_to_do(owner_member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", RIGHT)
    assert (response.status_code, "CSRF" in response.content.decode(), is_in(client)) == (403, False, False)


@pytest.mark.parametrize(
    "path", ["/signup/", "/accounts/signup/", "/sign-up/", "/password/reset/", "/login/", "/accounts/login/", "/email/"]
)
def test_no_other_way_in_exists(stranger: Client, path: str) -> None:
    assert (stranger.get(path).status_code, stranger.post(path).status_code) == (404, 404)


def test_the_sample_business_shows_its_members_and_each_comes_in_by_one_click(stranger: Client) -> None:
    Business.objects.update(is_sample=True)
    page = stranger.get("/sign-in/").content.decode()
    assert [one.email for one in SAMPLE_MEMBERS if f'value="{one.email}"' not in page] == []


def test_any_other_business_shows_no_sample_members(stranger: Client) -> None:
    page = stranger.get("/sign-in/").content.decode()
    assert ("oksana@example.com" in page, SAMPLE_PASSWORD in page) == (False, False)


def test_over_http_the_cookies_are_http_only_and_lax(stranger: Client) -> None:
    sign_in(stranger, RIGHT)
    flags = {
        name: (cookie["httponly"], cookie["secure"], cookie["samesite"]) for name, cookie in stranger.cookies.items()
    }
    assert flags == {"wayloop-session": (True, "", "Lax"), "wayloop-csrf": (True, "", "Lax")}


@override_settings(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-wayloop-session")
def test_over_https_the_cookies_are_secure_and_bound_to_the_host(stranger: Client) -> None:
    sign_in(stranger, RIGHT)
    stranger.post("/me/theme/", {"theme": "dark"})
    flags = {
        name: (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"])
        for name, cookie in stranger.cookies.items()
        if name != "wayloop-csrf"
    }
    assert flags == {"__Host-wayloop-session": (True, True, "/", ""), "__Host-theme": (True, True, "/", "")}
