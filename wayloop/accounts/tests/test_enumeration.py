"""Nobody learns from answers, their work or their words who is known here."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wayloop.accounts.api import Role
from wayloop.accounts.links import INVITATION, RESET
from wayloop.accounts.models import ApiKey, Member
from wayloop.accounts.queries.invitations import token_of
from wayloop.accounts.services import keys
from wayloop.accounts.services.invitations import invite, make_reset_link
from wayloop.accounts.services.members import Rights, create_member, switch_off
from wayloop.accounts.testing import PASSWORD, key_of
from wayloop.kernel import clock
from wayloop.kernel.signing import sign

WRONG = "not my password"
# Other with each answer, whoever it is about: a clock, a counter, the order of a set, the length of what was typed.
JITTER = {"Expires", "Content-Length", "Content-Security-Policy", "X-Request-Id", "X-Request-ID"} | {
    f"RateLimit-{name}" for name in ("Limit", "Remaining", "Reset")
}
# Values, and the names Django gives to points to go back to and to cursors.
NOISE = re.compile(
    r"\bs\d+_x\d+\b|_django_curs_\w+|\bNULL\b|\b[A-Za-z0-9]{64}\b|'[^']*'|\b\d+(?:\.\d+)?\b|\\x[0-9a-f]+"
)


class Work:
    """What an answer cost: statements without their values, hashes of passwords, digests of keys."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hashes: list[str] = []
        for name in ("verify", "encode"):
            self._count(monkeypatch, hashers.Argon2PasswordHasher, name)
        self._count(monkeypatch, keys, "_digest")

    def _count(self, monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
        real = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *given, **named: self.hashes.append("one") or real(*given, **named))

    def of(self, ask: Callable[[], Any], hide: str = "") -> tuple[Any, ...]:
        """Everything of an answer that could be told apart."""
        self.hashes.clear()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = ask()
        statements = [NOISE.sub("?", one["sql"]) for one in seen.captured_queries]
        page = unescape(answer.content.decode())
        headers = {name: value for name, value in answer.headers.items() if name not in JITTER}
        return (
            answer.status_code,
            NOISE.sub("?", page.replace(hide, "…") if hide else page),
            headers,
            statements,
            [*self.hashes],
        )


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def test_sign_in_does_the_same_for_everybody_who_does_not_come_in(owner_member: Member, work: Work) -> None:
    for name in ("gone", "left"):
        given = {"name": name, "email": f"{name}@example.com", "password": PASSWORD, "role": Role.READER}
        switch_off(member=create_member(**given))
    browser = Client(headers={"accept-language": "en"})
    # The counter of this browser's address begins with the first attempt.
    browser.post("/sign-in/", {"login": "first@example.com", "password": WRONG})

    def told(email: str, password: str = WRONG) -> tuple[Any, ...]:
        return work.of(lambda: browser.post("/sign-in/", {"login": email, "password": password}), hide=email)

    known, unknown = told("olena@example.com"), told("nobody@example.com")
    off, off_and_right = told("gone@example.com"), told("left@example.com", PASSWORD)
    assert (known[0], known[4]) == (422, ["one"])
    assert unknown == known
    assert off == known
    assert off_and_right == known


@pytest.mark.parametrize("kind", ["join", "new-password"])
def test_a_link_that_opens_nothing_tells_not_why(
    kind: str, owner_member: Member, reader_member: Member, work: Work
) -> None:
    used = _used_link(kind, owner_member, reader_member)
    made_up = {
        "join": sign(INVITATION, "nobody was invited by this"),
        "new-password": sign(RESET, f"999999.{'0' * 32}"),
    }[kind]
    browser = Client(headers={"accept-language": "en"})
    browser.get("/sign-in/")
    answers = [
        work.of(lambda token=token: browser.get(f"/{kind}/{token}/"), hide=f"/{kind}/{token}/")
        for token in (used, made_up)
    ]
    assert answers[0] == answers[1]
    # Without our signature nothing is looked for at all.
    for token in ("x", used[:-4] + "AAAA", sign(RESET if kind == "join" else INVITATION, "1.x")):
        told = work.of(lambda token=token: browser.get(f"/{kind}/{token}/"), hide=f"/{kind}/{token}/")
        assert told[:3] == answers[0][:3]
        assert [one for one in told[3] if "accounts_invitation" in one or '"accounts_member"."email"' in one] == []


def _used_link(kind: str, owner: Member, reader: Member) -> str:
    if kind == "join":
        made = invite(email="nadia@example.com", rights=Rights(Role.READER), days=7, by=owner)
        token = token_of(made)
        Client().post(f"/join/{token}/", {"name": "Nadia", "password": PASSWORD})
    else:
        token = make_reset_link(member=reader)
        Client().post(f"/new-password/{token}/", {"password": "seven calm rivers"})
    return token


def test_a_key_that_opens_nothing_is_answered_alike_whatever_it_lacks(
    owner_member: Member, reader_member: Member, work: Work
) -> None:
    texts = {name: key_of(owner_member) for name in ("living", "revoked", "over")} | {
        "of one off": key_of(reader_member)
    }
    rows = {name: ApiKey.objects.get(prefix=text.split("_")[1]) for name, text in texts.items()}
    keys.revoke_key(number=rows["revoked"].pk)
    ApiKey.objects.filter(pk=rows["over"].pk).update(expires_at=clock.now() - timedelta(days=1))
    switch_off(member=reader_member)
    given = {
        "unknown": f"wl_{'0' * 12}_{'A' * 43}",
        "known, wrong secret": f"wl_{texts['living'].split('_')[1]}_{'A' * 43}",
        **{name: text for name, text in texts.items() if name != "living"},
    }
    program = Client()
    program.get("/api/v1/me")
    told = {
        name: work.of(lambda text=text: program.get("/api/v1/me", headers={"authorization": f"Bearer {text}"}))
        for name, text in given.items()
    }
    assert {name: answer for name, answer in told.items() if answer != told["unknown"]} == {}
    assert (told["unknown"][0], told["unknown"][4]) == (401, ["one"])
