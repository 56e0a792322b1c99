"""What other contexts may ask of the members."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from wayloop.accounts import api
from wayloop.accounts.api import MemberRefused, Permission, Role
from wayloop.accounts.enums import PERMISSIONS
from wayloop.accounts.models import Member
from wayloop.accounts.testing import PASSWORD
from wayloop.contracts.scope import EVERYTHING, Scope


def asked_by(user: object) -> HttpRequest:
    request = RequestFactory().get("/imports/new/")
    request.user = user
    return request


@api.permission_required(Permission.IMPORTS_RUN)
def bring_in(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(str(number))


def test_a_member_with_the_permission_gets_the_view(owner_member: Member) -> None:
    assert bring_in(asked_by(owner_member), 7).content == b"7"


def test_a_member_without_it_is_refused(reader_member: Member) -> None:
    with pytest.raises(PermissionDenied):
        bring_in(asked_by(reader_member), 7)


def test_a_member_who_is_switched_off_may_nothing(owner_member: Member) -> None:
    owner_member.is_active = False
    with pytest.raises(PermissionDenied):
        bring_in(asked_by(owner_member), 7)


def test_a_stranger_is_led_to_sign_in() -> None:
    assert bring_in(asked_by(AnonymousUser()), 7).headers["Location"] == "/sign-in/?next=/imports/new/"


def test_a_view_tells_its_permission() -> None:
    assert bring_in.permission == Permission.IMPORTS_RUN


def test_every_role_has_its_permissions_and_the_owner_all() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.OWNER] == frozenset(Permission)


def test_the_one_who_only_reads_changes_nothing() -> None:
    looks = {permission for permission in Permission if permission.endswith(".view")} | {Permission.WORK_OWN}
    assert PERMISSIONS[Role.READER] - looks == set()


def test_a_request_tells_its_member(owner_member: Member) -> None:
    told = api.member_of(asked_by(owner_member))
    assert (told.name, told.role, told.scope, told.may(Permission.SETTINGS_CHANGE)) == (
        "Olena Sad",
        Role.OWNER,
        EVERYTHING,
        True,
    )


def test_a_stranger_is_no_member() -> None:
    with pytest.raises(PermissionDenied):
        api.member_of(asked_by(AnonymousUser()))


def test_a_member_may_see_some_locations_only(owner_member: Member) -> None:
    told = api.create_member(
        name="Sofia", email="sofia@example.com", password=PASSWORD, role=Role.AGENT, location_ids=[3, 5]
    )
    assert told.scope == Scope((3, 5))


@pytest.mark.parametrize("email", ["olena@example.com", " OLENA@example.com"])
def test_an_address_signs_in_one_member_only(owner_member: Member, email: str) -> None:
    with pytest.raises(MemberRefused) as refusal:
        api.create_member(name="Olena", email=email, password=PASSWORD, role=Role.AGENT)
    assert refusal.value.part == "email"


@pytest.mark.parametrize("email", ["olena@example.com", "Olena@Example.com"])
def test_the_database_itself_keeps_addresses_once_and_in_small_letters(owner_member: Member, email: str) -> None:
    with pytest.raises(IntegrityError):
        Member.objects.create(name="Olena", email=email, role=Role.AGENT)


def test_a_weak_password_makes_no_member(db: None) -> None:
    with pytest.raises(MemberRefused) as refusal:
        api.create_member(name="Olena", email="olena@example.com", password="password12", role=Role.OWNER)
    assert (refusal.value.part, api.has_owner()) == ("password", False)


def test_the_sample_has_one_member_of_each_kind_and_its_password_would_be_accepted(db: None) -> None:
    made = api.create_sample_members()
    assert [(member.email, member.role) for member in made] == [(one.email, one.role) for one in api.SAMPLE_MEMBERS]
    assert [one.role for one in api.SAMPLE_MEMBERS] == [
        Role.OWNER,
        Role.MANAGER,
        Role.AGENT,
        Role.FRONT_DESK,
        Role.READER,
    ]
    assert api.has_owner() is True
