"""The sample business in the tables."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.oracle import differences_to
from tests.rows_behind import OF_CASES, differences
from wayloop.accounts import api as accounts
from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers import api as customers
from wayloop.demo import services, story
from wayloop.demo.acquaintances import COMPANIES
from wayloop.demo.fates import fates_of
from wayloop.demo.text import PRODUCTS, SHOPS
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.kernel import clock
from wayloop.kernel.bulk import gather_statistics
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger
from wayloop.metrics import api as metrics

EVENING = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
NAMES = ["orders", "gross_revenue", "returns", "net_revenue", "buyers"]


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def few_customers(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(story, "CUSTOMERS", 150)
    monkeypatch.setattr(story, "GUESTS_A_DAY", 0.02)
    monkeypatch.setattr(services, "STEP", 300)
    monkeypatch.setattr(services, "PEOPLE_STEP", 60)


def build(moment: datetime = EVENING) -> None:
    with clock.standing_at(moment):
        services.build_sample_business()


def values(scope: Scope = EVERYTHING, **period: Any) -> list[int]:
    return [reading.value for reading in metrics.read_metrics(names=NAMES, scope=scope, currency="EUR", **period)]


def everything() -> tuple[Any, ...]:
    """What a reader can see of the business, without ids."""
    columns = "number, happened_at, offset_minutes, channel, total, total_base, line_count, person IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 'o', {columns} FROM api_commerce_all_orders ORDER BY number")  # noqa: S608
        orders = cursor.fetchall()
        cursor.execute(f"SELECT 'r', {columns} FROM api_commerce_returns ORDER BY number")  # noqa: S608
        returns = cursor.fetchall()
    events = [
        (event.kind, event.occurred_at, event.amount, event.channel, event.properties)
        for event in ledger.timeline(handles=handles(), scope=EVERYTHING, limit=100_000)
    ]
    seen_by = sorted((one.kind, one.namespace, one.value) for one in identity.identifiers_of(handles()))
    people = customers.titles_of(list(identity.people_of(handles()).values()))
    names = sorted(str(title.title) for title in people.values())
    return orders, returns, sorted(events, key=str), seen_by, names, [place.name for place in business.locations()]


def handles() -> list[int]:
    cards = [one for one in story.tell_story(EVENING).shoppers if one.card]
    return identity.resolve_handles(
        kind=IdentifierKind.CARD, namespace=services.SOURCE, values=[one.card for one in cards]
    )


def not_cancelled(told: story.Story) -> list[story.Deal]:
    """The orders that count: what was called off was not bought."""
    fates = fates_of(told, EVENING)
    return [order for order in told.orders if order.number not in fates or not fates[order.number].is_cancelled]


def test_the_whole_business_adds_up_and_shows_its_slow_shop(db: None) -> None:
    build()
    told = story.tell_story(EVENING)
    kept = not_cancelled(told)
    gross = sum(quantity * cents for order in kept for _product, quantity, cents in order.lines)
    back = sum(quantity * cents for deal in told.returns for _product, quantity, cents in deal.lines)
    buyers = {order.shopper for order in kept} - {None}
    assert values() == [len(kept), gross, back, gross - back, len(buyers)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, count(*) > 0, sum(balance) > 0 FROM api_commerce_all_orders GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [
            ("cancelled", True, False), ("completed", True, False), ("confirmed", True, True), ("placed", True, True),
            ("ready", True, True),
        ]  # fmt: skip
    assert customers.count_cards(scope=EVERYTHING).number == story.CUSTOMERS + len(COMPANIES)
    slow = business.locations()[story.SLOW_SHOP]
    web = values(Scope(()))[0]
    now, before = (
        values(Scope((slow.id,)), start=end - timedelta(days=60), end=end)[0]
        - values(Scope(()), start=end - timedelta(days=60), end=end)[0]
        for end in (EVENING, EVENING - timedelta(days=365))
    )
    assert web > 1000
    assert now < before * 0.75


def test_the_business_has_its_shops_languages_and_members(db: None, few_customers: None) -> None:
    build()
    assert business.profile() == business.BusinessProfile(
        name="Зерно",
        trade="cafe",
        country="UA",
        zone="Europe/Kyiv",
        currency="EUR",
        content_languages=("uk", "ru", "en"),
        is_sample=True,
    )
    assert [(place.name, place.town) for place in business.locations()] == [(shop.name, shop.town) for shop in SHOPS]
    assert accounts.has_owner()
    assert services.is_built()
    assert [line[0] for line in services.SIGN_INS] == [one.email for one in accounts.SAMPLE_MEMBERS]


def test_the_house_is_kept(db: None, few_customers: None) -> None:
    build()
    assert [str(brand.name) for brand in business.brands()] == ["Zerno", "Workshop"]
    assert all(place.brand is not None and place.address.texts for place in business.locations())
    with connection.cursor() as cursor:
        for statement, expected in (
            ("SELECT count(*) FROM commerce_product WHERE price IS NULL OR price <= 0", 0),
            ("SELECT count(*) FROM commerce_greetingpoint", 4),
            ("SELECT count(*) FROM business_hoursversion", 3),
            ("SELECT count(*) FROM customers_savedview WHERE is_shared", 3),
            ("SELECT count(*) FROM customers_tag", 4),
        ):
            cursor.execute(statement)
            assert (statement, cursor.fetchone()) == (statement, (expected,))
        cursor.execute(
            "SELECT (SELECT count(*) FROM customers_tagging) > 10, count(*) > 10 FROM customers_traitvalue "
            "WHERE trait = (SELECT key FROM customers_traitdefinition WHERE NOT is_shipped)"
        )
        assert cursor.fetchone() == (True, True)
        cursor.execute("SELECT condition::text FROM customers_savedview")
        lists = [json.loads(condition) for (condition,) in cursor.fetchall()]
    assert [customers.people_of_condition(one, "all", EVERYTHING) is None for one in lists] == [False] * 3


def test_every_number_is_what_the_rows_it_opens_come_to(db: None, few_customers: None) -> None:
    build()
    # What came after the building had PostgreSQL look at its tables, it does not know: it would read row by row.
    gather_statistics()
    cuts = dict.fromkeys(metrics.BY_NAME, ("location", "channel", "week"))
    cuts |= {"orders": ("product", "late", "week"), "csat": ("location", "late", "week")}
    cuts |= dict.fromkeys(OF_CASES, ("location", "cause", "member", "week"))
    # The trait the business of the sample has added itself.
    (milk,) = [f"trait.{one.key}" for one in customers.every_trait_cut() if one.title in ("Milk", "Молоко")]
    cuts |= dict.fromkeys(("buyers", "net_revenue", "nps", "churn", "new_customers"), ("location", milk, "week"))
    cuts |= {"sla_met": ("cause", milk), "cases_open": ("member", milk)}
    cuts |= {"complaint_share": ("location", "cause", "week")}
    with clock.standing_at(EVENING):
        # Nobody is asked on these scales.
        never = ("nps_1_10", "ces", "ces_1_5", "positive_ratings")
        assert differences("90d", cuts, most=2, nothing=never) == []
        assert differences("all", dict.fromkeys(metrics.BY_NAME, ("quarter",)), most=1, nothing=never) == []
        # And what numpy and scipy count from the plain rows.
        period = business.named_period("90d")
        assert period
        start, end = business.borders(period, business.report_clock())
        assert start
        assert end
        assert differences_to(start, end, EVENING)[0] == []


def test_products_keep_their_names_in_three_languages(db: None, few_customers: None) -> None:
    build()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, category, name -> 'texts' ->> 'uk', name -> 'texts' ->> 'en' FROM commerce_product"
        )
        found = sorted(cursor.fetchall())
    assert found == sorted((one.code, one.category, one.name.texts["uk"], one.name.texts["en"]) for one in PRODUCTS)


def test_what_it_brings_is_history(db: None, few_customers: None) -> None:
    build()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE is_news), count(*) > 300 FROM ledger_event")
        assert cursor.fetchone() == (0, True)


def test_building_a_finished_business_again_asks_little_and_changes_nothing(
    db: None, few_customers: None, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    build()
    before = everything()
    with django_assert_max_num_queries(4):
        build(EVENING + timedelta(days=40))
    assert everything() == before


@pytest.mark.parametrize(
    ("where", "name", "call"),
    [
        (identity, "add_identifiers", 2),
        (commerce, "record_orders", 3),
        (commerce, "record_returns", 1),
        (customers, "note_sightings", 2),
        (accounts, "create_sample_members", 1),
    ],
)
def test_killed_in_between_it_is_completed_exactly_even_on_another_day(
    db: None, few_customers: None, monkeypatch: pytest.MonkeyPatch, where: object, name: str, call: int
) -> None:
    real, calls = getattr(where, name), []

    def until_killed(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        if len(calls) == call:
            raise Killed
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, until_killed)
        with pytest.raises(Killed):
            build()
    assert not services.is_built()
    build(EVENING + timedelta(days=3))
    assert services.is_built()
    told = story.tell_story(EVENING)
    orders, returns, *_rest = everything()
    assert [row[1] for row in orders] == sorted(order.number for order in told.orders)
    assert [row[1] for row in returns] == sorted(back.number for back in told.returns)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT key) FROM ledger_event WHERE kind IN ('order.placed', 'return.made')"
        )
        known = sum(deal.shopper is not None for deal in (*told.orders, *told.returns))
        assert cursor.fetchone() == (known, known)
    assert values()[1] == sum(quantity * cents for order in not_cancelled(told) for _p, quantity, cents in order.lines)
    assert customers.count_cards(scope=EVERYTHING).number == story.CUSTOMERS + len(COMPANIES)


def test_it_never_enters_a_business_of_people(db: None) -> None:
    business.set_up_business(
        name="Café Orchard",
        trade="cafe",
        zone="Europe/Kyiv",
        currency="EUR",
        content_languages=("en",),
        locations=[business.NewLocation(Localised.of("Podil", "en"))],
    )
    with pytest.raises(services.NotASample):
        build()
    assert values() == [0, 0, 0, 0, 0]
