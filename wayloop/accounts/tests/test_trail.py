"""The audit trail and the security page."""

import csv
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from wayloop.accounts import acts
from wayloop.accounts.api import audit, audit_search
from wayloop.accounts.enums import FORGET_INVITATIONS, FORGET_LINES, Role
from wayloop.accounts.models import AuditEntry, Invitation, Member
from wayloop.accounts.services.audit import forget_old_lines
from wayloop.accounts.services.invitations import invite
from wayloop.accounts.services.members import Rights, create_member
from wayloop.accounts.testing import PASSWORD, KeyBrowser, key_of
from wayloop.customers.testing import card_address, see
from wayloop.kernel import clock
from wayloop.kernel.due.handlers import HANDLERS, PERIODIC, Tick


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


def test_it_cannot_be_emptied_either_and_lines_go_only_when_their_three_years_are_over(owner_member: Member) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_auditentry")
    now = clock.now()
    for days in (1200, 1097, 1090, 1):
        with clock.standing_at(now - timedelta(days=days)):
            audit(act=acts.SEARCHED, details={"days": days})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditentry WHERE details->>'days' = '1090'")
    assert (forget_old_lines(most=1), forget_old_lines()) == (True, False)
    assert [details["days"] for details in AuditEntry.objects.values_list("details", flat=True)] == [1090, 1]


def test_forgetting_is_due_every_night(owner_member: Member) -> None:
    assert {name: str(PERIODIC[name][0]) for name in (FORGET_LINES, FORGET_INVITATIONS)} == {
        FORGET_LINES: "daily 04:20",
        FORGET_INVITATIONS: "daily 04:30",
    }
    long_ago = clock.now() - timedelta(days=40)
    with clock.standing_at(long_ago):
        audit(act=acts.SEARCHED)
        for email, days in (("old@example.com", 7), ("young@example.com", 30)):
            invite(email=email, rights=Rights(Role.READER), days=days, by=owner_member)
    HANDLERS[FORGET_LINES].run([Tick(FORGET_LINES, "", clock.now())])
    HANDLERS[FORGET_INVITATIONS].run([Tick(FORGET_INVITATIONS, "", clock.now())])
    assert list(Invitation.objects.values_list("email", flat=True)) == ["young@example.com"]
    assert AuditEntry.objects.filter(act="searched").count() == 1


def test_a_program_that_reads_customers_leaves_lines(
    owner_key: KeyBrowser, owner_member: Member, near_location: int
) -> None:
    handle = see("7", "Hanna Ivy")
    uuid = card_address(handle).split("/")[2]
    asked = [f"customers/{uuid}", f"customers/{uuid}/events", f"customers/{uuid}/traits", "customers"]
    assert [owner_key.get(path).status_code for path in asked] == [200] * 4
    owner_key.post("customers/search", {"q": "Hanna"})
    owner_key.post("customers/search", {"q": "Nobody at all"})
    lines = AuditEntry.objects.exclude(key_id=None).order_by("id")
    me = str(handle)
    assert [(one.act, one.subject_id, one.details.get("part", one.details.get("rows"))) for one in lines[:4]] == [
        ("customer.opened", me, None), ("customer.opened", me, "events"), ("customer.opened", me, "traits"),
        ("exported", "", 1),
    ]  # fmt: skip
    assert [(one.act, one.details["found"]) for one in lines[4:]] == [("searched", 1), ("searched", 0)]
    assert {one.member_id for one in lines} == {owner_member.pk}


def test_the_trail_is_taken_home_as_a_file_no_spreadsheet_runs(owner: Client, auditor: Client, reader: Client) -> None:
    member = create_member(name="=cmd|' /C calc'!A0", email="x@example.com", password=PASSWORD, role=Role.READER)
    for number in range(3):
        audit(act=acts.SEARCHED, by=member.pk, details={"found": number})
    audit(act=acts.KEY_MADE, by=Member.objects.get(role="owner").pk)
    answer = auditor.get("/settings/audit/lines.csv?about=data")
    rows = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert rows[0] == ["line", "time", "who", "key", "act", "about", "number", "details", "address"]
    assert [(row[2], row[7]) for row in rows[1:]] == [
        ("'=cmd|' /C calc'!A0", f'{{"found": {number}}}') for number in (2, 1, 0)
    ]
    assert (answer.headers["Content-Disposition"], reader.get("/settings/audit/lines.csv").status_code) == (
        'attachment; filename="audit-trail.csv"',
        403,
    )
    assert AuditEntry.objects.filter(act="exported").values_list("details", flat=True).get() == {
        "what": "audit trail",
        "rows": 3,
    }
    assert len(owner.get("/settings/audit/lines.csv").getvalue().splitlines()) == 6


@pytest.mark.parametrize(("language", "none", "one"), [
    ("en", ("There are no API keys", "Nobody was refused at sign-in in 7 days"), "1 API key, in use"),
    ("ru", ("API-ключей нет", "За 7 дней ни одного отказа при входе"), "1 API-ключ в работе"),
    ("uk", ("API-ключів немає", "За 7 днів жодної відмови під час входу"), "1 API-ключ у роботі"),
])  # fmt: skip
def test_the_security_page_counts_none_as_none(
    owner: Client, owner_member: Member, language: str, none: tuple[str, str], one: str
) -> None:
    owner.post("/me/language/", {"language": language})
    page = owner.get("/settings/security/").content.decode()
    key_of(owner_member)
    after = owner.get("/settings/security/").content.decode()
    assert ([text in page for text in none], one in after) == ([True, True], True)
