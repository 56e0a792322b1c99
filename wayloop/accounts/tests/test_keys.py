"""API keys: what they open, for how long, and how little of them is kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from wayloop.accounts.api import KeyInfo, Permission, Role, member_for_key
from wayloop.accounts.enums import PERMISSIONS
from wayloop.accounts.models import ApiKey, AuditEntry, Member
from wayloop.accounts.services.keys import make_key, revoke_key
from wayloop.accounts.services.members import MemberRefused, Rights, change_rights, let_back_in, switch_off
from wayloop.accounts.testing import PASSWORD
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock

SEE = [Permission.CUSTOMERS_VIEW, Permission.ORDERS_VIEW]


def key_of(member: Member, **more: object) -> str:
    return make_key(member=member, name="Web shop", permissions=more.pop("permissions", SEE), **more)[1]


def test_a_key_brings_its_member_with_what_it_was_made_for(reader_member: Member, near_location: int) -> None:
    found = member_for_key(key_of(reader_member, location_ids=[near_location]))
    assert isinstance(found, KeyInfo)
    assert (found.member.id, found.permissions, found.scope) == (
        reader_member.pk,
        frozenset(SEE),
        Scope((near_location,)),
    )
    assert [found.may(one) for one in (Permission.CUSTOMERS_VIEW, Permission.METRICS_VIEW)] == [True, False]


def test_only_a_digest_is_kept(owner_member: Member) -> None:
    text = key_of(owner_member)
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM accounts_apikey k UNION ALL SELECT a::text FROM accounts_auditentry a")
        stored = "".join(row for (row,) in cursor.fetchall())
    assert (text.split("_", 2)[1] in stored, text.split("_", 2)[2] in stored, len(text)) == (True, False, 59)


@pytest.mark.parametrize("change", ["", "x", "wl_", "wl_000000000000_x", "another secret", "another prefix", "é"])
def test_anything_else_is_nobody(owner_member: Member, change: str) -> None:
    text = key_of(owner_member)
    prefix, secret = text.split("_", 2)[1:]
    given = {"another secret": f"wl_{prefix}_{'A' * 43}", "another prefix": f"wl_{'0' * 12}_{secret}"}
    assert member_for_key(given.get(change, change)) is None


def test_a_key_ends_by_itself_by_revocation_and_with_its_member(owner_member: Member, reader_member: Member) -> None:
    text = key_of(reader_member, expires_at=clock.now() + timedelta(days=1))
    alive = [member_for_key(text) is not None]
    with clock.standing_at(clock.now() + timedelta(days=2)):
        alive.append(member_for_key(text) is not None)
    switch_off(member=reader_member)
    alive.append(member_for_key(text) is not None)
    let_back_in(member=reader_member)
    alive.append(member_for_key(text) is not None)
    revoke_key(number=ApiKey.objects.get().pk)
    alive.append(member_for_key(text) is not None)
    assert alive == [True, False, False, True, False]


def test_with_fewer_rights_of_the_member_the_key_has_fewer_at_once(
    reader_member: Member, near_location: int, far_location: int
) -> None:
    text = key_of(reader_member)
    change_rights(member=reader_member, rights=Rights(Role.PARTNER, (far_location,)))
    found = member_for_key(text)
    assert found is not None
    assert (found.permissions, found.scope) == (frozenset({Permission.ORDERS_VIEW}), Scope((far_location,)))


@pytest.mark.parametrize("wanted", [Permission.CUSTOMERS_CHANGE, Permission.SETTINGS_CHANGE, Permission.TEAM_CHANGE])
def test_a_key_can_do_no_more_than_its_maker(reader_member: Member, wanted: Permission) -> None:
    with pytest.raises(MemberRefused):
        key_of(reader_member, permissions=[wanted])


def test_not_even_an_owners_key_makes_members_or_keys(owner_member: Member) -> None:
    for wanted in (Permission.TEAM_CHANGE, Permission.KEYS_MAKE):
        assert wanted in PERMISSIONS[Role.OWNER]
        with pytest.raises(MemberRefused):
            key_of(owner_member, permissions=[wanted])


def test_a_limited_maker_makes_limited_keys(reader_member: Member, near_location: int, far_location: int) -> None:
    reader_member.location_ids = [far_location]
    for places in (None, [near_location], [near_location, far_location]):
        with pytest.raises(MemberRefused):
            key_of(Member(pk=reader_member.pk, role="reader", location_ids=[far_location]), location_ids=places)


def test_use_is_noted_once_a_minute(owner_member: Member, django_assert_num_queries) -> None:
    text = key_of(owner_member)
    start = clock.now()
    with clock.standing_at(start), django_assert_num_queries(2):
        member_for_key(text)
    with clock.standing_at(start + timedelta(seconds=59)), django_assert_num_queries(1):
        member_for_key(text)
    with clock.standing_at(start + timedelta(seconds=61)), django_assert_num_queries(2):
        member_for_key(text)
    assert ApiKey.objects.get().used_at == start + timedelta(seconds=61)


def test_the_key_is_shown_once(owner: Client, owner_member: Member) -> None:
    owner.post("/me/confirm/", {"password": PASSWORD, "next": "/settings/keys/new/"})
    page = owner.post("/settings/keys/new/", {"name": "Till", "permissions": ["orders.view"], "days": "30"}).content
    text = page.decode().partition('data-copy="')[2].partition('"')[0]
    found = member_for_key(text)
    assert found is not None
    assert (found.permissions, text in owner.get("/settings/keys/").content.decode()) == (
        frozenset({Permission.ORDERS_VIEW}),
        False,
    )


def test_members_revoke_their_own_keys_and_owners_all(owner: Client, far_manager: Client, owner_member: Member) -> None:
    manager = Member.objects.get(role="manager")
    key_of(owner_member)
    key_of(manager, location_ids=manager.location_ids)
    first, second = ApiKey.objects.order_by("pk").values_list("pk", flat=True)
    assert far_manager.post(f"/settings/keys/{first}/revoke/").status_code == 404
    assert [far_manager.post(f"/settings/keys/{second}/revoke/").status_code] == [302]
    assert owner.post(f"/settings/keys/{first}/revoke/").status_code == 302
    assert ApiKey.objects.filter(revoked_at=None).count() == 0
    assert list(AuditEntry.objects.order_by("-id").values_list("act", flat=True)[:2]) == ["key.revoked", "key.revoked"]
