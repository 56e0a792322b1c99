"""Scores over the API."""

from typing import Any
from uuid import uuid4

from wayloop.accounts.testing import KeyBrowser
from wayloop.customers.testing import Card, see
from wayloop.kernel import clock


def score(**others: Any) -> dict[str, Any]:
    return {"metric": "csat", "value": "5", "happened_at": clock.now().isoformat(), "number": "a-1"} | others


def test_scores_come_in_once_and_are_read_where_they_may_be(
    owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser, revoked_key: KeyBrowser,
    near_location: int,
) -> None:  # fmt: skip
    ada = str(Card.objects.get(person=see("7", "Ada", location=near_location)).uuid)
    items = [
        score(customer=ada, location=near_location, comment="A secret wish"),
        score(value="2"),
        score(number="a-2", value="9"),
    ]
    batch = {"source": "site", "items": items}
    first, second = (owner_key.post("scores", batch).json() for _ in range(2))
    assert ([one["index"] for one in first["refused"]], first["written"], second["known"]) == ([1, 2], 1, 1)
    (row,) = reader_key.get("scores", total="true").json()["items"]
    assert (row["customer"], row["value"], row["feel"], row["comment"]) == (ada, "5", "good", "A secret wish")
    hidden = far_key.get("scores", total="true")
    assert (hidden.json()["total"]["number"], "secret" in hidden.content.decode()) == (0, False)
    assert [key.get("scores").status_code for key in (no_key, revoked_key)] == [401, 401]
    assert [key.post("scores", batch).status_code for key in (reader_key, no_key, revoked_key)] == [403, 401, 401]
    assert [
        one["index"] for one in far_key.post("scores", {"source": "site", "items": items[:1]}).json()["refused"]
    ] == [0]


def test_what_is_no_score_is_told_by_its_place(owner_key: KeyBrowser) -> None:
    items = [
        score(customer=str(uuid4())),
        score(scale="1-1"),
        score(happened_at="2199-01-01T00:00:00Z"),
        score(location=10**9),
    ]
    told = owner_key.post("scores", {"source": "site", "items": items}).json()
    assert (told["written"], [one["index"] for one in told["refused"]]) == (0, [0, 1, 2, 3])
