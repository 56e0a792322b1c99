"""People and companies from files: who they are, what is told of them, what could not be read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from wayloop.contracts.imports import ImportContext, ImportOutcome
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.customers.api import TraitType
from wayloop.customers.entities.people import Companies, Customers, Told
from wayloop.customers.enums import About, Sight, TraitGroup
from wayloop.customers.models import Card, Note, Relation, Tag, Tagging, TraitValue
from wayloop.customers.services.definitions import Wishes, add_trait
from wayloop.customers.services.tags import remove_tag
from wayloop.customers.testing import see
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(owner_member: Any) -> Any:
    with clock.standing_at(NOW):
        yield


def bring(*rows: dict[str, Any], entity: Told | None = None, batch: str = "import:1") -> ImportOutcome:
    """Rows as imports hand them over."""
    names = {name for row in rows for name in row}
    return (entity or Customers()).write(
        context=ImportContext("crm", batch, "Europe/Kyiv", "UAH", "uk", ""),
        rows=list(range(1, len(rows) + 1)),
        columns={name: [row.get(name) for row in rows] for name in names},
    )


def card(name: str) -> Card:
    return Card.objects.get(name=name)


def test_a_row_brings_all_that_it_tells() -> None:
    outcome = bring(
        {
            "number": "17",
            "first_name": "Олена",
            "last_name": "Коваль",
            "phone": "067 123 45 67; 050 111 22 33",
            "email": "OLENA@example.com",
            "telegram": "@olena",
            "birth_date": "31.12.1990",
            "town": "Полтава",
            "address": "вул. Соборна, 1",
            "email_consent": "yes",
            "tags": "VIP, кава",
            "note": "Любить лате",
            "company": "ТОВ «Ранок»",
            "position": "бухгалтерка",
            "created_at": datetime(2024, 5, 1, 10),  # noqa: DTZ001 – as a file tells it
        }
    )
    assert (outcome.refused, outcome.counts) == ({}, {"new": 1, "known": 0, "lost": 0})
    olena = card("Олена Коваль")
    assert olena.traits == {
        "birth_date": "1990-12-31",
        "town": "Полтава",
        "address": "вул. Соборна, 1",
        "email_consent": True,
    }
    assert (olena.first_seen_at, olena.seen_at) == (datetime(2024, 5, 1, 7, tzinfo=UTC),) * 2
    told = {(one.kind, one.value) for one in identity.identifiers_of([olena.person])}
    assert told == {
        ("external", "17"),
        ("phone", "+380671234567"),
        ("phone", "+380501112233"),
        ("email", "olena@example.com"),
        ("telegram", "olena"),
    }
    assert set(Tag.objects.values_list("name", flat=True)) == {"VIP", "кава"}
    assert Note.objects.get().text == "Любить лате"
    tie = Relation.objects.get()
    firm = card("ТОВ «Ранок»")
    assert (tie.handle, tie.other, tie.role, firm.kind) == (olena.person, firm.person, "бухгалтерка", "company")
    value = TraitValue.objects.get(trait="town")
    assert (value.source, value.valid_from, value.batch) == ("crm", NOW, "import:1")


def test_a_contact_that_cannot_be_read_loses_neither_the_customer_nor_itself() -> None:
    outcome = bring({"name": "Anna", "phone": "call me", "email": "anna@example.com", "birth_date": "31.13.1990"})
    assert (outcome.refused, outcome.counts["lost"]) == ({}, 2)
    told = "Could not be read from the file: Phone: “call me”; Date of birth: “31.13.1990”"
    assert (Note.objects.get().text, card("Anna").traits) == (told, {})
    assert [one.sentence for one in Customers().told(outcome.counts)] == [
        "1 new customer",
        "2 values could not be read and stand in notes on their cards",
    ]


def test_a_row_that_names_nobody_stays_out_and_a_name_alone_is_somebody() -> None:
    outcome = bring(
        {"town": "Lviv", "phone": "x"}, {"name": "Anna"}, {"name": "Anna"}, {"name": "A", "location": "Mars"}
    )
    assert outcome.refused == {1: "nobody", 4: "place"}
    assert Card.objects.get().name == "Anna"
    assert next(Customers().reason(code).split(":")[0] for code in ("nobody", "place")) == "The row names nobody"


def test_whoever_is_known_by_a_phone_is_the_same_and_two_numbers_are_two_people() -> None:
    (anna,) = [see("web-1", "Anna")]
    identity.add_identifiers(kind=identity.IdentifierKind.PHONE, handles=[anna], values=["+380671234567"])
    rows = ({"number": "1", "phone": "067 1234567"}, {"number": "2", "name": "Husband", "phone": "0671234567"})
    bring(*rows)
    assert [one.value for one in identity.identifiers_of([anna]) if one.namespace == "crm"] == ["1"]
    assert (Card.objects.count(), card("Husband").person != anna) == (2, True)
    assert bring(*rows, batch="import:2").counts == {"new": 0, "known": 2, "lost": 0}


def test_the_same_rows_again_change_nothing() -> None:
    rows = (
        {"number": "1", "name": "Anna", "town": "Lviv", "tags": "vip", "note": "calm", "company": "Ranok"},
        {"name": "Boris", "phone": "nonsense"},
    )
    bring(*rows)
    tables = (Card, TraitValue.objects.filter(is_repeat=False), Tagging, Note, Relation, Tag)
    before = [count_of(table) for table in tables]
    bring(*rows, batch="import:2")
    assert [count_of(table) for table in tables] == before


def count_of(table: Any) -> int:
    return int(table.count() if hasattr(table, "query") else table.objects.count())


def test_a_tag_that_a_member_took_away_does_not_come_back() -> None:
    bring({"number": "1", "name": "Anna", "tags": "vip"})
    remove_tag(tag_id=Tag.objects.get().pk, people=[card("Anna").person])
    bring({"number": "1", "name": "Anna", "tags": "vip"}, batch="import:2")
    assert Tagging.objects.count() == 0


def test_companies_and_their_people_meet_by_name_and_number() -> None:
    bring({"number": "5", "name": "Anna", "company": "ТОВ «Ранок»", "phone": "0671234567"})
    rows = ({"number": "9", "name": "ТОВ Ранок", "phone": "067 123 45 67", "industry": "Кава"},)
    outcome = bring(*rows, {"number": "10", "name": "Ранок"}, {"number": "11", "name": "ТОВ Ранок"}, entity=Companies())
    assert (outcome.counts["new"], outcome.counts["known"]) == (2, 1)
    firm = Card.objects.get(person=Relation.objects.get().other)
    assert (firm.kind, firm.name, firm.traits) == ("company", "ТОВ Ранок", {"industry": "Кава"})
    assert card("Anna").kind == "person"
    # The phone of the company does not make a person of it.
    bring({"number": "6", "name": "Boris", "phone": "0671234567"}, {"name": "Vera", "phone": "0671234567"})
    assert {one.name: one.kind for one in Card.objects.all()}["Boris"] == "person"


def test_every_trait_of_the_business_is_a_field() -> None:
    wishes = Wishes(Localised.of("Shoe size", "en"), TraitGroup.OTHER, About.PERSON, Sight.STAFF)
    trait = add_trait(kind=TraitType.NUMBER, wishes=wishes)
    names = [one.name for one in Customers().fields]
    assert (trait.key in names, trait.key in [one.name for one in Companies().fields]) == (True, False)
    assert len(names) == len(set(names))
    bring({"number": "1", "name": "Anna", trait.key: "38,5"})
    assert card("Anna").traits == {trait.key: 38.5}


def test_who_was_only_told_of_was_not_seen() -> None:
    anna = see("1", "Anna")
    before = card("Anna").seen_at
    bring({"number": "77", "name": "Anna K", "phone": "0671234567"})
    identity.add_identifiers(kind=identity.IdentifierKind.PHONE, handles=[anna], values=["+380671234568"])
    bring({"number": "78", "town": "Lviv", "phone": "0671234568"})
    assert (Card.objects.get(person=anna).seen_at, Card.objects.get(person=anna).traits) == (before, {"town": "Lviv"})
    assert customers.find_people("Anna K", EVERYTHING, 5)[:1] == [card("Anna K").person]
