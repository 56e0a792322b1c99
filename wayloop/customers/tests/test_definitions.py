"""Members define what can be known of customers; indexes follow in the background."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection
from psycopg import sql

from wayloop.accounts.api import Role
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.enums import About, Sight, TraitGroup, TraitType
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.queries.definitions import definition_for, definitions_for
from wayloop.customers.queries.indexes import existing_indexes, index_name
from wayloop.customers.queries.trait_sql import match, order_expression, span
from wayloop.customers.services import definitions, indexes
from wayloop.customers.services.definitions import NewOption, Wishes
from wayloop.customers.testing import Sight as Seen
from wayloop.customers.testing import see, see_all
from wayloop.kernel.localised import Localised


def wishes(label: str, **others: Any) -> Wishes:
    chosen = {"group": TraitGroup.OTHER, "about": About.ALL, "sight": Sight.STAFF} | others
    return Wishes(label=Localised.of(label, "uk"), **chosen)


def add(label: str, kind: str = "text", **others: Any) -> TraitDefinition:
    return definitions.add_trait(kind=TraitType(kind), wishes=wishes(label, **others))


def test_a_new_trait_gets_a_key_of_its_own_and_stands_last(db: None) -> None:
    made = [add("Помел кави"), add("Помел кави"), add("☕")]
    assert [one.key for one in made] == ["own_pomel_kavy", "own_pomel_kavy_2", "own_trait"]
    assert [one.key for one in TraitDefinition.objects.all()][-3:] == [one.key for one in made]


def test_a_list_keeps_its_codes_and_puts_away_what_is_missing(db: None) -> None:
    fine, coarse = (NewOption("", Localised.of(label, "uk")) for label in ("Дрібний", "Грубий"))
    trait = add("Помел", "choice", options=[fine, coarse])
    codes = [one.code for one in trait.choices]
    changed = definitions.change_trait(
        trait_id=trait.pk,
        wishes=wishes("Помел", options=[NewOption(codes[1], Localised.of("Крупний", "uk")), NewOption("", fine.label)]),
    )
    assert codes == ["dribnyi", "hrubyi"]
    assert [(one.code, one.label, one.is_archived) for one in changed.choices] == [
        ("hrubyi", "Крупний", False),
        ("dribnyi_2", "Дрібний", False),
        ("dribnyi", "Дрібний", True),
    ]


def test_shipped_traits_keep_their_words_until_they_get_others(db: None) -> None:
    sex = TraitDefinition.objects.get(key="sex")
    kept = [NewOption(one.code, Localised()) for one in sex.choices]
    definitions.change_trait(trait_id=sex.pk, wishes=wishes("", options=kept))
    sex.refresh_from_db()
    before = (sex.title, [one.label for one in sex.choices])
    definitions.change_trait(trait_id=sex.pk, wishes=wishes("Гендер", options=kept))
    sex.refresh_from_db()
    assert (before, sex.title) == (("Sex", ["Female", "Male", "Other"]), "Гендер")


def test_an_archived_trait_is_nowhere_until_it_is_restored(db: None) -> None:
    trait = add("Помел")
    seen = []
    for change in (definitions.archive_trait, definitions.archive_trait, definitions.restore_trait):
        change(trait_id=trait.pk)
        seen.append(
            (
                definition_for(trait.key, Role.OWNER, EVERYTHING) is None,
                trait in definitions_for(Role.OWNER, EVERYTHING),
            )
        )
    assert seen == [(True, False), (True, False), (False, True)]


def test_traits_move_within_their_group(db: None) -> None:
    first, second, third = (add(label) for label in "ABC")
    definitions.move_trait(trait_id=third.pk, is_up=True)
    definitions.move_trait(trait_id=first.pk, is_up=True)
    definitions.move_trait(trait_id=first.pk, is_up=False)
    own = TraitDefinition.objects.filter(group="other")
    assert [one.pk for one in own] == [third.pk, first.pk, second.pk]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.OWNER, {"everybody", "staff", "managers", "owner"}),
        (Role.MANAGER, {"everybody", "staff", "managers"}),
        (Role.AGENT, {"everybody", "staff"}),
        (Role.FRONT_DESK, {"everybody"}),
    ],
)
def test_who_may_not_see_a_trait_does_not(role: Role, seen: set[str], db: None) -> None:
    made = {add(sight.value, sight=sight).key: sight.value for sight in Sight}
    assert {made[one.key] for one in definitions_for(role, EVERYTHING) if one.key in made} == seen
    assert {sight for key, sight in made.items() if definition_for(key, role, EVERYTHING)} == seen


def test_some_traits_are_about_people_and_some_about_companies(db: None) -> None:
    about = {kind: {one.key for one in definitions_for(Role.OWNER, EVERYTHING, kind)} for kind in ("person", "company")}
    assert ("sex" in about["person"], "sex" in about["company"]) == (True, False)
    assert ("industry" in about["person"], "industry" in about["company"]) == (False, True)


BY_PERSON = sql.SQL("person")
KNOWN = {
    "number": [3, 20, None],
    "money": [{"amount": 300, "currency": "EUR"}, {"amount": 2000, "currency": "EUR"}, None],
    "text": ["Ґанок", "дах", None],
    "yes_no": [False, True, None],
    "date": ["1990-01-02", "2001-01-01", None],
}
TYPED = {"number": "20", "money": "20 EUR", "text": "ДАХ", "yes_no": "так", "date": "1.1.2001"}


@pytest.mark.parametrize("kind", KNOWN)
def test_conditions_and_orders_find_the_right_customers(kind: str, db: None) -> None:
    trait = add("Own", kind)
    people = see_all(Seen("1"), Seen("2"), Seen("3"))
    for person, value in zip(people, KNOWN[kind], strict=True):
        Card.objects.filter(person=person).update(traits={} if value is None else {trait.key: value})
    found = match(trait, TYPED[kind])
    assert found is not None
    by_order = sql.SQL("{} DESC NULLS LAST, person").format(order_expression(trait))
    assert (ask(found), ask((sql.SQL("true"), []), by_order)) == ([people[1]], [people[1], people[0], people[2]])
    if kind in ("number", "date"):
        least = {"number": 4, "date": "1990-01-03"}[kind]
        assert (ask(span(trait, least)), ask(span(trait, None, least))) == ([people[1]], [people[0]])


def ask(condition: tuple[sql.Composable, list[Any]], order: sql.Composable = BY_PERSON) -> list[int]:
    with connection.cursor() as cursor:
        statement = sql.SQL("SELECT person FROM customers_card WHERE {} ORDER BY {}").format(condition[0], order)
        cursor.execute(statement, condition[1])
        return [person for (person,) in cursor.fetchall()]


def test_a_value_that_cannot_be_matches_nobody_and_another_type_breaks_nothing(db: None) -> None:
    trait = add("Own", "number")
    person = see("1")
    Card.objects.filter(person=person).update(traits={trait.key: "a text from another time"})
    without = sql.SQL("{} IS NULL").format(order_expression(trait))
    assert (match(trait, "many"), ask((without, []))) == (None, [person])


def test_indexes_follow_the_wishes_and_a_killed_build_is_made_anew(committed: None) -> None:
    see_all(Seen("1", town="Kyiv"), Seen("2", town="Lviv"))
    many = add("Own", "text", takes_several=True, is_searchable=True)
    town = TraitDefinition.objects.get(key="town")
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        # What a build leaves that was killed on its way: an index that is incomplete and never used.
        cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {index_name(town.pk)} ON customers_card ((1))")
    broken = existing_indexes()
    asked = indexes.ask_for_tending()
    indexes.tend_trait_indexes()
    wanted = {index_name(one.pk) for one in TraitDefinition.objects.all() if one.wants_index}
    assert (broken, asked) == ({index_name(town.pk): False}, True)
    assert (existing_indexes(), indexes.ask_for_tending()) == (dict.fromkeys(wanted, True), False)
    assert (is_used(town, "київ"), is_used(many, "tea")) == (True, True)
    definitions.archive_trait(trait_id=town.pk)
    indexes.tend_trait_indexes()
    assert existing_indexes().keys() == wanted - {index_name(town.pk)}
    for name in existing_indexes():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {name}")


def is_used(trait: TraitDefinition, text: str) -> bool:
    """Whether the database answers this condition by the trait's index."""
    found = match(trait, text)
    assert found is not None
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        statement = sql.SQL("EXPLAIN (FORMAT JSON) SELECT person FROM customers_card WHERE {}").format(found[0])
        cursor.execute(statement, found[1])
        (plan,) = cursor.fetchone()
        cursor.execute("RESET enable_seqscan")
    return index_name(trait.pk) in json.dumps(plan)
