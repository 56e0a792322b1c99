"""Products: named in several languages, priced, put away and found."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from wayloop.commerce import api as commerce
from wayloop.commerce.api import CommerceRefused, ProductDetails
from wayloop.commerce.models import Category
from wayloop.commerce.queries import products as queries
from wayloop.commerce.rules import cost_of, margin_of
from wayloop.commerce.testing import Deal, Product, buy
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see
from wayloop.kernel.localised import Localised

TEA = ProductDetails(
    name=Localised({"uk": "Чай", "ru": "Чай", "en": "Tea"}, "uk"), price=Decimal("2.50"), currency="UAH"
)


@pytest.fixture(autouse=True)
def _set_up(owner_member: object) -> None:
    """There is a business."""


def named(name: str, **others: object) -> UUID:
    return commerce.add_product(details=replace(TEA, name=Localised.of(name, "uk"), **others))


def titles(**filters: object) -> list[str]:
    rows = queries.list_products(**filters).rows
    assert queries.count_products(**filters).number == len(rows)
    return [row.title for row in rows]


def test_a_product_gets_a_number_when_it_has_no_code() -> None:
    codes = [queries.product_by_uuid(uuid=named(name)).code for name in ("Чай", "Кава")]
    assert [code.startswith("P-") for code in codes] == [True, True]
    assert len(set(codes)) == 2


def test_a_code_belongs_to_one_product() -> None:
    first = commerce.add_product(details=replace(TEA, code="T1"))
    second = commerce.add_product(details=replace(TEA, code="T2"))
    for ask in (
        lambda: commerce.add_product(details=replace(TEA, code=" T1 ")),
        lambda: commerce.change_product(product=second, details=replace(TEA, code="T1")),
    ):
        with pytest.raises(CommerceRefused, match="Another product has this code"):
            ask()
    assert {queries.product_by_uuid(uuid=uuid).code for uuid in (first, second)} == {"T1", "T2"}


def test_the_code_of_a_product_of_another_system_stays() -> None:
    buy(Deal("1"))
    product = Product.objects.get()
    commerce.change_product(product=product.uuid, details=replace(TEA, code="mine"))
    product.refresh_from_db()
    assert (product.code, product.title) == ("tea", "Tea")


def test_names_are_found_in_every_language_and_stand_in_the_order_of_the_alphabet() -> None:
    for name in ("Яблуко", "Ґава", "Їжак", "Іва", "Гай"):
        named(name)
    commerce.add_product(details=replace(TEA, code="X_1"))
    assert titles() == ["Tea", "Гай", "Ґава", "Іва", "Їжак", "Яблуко"]
    assert [titles(text=text) for text in ("їж", "TEA", "чай", "x_1", "x%", "uk", "\0")] == [
        ["Їжак"], ["Tea"], ["Tea"], ["Tea"], [], [], titles(),
    ]  # fmt: skip


def test_pages_show_each_product_once() -> None:
    for number in range(7):
        named(f"Чай {number}")
    shown, after = [], None
    while True:
        page = queries.list_products(after=after, limit=3)
        shown += [row.title for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert shown == [f"Чай {number}" for number in range(7)]


def test_a_product_put_away_is_no_longer_offered_and_can_come_back() -> None:
    tea = named("Чай")
    for _again in range(2):
        commerce.archive_product(product=tea)
    assert (titles(), titles(archived=True)) == ([], ["Чай"])
    commerce.restore_product(product=tea)
    assert (titles(), titles(archived=True)) == (["Чай"], [])


def test_categories_have_names_in_the_readers_language() -> None:
    named("Чай", category="drinks")
    commerce.name_categories(codes=["drinks"], names=[Localised({"uk": "Напої", "en": "Drinks"}, "uk")])
    named("Торт", category="cakes")
    assert (queries.categories(), queries.category_titles(["drinks", "cakes"])) == (
        [("cakes", "cakes"), ("drinks", "Drinks")],
        {"drinks": "Drinks", "cakes": "cakes"},
    )
    assert (titles(category="drinks"), Category.objects.count()) == (["Чай"], 1)


@pytest.mark.parametrize(
    ("price", "cost", "margin", "share", "unit"),
    [
        ("10", "4", None, "0.6", "4"),
        ("10", None, "60", "0.6", "4"),
        ("10", "12", None, "-0.2", "12"),
        ("0", "1", None, None, "1"),
        (None, "1", None, None, "1"),
        (None, None, "30", "0.3", None),
        ("10", None, None, None, None),
    ],
)
def test_cost_and_margin_follow_from_each_other(
    price: str | None, cost: str | None, margin: str | None, share: str | None, unit: str | None
) -> None:
    given = [None if text is None else Decimal(text) for text in (price, cost, margin)]
    expected = [None if text is None else Decimal(text) for text in (share, unit)]
    assert [margin_of(*given), cost_of(*given)] == expected


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"price": Decimal(-1)}, "must not be below zero"),
        ({"price": Decimal(10**7)}, "below ten million"),
        ({"cost": Decimal(-1)}, "cost must not be below zero"),
        ({"margin": Decimal(101)}, "at most 100"),
        ({"cost": Decimal(1), "margin": Decimal(10)}, "either the cost or the margin"),
        ({"currency": "ABC"}, "Choose the currency"),
    ],
)
def test_what_a_product_cannot_be_is_refused_in_one_line(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(CommerceRefused, match=told):
        commerce.add_product(details=replace(TEA, **wrong))
    assert Product.objects.count() == 0


def test_who_does_not_see_the_cost_does_not_lose_it() -> None:
    tea = commerce.add_product(details=replace(TEA, cost=Decimal(1)))
    commerce.change_product(product=tea, details=replace(TEA, price=Decimal(3)), with_cost=False)
    found = queries.product_by_uuid(uuid=tea)
    assert (found.price, found.told_cost) == (Decimal(3), Decimal(1))
    commerce.change_product(product=tea, details=TEA)
    assert queries.product_by_uuid(uuid=tea).told_cost is None


def test_products_of_a_source_are_priced_at_once() -> None:
    buy(Deal("1", lines=(("tea", "1", "1"), ("bun", "1", "1"))))
    commerce.price_products(
        source="shop", currency="UAH", codes=["tea", "none"], kinds=["service", "product"],
        prices=[Decimal(5), Decimal(1)], costs=[Decimal(2), None],
    )  # fmt: skip
    rows = {row.code: (row.kind, row.price, row.currency, row.cost) for row in Product.objects.all()}
    assert rows == {"tea": ("service", 5, "UAH", 2), "bun": ("product", None, "", None)}


def test_a_product_shows_the_orders_it_is_in(near_location: int, far_location: int) -> None:
    buy(
        Deal("1", "770", lines=(("tea", "1", "2"), ("tea", "2", "2")), location=near_location),
        Deal("2", "771", lines=(("bun", "1", "9"),)),
        Deal("3", lines=(("tea", "1", "3"),), location=far_location, status="cancelled"),
    )
    tea = Product.objects.get(code="tea").pk

    def shown(scope: Scope) -> list[tuple[object, ...]]:
        rows = []
        after = None
        while True:
            page = queries.orders_of_product(product=tea, scope=scope, after=after, limit=1)
            rows += [(row.number, row.person, row.quantity, row.amount, row.status) for row in page.rows]
            after = page.next_key
            if after is None:
                return rows

    first, last = ("1", see("770"), 3, 600, "completed"), ("3", None, 1, 300, "cancelled")
    assert [shown(scope) for scope in (EVERYTHING, Scope((near_location,)), Scope((far_location,)))] == [
        [last, first], [first], [last],
    ]  # fmt: skip


def test_there_is_no_product_of_nothing() -> None:
    assert queries.product_by_uuid(uuid=uuid4()) is None
    with pytest.raises(LookupError):
        commerce.archive_product(product=uuid4())
