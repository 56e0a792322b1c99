"""The quarterly review as a file: made by the real WeasyPrint, with our font, from nothing but our own files."""

import re
import zlib

import pytest

from wayloop.ui.pdf import Printer, printer

PAGE = """<html><head><link rel="stylesheet" href="{outside}"></head>
<body><h1>Отзыв 4,2 – Їжак, Review</h1><img src="{outside}"></body></html>"""


def inside(file: bytes) -> bytes:
    """What the file says, with its streams opened."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL)
    return b"\n".join(zlib.decompressobj().decompress(one) for one in streams if one[:1] == b"x")


@pytest.fixture
def weasyprint() -> Printer:
    found = printer()
    if found is None:
        pytest.skip("not run: WeasyPrint is not here, or what it draws with")
    return found


def test_a_page_becomes_a_file_in_our_font_and_asks_nobody_for_anything(
    weasyprint: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked somebody"))
    made = weasyprint(PAGE.format(outside="http://127.0.0.1:9/secret.css"))
    fonts = set(re.findall(rb"/BaseFont */[A-Z]{6}\+([\w-]+)", inside(made)))
    assert (made[:5], {b"Inter-latin-Bold", b"Inter-cyrillic-Bold"} <= fonts) == (b"%PDF-", True)
