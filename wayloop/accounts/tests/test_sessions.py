"""Sessions: shown, ended one by one and all at once."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from wayloop.accounts.devices import device_name
from wayloop.accounts.models import Member, MemberSession
from wayloop.accounts.queries.sessions import sessions_of
from wayloop.accounts.testing import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537"


def browser(agent: str = FIREFOX, email: str = "olena@example.com") -> Client:
    client = Client(headers={"accept-language": "en", "user-agent": agent})
    client.post("/sign-in/", {"login": email, "password": PASSWORD})
    assert client.get("/me/").status_code == 200
    return client


def test_each_session_shows_its_device_and_address(owner_member: Member) -> None:
    here = browser()
    browser(PHONE)
    rows = sessions_of(owner_member, here=here.session.session_key)
    assert [(row.device, row.icon, row.address, row.is_here) for row in rows] == [
        ("Firefox, Windows", "monitor", "127.0.0.1", True),
        ("Chrome, Android", "smartphone", "127.0.0.1", False),
    ]


@pytest.mark.parametrize(
    ("agent", "name"), [("", "Unknown browser"), ("curl/8.5", "curl"), ("x" * 400, "Unknown browser")]
)
def test_unknown_browsers_have_a_name_too(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_one_session_is_ended_and_the_others_go_on(owner_member: Member) -> None:
    here, phone = browser(), browser(PHONE)
    number = MemberSession.objects.get(key=phone.session.session_key).pk
    assert here.post(f"/me/sessions/{number}/end/").status_code == 302
    assert (here.get("/me/").status_code, phone.get("/me/").status_code) == (200, 302)


def test_all_others_are_ended_and_this_one_goes_on(owner_member: Member) -> None:
    here, phone, third = browser(), browser(PHONE), browser()
    here.post("/me/sessions/end-others/")
    assert [who.get("/me/").status_code for who in (here, phone, third)] == [200, 302, 302]
    assert len(sessions_of(owner_member)) == 1


def test_nobody_ends_a_session_of_somebody_else(owner_member: Member, reader_member: Member) -> None:
    mine, theirs = browser(), browser(email="rima@example.com")
    number = MemberSession.objects.get(key=mine.session.session_key).pk
    assert (theirs.post(f"/me/sessions/{number}/end/").status_code, mine.get("/me/").status_code) == (404, 200)


def test_signing_out_takes_the_line_away(owner_member: Member) -> None:
    phone = browser(PHONE)
    phone.post("/sign-out/")
    assert (sessions_of(owner_member), Session.objects.count()) == ([], 0)


def test_a_session_costs_one_write_a_minute(owner_member: Member, django_assert_num_queries) -> None:
    client = browser()
    with django_assert_num_queries(3):
        client.get("/me/density/")
