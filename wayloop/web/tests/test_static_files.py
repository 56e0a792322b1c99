"""Static files come whole, packed, in ranges, and without a word in the log."""

import asyncio
import warnings
from pathlib import Path

import pytest
from django.conf import settings
from django.test import AsyncClient, Client

pytestmark = pytest.mark.django_db
SPRITE = "/static/sample.txt"
TEXT = "0123456789" * 300


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: object) -> None:
    (tmp_path / "sample.txt").write_text(TEXT)
    settings.STATIC_ROOT = str(tmp_path)  # type: ignore[attr-defined]


def test_a_file_comes_whole_with_its_headers() -> None:
    answer = Client().get(SPRITE)
    assert (answer.status_code, answer.content.decode(), answer.headers["Content-Type"]) == (
        200,
        TEXT,
        'text/plain; charset="utf-8"',
    )
    assert (answer.headers["Content-Length"], "Set-Cookie" in answer.headers) == (str(len(TEXT)), False)


def test_a_part_comes_when_asked_for() -> None:
    answer = Client().get(SPRITE, headers={"Range": "bytes=5-9"})
    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (206, b"56789", "bytes 5-9/3000")


def test_what_the_browser_has_is_not_sent_again() -> None:
    client = Client()
    etag = client.get(SPRITE).headers["Last-Modified"]
    again = client.get(SPRITE, headers={"If-Modified-Since": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_the_head_alone_has_no_body() -> None:
    answer = Client().head(SPRITE)
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "3000")


def test_nothing_is_warned_of_under_asgi() -> None:
    assert "wayloop.web.static_files.StaticFilesMiddleware" in settings.MIDDLEWARE
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = asyncio.run(AsyncClient().get(SPRITE))
    assert (answer.status_code, answer.content.decode()) == (200, TEXT)
