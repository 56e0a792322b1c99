"""Metrics over the API."""

from wayloop.accounts.testing import KeyBrowser
from wayloop.commerce.testing import Deal, buy


def test_a_number_is_over_what_the_key_sees(
    owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser, revoked_key: KeyBrowser,
    near_location: int,
) -> None:  # fmt: skip
    buy(Deal("A-1", "7", location=near_location), Deal("A-2", "8", location=near_location))
    mine, far = (key.get("metrics/net_revenue").json() for key in (owner_key, far_key))
    assert ((mine["value"], mine["n"], mine["unit"]), far["n"]) == ((20.0, 2, "UAH"), 0)
    (row,) = reader_key.get("metrics/net_revenue", by="location").json()["rows"]
    assert (row["key"], row["value"]) == (str(near_location), 20.0)
    assert [key.get("metrics").status_code for key in (reader_key, no_key, revoked_key)] == [200, 401, 401]
    assert "net_revenue" in {one["name"] for one in reader_key.get("metrics").json()["items"]}


def test_a_question_that_is_none_is_told(owner_key: KeyBrowser) -> None:
    answers = [
        owner_key.get("metrics/net_revenue", by="colour"),
        owner_key.get("metrics/net_revenue", where="location=Nowhere"),
        owner_key.get("metrics/net_revenue", since="2026-05-04", until="2026-05-01"),
        owner_key.get("metrics/net_revenue", since="0001-01-01"),
    ]
    assert [(one.status_code, one.json()["errors"][0]["parameter"]) for one in answers] == [
        (422, "by"),
        (422, "where"),
        (422, "until"),
        (422, "since"),
    ]
    assert owner_key.get("metrics/nothing").status_code == 404
