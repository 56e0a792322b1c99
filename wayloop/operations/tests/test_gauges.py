"""The figures: their format, and that they are for nobody but whoever watches."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from wayloop.contracts.gauges import Gauge, Sample
from wayloop.kernel import registry
from wayloop.operations.gauges import OWN, TOKEN, exposition

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e+]+')


@pytest.fixture(autouse=True)
def no_token(settings: Any) -> Iterator[None]:
    yield
    (settings.HOME.secrets / TOKEN).unlink(missing_ok=True)


@pytest.mark.django_db
def test_every_line_is_in_the_format_and_every_figure_has_its_meaning(owner_member: Any) -> None:
    text = exposition()
    assert text.endswith("\n")
    lines = text.splitlines()
    figures = [line for line in lines if not line.startswith("#")]
    assert [line for line in figures if not LINE.fullmatch(line)] == []
    named = {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert {gauge.name for gauge in OWN} <= named
    assert {re.split(r"[{ ]", line)[0] for line in figures} <= named
    assert 'wayloop_up{process="web"} 1' in figures
    assert "wayloop_gauge_failed" not in {re.split(r"[{ ]", line)[0] for line in figures}


@pytest.mark.django_db
def test_a_figure_that_cannot_be_read_is_named_and_the_others_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[Sample]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense")
        return []

    own = [Gauge("wayloop_bad", "x", fail), Gauge("wayloop_odd", 'a\n"b\\', lambda: [Sample(1.5, {"a": '"\n\\'})])]
    monkeypatch.setitem(registry._items, Gauge, own)
    lines = exposition().splitlines()
    assert 'wayloop_gauge_failed{gauge="wayloop_bad"} 1' in lines
    assert r'wayloop_odd{a="\"\n\\"} 1.5' in lines
    assert r'# HELP wayloop_odd a\n"b\\' in lines


@pytest.mark.parametrize(
    ("address", "url", "headers", "status"),
    [
        ("127.0.0.1", "http://localhost:8000", {}, 200),
        ("::1", "http://127.0.0.1:8000", {}, 200),
        ("192.168.1.7", "http://localhost:8000", {}, 404),
        ("127.0.0.1", "http://localhost:8000", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("127.0.0.1", "https://crm.example.com", {}, 404),
        ("192.168.1.7", "https://crm.example.com", {"Authorization": "Bearer right"}, 200),
        ("127.0.0.1", "https://crm.example.com", {"Authorization": "Bearer wrong"}, 404),
        ("192.168.1.7", "http://localhost:8000", {"Authorization": "Bearer "}, 404),
        ("192.168.1.7", "http://localhost:8000", {"Authorization": "Bearer ключ"}, 404),
    ],
)
def test_only_this_machine_or_the_token_opens_the_figures(
    owner_member: Any, settings: Any, address: str, url: str, headers: dict[str, str], status: int
) -> None:
    (settings.HOME.secrets / TOKEN).write_text("right")
    settings.ENVIRONMENT = type(settings.ENVIRONMENT)(**{**vars(settings.ENVIRONMENT), "url": url})
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("wayloop_jobs" in answer.content.decode()) is (status == 200)


def test_without_a_token_no_token_opens_them(owner_member: Any) -> None:
    for given in ("Bearer ", "Bearer None", "Bearer"):
        assert Client(REMOTE_ADDR="192.168.1.7").get("/metrics", headers={"Authorization": given}).status_code == 404
