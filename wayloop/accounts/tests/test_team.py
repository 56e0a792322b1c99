"""The team: who is invited, what each may, how somebody goes and comes back."""

from datetime import timedelta
from html import unescape
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from wayloop.accounts.enums import Role
from wayloop.accounts.models import AuditEntry, Invitation, Member
from wayloop.accounts.queries.invitations import token_of
from wayloop.accounts.services.invitations import invite
from wayloop.accounts.services.members import MemberRefused, Rights, change_rights, create_member, switch_off
from wayloop.accounts.testing import PASSWORD
from wayloop.business.testing import Location
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock

AGENT = {"role": "agent", "sees": "all"}
JOINING = {"name": "Nadia New", "password": "seven calm rivers"}


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


def invited(owner_member: Member, rights: Rights | None = None) -> str:
    made = invite(email="nadia@example.com", rights=rights or Rights(Role.AGENT), days=7, by=owner_member)
    return f"/join/{token_of(made)}/"


def test_an_invitation_is_a_link_to_copy_that_makes_one_member(owner: Client, stranger: Client) -> None:
    place = owner.post("/settings/team/invite/", AGENT | {"email": " Nadia@Example.com ", "days": "7"})
    page = owner.get(place.headers["Location"]).content.decode()
    link = page.partition('value="')[2].partition('"')[0] if 'class="link-line"' not in page else ""
    link = page.partition('data-copy="')[2].partition('"')[0]
    assert link.startswith(f"{settings.CSRF_TRUSTED_ORIGINS[0]}/join/")
    answer = stranger.post(link.removeprefix(settings.CSRF_TRUSTED_ORIGINS[0]), JOINING)
    member = Member.objects.get(email="nadia@example.com")
    assert (answer.headers["Location"], member.name, member.role) == ("/", "Nadia New", "agent")
    assert stranger.get("/me/").status_code == 200
    assert acts()[-2:] == ["member.invited", "member.joined"]


def test_a_link_works_once(owner_member: Member, stranger: Client) -> None:
    path = invited(owner_member)
    assert stranger.post(path, JOINING).status_code == 302
    again = Client()
    assert [again.get(path).status_code, again.post(path, JOINING).status_code] == [410, 410]
    assert Member.objects.filter(email="nadia@example.com").count() == 1


@pytest.mark.parametrize("why", ["withdrawn", "over", "changed", "another invitation came"])
def test_a_link_that_is_over_says_so_and_tells_nothing(owner: Client, owner_member: Member, why: str) -> None:
    path = invited(owner_member)
    if why == "withdrawn":
        owner.post(f"/settings/team/invitations/{Invitation.objects.get().pk}/do/", {"do": "withdraw"})
    elif why == "changed":
        path = f"{path[:-3]}AA/"
    elif why == "another invitation came":
        invited(owner_member)
    stranger = Client(headers={"accept-language": "en"})
    with clock.standing_at(clock.now() + timedelta(days=8 if why == "over" else 0)):
        answers = [stranger.get(path), stranger.post(path, JOINING)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert not any("nadia" in answer.content.decode().lower() for answer in answers)
    assert Member.objects.count() == 1


def test_a_withdrawal_can_be_undone(owner: Client, owner_member: Member, stranger: Client) -> None:
    path = invited(owner_member)
    deed = f"/settings/team/invitations/{Invitation.objects.get().pk}/do/"
    owner.post(deed, {"do": "withdraw"})
    owner.post(f"{deed}?do=restore")
    assert stranger.get(path).status_code == 200


def test_who_works_here_already_is_not_invited(owner: Client) -> None:
    answer = owner.post("/settings/team/invite/", AGENT | {"email": "olena@example.com", "days": "7"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])


@pytest.mark.parametrize("given", [{"role": "partner", "sees": "all"}, {"role": "agent", "sees": "some"}])
def test_limits_must_be_said_where_they_are_needed(owner: Client, given: dict[str, str]) -> None:
    answer = owner.post("/settings/team/invite/", given | {"email": "nadia@example.com", "days": "7"})
    assert (answer.status_code, list(answer.context["form"].errors), Invitation.objects.count()) == (422, ["sees"], 0)


def test_an_invited_member_sees_what_the_invitation_says(
    owner_member: Member, stranger: Client, far_location: int
) -> None:
    stranger.post(invited(owner_member, Rights(Role.PARTNER, (far_location,))), JOINING)
    assert Member.objects.get(email="nadia@example.com").scope == Scope((far_location,))


def test_a_limit_to_brands_is_one_to_their_locations_as_they_are_now(
    owner_member: Member, near_location: int, far_location: int
) -> None:
    from wayloop.business.api import add_brand  # app ready: needed here only
    from wayloop.kernel.localised import Localised

    add_brand(name=Localised.of("Orchard", "uk"))
    brand = _brand()
    rights = {"role": Role.MANAGER, "brand_ids": [brand], "email": "m@example.com", "name": "M", "password": PASSWORD}
    member = create_member(**rights)
    seen = []
    for places in ((), (far_location,), (near_location, far_location)):
        Location.objects.filter(pk__in=places).update(brand=brand)
        seen.append(Member.objects.get(pk=member.pk).scope.locations)
    assert seen == [(), (far_location,), (near_location, far_location)]
    both = create_member(**rights | {"email": "b@example.com", "location_ids": [near_location]})
    assert both.scope == Scope((near_location,))


def _brand() -> int:
    from wayloop.business.api import brands  # app ready: needed here only

    return brands()[0].id


def test_other_rights_act_at_once(owner: Client, reader: Client, reader_member: Member) -> None:
    assert reader.get("/customers/").status_code == 200
    owner.post(f"/settings/team/{reader_member.pk}/", {"role": "front_desk", "sees": "all"})
    assert reader.get("/customers/").headers["Location"] == "/sign-in/?next=/customers/"
    reader.force_login(Member.objects.get(pk=reader_member.pk))
    assert reader.get("/customers/").status_code == 403
    assert AuditEntry.objects.filter(act="member.rights_changed").values_list("details", flat=True).get() == {
        "was": "reader",
        "role": "front_desk",
    }


def test_the_same_rights_again_change_nothing(owner: Client, reader: Client, reader_member: Member) -> None:
    owner.post(f"/settings/team/{reader_member.pk}/", {"role": "reader", "sees": "all"})
    assert (reader.get("/me/").status_code, "member.rights_changed" in acts()) == (200, False)


def test_the_last_owner_stays_owner(owner: Client, owner_member: Member) -> None:
    told = owner.post(f"/settings/team/{owner_member.pk}/", AGENT)
    owner.post(f"/settings/team/{owner_member.pk}/do/", {"do": "off"})
    member = Member.objects.get()
    assert (told.status_code, list(told.context["form"].errors)) == (422, ["role"])
    assert (member.role, member.is_active) == ("owner", True)


def test_of_two_owners_one_may_go_then_the_other_may_not(owner_member: Member) -> None:
    other = create_member(name="Oleh", email="oleh@example.com", password=PASSWORD, role=Role.OWNER)
    assert switch_off(member=other) is True
    with pytest.raises(MemberRefused):
        change_rights(member=owner_member, rights=Rights(Role.READER))


def test_of_two_owners_who_switch_each_other_off_at_once_one_stays(committed: None) -> None:
    olha, oleh = (
        create_member(name=name, email=f"{name}@example.com", password=PASSWORD, role=Role.OWNER)
        for name in ("Olha", "Oleh")
    )
    together, told = Barrier(2), []

    def go(other: Member) -> None:
        try:
            together.wait()
            told.append(str(switch_off(member=other)))
        except MemberRefused:
            told.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=go, args=(other,)) for other in (olha, oleh)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(told), Member.objects.filter(is_active=True).count()) == (["True", "refused"], 1)


def test_who_is_switched_off_is_out_at_once_and_comes_back_by_undo(
    owner: Client, reader: Client, reader_member: Member
) -> None:
    deed = f"/settings/team/{reader_member.pk}/do/"
    owner.post(deed, {"do": "off"})
    assert reader.get("/me/").status_code == 302
    assert Client().post("/sign-in/", {"login": "rima@example.com", "password": PASSWORD}).status_code == 422
    owner.post(f"{deed}?do=on")
    assert reader.get("/me/").status_code == 302
    assert Client().post("/sign-in/", {"login": "rima@example.com", "password": PASSWORD}).status_code == 302
    assert acts()[-3:-1] == ["member.let_back_in", "signed_in"] or "member.let_back_in" in acts()


def test_a_link_for_a_new_password_works_once_and_signs_out(
    owner: Client, reader: Client, reader_member: Member
) -> None:
    page = owner.post(f"/settings/team/{reader_member.pk}/do/", {"do": "password"}).content.decode()
    path = page.partition('data-copy="')[2].partition('"')[0].removeprefix(settings.CSRF_TRUSTED_ORIGINS[0])
    somebody = Client(headers={"accept-language": "en"})
    assert "rima@example.com" in unescape(somebody.get(path).content.decode())
    assert somebody.post(path, {"password": "short"}).status_code == 422
    assert somebody.post(path, {"password": "seven calm rivers"}).headers["Location"] == "/sign-in/"
    assert [somebody.get(path).status_code, reader.get("/me/").status_code, somebody.get("/me/").status_code] == [
        410,
        302,
        302,
    ]
    assert Member.objects.get(pk=reader_member.pk).check_password("seven calm rivers") is True


@pytest.mark.parametrize("ending", ["off", "sign-out"])
def test_what_ends_sessions_ends_links_for_new_passwords(owner: Client, reader_member: Member, ending: str) -> None:
    deed = f"/settings/team/{reader_member.pk}/do/"
    page = owner.post(deed, {"do": "password"}).content.decode()
    path = page.partition('data-copy="')[2].partition('"')[0].removeprefix(settings.CSRF_TRUSTED_ORIGINS[0])
    owner.post(deed, {"do": ending})
    assert Client().get(path).status_code == 410


def test_links_cannot_be_tried_out(stranger: Client) -> None:
    answers = [stranger.post(f"/join/{number}x/").status_code for number in range(21)]
    assert answers == [410] * 20 + [429]
    assert stranger.post("/new-password/x/").headers["Retry-After"] == "60"


def test_a_living_link_never_stands_in_a_log(
    owner_member: Member, stranger: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert stranger.post(invited(owner_member), {"name": "", "password": ""}).status_code == 422
    assert "/join/" not in caplog.text


def test_the_team_is_read_with_one_number_of_queries(
    owner: Client, reader_member: Member, django_assert_num_queries
) -> None:
    owner.get("/settings/team/")
    for count in (2, 4):
        with django_assert_num_queries(10):
            page = owner.get("/settings/team/")
        assert len(page.context["rows"]) == count
        for number in (1, 2):
            create_member(
                name=f"P{number}", email=f"p{count}{number}@example.com", password=PASSWORD, role=Role.ANALYST
            )


def test_who_sees_some_locations_only_sees_the_colleagues_and_invitations_of_these(
    owner_member: Member, near_location: int, far_location: int
) -> None:
    for name, places in (("Near", [near_location]), ("Far", [far_location]), ("Both", [near_location, far_location])):
        given = {"name": f"{name} Hand", "email": f"{name.lower()}@example.com", "password": PASSWORD}
        create_member(**given, role=Role.AGENT, location_ids=places)
        rights = Rights(Role.AGENT, tuple(places))
        invite(email=f"new-{name.lower()}@example.com", rights=rights, days=7, by=owner_member)
    manager = {"name": "Maria Lead", "email": "maria@example.com", "password": PASSWORD, "role": Role.MANAGER}
    browser = Client()
    browser.force_login(create_member(**manager, location_ids=[far_location]))
    page = browser.get("/settings/team/")
    names = {place.pk: str(place.name) for place in Location.objects.all()}
    assert [row.member.name for row, _limits in page.context["rows"]] == [
        "Olena Sad",
        "Maria Lead",
        "Both Hand",
        "Far Hand",
    ]
    assert {one.email for one, *_rest in page.context["invitations"]} == {"new-far@example.com", "new-both@example.com"}
    text = page.content.decode()
    assert (names[far_location] in text, names[near_location] in text) == (True, False)
