"""The doctor finds whoever was written to against their word."""

import pytest
from django.db import connection

from wayloop.contracts.doctor import State
from wayloop.kernel import clock
from wayloop.privacy.checks import contacts_agreed_to
from wayloop.privacy.enums import Channel, ConsentAct, Purpose
from wayloop.privacy.models import Contact
from wayloop.privacy.testing import Standing, people, say

pytestmark = pytest.mark.django_db


def write_to(who: tuple[int, int], purpose: str) -> None:
    """Past the door, as a defect would."""
    Contact.objects.create(
        key=clock.now().strftime("%Y%m%d%H%M%S") + "0" * 18,
        handle=who[0],
        point=who[1],
        purpose=purpose,
        channel=Channel.EMAIL,
        subject_kind="campaign",
        subject_id=1,
        at=clock.now(),
    )


@pytest.mark.parametrize(
    ("word", "purpose", "state"),
    [
        ("", Purpose.MARKETING, State.BROKEN),
        (ConsentAct.ASKED, Purpose.MARKETING, State.BROKEN),
        (ConsentAct.WITHDRAWN, Purpose.MARKETING, State.BROKEN),
        (ConsentAct.GIVEN, Purpose.MARKETING, State.GOOD),
        ("", Purpose.SURVEY, State.GOOD),
        ("", Purpose.SERVICE, State.GOOD),
    ],
)
def test_a_contact_is_held_against_what_was_said_before_it(word: str, purpose: str, state: State) -> None:
    (anna,) = people("anna")
    if word:
        say(anna, word)
    write_to(anna, purpose)
    say(anna, ConsentAct.WITHDRAWN, purpose=Purpose.REVIEW)
    assert contacts_agreed_to().state == state


def test_what_stands_is_what_was_said_last() -> None:
    (anna,) = people("anna")
    say(anna, ConsentAct.WITHDRAWN)
    assert contacts_agreed_to().text == "0 contacts and 1 consents looked at"
    Standing.objects.update(act=ConsentAct.GIVEN)
    assert contacts_agreed_to().text == "consents that nobody gave: 1"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM privacy_standing")
    assert contacts_agreed_to().state == State.GOOD
