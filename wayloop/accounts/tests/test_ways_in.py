"""Sign-in, second factor, reset, roles, sessions and invitations as one machine: whatever the order, nobody is in who
should not be.

Members and browsers do what they like; after each step every browser is in exactly when the model says so.
"""

import itertools
import sys
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from wayloop.accounts.enums import Role
from wayloop.accounts.models import Invitation, Member, MemberSession
from wayloop.accounts.queries.invitations import token_of
from wayloop.accounts.services import factors, invitations, members
from wayloop.accounts.services.members import MemberRefused, Rights
from wayloop.accounts.testing import CAFE, PASSWORD

PASSWORDS = (PASSWORD, "seven calm rivers", "nine loud winters", "four dry summers")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NAMES = ("olena", "oleh", "rima")
BROWSERS = (0, 1, 2)
# What the limits of sign-in leave free; they have tests of their own.
MOST_WRONG = 4
WHO, WHERE = st.sampled_from(NAMES), st.sampled_from(BROWSERS)
steps = itertools.count()


class Ways(RuleBasedStateMachine):
    """Three members (two owners and a reader) and three browsers."""

    def __init__(self) -> None:
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()
        cache.clear()
        given: dict[str, Any] = {"password": PASSWORD, "language": "en"}
        olena = members.create_owner(name="Olena", email="olena@example.com", business=CAFE, **given)
        oleh = members.create_member(name="Oleh", email="oleh@example.com", role=Role.OWNER, **given)
        rima = members.create_member(name="Rima", email="rima@example.com", role=Role.READER, **given)
        self.ids = {"olena": olena.pk, "oleh": oleh.pk, "rima": rima.pk}
        self.roles = {"olena": Role.OWNER, "oleh": Role.OWNER, "rima": Role.READER}
        self.passwords = dict.fromkeys(NAMES, PASSWORD)
        self.active = dict.fromkeys(NAMES, True)
        self.has_app = dict.fromkeys(NAMES, False)
        self.demanded: set[Role] = set()
        self.wrong = dict.fromkeys(NAMES, 0)
        self.clients = [Client(headers={"accept-language": "en"}) for _ in BROWSERS]
        # Who is in at a browser; who has given the password there and is asked for a code.
        self.inside: dict[int, str] = {}
        self.half: dict[int, str] = {}
        self.links: list[tuple[str, str]] = []  # token, whose; those that still work
        self.dead: list[str] = []
        self.open: list[Invitation] = []
        self.shut: list[str] = []
        self.counter = 1_000_000
        self.kept, totp.yield_hotp_counters_from_time = totp.yield_hotp_counters_from_time, self._counters

    def _counters(self) -> Any:
        yield self.counter

    def teardown(self) -> None:
        totp.yield_hotp_counters_from_time = self.kept
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    def _member(self, who: str) -> Member:
        return Member.objects.get(pk=self.ids[who])

    def _out(self, who: str, but: int | None = None) -> None:
        """All sessions of somebody ended, and what they had begun; links for a new password too."""
        for place in BROWSERS:
            if place != but and self.inside.get(place) == who:
                del self.inside[place]
            if self.half.get(place) == who:
                del self.half[place]
        self.dead += [token for token, whose in self.links if whose == who]
        self.links = [(token, whose) for token, whose in self.links if whose != who]

    @rule(where=WHERE, who=WHO, password=st.sampled_from(PASSWORDS))
    def sign_in(self, where: int, who: str, password: str) -> None:
        is_right = self.active[who] and self.passwords[who] == password
        if where in self.inside or (not is_right and self.wrong[who] >= MOST_WRONG):
            return
        self.half.pop(where, None)
        self.clients[where].post("/sign-in/", {"login": f"{who}@example.com", "password": password})
        if not is_right:
            self.wrong[who] += 1
        elif self.has_app[who]:
            self.half[where] = who
        else:
            self.inside[where] = who

    @precondition(lambda self: self.half)
    @rule(data=st.data(), kind=st.sampled_from(("app", "recovery", "wrong")))
    def give_code(self, data: st.DataObject, kind: str) -> None:
        where = data.draw(st.sampled_from(sorted(self.half)))
        who = self.half[where]
        if kind == "wrong" and self.wrong[who] >= MOST_WRONG:
            return
        self.counter += 1
        code = {"app": self._app_code, "wrong": lambda _who: "00000000", "recovery": self._recovery_code}[kind](who)
        answer = self.clients[where].post("/sign-in/second-factor/", {"code": code})
        if kind == "wrong":
            self.wrong[who] += 1
            assert answer.status_code == 422
            return
        assert answer.status_code == 302
        del self.half[where]
        self.inside[where] = who
        if kind == "recovery" and self.wrong[who] < MOST_WRONG:
            assert (
                code
                not in Authenticator.objects.get(user=self.ids[who], type="recovery_codes").wrap().get_unused_codes()
            )

    @precondition(lambda self: self.half)
    @rule(data=st.data())
    def give_a_code_twice(self, data: st.DataObject) -> None:
        where = data.draw(st.sampled_from(sorted(self.half)))
        who = self.half[where]
        if self.wrong[who] >= MOST_WRONG:
            return
        self.counter += 1
        code = self._app_code(who)
        self.clients[where].post("/sign-in/second-factor/", {"code": code})
        del self.half[where]
        self.inside[where] = who
        other = Client()
        other.post("/sign-in/", {"login": f"{who}@example.com", "password": self.passwords[who]})
        assert other.post("/sign-in/second-factor/", {"code": code}).status_code == 422
        self.wrong[who] += 1

    def _app_code(self, who: str) -> str:
        return totp.format_hotp_value(totp.hotp_value(SECRET, self.counter))

    def _recovery_code(self, who: str) -> str:
        codes = Authenticator.objects.get(user=self.ids[who], type="recovery_codes").wrap().get_unused_codes()
        return str(codes[0])

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), password=st.sampled_from(PASSWORDS))
    def change_the_password(self, data: st.DataObject, password: str) -> None:
        where = data.draw(st.sampled_from(sorted(self.inside)))
        who = self.inside[where]
        if self._owes(who):
            return
        given = {"current_password": self.passwords[who], "new_password": password}
        assert self.clients[where].post("/me/password/", given).status_code in (302, 429)
        if self._member(who).check_password(password) and password != self.passwords[who]:
            self.passwords[who] = password
            self._out(who, where)
        elif password == self.passwords[who]:
            self._out(who, where)

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), how=st.sampled_from(("/sign-out/", "/me/sessions/end-others/", "/me/sign-out-everywhere/")))
    def end_sessions(self, data: st.DataObject, how: str) -> None:
        where = data.draw(st.sampled_from(sorted(self.inside)))
        who = self.inside[where]
        if self._owes(who) and how != "/sign-out/":
            return
        self.clients[where].post(how)
        if how == "/sign-out/":
            del self.inside[where]
        else:
            self._out(who, where if "others" in how else None)

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def end_one_session(self, data: st.DataObject) -> None:
        where = data.draw(st.sampled_from(sorted(self.inside)))
        who = self.inside[where]
        others = [one for one in self.inside if one != where and self.inside[one] == who]
        if not others or self._owes(who):
            return
        key = self.clients[others[0]].session.session_key
        number = MemberSession.objects.get(key=key).pk
        self.clients[where].post(f"/me/sessions/{number}/end/")
        del self.inside[others[0]]

    @rule(who=WHO, role=st.sampled_from((Role.OWNER, Role.READER, Role.MANAGER)))
    def change_the_role(self, who: str, role: Role) -> None:
        try:
            is_changed = members.change_rights(member=self._member(who), rights=Rights(role))
        except MemberRefused:
            assert self._owners() == [who]
            return
        if is_changed:
            self.roles[who] = role
            self._out(who)

    @rule(who=WHO)
    def switch_off(self, who: str) -> None:
        try:
            is_changed = members.switch_off(member=self._member(who))
        except MemberRefused:
            assert self._owners() == [who]
            return
        if is_changed:
            self.active[who] = False
            self._out(who)

    @rule(who=WHO)
    def let_back_in(self, who: str) -> None:
        members.let_back_in(member=self._member(who))
        self.active[who] = True

    @rule(roles=st.sets(st.sampled_from((Role.OWNER, Role.READER))))
    def demand(self, roles: set[Role]) -> None:
        factors.demand_factor(roles=roles)
        self.demanded = set(roles)

    @rule(who=WHO)
    def add_an_app(self, who: str) -> None:
        factors.add_app(member=self._member(who), secret=SECRET)
        self.has_app[who] = True

    @rule(who=WHO)
    def lose_the_app(self, who: str) -> None:
        factors.remove_all_factors(member=self._member(who))
        self.has_app[who] = False
        for place in [place for place, half in self.half.items() if half == who]:
            # The way in goes on without what is there no more, or begins again: never further than that.
            del self.half[place]
            self.clients[place] = Client(headers={"accept-language": "en"})

    @rule(who=WHO)
    def make_a_link(self, who: str) -> None:
        if self.active[who]:
            token = invitations.make_reset_link(member=self._member(who))
            self.links.append((token, who))

    @precondition(lambda self: self.links)
    @rule(password=st.sampled_from(PASSWORDS))
    def use_a_link(self, password: str) -> None:
        token, who = self.links.pop(0)
        assert Client().post(f"/new-password/{token}/", {"password": password}).status_code == 302
        self.dead.append(token)
        self.passwords[who] = password
        self._out(who)

    @precondition(lambda self: self.dead)
    @rule()
    def use_a_dead_link(self) -> None:
        assert Client().post(f"/new-password/{self.dead.pop()}/", {"password": PASSWORDS[1]}).status_code == 410

    @rule(role=st.sampled_from((Role.READER, Role.AGENT)), number=st.integers(0, 9))
    def invite(self, role: Role, number: int) -> None:
        if Member.objects.filter(email=f"new{number}@example.com").exists():
            return
        before = [one for one in self.open if one.email == f"new{number}@example.com"]
        self.shut += [token_of(one) for one in before]
        self.open = [one for one in self.open if one not in before]
        by = self._member(self._owners()[0])
        self.open.append(invitations.invite(email=f"new{number}@example.com", rights=Rights(role), days=7, by=by))

    @precondition(lambda self: self.open)
    @rule()
    def join_and_ask_for_more(self) -> None:
        invitation = self.open.pop()
        token = token_of(invitation)
        sent = {"name": "New", "password": PASSWORDS[1], "role": "owner", "sees": "all", "email": "olena@example.com"}
        assert Client().post(f"/join/{token}/", sent).status_code == 302
        made = Member.objects.get(email=invitation.email)
        assert made.role == invitation.role
        self.shut.append(token)

    @precondition(lambda self: self.shut)
    @rule()
    def join_by_a_shut_link(self) -> None:
        before = Member.objects.count()
        sent = {"name": "New", "password": PASSWORDS[1]}
        assert Client().post(f"/join/{self.shut.pop()}/", sent).status_code == 410
        assert Member.objects.count() == before

    def _owners(self) -> list[str]:
        return [who for who in NAMES if self.roles[who] == Role.OWNER and self.active[who]]

    def _owes(self, who: str) -> bool:
        return self.roles[who] in self.demanded and not self.has_app[who]

    @invariant()
    def each_browser_is_in_exactly_when_it_should(self) -> None:
        next(steps)
        for place in BROWSERS:
            answer = self.clients[place].get("/search/?q=a")
            where = answer.headers.get("Location", "")
            who = self.inside.get(place)
            if who is None:
                wanted = (302, "/sign-in/")
            elif self._owes(who):
                wanted = (302, "/me/second-factor/")
            else:
                wanted = (200, "")
            assert (answer.status_code, where.partition("?")[0]) == wanted, (place, who)

    @invariant()
    def an_owner_is_left(self) -> None:
        owners = Member.objects.filter(role=Role.OWNER, is_active=True)
        assert sorted(owners.values_list("pk", flat=True)) == sorted(self.ids[who] for who in self._owners())
        assert self._owners()


def test_whatever_the_order_nobody_is_in_who_should_not_be(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = settings(
        max_examples=12, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Ways, settings=chosen)
    with capsys.disabled():
        sys.stdout.write(f"\nways in: {next(steps)} steps, three browsers looked at after each\n")
