"""The audit trail and the security page."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from wayloop.accounts import acts
from wayloop.accounts.api import audit, audit_search
from wayloop.accounts.enums import Role
from wayloop.accounts.models import AuditEntry, Member
from wayloop.accounts.services.members import create_member
from wayloop.accounts.testing import PASSWORD


def lines() -> list[tuple[str, int | None]]:
    return list(AuditEntry.objects.order_by("id").values_list("act", "member_id"))


@pytest.fixture
def auditor(owner_member: Member) -> Client:
    """Somebody from outside who checks."""
    member = create_member(name="Ada Check", email="ada@example.com", password=PASSWORD, role=Role.AUDITOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(member)
    return client


@pytest.mark.parametrize("statement", ["UPDATE accounts_auditentry SET act = 'x'", "DELETE FROM accounts_auditentry"])
def test_no_line_is_changed_or_removed(owner_member: Member, statement: str) -> None:
    audit(act=acts.SEARCHED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_coming_in_being_refused_and_going_stand_in_it(owner_member: Member) -> None:
    client = Client()
    client.post("/sign-in/", {"login": "olena@example.com", "password": "wrong one here"})
    client.post("/sign-in/", {"login": "nobody@example.com", "password": "wrong one here"})
    client.post("/sign-in/", {"login": "olena@example.com", "password": PASSWORD})
    client.post("/sign-out/")
    me = owner_member.pk
    assert lines() == [("sign_in.refused", me), ("sign_in.refused", None), ("signed_in", me), ("signed_out", me)]
    assert set(AuditEntry.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_a_line_goes_with_its_act_or_not_at_all(owner_member: Member) -> None:
    with transaction.atomic():
        audit(act=acts.SEARCHED)
        transaction.set_rollback(True)
    assert lines() == []


def test_changes_of_settings_stand_in_it_whatever_the_page_and_refused_ones_do_not(owner: Client) -> None:
    assert owner.post("/settings/brands/new/", {"name_uk": "Orchard"}).status_code == 302
    assert owner.post("/settings/brands/new/", {"name_uk": ""}).status_code == 422
    assert AuditEntry.objects.values_list("act", "details").get() == (
        "settings.changed",
        {"path": "/settings/brands/new/"},
    )


def test_what_was_searched_for_is_not_kept_in_words(owner_member: Member) -> None:
    audit_search(text=" Анна  Петренко", found=3)
    audit_search(text="анна петренко", found=3)
    first, second = AuditEntry.objects.values_list("details", flat=True)
    assert (first == second, first["found"], "етренко" in str(first)) == (True, 3, False)


def test_opening_a_card_is_one_line_and_its_parts_are_none(owner: Client) -> None:
    answer = owner.post("/customers/new/", {"kind": "person", "given": "Hanna", "family": "Ivy", "name": "Hanna Ivy"})
    place = answer.headers["Location"]
    before = len(lines())
    owner.get(place)
    owner.get(place, headers={"hx-request": "true", "hx-target": "timeline"})
    assert [act for act, _ in lines()[before:]] == ["customer.opened"]


def test_the_owner_and_the_auditor_read_it_and_nobody_else(owner: Client, auditor: Client, reader: Client) -> None:
    audit(act=acts.SIGN_IN_REFUSED, by=Member.objects.get(role="owner").pk)
    assert [who.get("/settings/audit/").status_code for who in (owner, auditor, reader)] == [200, 200, 403]
    assert "Was refused at sign-in" in auditor.get("/settings/audit/").content.decode()


def test_the_auditor_sees_no_customers(auditor: Client) -> None:
    assert [auditor.get(path).status_code for path in ("/customers/", "/orders/", "/search/?q=an")] == [403] * 3


def test_lines_come_by_member_matter_and_page(owner: Client, owner_member: Member, reader_member: Member) -> None:
    for number in range(53):
        audit(act=acts.SEARCHED, by=reader_member.pk, details={"found": number})
    audit(act=acts.KEY_MADE, by=owner_member.pk)
    first = owner.get("/settings/audit/", {"about": "data", "days": "7"})
    second = owner.get("/settings/audit/", {"about": "data", "after": first.context["page"].next_key})
    shown = [row.details["found"] for page in (first, second) for row in page.context["page"].rows]
    assert shown == list(range(52, -1, -1))
    mine = owner.get("/settings/audit/", {"member": str(owner_member.pk)}).context["page"].rows
    assert [row.act for row in mine] == ["Made an API key"]


@pytest.mark.parametrize("query", ["member=x", "days=400", "about=x", "after=!!", "member=99999999999999999999"])
def test_made_up_filters_ask_nothing(owner: Client, query: str) -> None:
    assert owner.get(f"/settings/audit/?{query}").status_code == 200


def test_the_trail_is_read_with_one_number_of_queries(
    owner: Client, owner_member: Member, django_assert_num_queries
) -> None:
    owner.get("/settings/audit/")
    for _ in (1, 3):
        audit(act=acts.KEY_REVOKED, by=owner_member.pk, kind="member", subject=owner_member.pk)
        with django_assert_num_queries(7):
            owner.get("/settings/audit/")


def test_the_security_page_names_who_has_no_second_factor(owner: Client, reader_member: Member) -> None:
    page = owner.get("/settings/security/")
    assert page.context["bare"] == ["Olena Sad", "Rima Look"]
    assert owner.post("/settings/security/second-factor/", {"roles": ["reader"]}).status_code == 302
    assert list(Member.objects.filter(owes_second_factor=True).values_list("name", flat=True)) == ["Rima Look"]
    assert owner.post("/settings/security/second-factor/", {"roles": ["king"]}).status_code == 422


def test_the_security_page_lists_the_servers_that_were_called(owner: Client) -> None:
    before = owner.get("/settings/security/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_outgoingaddress (host, port, first_at, last_at, times) "
            "VALUES ('s3.example.com', 443, now(), now(), 1200), ('hook.example.com', 8443, now(), now(), 1)"
        )
    after = owner.get("/settings/security/").content.decode()
    assert ("Nothing has left this place" in before, "2 servers outside were called" in after) == (True, True)
    assert [text in after for text in (">s3.example.com<", ">1,200<", ">hook.example.com:8443<")] == [True] * 3
