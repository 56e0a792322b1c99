"""What the supervisor makes of the lines its children write."""

import pytest

from wayloop.operations.supervisor import read_log_line


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        (b'{"level": "info", "logger": "wayloop.worker", "event": "ready"}\n', "info", "wayloop.worker: ready"),
        (
            b'{"level": "error", "logger": "a", "event": "failed", "trace": "Traceback\\n  x\\nValueError: no"}\n',
            "error",
            "a: failed (ValueError: no)",
        ),
        (
            b'{"level": "error", "logger": "a", "event": "failed", "trace": '
            b'"Traceback\\npsycopg.Gone: no table\\nLINE 1: SELECT 1\\n    ^\\nHINT:  none"}\n',
            "error",
            "a: failed (psycopg.Gone: no table)",
        ),
        (b"Traceback (most recent call last):\n", "", "Traceback (most recent call last):"),
        (b'{"level": "error"}\n', "", '{"level": "error"}'),
        (b"[1]\n", "", "[1]"),
        (b"\xff ready\n", "", "\ufffd ready"),
    ],
)
def test_a_line_has_a_level_and_words(line: bytes, level: str, text: str) -> None:
    assert read_log_line(line) == (level, text)
