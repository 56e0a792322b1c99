"""`wayloop owner`: the way back in for an owner who is locked out."""

import re
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from wayloop.accounts.api import Role
from wayloop.accounts.models import AuditEntry, Member
from wayloop.accounts.services.factors import add_app
from wayloop.accounts.services.members import create_member
from wayloop.accounts.testing import PASSWORD
from wayloop.config.commands import owner as module
from wayloop.operations.errors import OperationError

pytestmark = pytest.mark.usefixtures("no_server")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "seven calm rivers"


def run(*words: str) -> str:
    return CliRunner().invoke(module.command, words, catch_exceptions=False).output


def link(output: str) -> str:
    return re.search(r"https?://[^/]+(/new-password/\S+)", output)[1]


def sign_in(password: str) -> Any:
    return Client().post("/sign-in/", {"login": "olena@example.com", "password": password})


def test_the_link_gives_a_new_password_once_and_whoever_was_in_is_out(owner: Client, owner_member: Member) -> None:
    path = link(run())
    assert owner.get("/me/").status_code == 302
    somebody = Client()
    assert somebody.post(path, {"password": NEW}).headers["Location"] == "/sign-in/"
    assert somebody.post(path, {"password": PASSWORD}).status_code == 410
    assert [sign_in(one).status_code for one in (PASSWORD, NEW)] == [422, 302]
    line = AuditEntry.objects.get(act="owner.let_in_by_command")
    assert (line.member_id, line.subject_id, line.address, line.details) == (
        owner_member.pk,
        str(owner_member.pk),
        "",
        {"second_factor": "kept"},
    )


def test_the_second_factor_stays_unless_it_is_lost_too(owner_member: Member) -> None:
    add_app(member=owner_member, secret=SECRET)
    Client().post(link(run()), {"password": NEW})
    assert sign_in(NEW).headers["Location"] == "/sign-in/second-factor/"
    output = run("--remove-second-factor")
    Client().post(link(output), {"password": PASSWORD})
    assert ("set up a new one" in output, sign_in(PASSWORD).headers["Location"]) == (True, "/")


def test_a_second_link_ends_the_first(owner_member: Member) -> None:
    first, second = link(run()), link(run("--email", " Olena@example.com"))
    assert [Client().get(path).status_code for path in (first, second)] == [410, 200]


def test_an_owner_who_was_switched_off_comes_back(owner_member: Member) -> None:
    Member.objects.update(is_active=False)
    Client().post(link(run()), {"password": NEW})
    assert sign_in(NEW).headers["Location"] == "/"


@pytest.mark.parametrize("email", ["nobody@example.com", "rima@example.com"])
def test_only_owners_are_let_in(reader_member: Member, email: str) -> None:
    with pytest.raises(OperationError, match="no owner with this e-mail"):
        run("--email", email)


def test_of_several_owners_one_is_named(owner_member: Member) -> None:
    create_member(name="Oleh", email="oleh@example.com", password=PASSWORD, role=Role.OWNER)
    with pytest.raises(OperationError, match=r"say which: --email olena@example\.com"):
        run()
