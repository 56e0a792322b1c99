"""Orders and products over the API: what each kind of key gets, and nothing else."""

from typing import Any
from uuid import uuid4

import pytest

from wayloop.accounts.api import Permission
from wayloop.accounts.testing import KeyBrowser, key_of
from wayloop.commerce.testing import Deal, Order, Product, buy
from wayloop.customers.testing import Card
from wayloop.kernel import clock

LINES = [{"code": "tea", "name": "Green tea", "quantity": "1.5", "unit_price": "10.00"}]


@pytest.fixture
def near_order(near_location: int) -> str:
    """Of Ada, at the near location."""
    buy(Deal("A-1", "7", location=near_location, name="Ada Near", status="placed", paid_by=""))
    return str(Order.objects.get(number="A-1").uuid)


def order(**others: Any) -> dict[str, Any]:
    """A good one."""
    return {"number": "S-1", "happened_at": clock.now().isoformat(), "currency": "UAH", "lines": LINES} | others


def statuses(path: str, *keys: KeyBrowser, method: str = "GET", content: Any = None) -> list[int]:
    return [key.send(method, path, content).status_code for key in keys]


def test_orders_are_for_those_who_see_their_place(
    near_order: str, owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser,
    revoked_key: KeyBrowser,
) -> None:  # fmt: skip
    everybody = (owner_key, reader_key, far_key, no_key, revoked_key)
    assert statuses(f"orders/{near_order}", *everybody) == [200, 200, 404, 401, 401]
    assert statuses("orders", no_key, revoked_key) == [401, 401]
    (row,) = owner_key.get("orders", total="true").json()["items"]
    ada = str(Card.objects.get().uuid)
    assert (row["id"], row["customer"], row["total"]) == (near_order, ada, {"amount": "10.00", "currency": "UAH"})
    hidden = far_key.get("orders", total="true")
    assert (hidden.json()["items"], hidden.json()["total"]["number"]) == ([], 0)
    assert far_key.get("orders", customer=ada).status_code == 422
    assert [one["id"] for one in owner_key.get("orders", customer=ada, state="placed").json()["items"]] == [near_order]
    assert owner_key.get("orders", state="cancelled").json()["items"] == []


def test_one_order_tells_its_lines_and_money(near_order: str, owner_key: KeyBrowser) -> None:
    told = owner_key.get(f"orders/{near_order}").json()
    assert (told["lines"][0]["code"], told["lines"][0]["quantity"], told["lines"][0]["unit_price"]) == (
        "tea",
        "1",
        "10",
    )
    assert (told["balance"], told["paid"], told["payments"], told["steps"]) == (
        {"amount": "10.00", "currency": "UAH"},
        {"amount": "0.00", "currency": "UAH"},
        [],
        [],
    )


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("orders/{}/status", {"status": "completed"}),
        ("orders/{}/payments", {"method": "card", "amount": {"amount": "4.00", "currency": "UAH"}}),
    ],
)
def test_steps_and_money_are_for_those_who_may(
    near_order: str, owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser,
    revoked_key: KeyBrowser, path: str, content: Any,
) -> None:  # fmt: skip
    others = (reader_key, far_key, no_key, revoked_key)
    before = owner_key.get(f"orders/{near_order}").json()
    assert statuses(path.format(near_order), *others, method="POST", content=content) == [403, 404, 401, 401]
    assert owner_key.get(f"orders/{near_order}").json() == before
    assert owner_key.post(path.format(near_order), content).status_code == 200
    assert owner_key.get(f"orders/{near_order}").json() != before


def test_no_step_goes_back_and_money_counts(near_order: str, owner_key: KeyBrowser) -> None:
    paid = {"method": "card", "amount": {"amount": "4.00", "currency": "UAH"}, "key": str(uuid4())}
    for _ in range(2):
        told = owner_key.post(f"orders/{near_order}/payments", paid).json()
    assert (told["balance"]["amount"], len(told["payments"])) == ("6.00", 1)
    much = {"method": "card", "is_refund": True, "amount": {"amount": "5.00", "currency": "UAH"}}
    assert owner_key.post(f"orders/{near_order}/payments", much).json()["code"] == "refused"
    owner_key.post(f"orders/{near_order}/status", {"status": "ready"})
    back = owner_key.post(f"orders/{near_order}/status", {"status": "confirmed"})
    assert (back.status_code, back.json()["code"]) == (422, "refused")
    assert owner_key.get(f"orders/{near_order}").json()["status"] == "ready"


def test_of_two_who_read_the_same_version_one_is_refused(near_order: str, owner_key: KeyBrowser) -> None:
    seen = {"if-match": owner_key.get(f"orders/{near_order}").headers["ETag"]}
    answers = [
        owner_key.post(f"orders/{near_order}/status", {"status": status}, seen) for status in ("confirmed", "cancelled")
    ]
    assert [one.status_code for one in answers] == [200, 412]
    assert Order.objects.get().status == "confirmed"


def test_an_order_is_written_once_by_source_and_number(owner_key: KeyBrowser, reader_key: KeyBrowser) -> None:
    new = order(
        source="site",
        by={"kind": "email", "value": "new@example.com"},
        status="placed",
        payments=[{"number": "p-1", "method": "online", "amount": {"amount": "5.00", "currency": "UAH"}}],
    )
    first, second = (owner_key.post("orders", new) for _ in range(2))
    assert (first.status_code, second.status_code, first.json()["id"]) == (200, 200, second.json()["id"])
    told = second.json()
    assert (told["total"]["amount"], told["balance"]["amount"], len(told["payments"])) == ("15.00", "10.00", 1)
    assert owner_key.get(f"customers/{told['customer']}").json()["title"] == "new@example.com"
    other = owner_key.post("orders", new | {"lines": [LINES[0] | {"quantity": "2"}]})
    assert (other.status_code, other.json()["code"], Order.objects.count()) == (409, "conflict", 1)
    assert reader_key.post("orders", new).status_code == 403


def test_orders_that_cannot_be_taken_are_told_by_their_place(
    owner_key: KeyBrowser, far_key: KeyBrowser, near_location: int
) -> None:
    bad = [
        order(number="1", lines=[LINES[0] | {"quantity": "0"}]), order(number="2", lines=[]),
        order(number="3", currency="XXQ"), order(number="4", customer=str(uuid4())),
        order(number="5", location=near_location + 1000), order(number="6", total="-1"),
        order(number="7", happened_at="2199-01-01T00:00:00Z"), order(number="8", total="1.234"),
    ]  # fmt: skip
    told = owner_key.post("orders/batch", {"source": "site", "items": [*bad, order(), order()]}).json()
    assert (told["written"], [one["index"] for one in told["refused"]]) == (1, [*range(8), 9])
    hidden = far_key.post("orders/batch", {"source": "site", "items": [order(number="9", location=near_location)]})
    assert [one["index"] for one in hidden.json()["refused"]] == [0]
    own = owner_key.post("orders/batch", {"source": "wayloop", "items": [order()]})
    assert (own.status_code, own.json()["errors"][0]["pointer"]) == (422, "#/source")


def test_what_is_refused_leaves_nothing(owner_key: KeyBrowser) -> None:
    new = order(source="site", by={"kind": "email", "value": "new@example.com"}, total="-1")
    assert owner_key.post("orders", new).status_code == 422
    assert (Card.objects.count(), Order.objects.count(), Product.objects.count()) == (0, 0, 0)


def test_products_are_made_and_changed(owner_key: KeyBrowser, reader_key: KeyBrowser, no_key: KeyBrowser) -> None:
    new = {"names": {"uk": "Чай", "en": "Tea"}, "price": {"amount": "12.345", "currency": "UAH"}, "cost": "5"}
    made = owner_key.post("products", new)
    product = made.json()
    assert (made.status_code, product["name"], product["price"]["amount"], product["cost"]) == (
        201,
        "Tea",
        "12.345",
        "5",
    )
    path = f"products/{product['id']}"
    assert statuses("products", reader_key, no_key, method="POST", content=new) == [403, 401]
    assert statuses(path, reader_key, no_key, method="PATCH", content={"kind": "service"}) == [403, 401]
    changed = owner_key.send(
        "PATCH", path, {"kind": "service", "is_archived": True}, {"if-match": made.headers["ETag"]}
    )
    assert (changed.json()["kind"], changed.json()["is_archived"], changed.json()["cost"]) == ("service", True, "5")
    assert owner_key.send("PATCH", path, {"kind": "product"}, {"if-match": made.headers["ETag"]}).status_code == 412
    assert (
        owner_key.get("products").json()["items"],
        len(owner_key.get("products", archived="true").json()["items"]),
    ) == ([], 1)
    assert owner_key.post("products", {"names": {"en": " "}}).json()["errors"][0]["pointer"] == "#/names"


def test_what_products_cost_is_for_those_who_may_see_it(owner_member: Any, owner_key: KeyBrowser) -> None:
    owner_key.post("products", {"names": {"en": "Tea"}, "price": {"amount": "12", "currency": "UAH"}, "cost": "5"})
    plain = KeyBrowser(key_of(owner_member, [Permission.ORDERS_VIEW, Permission.PRODUCTS_CHANGE]))
    (row,) = plain.get("products").json()["items"]
    assert (row["price"]["amount"], row["cost"], row["margin"]) == ("12", None, None)
    assert plain.send("PATCH", f"products/{row['id']}", {"cost": "1"}).status_code == 403
    plain.send("PATCH", f"products/{row['id']}", {"names": {"en": "Black tea"}})
    assert owner_key.get(f"products/{row['id']}").json()["cost"] == "5"


def test_lists_cost_the_same_reads_for_one_and_for_many(
    near_order: str, owner_key: KeyBrowser, django_assert_num_queries: Any
) -> None:
    # The first use of a key within a minute is noted.
    owner_key.get("orders")
    with django_assert_num_queries(6):
        owner_key.get("orders")
    buy(Deal("A-2", "8"), Deal("A-3", "9"))
    with django_assert_num_queries(6):
        owner_key.get("orders")
