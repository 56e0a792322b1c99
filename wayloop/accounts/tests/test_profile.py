"""A member's own page and the quick switches."""

import pytest
from django.test import Client

from wayloop.accounts.models import Member
from wayloop.accounts.testing import PASSWORD

CHANGED = {"name": "Olena Novak", "language": "uk", "theme": "dark", "density": "compact"}
NEW = "forty two blue doors"


def second_browser(email: str = "olena@example.com") -> Client:
    client = Client()
    client.post("/sign-in/", {"login": email, "password": PASSWORD})
    return client


def test_changes_are_kept_and_the_page_answers_in_the_new_language(owner: Client) -> None:
    response = owner.post("/me/", CHANGED)
    assert (response.status_code, response.headers["Location"]) == (302, "/me/")
    member = Member.objects.get()
    assert (member.name, member.language, member.theme, member.density, member.single_keys) == (
        "Olena Novak",
        "uk",
        "dark",
        "compact",
        False,
    )
    assert owner.get("/me/").headers["Content-Language"] == "uk"


def test_a_change_is_confirmed(owner: Client) -> None:
    owner.post("/me/", CHANGED | {"language": "en"})
    assert "Saved" in owner.get("/me/").content.decode()


def test_everybody_changes_themselves_only(reader: Client) -> None:
    reader.post("/me/", CHANGED | {"id": "1", "email": "olena@example.com", "role": "owner", "is_active": ""})
    assert list(Member.objects.order_by("id").values_list("name", "email", "role", "is_active")) == [
        ("Olena Sad", "olena@example.com", "owner", True),
        ("Olena Novak", "rima@example.com", "reader", True),
    ]


@pytest.mark.parametrize(
    ("part", "value"), [("name", ""), ("language", "de"), ("theme", "pink"), ("density", "huge"), ("name", "x" * 121)]
)
def test_a_bad_choice_is_said_at_its_field(owner: Client, part: str, value: str) -> None:
    response = owner.post("/me/", CHANGED | {part: value})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [part])
    assert Member.objects.get().name == "Olena Sad"


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(owner: Client) -> None:
    other = second_browser()
    assert other.get("/me/").status_code == 200
    response = owner.post("/me/password/", {"current_password": PASSWORD, "new_password": NEW})
    assert (response.headers["Location"], owner.get("/me/").status_code) == ("/me/", 200)
    assert other.get("/me/").headers["Location"] == "/sign-in/?next=/me/"
    assert Member.objects.get().check_password(NEW) is True


@pytest.mark.parametrize(
    ("current", "new", "part"),
    [
        ("not it", NEW, "current_password"),
        ("", NEW, "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "olena@example.com", "new_password"),
        (PASSWORD, "", "new_password"),
    ],
)
def test_a_password_that_will_not_do_is_said_at_its_field(owner: Client, current: str, new: str, part: str) -> None:
    response = owner.post("/me/password/", {"current_password": current, "new_password": new})
    assert (response.status_code, list(response.context["password_form"].errors)) == (422, [part])
    assert Member.objects.get().check_password(PASSWORD) is True


def test_the_old_password_cannot_be_guessed_from_an_open_browser(owner: Client) -> None:
    answers = [
        owner.post("/me/password/", {"current_password": guess, "new_password": NEW}).status_code
        for guess in (*"abcde", PASSWORD)
    ]
    assert (answers, Member.objects.get().check_password(PASSWORD)) == ([422] * 5 + [429], True)


def test_signing_out_everywhere_ends_all_sessions(owner: Client) -> None:
    other = second_browser()
    assert owner.post("/me/sign-out-everywhere/").headers["Location"] == "/sign-in/"
    assert [client.get("/me/").status_code for client in (owner, other)] == [302, 302]
    assert second_browser().get("/me/").status_code == 200


def test_a_member_who_is_switched_off_is_out_at_once(owner: Client) -> None:
    Member.objects.update(is_active=False)
    assert owner.get("/me/").status_code == 302


@pytest.mark.parametrize(("switch", "value"), [("language", "ru"), ("theme", "dark"), ("density", "roomy")])
def test_a_members_switch_is_kept_for_the_member_and_for_this_browser(owner: Client, switch: str, value: str) -> None:
    response = owner.post(f"/me/{switch}/", {switch: value, "next": "/me/?tab=1"})
    assert response.headers["Location"] == "/me/?tab=1"
    assert (getattr(Member.objects.get(), switch), owner.cookies[switch].value) == (value, value)


@pytest.mark.parametrize(("switch", "value"), [("language", "ru"), ("theme", "dark"), ("density", "roomy")])
def test_a_strangers_switch_is_kept_in_a_cookie(stranger: Client, switch: str, value: str) -> None:
    stranger.post(f"/me/{switch}/", {switch: value})
    cookie = stranger.cookies[switch]
    assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == (value, True, "Lax", "/")
    assert getattr(Member.objects.get(), switch) == {"language": "en"}.get(switch, "")


@pytest.mark.parametrize(("switch", "value"), [("language", "de"), ("theme", ""), ("density", "../../x")])
def test_a_switch_knows_its_own_values_only(owner: Client, switch: str, value: str) -> None:
    assert owner.post(f"/me/{switch}/", {switch: value}).status_code == 400


@pytest.mark.parametrize(
    ("told", "referer", "place"),
    [
        ("", "http://testserver/customers/?q=1", "/customers/?q=1"),
        ("", "https://evil.example/x", "/"),
        ("", "", "/"),
        ("", "http://[", "/"),
        ("//evil.example", "http://testserver/me/", "/me/"),
        ("https://evil.example", "", "/"),
    ],
)
def test_a_switch_leads_back_to_own_pages_only(stranger: Client, told: str, referer: str, place: str) -> None:
    headers = {"referer": referer} if referer else {}
    response = stranger.post("/me/theme/", {"theme": "dark", "next": told}, headers=headers)
    assert response.headers["Location"] == place


def test_a_switch_by_script_loads_the_page_anew(stranger: Client) -> None:
    response = stranger.post("/me/theme/", {"theme": "dark", "next": "/sign-in/"}, headers={"hx-request": "true"})
    assert response.headers["HX-Redirect"] == "/sign-in/"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("uk-UA,uk;q=0.9,en;q=0.8", "uk"),
        ("ru", "ru"),
        ("de,fr;q=0.5", "en"),
        ("de,ru;q=0.5", "ru"),
        ("", "en"),
        ("*", "en"),
        ("../../etc", "en"),
    ],
)
def test_a_stranger_is_spoken_to_in_the_language_of_the_browser(stranger: Client, asked: str, spoken: str) -> None:
    response = stranger.get("/sign-in/", headers={"accept-language": asked})
    assert (response.headers["Content-Language"], f'<html lang="{spoken}"' in response.content.decode()) == (
        spoken,
        True,
    )


def test_the_members_choice_counts_before_the_cookie_and_the_cookie_before_the_browser(
    owner: Client, stranger: Client
) -> None:
    for client in (owner, stranger):
        client.cookies["language"] = "ru"
    spoken = [
        client.get(page).headers["Content-Language"] for client, page in ((owner, "/me/"), (stranger, "/sign-in/"))
    ]
    assert spoken == ["en", "ru"]


def test_a_nonsense_cookie_is_ignored(stranger: Client) -> None:
    stranger.cookies["language"] = "xx<script>"
    stranger.cookies["theme"] = '"><script>'
    assert stranger.get("/sign-in/").headers["Content-Language"] == "en"
