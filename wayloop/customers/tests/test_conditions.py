"""Conditions: the same people as a slow reading of them would keep, whatever is typed into them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wayloop.contracts.conditions import EVERYBODY, AllOf, AnyOf, Condition, NotSo, Where
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.fields.address import chips, read_filters, write_filters
from wayloop.customers.fields.orders import read_sort
from wayloop.customers.listing import Desk, desk_of
from wayloop.customers.models import Card
from wayloop.customers.queries.conditions import ConditionRefused, as_json, compile_condition, from_json
from wayloop.customers.queries.lists import CustomerList
from wayloop.customers.services.stars import add_stars
from wayloop.customers.services.tags import add_tag, create_tag
from wayloop.customers.testing import SPRING, Sight, see_all
from wayloop.kernel import clock

TOWNS = ("Київ", "Львів", "Рівне")
PAYLOADS = ("'", "'; DROP TABLE customers_card; --", "%s", "%(v0)s", "{}", "\\", "$1", "1 OR 1=1", ".*", "\0")
Person = dict[str, Any]


def desk(member: int = 1, scope: Scope = EVERYTHING) -> Desk:
    return desk_of(SimpleNamespace(id=member, role="owner", scope=scope))


def kept(condition: Condition, mine: Desk) -> set[str]:
    found = CustomerList(condition=condition, eyes=mine.eyes, fields=mine.fields)
    page = found.page(sort=read_sort("", dict(mine.sorts)), limit=100)
    assert found.count().number == len(page.rows)
    return {row.known_as for row in page.rows}


@pytest.fixture
def people(owner_member: Any) -> dict[str, Person]:
    """Twelve customers, each known in Python as in the database."""
    tags = [create_tag(name="first"), create_tag(name="second")]
    made: dict[str, Person] = {}
    for place in range(12):
        made[str(100 + place)] = {
            "kind": "company" if place % 4 == 0 else "person",
            "seen": SPRING + timedelta(days=place),
            "town": (*TOWNS, "")[place % 4],
            "location": {place % 3} - {0},
            "tag": {tag for bit, tag in enumerate(tags) if place >> bit & 1},
            "star": place in (2, 3, 5),
        }
    handles = see_all(
        *(
            Sight(number, at=one["seen"], town=one["town"], location=next(iter(one["location"]), None))
            for number, one in made.items()
        )
    )
    for handle, one in zip(handles, made.values(), strict=True):
        Card.objects.filter(person=handle).update(kind=one["kind"])
        for tag in one["tag"]:
            add_tag(tag_id=tag, people=[handle], member=None)
        if one["star"]:
            add_stars(member=owner_member.pk, people=[handle])
    return made


def holds(condition: Condition, one: Person) -> bool:
    """The slow reading."""
    if isinstance(condition, AllOf):
        return all(holds(part, one) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, one) for part in condition.parts)
    if isinstance(condition, NotSo):
        return not holds(condition.part, one)
    value, wanted, operator = one[condition.field.removeprefix("trait.")], condition.values, condition.operator
    held = value if isinstance(value, set) else {value} - {""}
    day = value.astimezone(ZoneInfo("Europe/Kyiv")).date() if isinstance(value, datetime) else None
    tests: dict[str, Callable[[], bool]] = {
        "is": lambda: value is wanted[0] if isinstance(value, bool) else bool(held & set(wanted)),
        "not": lambda: not held & set(wanted),
        "all": lambda: set(wanted) <= held,
        "known": lambda: bool(held) == wanted[0],
        "begins": lambda: value.lower().startswith(wanted[0].lower()) and bool(value),
        "from": lambda: day >= wanted[0],
        "to": lambda: day <= wanted[0],
    }
    return tests[operator]()


def sentences(tags: list[int]) -> st.SearchStrategy[Condition]:
    def some(values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)

    days = [date(2026, 4, 1) + timedelta(days=n) for n in range(12)]
    leaf = st.one_of(
        st.builds(Where, st.just("kind"), st.sampled_from(["is", "not"]), some(["person", "company"])),
        st.builds(Where, st.just("tag"), st.sampled_from(["is", "not", "all"]), some(tags)),
        st.builds(Where, st.just("trait.town"), st.sampled_from(["is", "not"]), some(TOWNS)),
        st.builds(Where, st.just("trait.town"), st.just("begins"), some(["к", "Л", "рів"]).map(lambda one: one[:1])),
        st.builds(
            Where,
            st.sampled_from(["trait.town", "tag"]),
            st.just("known"),
            some([True, False]).map(lambda one: one[:1]),
        ),
        st.builds(Where, st.just("seen"), st.sampled_from(["from", "to"]), some(days).map(lambda one: one[:1])),
        st.builds(Where, st.just("star"), st.just("is"), some([True, False]).map(lambda one: one[:1])),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
            st.builds(NotSo, inner),
        ),
        max_leaves=6,
    )


def test_trees_keep_whom_a_slow_reading_keeps(people: dict[str, Person], owner_member: Any) -> None:
    mine = desk(owner_member.pk)
    tags = sorted({tag for one in people.values() for tag in one["tag"]})

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(sentences(tags))
    def agree(condition: Condition) -> None:
        assert kept(condition, mine) == {number for number, one in people.items() if holds(condition, one)}
        assert from_json(as_json(condition), mine.fields) == condition

    agree()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_typed_is_never_part_of_the_statement(payload: str, people: dict[str, Person]) -> None:
    mine = desk()
    for known in ("text", "trait.town", "kind", "tag"):
        for operator in ("is", "not", "begins"):
            condition = Where(known, operator, (payload,))  # type: ignore[arg-type]
            try:
                text, _values = compile_condition(condition, mine.eyes, mine.fields)
            except ConditionRefused:
                continue
            assert kept(condition, mine) in (set(), people.keys())
            if known == "trait.town":
                plain = Where(known, operator, ("x",))  # type: ignore[arg-type]
                assert text == compile_condition(plain, mine.eyes, mine.fields)[0]
    assert len(people) == Card.objects.count()


@pytest.mark.parametrize(
    "foreign",
    [
        None,
        [],
        "all",
        {"field": "password", "operator": "is", "values": ["x"]},
        {"field": "kind", "operator": "is", "values": "person"},
        {"field": "kind", "operator": "is", "values": []},
        {"field": "kind", "operator": "is", "values": ["ghost"]},
        {"field": "kind", "operator": "; DROP", "values": ["person"]},
        {"field": "seen", "operator": "from", "values": ["yesterday"]},
        {"field": "seen", "operator": "within", "values": [10**9]},
        {"field": "seen", "operator": "within", "values": [True]},
        {"field": "star", "operator": "is", "values": [1]},
        {"field": "tag", "operator": "is", "values": [10**30]},
        {"all": [{"not": {"any": [None]}}]},
    ],
)
def test_a_tree_that_makes_no_sense_is_refused_in_one_line(foreign: Any, db: None) -> None:
    with pytest.raises(ConditionRefused) as refused:
        from_json(foreign, desk().fields)
    assert "\n" not in str(refused.value)


def test_a_tree_that_is_too_deep_or_too_large_is_refused(db: None) -> None:
    mine, deep = desk(), EVERYBODY
    for _ in range(20):
        deep = AllOf((deep,))
    for condition in (deep, AnyOf((Where("star", "is", (True,)),) * 500)):
        with pytest.raises(ConditionRefused):
            compile_condition(condition, mine.eyes, mine.fields)


def test_days_begin_and_end_where_the_business_is(owner_member: Any) -> None:
    # In Kyiv it is the second of April already.
    see_all(Sight("1", at=datetime(2026, 4, 1, 22, tzinfo=UTC)), Sight("2", at=datetime(2026, 4, 1, 20, tzinfo=UTC)))
    mine = desk(owner_member.pk)
    assert kept(Where("seen", "from", (date(2026, 4, 2),)), mine) == {"1"}
    assert kept(Where("seen", "to", (date(2026, 4, 1),)), mine) == {"2"}


def test_days_back_count_from_now(owner_member: Any) -> None:
    see_all(Sight("1", at=SPRING), Sight("2", at=SPRING + timedelta(days=20)))
    with clock.standing_at(SPRING + timedelta(days=30)):
        mine = desk(owner_member.pk)
        assert kept(Where("seen", "within", (15,)), mine) == {"2"}
        assert kept(Where("seen", "beyond", (15,)), mine) == {"1"}


def test_a_location_nobody_may_see_cannot_even_be_asked_for(near_location: int, far_location: int) -> None:
    see_all(Sight("1", location=near_location), Sight("2", location=far_location))
    far = desk(scope=Scope((far_location,)))
    assert kept(EVERYBODY, far) == {"2"}
    assert kept(NotSo(Where("kind", "is", ("company",))), far) == {"2"}
    assert [value for value, _name in far.fields.options("location")] == [far_location]
    with pytest.raises(ConditionRefused):
        kept(Where("location", "is", (near_location,)), far)


def test_whoever_sees_some_locations_cannot_ask_what_was_computed_over_all(near_location: int) -> None:
    assert {"trait.orders_count", "trait.spent_total"} <= set(desk().fields)
    limited = desk(scope=Scope((near_location,)))
    assert ({key for key in limited.fields if key.startswith("trait.orders")}, "orders" in limited.fields) == (
        set(),
        True,
    )
    see_all(Sight("1", location=near_location))
    assert kept(Where("orders", "to", (0,)), limited) == {"1"}
    assert kept(Where("orders", "from", (1,)), limited) == set()


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("kind=person&kind=company", ""),
        ("seen.from=2026-04-01&seen.to=2026-04-30", ""),
        ("seen=30", ""),
        ("seen=!30", ""),
        ("trait.town=Київ&trait.town.known=yes", ""),
        ("kind=&q=&seen=", ""),
        ("kind=ghost", "“Kind” has no such value any more. Choose another one or take the filter away."),
        ("seen=soon", "“Seen last” needs a number of days, for example 30."),
        ("seen.from=31.12", "“Seen last” needs a date, for example 2026-03-31."),
        ("star=perhaps", "“Starred by me” needs yes or no."),
        ("trait.orders_count.from=many", "“Number of orders” needs a number, for example 12."),
        ("trait.spent_total.from=NaN", "“Bought for” needs an amount, for example 250."),
        ("password=x", "There is no filter “password” here."),
        ("kind.begins=p", "There is no filter “kind.begins” here."),
    ],
)
def test_an_address_is_read_or_its_fault_is_told(address: str, problem: str, owner_member: Any) -> None:
    mine = desk(owner_member.pk)
    filters = read_filters(QueryDict(address), mine.eyes, mine.fields)
    assert "".join(one.text for one in filters.problems) == problem
    query = QueryDict(mutable=True)
    for name, values in write_filters(filters.sentences, mine.eyes, mine.fields).items():
        query.setlist(name, values)
    assert read_filters(query, mine.eyes, mine.fields).sentences == filters.sentences


def test_chips_say_filters_in_words_and_take_them_away(owner_member: Any) -> None:
    mine = desk(owner_member.pk)
    tag = create_tag(name="Regulars")
    mine = desk(owner_member.pk)
    address = f"tag={tag}&seen=!90&trait.spent_total.from=100&trait.spent_total.to=250&star=no&q=anna&kind.not=company"
    told = chips(read_filters(QueryDict(address), mine.eyes, mine.fields).sentences, mine.eyes, mine.fields)
    assert sorted(chip.text for chip in told) == [
        "Bought for: ₴100.00 – ₴250.00",
        "Kind: not Company",
        "Seen last: more than 90 days ago",
        "Starred by me: no",
        "Tag: Regulars",
    ]
    spent = next(chip for chip in told if chip.text.startswith("Bought"))
    assert {"trait.spent_total.from", "trait.spent_total.to"} <= set(spent.params)
