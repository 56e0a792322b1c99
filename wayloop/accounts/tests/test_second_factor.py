"""The second factor: set up, asked, lost, demanded."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from wayloop.accounts.enums import Role
from wayloop.accounts.models import AuditEntry, KeptSecret, Member
from wayloop.accounts.services import factors
from wayloop.accounts.testing import PASSWORD
from wayloop.accounts.tests.devices import SecurityKey, code_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OLENA = {"login": "olena@example.com", "password": PASSWORD}
HOST = "localhost"


def browser() -> Client:
    return Client(headers={"accept-language": "en", "host": HOST})


def signed_in() -> Client:
    client = browser()
    client.post("/sign-in/", OLENA)
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def recovery_codes(member: Member) -> list[str]:
    return Authenticator.objects.get(user=member, type="recovery_codes").wrap().get_unused_codes()


@pytest.fixture
def guarded(owner_member: Member) -> Member:
    factors.add_app(member=owner_member, secret=SECRET)
    return owner_member


def test_an_app_is_set_up_by_its_first_code_and_recovery_codes_are_shown(owner_member: Member) -> None:
    client = signed_in()
    page = client.get("/me/second-factor/app/").content.decode()
    secret = re.search(r'data-copy="([A-Z2-7 ]+)"', page)[1].replace(" ", "")
    assert ("<svg" in page, client.post("/me/second-factor/app/", {"code": "000000"}).status_code) == (True, 422)
    answer = client.post("/me/second-factor/app/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/me/second-factor/codes/"
    shown = re.findall(r"<code>(\d{4}) (\d{4})</code>", client.get("/me/second-factor/codes/").content.decode())
    assert ["".join(parts) for parts in shown] == recovery_codes(owner_member)


def test_the_secret_lies_sealed(guarded: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data::text FROM mfa_authenticator UNION ALL SELECT sealed::text FROM accounts_keptsecret"
        )
        stored = "".join(str(row) for row in cursor.fetchall())
    assert (SECRET in stored, KeptSecret.objects.count()) == (False, 2)


def test_the_password_alone_opens_nothing(guarded: Member) -> None:
    client = browser()
    answer = client.post("/sign-in/", OLENA)
    assert (answer.headers["Location"], is_in(client)) == ("/sign-in/second-factor/", False)
    assert client.post("/sign-in/second-factor/", {"code": code_of(SECRET)}).headers["Location"] == "/"
    assert is_in(client) is True


def test_next_is_kept_over_the_second_step(guarded: Member) -> None:
    client = browser()
    client.post("/sign-in/", OLENA | {"next": "/me/"})
    assert client.post("/sign-in/second-factor/", {"code": code_of(SECRET)}).headers["Location"] == "/me/"


@pytest.mark.parametrize("code", ["000000", "", "abc", "99999999", "1" * 21])
def test_a_wrong_code_is_refused_and_told_in_the_trail(guarded: Member, code: str) -> None:
    client = signed_in()
    answer = client.post("/sign-in/second-factor/", {"code": code})
    assert (answer.status_code, is_in(client)) == (422, False)
    assert list(AuditEntry.objects.values_list("act", flat=True))[-1] == "second_factor.refused"


def test_a_code_works_once(guarded: Member) -> None:
    code = code_of(SECRET)
    assert signed_in().post("/sign-in/second-factor/", {"code": code}).status_code == 302
    assert signed_in().post("/sign-in/second-factor/", {"code": code}).status_code == 422


def test_a_recovery_code_opens_once(guarded: Member) -> None:
    code = recovery_codes(guarded)[3]
    answers = [signed_in().post("/sign-in/second-factor/", {"code": code}).status_code for _ in range(2)]
    assert (answers, len(recovery_codes(guarded))) == ([302, 422], 9)


def test_after_five_wrong_codes_the_account_waits_in_every_browser(guarded: Member) -> None:
    client = signed_in()
    for _ in range(5):
        assert client.post("/sign-in/second-factor/", {"code": "000000"}).status_code == 422
    other = signed_in()
    answer = other.post("/sign-in/second-factor/", {"code": code_of(SECRET)})
    assert (answer.status_code, answer.headers["Retry-After"], is_in(other)) == (429, "300", False)


@pytest.mark.parametrize("meanwhile", ["password", "role", "off", "sign-out"])
def test_what_happens_between_the_two_steps_ends_the_way_in(guarded: Member, meanwhile: str) -> None:
    client = signed_in()
    if meanwhile == "off":
        Member.objects.update(is_active=False)
    elif meanwhile == "password":
        guarded.set_password("quite another one")
        guarded.save()
    else:
        Member.objects.update(session_round=7)
    answer = client.post("/sign-in/second-factor/", {"code": code_of(SECRET)})
    assert (answer.headers["Location"], is_in(client)) == ("/sign-in/", False)


def test_the_second_step_is_nothing_without_the_first(owner_member: Member, owner: Client) -> None:
    assert browser().get("/sign-in/second-factor/").headers["Location"] == "/sign-in/"
    assert owner.get("/sign-in/second-factor/").headers["Location"] == "/sign-in/"


def test_a_passkey_is_made_and_opens(owner_member: Member) -> None:
    key = SecurityKey(settings.CSRF_TRUSTED_ORIGINS[0])
    client = signed_in()
    options = client.get("/me/second-factor/passkey/").context["options"]["publicKey"]
    told = {"name": "Blue key", "credential": key.create(options)}
    assert client.post("/me/second-factor/passkey/", told).headers["Location"] == "/me/second-factor/codes/"
    again = signed_in()
    page = again.get("/sign-in/second-factor/")
    answer = key.get(page.context["js_data"]["request_options"]["publicKey"])
    assert again.post("/sign-in/second-factor/", {"credential": answer}).headers["Location"] == "/"
    assert (is_in(again), "Blue key" in again.get("/me/second-factor/").content.decode()) == (True, True)


@pytest.mark.parametrize("wrong", ["origin", "challenge", "key", "junk"])
def test_a_passkey_of_another_place_or_time_opens_nothing(owner_member: Member, wrong: str) -> None:
    key = SecurityKey(settings.CSRF_TRUSTED_ORIGINS[0])
    client = signed_in()
    options = client.get("/me/second-factor/passkey/").context["options"]["publicKey"]
    client.post("/me/second-factor/passkey/", {"name": "", "credential": key.create(options)})
    again = signed_in()
    asked = dict(again.get("/sign-in/second-factor/").context["js_data"]["request_options"]["publicKey"])
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "challenge":
        asked["challenge"] = "AAAAAAAAAAAAAAAAAAAAAA"
    elif wrong == "key":
        key = SecurityKey(key.origin)
    answer = "{}" if wrong == "junk" else key.get(asked)
    assert (again.post("/sign-in/second-factor/", {"credential": answer}).status_code, is_in(again)) == (422, False)


def test_old_sessions_are_asked_for_the_password_before_anything_is_set_up(owner: Client) -> None:
    place = "/me/confirm/?next=/me/second-factor/app/"
    assert owner.get("/me/second-factor/app/").headers["Location"] == place
    assert owner.post(place, {"password": "not this", "next": "/me/second-factor/app/"}).status_code == 422
    told = owner.post(place, {"password": PASSWORD, "next": "/me/second-factor/app/"})
    assert (told.headers["Location"], owner.get("/me/second-factor/app/").status_code) == (
        "/me/second-factor/app/",
        200,
    )


@pytest.mark.parametrize("told", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"])
def test_the_way_back_from_the_password_is_our_own(owner: Client, told: str) -> None:
    answer = owner.post("/me/confirm/", {"password": PASSWORD, "next": told})
    assert answer.headers["Location"] == "/me/second-factor/"


def test_the_last_factor_takes_the_recovery_codes_and_their_secrets_along(guarded: Member) -> None:
    client = signed_in()
    client.post("/sign-in/second-factor/", {"code": code_of(SECRET)})
    factor = Authenticator.objects.get(type="totp")
    assert client.post(f"/me/second-factor/{factor.pk}/remove/").status_code == 302
    assert (Authenticator.objects.count(), KeptSecret.objects.count()) == (0, 0)
    assert signed_in().get("/me/").status_code == 200


def test_nobody_removes_the_factor_of_somebody_else(guarded: Member, reader_member: Member) -> None:
    client = browser()
    client.post("/sign-in/", {"login": "rima@example.com", "password": PASSWORD})
    factor = Authenticator.objects.get(type="totp")
    assert client.post(f"/me/second-factor/{factor.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=factor.pk).exists() is True


def test_whose_role_needs_a_factor_is_led_to_it_before_anything_else(owner: Client, reader: Client) -> None:
    factors.demand_factor(roles=[Role.READER])
    assert [who.get("/customers/").status_code for who in (owner, reader)] == [200, 302]
    assert reader.get("/").headers["Location"] == "/me/second-factor/"
    assert reader.post("/me/", {"name": "X"}).headers["Location"] == "/me/second-factor/"
    assert (reader.get("/me/second-factor/").status_code, reader.post("/sign-out/").status_code) == (200, 302)


def test_the_duty_ends_with_the_factor_and_comes_back_with_its_removal(reader: Client, reader_member: Member) -> None:
    factors.demand_factor(roles=list(Role))
    factors.add_app(member=reader_member, secret=SECRET)
    assert reader.get("/customers/").status_code == 200
    factors.remove_all_factors(member=reader_member)
    assert reader.get("/customers/").headers["Location"] == "/me/second-factor/"
    factors.demand_factor(roles=[])
    assert reader.get("/customers/").status_code == 200


def test_a_member_who_lost_the_phone_is_helped_by_an_owner(owner: Client, reader_member: Member) -> None:
    factors.add_app(member=reader_member, secret=SECRET)
    owner.post(f"/settings/team/{reader_member.pk}/do/", {"do": "factors"})
    client = browser()
    client.post("/sign-in/", {"login": "rima@example.com", "password": PASSWORD})
    assert is_in(client) is True


def test_a_code_works_once_also_after_its_half_minute(guarded: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_of(SECRET, steps=1)
    assert signed_in().post("/sign-in/second-factor/", {"code": code}).status_code == 302
    later = time.time() + 45
    monkeypatch.setattr("time.time", lambda: later)
    cache.clear()
    assert signed_in().post("/sign-in/second-factor/", {"code": code}).status_code == 422


def test_the_code_that_set_an_app_up_opens_nothing(owner_member: Member) -> None:
    client = signed_in()
    page = client.get("/me/second-factor/app/").content.decode()
    code = code_of(re.search(r'data-copy="([A-Z2-7 ]+)"', page)[1].replace(" ", ""))
    client.post("/me/second-factor/app/", {"code": code})
    assert signed_in().post("/sign-in/second-factor/", {"code": code}).status_code == 422
