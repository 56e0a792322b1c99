"""Pages of products: who reaches them, who sees what they cost us, how they are changed and put away."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.accounts.api import MemberInfo, Permission, Role
from wayloop.accounts.testing import PASSWORD, create_member
from wayloop.commerce.testing import Deal, Product, buy
from wayloop.kernel.localised import Localised

LIST, NEW, CATEGORIES = "/products/", "/products/new/", "/products/categories/"
FORM = {
    "name_uk": "Чай", "name_en": "Tea", "kind": "product", "price": "2.50", "currency": "UAH", "cost": "1",
}  # fmt: skip


@pytest.fixture
def tea(owner: Client) -> Product:
    owner.post(NEW, FORM)
    return Product.objects.get()


@pytest.fixture
def marketer(owner: Client) -> Client:
    """Somebody who sees orders, and neither changes products nor sees what they cost us."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        create_member(name="Mila", email="m@example.com", password=PASSWORD, role=Role.MARKETER, language="en")
    )
    return client


def page(product: Product, end: str = "") -> str:
    return f"/products/{product.uuid}/{end}"


def words(client: Client, path: str) -> str:
    text = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"(<[^>]*>|\s)+", " ", text)


def rows(client: Client, path: str) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]+">([^<]*)<', client.get(path).content.decode())


def test_members_who_see_orders_see_products_and_others_do_not(
    tea: Product, owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    for path in (LIST, page(tea), CATEGORIES):
        answers = [who.get(path).status_code for who in (owner, reader, far_manager, front_desk, stranger)]
        assert answers == [200, 200, 200, 403, 302]


def test_who_may_not_change_products_changes_nothing(
    tea: Product, reader: Client, front_desk: Client, stranger: Client, fingerprints: Callable[..., object]
) -> None:
    before = fingerprints()
    for path, data in (
        (NEW, FORM), (page(tea, "edit/"), FORM), (page(tea, "deed/"), {"do": "archive"}),
        (f"{CATEGORIES}name/?code=x", {"name_uk": "Х"}),
    ):  # fmt: skip
        assert [who.post(path, data).status_code for who in (reader, front_desk, stranger)] == [403, 403, 302]
    assert fingerprints() == before


def test_cost_and_margin_are_for_those_who_may_see_them(tea: Product, owner: Client, marketer: Client) -> None:
    for path in (LIST, page(tea)):
        told = [words(who, path) for who in (owner, marketer)]
        assert [["₴1.00" in text, "60%" in text, "₴2.50" in text] for text in told] == [
            [True, True, True], [False, False, True],
        ]  # fmt: skip


def test_a_member_who_does_not_see_the_cost_keeps_it(
    tea: Product, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemberInfo, "may", lambda _member, permission: permission != Permission.MARGIN_VIEW)
    assert 'name="cost"' not in owner.get(page(tea, "edit/")).content.decode()
    assert owner.post(page(tea, "edit/"), FORM | {"cost": "0.01", "price": "3"}).status_code == 302
    tea.refresh_from_db()
    assert (tea.price, tea.cost) == (Decimal(3), Decimal(1))


def test_a_product_is_made_and_edited_with_its_names(tea: Product, owner: Client) -> None:
    assert (tea.name.texts, tea.source, tea.price, tea.cost) == (
        {"uk": "Чай", "en": "Tea"}, "wayloop", Decimal("2.5"), Decimal(1),
    )  # fmt: skip
    shown = owner.get(page(tea, "edit/")).content.decode()
    assert ['value="2.5"' in shown, 'value="Чай"' in shown] == [True, True]
    form = FORM | {"name_en": "", "cost": "", "margin": "40", "category": "+", "new_category": "Напої"}
    assert owner.post(page(tea, "edit/"), form).status_code == 302
    tea.refresh_from_db()
    assert (tea.name.texts, tea.cost, tea.margin, tea.category) == ({"uk": "Чай"}, None, Decimal(40), "Напої")
    told = words(owner, page(tea))
    assert ["not translated yet" in told, "₴1.50" in told, "40%" in told] == [True] * 3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name_uk": ""}, "source language first"),
        ({"price": "-1"}, "must not be below zero"),
        ({"price": "x"}, "Enter a number"),
        ({"margin": "10"}, "either the cost or the margin"),
        ({"cost": "", "margin": "101"}, "at most 100"),
        ({"category": "+"}, "what the new category is called"),
        ({"category": "unknown"}, "valid choice"),
        ({"currency": "XXX"}, "valid choice"),
        ({"code": "x" * 121}, "at most 120"),
    ],
)
def test_what_a_product_cannot_be_is_told(wrong: dict[str, str], told: str, owner: Client) -> None:
    answer = owner.post(NEW, FORM | wrong)
    assert (answer.status_code, told in answer.content.decode(), Product.objects.count()) == (422, True, 0)


def test_a_code_that_is_taken_is_told(tea: Product, owner: Client) -> None:
    answer = owner.post(NEW, FORM | {"code": tea.code})
    assert (answer.status_code, "Another product has this code" in answer.content.decode()) == (422, True)


def test_a_product_is_put_away_and_back(tea: Product, owner: Client) -> None:
    owner.post(page(tea, "deed/"), {"do": "archive"})
    assert (rows(owner, LIST), rows(owner, f"{LIST}?archived=1")) == ([], ["Tea"])
    owner.post(f"{page(tea, 'deed/')}?do=restore")
    assert (rows(owner, LIST), rows(owner, f"{LIST}?archived=1")) == (["Tea"], [])
    assert owner.post(page(tea, "deed/"), {"do": "explode"}).status_code == 400


def test_the_list_is_searched_and_narrowed(tea: Product, owner: Client) -> None:
    buy(Deal("1", lines=(("bun", "1", "1"),)))
    Product.objects.filter(code="bun").update(kind="service", category="food")
    for query, expected in (
        ("", ["bun", "Tea"]), ("?q=чА", ["Tea"]), ("?category=food", ["bun"]), ("?kind=product", ["Tea"]),
        ("?q=none", []), ("?kind=service&q=tea", []),
    ):  # fmt: skip
        assert rows(owner, LIST + query) == expected


def test_a_product_shows_its_orders_within_the_scope(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    buy(
        Deal("F1", "2", location=far_location, name="Boris Far"),
        Deal("N1", "1", location=near_location, name="Anna Near"),
    )
    path = page(Product.objects.get())
    assert [rows(who, path) for who in (owner, far_manager)] == [["N1", "F1"], ["F1"]]
    assert ["Anna Near" in words(who, path) for who in (owner, far_manager)] == [True, False]


def test_categories_are_named_in_the_languages_of_the_business(tea: Product, owner: Client) -> None:
    Product.objects.update(category="drinks")
    path = f"{CATEGORIES}name/?code=drinks"
    assert owner.get(path).status_code == 200
    assert owner.post(path, {"name_uk": "", "name_en": ""}).status_code == 422
    owner.post(path, {"name_uk": "Напої", "name_en": "Cold drinks"})
    assert ["Cold drinks" in words(owner, one) for one in (LIST, CATEGORIES, page(tea))] == [True] * 3
    assert owner.get(f"{CATEGORIES}name/?code=nothing").status_code == 404


def test_names_are_texts_and_no_markup(owner: Client) -> None:
    Product.objects.create(
        source="shop", code="<b>c", name=Localised.of("<script>x", "en"), category="<i>y", currency="UAH"
    )
    product = Product.objects.get()
    for path in (LIST, page(product), page(product, "edit/"), CATEGORIES, f"{LIST}?q=<script>x"):
        shown = owner.get(path).content.decode()
        assert [sign in shown for sign in ("<b>c", "<script>x", "<i>y")] == [False] * 3


@pytest.mark.parametrize("value", ["x", "\x00", "'", "%", "\\", "🥐", "-1", "9" * 40, "x" * 3000])
def test_garbage_in_the_address_breaks_nothing(value: str, tea: Product, owner: Client) -> None:
    names = ("q", "category", "kind", "after", "exact", "archived")
    assert owner.get(LIST, dict.fromkeys(names, value)).status_code == 200
    assert owner.get(page(tea), {"after": value}).status_code == 200


def test_there_is_no_page_of_nothing(owner: Client) -> None:
    assert [owner.get(f"/products/{uuid4()}/{end}").status_code for end in ("", "edit/")] == [404, 404]
    assert owner.post(f"/products/{uuid4()}/deed/", {"do": "archive"}).status_code == 404


@pytest.mark.parametrize("products", [1, 3])
def test_the_list_asks_the_database_no_more_for_three_than_for_one(
    products: int, owner: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    buy(Deal("1", lines=tuple((str(code), "1", "1") for code in range(products))))
    with django_assert_num_queries(9):
        owner.get(LIST)
