"""The words people agree to, as members change them; and how long refusals are kept."""

from datetime import timedelta

import pytest
from django.test import Client

from wayloop.kernel import clock
from wayloop.privacy.models import ConsentText
from wayloop.privacy.services.keeping import KEEP, forget_refusals
from wayloop.privacy.testing import NOON, Refusal, ask, people

pytestmark = pytest.mark.django_db
PAGE = "/settings/consent-texts/"


def test_a_new_wording_is_a_new_version_and_the_former_one_comes_back_as_one(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    page = f"{PAGE}marketing/en/"
    assert [who.get(PAGE).status_code for who in (owner, reader, front_desk, stranger)] == [200, 200, 403, 302]
    told = {"body": "Yes, {business} may write."}
    assert [who.post(page, told).status_code for who in (reader, front_desk, stranger)] == [403, 403, 302]
    answer = owner.post(page, told, follow=True).content.decode()
    assert "Yes, {business} may write." in answer
    assert "body=Yes%2C+%7Bbusiness%7D+may+write+to+me" in answer
    owner.post(f"{page}?body=Yes")
    assert list(ConsentText.objects.order_by("version").values_list("version", "body")) == [
        (1, "Yes, {business} may write."),
        (2, "Yes"),
    ]
    assert owner.post(page, {"body": " "}).status_code == 422
    assert owner.post(f"{PAGE}service/en/", told).status_code == 404
    assert owner.post(f"{PAGE}marketing/xx/", told).status_code == 404


def test_refusals_are_forgotten_after_a_year_and_some() -> None:
    anna, boris = people("anna", "boris")
    with clock.standing_at(NOON):
        ask(anna, purpose="marketing")
    with clock.standing_at(NOON + timedelta(days=30)):
        ask(boris, purpose="marketing")
    with clock.standing_at(NOON + KEEP + timedelta(days=1)):
        assert forget_refusals() == 1
    assert list(Refusal.objects.values_list("handle", flat=True)) == [boris[0]]
