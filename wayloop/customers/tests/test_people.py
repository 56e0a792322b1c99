"""Customers added by hand: the card of somebody known is proposed instead of a second one; names and phones."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.customers.enums import CustomerKind
from wayloop.customers.models import Card, Relation
from wayloop.customers.services.people import AlreadyKnown, NewCustomer, add_customer
from wayloop.customers.testing import SPRING, card_address, see, shown_titles
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.kernel import clock

NEW = "/customers/new/"
PHONE = "+380441234567"


def new(client: Client, query: str = "", **data: Any) -> Any:
    return client.post(f"{NEW}{query}", {"kind": "person", "name": "", "phone": "", "email": ""} | data)


def cards() -> list[tuple[str, str]]:
    return list(Card.objects.order_by("person").values_list("kind", "name"))


def contacts(handle: int) -> set[str]:
    return {one.value for one in identity.identifiers_of([handle]) if not one.namespace}


@pytest.fixture
def anna(owner_member: object) -> int:
    handle = see("1", "Anna Sad")
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[handle], values=[PHONE])
    return handle


def test_a_page_that_is_sent_twice_adds_one_customer(owner: Client) -> None:
    key = re.search(r'name="form_key" value="(\w+)"', owner.get(NEW).content.decode())
    assert key
    answers = [new(owner, name="Olga", form_key=key[1]) for _ in range(2)]
    assert (len({answer.headers["Location"] for answer in answers}), cards()) == (1, [("person", "Olga")])


def test_a_customer_is_added_and_found_by_everything_that_was_written(owner: Client) -> None:
    answer = new(owner, name="Olga Рута", phone="044 123 45 67", email="Olga@Example.com")
    (card,) = Card.objects.all()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{card.uuid}/")
    assert (card.name, card.kind, card.is_name_kept) == ("Olga Рута", "person", True)
    assert contacts(card.person) == {PHONE, "olga@example.com"}
    for text in ("olga", "рута", "0441234567", "olga@example"):
        assert shown_titles(owner, f"/customers/?q={text}") == ["Olga Рута"]
    assert "Number in wayloop" not in owner.get(f"/customers/{card.uuid}/").content.decode()


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ({"name": "Only a name"}, "Only a name"),
        ({"phone": PHONE}, PHONE),
        ({"email": "a@example.com"}, "a@example.com"),
        ({"name": "ТОВ «Ранок»", "kind": "company"}, "ТОВ «Ранок»"),
    ],
)
def test_one_of_name_phone_and_email_is_enough(data: dict[str, str], title: str, owner: Client) -> None:
    new(owner, **data)
    (card,) = Card.objects.all()
    assert (card.title, card.kind) == (title, data.get("kind", "person"))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"phone": "12"},
        {"email": "nobody"},
        {"kind": "robot", "name": "x"},
        {"name": "x" * 201},
        {"name": "\x00"},
        {"name": "x", "location": "999"},
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(data: dict[str, str], owner: Client, far_location: int) -> None:
    answer = new(owner, **data)
    assert (answer.status_code, Card.objects.count()) == (422, 0)


def test_who_is_known_is_proposed_and_only_added_when_it_is_somebody_else(owner: Client, anna: int) -> None:
    refused = new(owner, name="Anna", phone="(044) 123-45-67")
    page = refused.content.decode()
    assert (refused.status_code, card_address(anna) in page, 'value="Anna"' in page) == (422, True, True)
    assert cards() == [("person", "Anna Sad")]
    assert new(owner, name="Boris", phone=PHONE, is_somebody_else="on").status_code == 302
    assert cards() == [("person", "Anna Sad"), ("person", "Boris")]
    assert [identity.people_of([one])[one] for one in identity.find_people(PHONE, 1)] == [anna]


def test_the_card_of_another_location_is_not_named(far_manager: Client, near_location: int, anna: int) -> None:
    Card.objects.filter(person=anna).update(location_ids=[near_location])
    page = new(far_manager, name="Boris", phone=PHONE).content.decode()
    assert ("belongs to another location" in page, "Anna" in page, card_address(anna) in page) == (True, False, False)


def test_who_sees_one_place_adds_for_that_place_only(
    far_manager: Client, far_location: int, near_location: int
) -> None:
    answers = [new(far_manager, name="x", location=place).status_code for place in (near_location, far_location)]
    assert (answers, Card.objects.get().location_ids) == ([422, 302], [far_location])


def test_of_two_who_add_the_same_phone_at_once_one_is_told(anna: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The other was not there yet when we looked.
    monkeypatch.setattr("wayloop.customers.services.people.holders", lambda _identifiers: [])
    with pytest.raises(AlreadyKnown):
        add_customer(new=NewCustomer(kind=CustomerKind.PERSON, name="Boris", phone=PHONE))


def test_a_contact_person_of_a_company_is_added_in_one_go(owner: Client) -> None:
    zerno = see("1", "Zerno")
    Card.objects.filter(person=zerno).update(kind=CustomerKind.COMPANY)
    uuid = Card.objects.get().uuid
    new(owner, f"?company={uuid}", name="Boris")
    assert list(Relation.objects.values_list("other", "kind")) == [(zerno, "works_at")]
    assert new(owner, "?company=nonsense", name="Vira").status_code == 302


def test_a_name_that_a_member_wrote_stands_and_can_be_undone(owner: Client, anna: int) -> None:
    page = f"{card_address(anna)}name/"
    answer = owner.post(page, {"name": "Anna Kvit"}, follow=True)
    undo = re.search(r'action="(/customers/[^"]+/undo/)"', answer.content.decode())[1]
    see("1", "ANNA SAD", at=clock.now() + timedelta(days=1))
    kept = cards()
    found = [shown_titles(owner, f"/customers/?q={text}") for text in ("kvit", "sad")]
    owner.post(undo)
    owner.post(undo)
    undone = cards()
    see("1", "Anna Grey", at=clock.now() + timedelta(days=2))
    assert (kept, found) == ([("person", "Anna Kvit")], [["Anna Kvit"], []])
    assert (undone, cards()) == ([("person", "Anna Sad")], [("person", "Anna Grey")])


def test_phones_and_addresses_are_added_removed_and_brought_back(owner: Client, anna: int) -> None:
    page = f"{card_address(anna)}contacts/"
    boris = see("2", "Boris")
    theirs = f"{card_address(boris)}contacts/new/"
    assert owner.post(f"{page}new/", {"kind": "email", "value": "Anna@example.com"}).status_code == 302
    assert owner.post(f"{page}new/", {"kind": "email", "value": "anna"}).status_code == 422
    assert owner.post(theirs, {"kind": "phone", "value": PHONE}).status_code == 422
    assert owner.post(theirs, {"kind": "phone", "value": PHONE, "is_somebody_else": "on"}).status_code == 302
    assert (contacts(anna), contacts(boris)) == ({PHONE, "anna@example.com"}, {PHONE})
    removed = owner.post(f"{page}remove/", {"kind": "email", "value": "anna@example.com"}, follow=True)
    without = contacts(anna)
    undo = re.search(r'action="(/customers/[^"]+/restore/)"', removed.content.decode())[1]
    assert ("anna@example" in undo, without) == (False, {PHONE})
    assert [owner.post(undo).status_code for _again in range(2)] == [302, 302]
    assert contacts(anna) == {PHONE, "anna@example.com"}


def test_what_was_taken_off_two_cards_comes_back_to_both(owner: Client, anna: int) -> None:
    boris = see("2", "Boris")
    identity.add_identifiers(kind=identity.IdentifierKind.PHONE, handles=[boris], values=["+380509998877"])
    pages = [f"{card_address(one)}contacts/" for one in (anna, boris)]
    for page, phone in zip(pages, (PHONE, "+380509998877"), strict=True):
        owner.post(f"{page}remove/", {"kind": "phone", "value": phone})
    gone = (contacts(anna), contacts(boris))
    for page in pages:
        owner.post(f"{page}restore/")
    assert (gone, contacts(anna), contacts(boris)) == ((set(), set()), {PHONE}, {"+380509998877"})


@pytest.mark.parametrize("data", [{"kind": "external", "value": "1"}, {"kind": "phone", "value": "+1"}, {}])
def test_what_is_not_theirs_cannot_be_removed(data: dict[str, str], owner: Client, anna: int) -> None:
    assert owner.post(f"{card_address(anna)}contacts/remove/", data).status_code == 404


def test_who_may_only_look_adds_and_changes_nobody(
    reader: Client, front_desk: Client, stranger: Client, anna: int, fingerprints: Any
) -> None:
    card = card_address(anna)
    paths = [NEW, f"{card}name/", f"{card}contacts/new/", f"{card}contacts/remove/", f"{card}contacts/restore/"]
    before = fingerprints()
    answers = [
        [who.post(path, {"kind": "phone", "value": PHONE, "name": "x"}).status_code for path in paths]
        for who in (reader, front_desk, stranger)
    ]
    assert (answers, fingerprints()) == ([[403] * 5, [403] * 5, [302] * 5], before)
    assert Card.objects.get().first_seen_at == SPRING
