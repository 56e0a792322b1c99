"""People choose by a signed link what they hear of; members set the rules."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from wayloop.kernel import clock
from wayloop.kernel.signing import sign
from wayloop.privacy import links
from wayloop.privacy.enums import Channel, ConsentAct, Purpose
from wayloop.privacy.models import Limit, Pace
from wayloop.privacy.testing import NOON, Consent, Standing, ask, people, say

RULES = "/settings/contact-rules/"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def mail_program(owner_member: object) -> Client:
    """Posts without cookies, sign-in or CSRF token, to a business that is set up."""
    return Client(enforce_csrf_checks=True)


def pages(anna: tuple[int, int]) -> list[str]:
    handle, point = anna
    about = {"point": point, "handle": handle, "purpose": Purpose.MARKETING, "channel": Channel.EMAIL}
    return [
        links.preferences_link(point=point, handle=handle),
        links.unsubscribe_link(**about),  # type: ignore[arg-type]
        links.confirm_link(**about),  # type: ignore[arg-type]
    ]


@pytest.mark.django_db
def test_looking_changes_nothing_however_often(mail_program: Client, owner: Client) -> None:
    (anna,) = people("anna")
    say(anna, ConsentAct.ASKED)
    for who in (mail_program, owner):
        for page in pages(anna):
            for _time in range(3):
                assert who.get(page).status_code == 200
                assert who.head(page + "?List-Unsubscribe=One-Click").status_code == 200
    assert list(Consent.objects.values_list("act", flat=True)) == ["asked"]


@pytest.mark.django_db
def test_a_mail_program_leaves_with_one_post(mail_program: Client) -> None:
    (anna,) = people("anna")
    say(anna)
    page = pages(anna)[1]
    answers = [mail_program.post(page, ONE_CLICK) for _time in range(3)]
    assert [(one.status_code, one.content, len(one.cookies)) for one in answers] == [(200, b"unsubscribed", 0)] * 3
    assert list(Consent.objects.order_by("id").values_list("act", "purpose", "channel", "proof__page")) == [
        ("given", "marketing", "email", None),
        ("withdrawn", "marketing", "email", "one click"),
    ]
    with clock.standing_at(NOON):
        assert ask(anna, purpose=Purpose.MARKETING).reasons == ("withdrawn",)
        assert ask(anna).is_granted


@pytest.mark.django_db
def test_a_person_leaves_and_comes_back_by_a_page(mail_program: Client) -> None:
    (anna,) = people("anna")
    say(anna)
    own, leave, _confirm = pages(anna)
    assert "a•••a@example.com" in mail_program.get(leave).content.decode()
    done = mail_program.post(leave).content.decode()
    assert "Café Orchard will not send you this any more: News and offers." in done
    assert own.rpartition("/preferences/")[1] in done
    mail_program.post(own, {"do": "save", "purpose": ["marketing", "survey", "bogus"]})
    assert sorted(Standing.objects.values_list("purpose", "channel", "act")) == [
        ("feedback", "email", "withdrawn"),
        ("marketing", "email", "given"),
        ("reminder", "email", "withdrawn"),
    ]
    mail_program.post(own, {"do": "leave"})
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert {
            ask(anna, purpose=one, channel="email", key="x").reasons[:1] for one in Purpose.values if one != "service"
        } == {("withdrawn",)}


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "agreed"), [("asked", "given"), ("withdrawn", "withdrawn"), ("given", "given")])
def test_a_consent_is_confirmed_by_a_post_unless_it_was_withdrawn(word: str, agreed: str, mail_program: Client) -> None:
    (anna,) = people("anna")
    say(anna, word)
    for _time in range(2):
        assert mail_program.post(pages(anna)[2]).status_code == 200
    assert Standing.objects.get().act == agreed
    assert Consent.objects.count() == (2 if word == "asked" else 1)


@pytest.mark.django_db
def test_only_our_links_of_the_right_kind_open_a_page(mail_program: Client) -> None:
    (anna,) = people("anna")
    say(anna)
    own, leave, _confirm = pages(anna)
    token = own.split("/")[2]
    wrong = [
        leave.replace(leave.split("/")[2], token),
        own.replace(token, token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]),
        own.replace(token, sign(links.PREFERENCES, "1.1", expires=clock.now() - timedelta(seconds=1))),
        "/unsubscribe/x/",
    ]
    assert [mail_program.post(page, ONE_CLICK).status_code for page in wrong] == [410] * 4
    assert Consent.objects.count() == 1


@pytest.mark.django_db
def test_members_set_the_rules_and_others_do_not(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    assert [who.get(RULES).status_code for who in (owner, reader, front_desk, stranger)] == [200, 200, 403, 302]
    deeds = [f"{RULES}pace/", f"{RULES}limit/", f"{RULES}limit/{Limit.objects.get(purpose='survey').pk}/remove/"]
    assert [[who.post(page).status_code for page in deeds] for who in (reader, front_desk, stranger)] == [
        [403, 403, 403],
        [403, 403, 403],
        [302, 302, 302],
    ]
    assert {owner.get(page).status_code for page in deeds} == {405}
    assert Limit.objects.count() == 4


@pytest.mark.django_db
def test_a_limit_is_added_removed_and_brought_back(owner: Client) -> None:
    told = {"purpose": "survey", "channel": "sms", "most": "2", "days": "365"}
    assert owner.post(f"{RULES}limit/", told).headers["Location"] == RULES
    assert owner.post(f"{RULES}limit/", told).status_code == 422
    assert owner.post(f"{RULES}limit/", told | {"most": "101"}).status_code == 422
    added = Limit.objects.get(channel="sms")
    owner.post(reverse("privacy:limit_remove", args=[added.pk]))
    assert Limit.objects.count() == 4
    page = owner.get(RULES).content.decode()
    assert "limit/?purpose=survey&amp;channel=sms&amp;most=2&amp;days=365" in page
    owner.post(f"{RULES}limit/?purpose=survey&channel=sms&most=2&days=365")
    assert Limit.objects.filter(channel="sms", most=2).count() == 1


@pytest.mark.django_db
def test_the_pace_is_changed_whole_or_not_at_all(owner: Client) -> None:
    told = {"gap_hours": "48", "quiet_from": "20:30", "quiet_to": "10:00", "consent_needed": ["survey"]}
    assert owner.post(f"{RULES}pace/", told | {"gap_hours": "-1"}).status_code == 422
    assert Pace.objects.get().gap_hours == 20
    assert owner.post(f"{RULES}pace/", told).headers["Location"] == RULES
    pace = Pace.objects.get()
    assert (pace.gap_hours, f"{pace.quiet_from:%H:%M}", pace.consent_needed) == (48, "20:30", ["marketing", "survey"])
