"""Customers, traits and events over the API: what each kind of key gets, and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from wayloop.accounts.testing import KeyBrowser
from wayloop.customers.models import TraitDefinition, TraitValue
from wayloop.customers.testing import SPRING, Card, happen, see
from wayloop.identity import api as identity
from wayloop.kernel import clock


@pytest.fixture
def ada(near_location: int) -> str:
    """Seen at the near location only."""
    handle = see("7", "Ada Near", location=near_location, town="Kyiv")
    identity.add_identifiers(kind=identity.IdentifierKind.EMAIL, handles=[handle], values=["ada@example.com"])
    happen(handle, 3, location=near_location)
    return str(Card.objects.get(person=handle).uuid)


def statuses(path: str, *keys: KeyBrowser, method: str = "GET", content: Any = None) -> list[int]:
    return [key.send(method, path, content).status_code for key in keys]


def test_a_list_tells_each_key_what_it_may_see(
    ada: str, owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser,
    revoked_key: KeyBrowser, near_location: int,
) -> None:  # fmt: skip
    (row,) = owner_key.get("customers", total="true").json()["items"]
    assert (row["id"], row["name"], row["locations"], row["traits"]["town"]) == (
        ada,
        "Ada Near",
        [near_location],
        "Kyiv",
    )
    assert [(one["kind"], one["value"], one["system"]) for one in row["contacts"]] == [
        ("external", "7", "shop"),
        ("email", "ada@example.com", ""),
    ]
    assert [one["id"] for one in reader_key.get("customers").json()["items"]] == [ada]
    assert far_key.get("customers", total="true").json() == {
        "items": [], "next": None, "total": {"number": 0, "is_exact": True}
    }  # fmt: skip
    assert statuses("customers", no_key, revoked_key) == [401, 401]


def test_search_finds_what_the_key_sees(ada: str, owner_key: KeyBrowser, far_key: KeyBrowser) -> None:
    asked = {
        "q": "ada",
        "condition": {"all": [{"field": "kind", "operator": "is", "values": ["person"]}]},
        "total": True,
    }
    mine, theirs = (key.post("customers/search", asked).json() for key in (owner_key, far_key))
    assert ([one["id"] for one in mine["items"]], mine["total"]["number"]) == ([ada], 1)
    assert (theirs["items"], theirs["total"]["number"]) == ([], 0)
    wrong = owner_key.post("customers/search", {"condition": {"field": "colour", "operator": "is", "values": ["red"]}})
    assert (wrong.status_code, wrong.json()["errors"]) == (
        422,
        [{"detail": "There is no filter “colour” here.", "pointer": "#/condition"}],
    )


def test_what_is_read_of_one_is_for_those_who_see_them(
    ada: str, owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser,
    revoked_key: KeyBrowser,
) -> None:  # fmt: skip
    everybody = (owner_key, reader_key, far_key, no_key, revoked_key)
    for path in (f"customers/{ada}", f"customers/{ada}/traits", f"customers/{ada}/events"):
        assert statuses(path, *everybody) == [200, 200, 404, 401, 401]
    assert statuses(f"customers/{uuid4()}", *everybody) == [404, 404, 404, 401, 401]
    assert "Ada" not in far_key.get(f"customers/{ada}").content.decode()


@pytest.mark.parametrize(
    ("method", "path", "content", "good"),
    [
        ("PATCH", "customers/{}", {"name": "Ada Other"}, 200),
        ("POST", "customers/{}/contacts", {"kind": "phone", "value": "+380441234567"}, 201),
        ("POST", "customers/{}/contacts/remove", {"kind": "email", "value": "ada@example.com"}, 200),
        ("PUT", "customers/{}/traits/town", {"value": "Lviv"}, 200),
        ("DELETE", "customers/{}/traits/town", None, 204),
    ],
)
def test_what_is_changed_of_one_is_for_those_who_may(
    ada: str, owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser,
    revoked_key: KeyBrowser, method: str, path: str, content: Any, good: int,
) -> None:  # fmt: skip
    others = (reader_key, far_key, no_key, revoked_key)
    before = owner_key.get(f"customers/{ada}").json()
    assert statuses(path.format(ada), *others, method=method, content=content) == [403, 404, 401, 401]
    assert owner_key.get(f"customers/{ada}").json() == before
    assert statuses(path.format(ada), owner_key, method=method, content=content) == [good]
    assert owner_key.get(f"customers/{ada}").json() != before


def test_a_new_customer_is_told_once(
    owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, ada: str
) -> None:
    new = {"name": "Bob", "email": "bob@example.com", "phone": "+380 44 765 43 21"}
    made = owner_key.post("customers", new)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/customers/{made.json()['id']}")
    again = owner_key.post("customers", new)
    assert (again.status_code, again.json()["same"]) == (409, [made.json()["id"]])
    hidden = far_key.post("customers", {"email": "ada@example.com"})
    assert (hidden.status_code, hidden.json()["same"]) == (409, [])
    assert reader_key.post("customers", new).status_code == 403
    assert [one["pointer"] for one in owner_key.post("customers", {"phone": "12"}).json()["errors"]] == ["#/phone"]
    assert owner_key.post("customers", {}).status_code == 422


def test_a_location_that_is_not_seen_cannot_be_written(far_key: KeyBrowser, near_location: int) -> None:
    answer = far_key.post("customers", {"name": "Bob", "location": near_location})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/location")


def test_of_two_who_read_the_same_version_one_is_refused(ada: str, owner_key: KeyBrowser) -> None:
    seen = {"if-match": owner_key.get(f"customers/{ada}").headers["ETag"]}
    first, second = (owner_key.send("PATCH", f"customers/{ada}", {"name": name}, seen) for name in ("One", "Two"))
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 412, "version_differs")
    assert owner_key.get(f"customers/{ada}").json()["name"] == "One"


def test_a_trait_has_its_source_and_time(ada: str, owner_key: KeyBrowser) -> None:
    said = owner_key.send("PUT", f"customers/{ada}/traits/town", {"value": "Lviv"})
    assert (said.json()["value"], said.json()["source"]) == ("Lviv", "Olena Sad")
    old = {"value": "Odesa", "source": "crm", "since": "2020-01-01T10:00:00+02:00"}
    assert owner_key.send("PUT", f"customers/{ada}/traits/town", old).json()["value"] == "Lviv"
    assert set(TraitValue.objects.filter(trait="town").values_list("value", flat=True)) == {"Kyiv", "Lviv", "Odesa"}
    stale = owner_key.send("PUT", f"customers/{ada}/traits/town", {"value": "Sumy"}, {"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_differs")


def test_what_is_no_value_of_a_trait_is_refused(ada: str, owner_key: KeyBrowser) -> None:
    answer = owner_key.send("PUT", f"customers/{ada}/traits/birth_date", {"value": "long ago"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/value")
    computed = TraitDefinition.objects.filter(is_computed=True).values_list("key", flat=True)[0]
    assert owner_key.send("PUT", f"customers/{ada}/traits/{computed}", {"value": 5}).json()["code"] == "refused"
    assert owner_key.send("PUT", f"customers/{ada}/traits/nothing", {"value": 5}).status_code == 404


def test_many_values_come_in_and_the_bad_ones_are_told(
    ada: str, owner_key: KeyBrowser, far_key: KeyBrowser, reader_key: KeyBrowser
) -> None:
    items = [
        {"customer": ada, "trait": "town", "value": "Poltava"},
        {"customer": ada, "trait": "nothing", "value": "x"},
        {"customer": str(uuid4()), "trait": "town", "value": "x"},
    ]
    told = owner_key.post("customers/traits", {"source": "crm", "items": items}).json()
    assert (told["taken"], [one["index"] for one in told["refused"]]) == (1, [1, 2])
    assert owner_key.get(f"customers/{ada}").json()["traits"]["town"] == "Poltava"
    hidden = far_key.post("customers/traits", {"source": "crm", "items": items[:1]}).json()
    assert (hidden["taken"], [one["index"] for one in hidden["refused"]]) == (0, [0])
    assert reader_key.post("customers/traits", {"source": "crm", "items": items}).status_code == 403


def test_what_can_be_known_is_told(owner_key: KeyBrowser, reader_key: KeyBrowser, no_key: KeyBrowser) -> None:
    known = {one["key"] for one in owner_key.get("traits").json()["items"]}
    assert ("town" in known, owner_key.get("traits/town").json()["type"]) == (True, "place")
    assert statuses("traits", reader_key, no_key) == [200, 401]
    assert statuses("traits/nothing", owner_key, reader_key, no_key) == [404, 404, 401]
    kinds = {one["kind"]: one["is_open"] for one in reader_key.get("event-kinds").json()["items"]}
    assert (kinds["page.viewed"], kinds["order.placed"]) == (True, False)


def event(**others: Any) -> dict[str, Any]:
    now = clock.now().isoformat()
    return {"kind": "page.viewed", "message_id": "m-1", "occurred_at": now, "properties": {"page": "/tea"}} | others


def test_events_come_in_once(ada: str, owner_key: KeyBrowser) -> None:
    batch = {
        "source": "site",
        "items": [event(customer=ada), event(message_id="m-2", by={"kind": "email", "value": "new@example.com"})],
    }
    first, second = (owner_key.post("events", batch).json() for _ in range(2))
    assert (first, second) == (
        {"written": 2, "known": 0, "refused": []},
        {"written": 0, "known": 2, "refused": []},
    )
    (newest, *_others) = owner_key.get(f"customers/{ada}/events", kind="page.viewed").json()["items"]
    assert (newest["properties"], newest["source"]) == ({"page": "/tea"}, "site")
    assert owner_key.post("customers/search", {"q": "new@example.com"}).json()["items"][0]["title"] == "new@example.com"


def test_events_that_cannot_be_taken_are_told_by_their_place(
    ada: str, owner_key: KeyBrowser, near_location: int
) -> None:
    later = (clock.now() + timedelta(days=3)).isoformat()
    items = [
        event(customer=ada, kind="order.placed"), event(customer=ada, properties={}), event(),
        event(customer=ada, properties={"page": 5}), event(customer=ada, properties={"page": "/", "who": "x"}),
        event(customer=ada, occurred_at=later), event(customer=ada, location=near_location + 1000),
        event(by={"kind": "phone", "value": "x"}), event(customer=ada),
    ]  # fmt: skip
    told = owner_key.post("events", {"source": "site", "items": items}).json()
    assert (told["written"], [one["index"] for one in told["refused"]]) == (1, list(range(8)))


def test_events_of_hidden_customers_cannot_be_told(
    ada: str, far_key: KeyBrowser, reader_key: KeyBrowser, no_key: KeyBrowser, revoked_key: KeyBrowser
) -> None:
    batch = {"source": "site", "items": [event(customer=ada)]}
    assert far_key.post("events", batch).json()["refused"] == [{"index": 0, "detail": "There is no such customer."}]
    assert statuses("events", reader_key, no_key, revoked_key, method="POST", content=batch) == [403, 401, 401]


def test_pages_of_events_follow_each_other(ada: str, owner_key: KeyBrowser) -> None:
    times, link = [], f"/api/v1/customers/{ada}/events?limit=2"
    while link:
        page = owner_key.follow(link).json()
        times += [one["occurred_at"] for one in page["items"]]
        link = page["next"]
    assert times == [(SPRING + timedelta(hours=3 + hour)).strftime("%Y-%m-%dT%H:%M:%S+03:00") for hour in (2, 1, 0)]


def test_a_list_costs_the_same_reads_for_one_and_for_many(
    ada: str, owner_key: KeyBrowser, django_assert_num_queries: Any
) -> None:
    # The first use of a key within a minute is noted.
    owner_key.get("customers")
    with django_assert_num_queries(11):
        owner_key.get("customers")
    see("8", "Bea")
    see("9", "Cea")
    with django_assert_num_queries(11):
        owner_key.get("customers")
