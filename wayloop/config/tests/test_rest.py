"""The frame of the REST API: keys, limits, problems, pages, idempotency; whatever the resource."""

import json
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client

from wayloop.accounts.testing import KeyBrowser
from wayloop.customers.testing import Card, Sight, see, see_all
from wayloop.kernel.limits import Limit, take
from wayloop.kernel.rest import routes

PROBLEM = "application/problem+json"


def told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.headers["Content-Type"], answer.json()["code"]


def test_a_key_says_what_it_may(owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser) -> None:
    mine, theirs, far = (one.get("me").json() for one in (owner_key, reader_key, far_key))
    assert (mine["member"], mine["locations"], "customers.change" in mine["permissions"]) == ("Olena Sad", None, True)
    assert (theirs["role"], "customers.change" in theirs["permissions"]) == ("reader", False)
    assert len(far["locations"]) == 1
    assert [one["name"] for one in far_key.get("locations").json()["items"]] == ["Lviv"]


@pytest.mark.parametrize(
    "text", [None, "", "Basic b3duZXI6", "Bearer", "Bearer wl_x_y", "Bearer ключ", "Bearer " + "a" * 400]
)
def test_without_a_key_in_force_nothing_opens(owner_member: Any, text: str | None) -> None:
    answer = Client().get("/api/v1/me", headers={} if text is None else {"authorization": text})
    assert told(answer) == (401, PROBLEM, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_none(revoked_key: KeyBrowser) -> None:
    assert told(revoked_key.get("me")) == (401, PROBLEM, "unauthenticated")


def test_a_session_does_not_open_the_api(owner: Client) -> None:
    assert told(owner.get("/api/v1/customers")) == (401, PROBLEM, "unauthenticated")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ru", "Нужен API-ключ"),
        ("uk", "Потрібен API-ключ"),
        ("en", "An API key is needed"),
        ("de", "An API key is needed"),
    ],
)
def test_problems_speak_the_language_of_the_request(owner_member: Any, language: str, title: str) -> None:
    answer = KeyBrowser(None, language).get("me")
    assert (answer.json()["title"], answer.headers["Content-Language"]) == (
        title,
        language if language != "de" else "en",
    )


def test_what_is_no_address_is_a_problem_too(owner_key: KeyBrowser) -> None:
    assert told(owner_key.get("nothing")) == (404, PROBLEM, "not_found")
    wrong = owner_key.send("DELETE", "me")
    assert (told(wrong), wrong.headers["Allow"]) == ((405, PROBLEM, "method_not_allowed"), "GET")


def test_before_the_first_run_a_program_is_told_to_wait(db: None) -> None:
    assert told(Client().get("/api/v1/me")) == (503, PROBLEM, "unavailable")


def test_a_fault_of_ours_tells_nothing_of_itself(owner_key: KeyBrowser) -> None:
    with mock.patch("wayloop.business.api.locations", side_effect=RuntimeError("secret of the house")):
        answer = owner_key.get("locations")
    assert told(answer) == (500, PROBLEM, "broken")
    assert "secret" not in answer.content.decode()


def test_unknown_parameters_and_fields_are_refused(owner_key: KeyBrowser) -> None:
    answer = owner_key.get("customers", colour="red")
    assert told(answer) == (422, PROBLEM, "invalid")
    assert answer.json()["errors"] == [{"detail": "There is no such parameter here.", "parameter": "colour"}]
    answer = owner_key.post("customers", {"name": "Ada", "balance": 5, "phone": 7})
    assert [(one["pointer"], one["detail"]) for one in answer.json()["errors"]] == [
        ("#/phone", "This should be a text."),
        ("#/balance", "There is no such field."),
    ]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b" ", 400), (b"{", 400), (b"[" * 100_000, 400), (b'{"name": NaN}', 400), (b'{"name": 1e999}', 400),
        (b'{"name": "a\\u0000b"}', 400), (b'{"name": "\\ud800"}', 400), (b"\xff\xfe", 400), (b"[]", 422),
        (b"null", 422),
    ],
)  # fmt: skip
def test_what_is_no_good_json_is_refused(owner_key: KeyBrowser, content: bytes, status: int) -> None:
    answer = owner_key._client.generic("POST", "/api/v1/customers", content, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)


def test_other_kinds_of_content_and_too_much_of_it_are_refused(owner_key: KeyBrowser) -> None:
    form = owner_key._client.post("/api/v1/customers", {"name": "Ada"})
    much = owner_key.post("customers", {"name": "x" * routes.LARGEST_BODY})
    assert [told(one) for one in (form, much)] == [
        (415, PROBLEM, "unsupported_media_type"),
        (413, PROBLEM, "too_large"),
    ]


def test_only_the_fields_that_were_asked_for_are_answered(owner_key: KeyBrowser) -> None:
    see("7", "Ada")
    (row,) = owner_key.get("customers", fields="name").json()["items"]
    assert (sorted(row), row["name"]) == (["id", "name"], "Ada")
    assert told(owner_key.get("customers", fields="name,secret")) == (422, PROBLEM, "invalid")


def test_pages_follow_each_other_without_gaps(owner_key: KeyBrowser, django_assert_num_queries: Any) -> None:
    see_all(*(Sight(str(number), f"Guest {number:02}") for number in range(7)))
    names, link = [], "/api/v1/customers?limit=3&sort=name&fields=name"
    while link:
        page = owner_key.follow(link).json()
        names += [row["name"] for row in page["items"]]
        link = page["next"]
    assert names == [f"Guest {number:02}" for number in range(7)]


def test_a_cursor_belongs_to_its_list(owner_key: KeyBrowser) -> None:
    see_all(*(Sight(str(number), f"Guest {number}") for number in range(3)))
    link = owner_key.get("customers", limit=1).json()["next"]
    cursor = link.partition("cursor=")[2]
    answers = [
        owner_key.follow(f"/api/v1/customers?limit=1&kind=person&cursor={cursor}"),
        owner_key.get("customers", cursor="x"),
    ]
    assert [told(one) for one in answers] == [(422, PROBLEM, "invalid")] * 2


def test_the_same_key_of_idempotency_has_one_effect(owner_key: KeyBrowser, reader_key: KeyBrowser) -> None:
    again = {"idempotency-key": "k-1"}
    first, second = (owner_key.post("customers", {"name": "Ada"}, again) for _ in range(2))
    other = owner_key.post("customers", {"name": "Bob"}, again)
    assert (first.status_code, first.json(), Card.objects.count()) == (201, second.json(), 1)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert told(other) == (422, PROBLEM, "idempotency_content")
    assert told(owner_key.post("customers", {"name": "Bob"}, {"idempotency-key": "a b"})) == (
        400,
        PROBLEM,
        "idempotency_key",
    )


def test_a_limit_tells_when_to_come_again(owner_key: KeyBrowser) -> None:
    with mock.patch.object(routes, "BY_KEY", Limit("key", 2)):
        answers = [owner_key.get("me") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30


def test_those_without_a_key_share_the_limit_of_their_address(no_key: KeyBrowser) -> None:
    with mock.patch.object(routes, "BY_ADDRESS", Limit("address", 1)):
        assert [no_key.get("me").status_code for _ in range(2)] == [401, 429]


def test_what_is_used_up_comes_back_with_time(db: None) -> None:
    limit = Limit("test", 2, timedelta(seconds=60))
    with mock.patch("wayloop.kernel.clock.now") as now:
        from datetime import UTC, datetime

        now.return_value = begun = datetime(2026, 5, 4, 9, tzinfo=UTC)
        used = [take(limit, "somebody").retry_after for _ in range(3)]
        now.return_value = begun + timedelta(seconds=30)
        assert (used, take(limit, "somebody").retry_after, take(limit, "another").remaining) == ([0, 0, 30], 0, 1)
        now.return_value = begun + timedelta(hours=1)
        take(limit, "a third")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_limit")
        assert cursor.fetchone() == (1,)


def test_no_answer_sets_a_cookie_or_is_kept_on_the_way(owner_key: KeyBrowser, no_key: KeyBrowser) -> None:
    for answer in (owner_key.get("me"), no_key.get("me"), owner_key.get("nothing")):
        assert (answer.headers["Cache-Control"], dict(answer.cookies)) == ("no-store", {})


def test_the_document_is_for_members_and_keys(
    owner: Client, owner_key: KeyBrowser, no_key: KeyBrowser, stranger: Client
) -> None:
    answers = [
        owner.get("/api/v1/openapi.json"),
        owner_key.get("openapi.json"),
        no_key.get("openapi.json"),
        stranger.get("/api/v1/openapi.json"),
    ]
    assert [one.status_code for one in answers] == [200, 200, 401, 401]
    document = json.loads(answers[0].content)
    assert (document["openapi"], document["info"]["version"]) == ("3.1.0", "v1")


def test_every_operation_documents_its_refusals(owner_key: KeyBrowser) -> None:
    document = owner_key.get("openapi.json").json()
    without = [
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not {"401", "403", "422", "429"} <= set(operation["responses"])
    ]
    assert (without, len(document["paths"]) > 3) == ([], True)
