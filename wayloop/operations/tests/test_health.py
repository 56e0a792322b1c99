"""`/healthz` as the server answers it."""

import asyncio
from typing import Any

import pytest

from wayloop.operations import health


def answer(path: str, method: str = "GET") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def inner(scope: object, receive: object, send: Any) -> None:
        await send({"type": "from the program"})

    application = health.with_health(inner)
    asyncio.run(application({"type": "http", "path": path, "method": method}, None, send))
    return sent


@pytest.mark.parametrize(
    ("reachable", "status", "text"), [(True, 200, b"ok\n"), (False, 503, b"database unreachable\n")]
)
def test_it_tells_whether_the_database_answers(
    monkeypatch: pytest.MonkeyPatch, reachable: bool, status: int, text: bytes
) -> None:
    monkeypatch.setattr(health, "database_answers", lambda: reachable)
    start, body = answer("/healthz")
    assert (start["status"], body["body"]) == (status, text)


def test_every_other_address_is_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer("/healthz/else") == [{"type": "from the program"}]


@pytest.mark.django_db
def test_the_database_of_this_run_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would close the connection that the test's own transaction lives in.
    monkeypatch.setattr(health, "close_old_connections", lambda: None)
    assert health.database_answers() is True
