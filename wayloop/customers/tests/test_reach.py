"""Why a customer was asked or not stands on one page, for those who may see the customer."""

import re

import pytest
from django.test import Client

from wayloop.business.testing import Location
from wayloop.customers.testing import card_address, see
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.privacy import api as privacy
from wayloop.privacy.testing import NOON, ask, say


def words(client: Client, path: str) -> str:
    page = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"(<[^>]*>|\s)+", " ", page)


@pytest.fixture
def anna(owner_member: object) -> tuple[int, int]:
    """A customer of the first location, with an e-mail."""
    handle = see("1", "Anna", location=Location.objects.order_by("pk").values_list("pk", flat=True)[0])
    mail = ["anna@example.com"]
    identity.add_identifiers(kind=identity.IdentifierKind.EMAIL, handles=[handle], values=mail)
    (point,) = identity.contact_points(kind=identity.IdentifierKind.EMAIL, values=mail)
    return handle, point


def test_only_those_who_may_see_the_customer_read_it(
    owner: Client, reader: Client, far_manager: Client, front_desk: Client, stranger: Client, anna: tuple[int, int]
) -> None:
    page = f"{card_address(anna[0])}reach/"
    answers = [who.get(page).status_code for who in (owner, reader, far_manager, front_desk, stranger)]
    assert answers == [200, 200, 404, 403, 302]
    assert owner.post(page).status_code == 405


def test_it_tells_what_may_be_sent_now_and_what_was_done(owner: Client, anna: tuple[int, int]) -> None:
    page = f"{card_address(anna[0])}reach/"
    with clock.standing_at(NOON):
        assert "Nothing was sent yet" in words(owner, page)
        assert ask(anna).is_granted
        assert not ask(anna, subject=2).is_granted
        say(anna, privacy.ConsentAct.WITHDRAWN, purpose="", channel="")
        privacy.hold(reason=privacy.HoldReason.REFUND, subject_kind="order", handles=[anna[0]], subject_ids=[1])
        told = words(owner, page)
    assert "anna@example.com" in told
    assert "Was contacted Questions about their experience · E-mail –" in told
    assert "Was not contacted Questions about their experience · E-mail They have heard from us often enough" in told
    assert "Withdrew everything –" in told
    assert "Left in peace – A refund is open" in told
    assert "Questions about their experience They said no A refund is open" in told
    assert told.count("not now") == 5
