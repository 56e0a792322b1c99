"""What is logged: one line for one event, machine-readable, without personal data."""

import json
import logging
import sys
from typing import Any

import pytest

from wayloop.kernel.logs import JsonLines, Plain, redacted


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("wayloop.sample", logging.WARNING, "x.py", 1, message, arguments, None)
    vars(made).update(extra)
    return made


def line(*arguments: Any, **extra: Any) -> dict[str, Any]:
    text = JsonLines("web").format(record(*arguments, **extra))
    assert "\n" not in text
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def test_a_line_names_time_level_logger_event_process_and_ids() -> None:
    found = line("sent %s messages", 3, person_id=7, ids=[1, 2], customer="Marina", status=202)
    assert found.pop("at").endswith("Z")
    assert found == {
        "level": "warning",
        "logger": "wayloop.sample",
        "event": "sent 3 messages",
        "process": "web",
        "person_id": 7,
        "ids": [1, 2],
        "status": 202,
    }


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("mail to marina.tkach+shop@example.co.uk failed", "mail to [e-mail] failed"),
        ("mail to марина@пошта.укр failed", "mail to [e-mail] failed"),
        ("GET /x?to=marina%40example.com", "GET /x?to=[e-mail]"),
        ("to +380 67 123-45-67 now", "to [phone] now"),
        ("to +380671234567", "to [phone]"),
        ("to (067) 123 45 67", "to [phone]"),
        ("to 0671234567", "to [phone]"),
        ("to 8 (916) 123-45-67", "to [phone]"),
        ("to 79161234567", "to [phone]"),
        ("to +1 (212) 555-0100", "to [phone]"),
        ("Authorization: Bearer abc.def.ghi", "Authorization: [hidden] [hidden]"),
        ("sent with bearer abcdefghi", "sent with bearer [hidden]"),
        ("password=hunter2&x=1", "password=[hidden]&x=1"),
        ("{'api_key': 'abc def', 'n': 1}", "{'api_key': [hidden], 'n': 1}"),
        ('{"access_token":"abc"}', '{"access_token":[hidden]}'),
        ("/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe", "/bot[hidden]/getMe"),
        ("key xK9dPq2LmN8vRt4WzY7s used", "key [hidden] used"),
        ("postgresql://wayloop:secret-word@127.0.0.1:5432/x", "postgresql://[hidden]@127.0.0.1:5432/x"),
    ],
)
def test_personal_data_and_keys_are_taken_out(text: str, without: str) -> None:
    assert redacted(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "job 1234567890 took 12.5 s",
        "336000 of 541909 lines, 2026-11-22 01:55:33",
        "0198f2a4-7c1e-7b7a-9d3c-2f6f0a1b2c3d is not there",
        "wayloop.kernel.stream.runner began again after 3 failures",
        "relation kernel_idempotency_expires exists",
        "order 20261122 has no rate",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "nasty", ["a\nfake line", 'a\r\n{"level":"x"}', "a\u2028b", "a\x1b[31mred", "a\x00b", "a\u202eb"]
)
@pytest.mark.parametrize("formatter", [JsonLines(), Plain()])
def test_a_text_from_outside_makes_no_line_of_its_own(nasty: str, formatter: logging.Formatter) -> None:
    text = formatter.format(record("name %s", nasty))
    assert len(text.splitlines()) == 1
    assert not {"\r", "\x1b", "\x00", "\u2028", "\u202e"} & set(text)


def test_a_trace_is_kept_without_what_it_tells_of_people() -> None:
    try:
        raise ValueError("no such customer: canary@example.com, +380671234567, token=c4n4ry")
    except ValueError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    for formatter in (JsonLines(), Plain()):
        text = formatter.format(made)
        assert "ValueError: no such customer: [e-mail], [phone], token=[hidden]" in text
        # The source line of the trace would quote a literal; it goes through the same rules.
        assert [word for word in ("canary@", "380671234567", "c4n4ry") if word in text] == []


def test_a_line_that_does_not_fit_its_arguments_is_written_all_the_same() -> None:
    assert line("%d of %d", 1)["event"] == "%d of %d"


def test_logging_many_lines_costs_little() -> None:
    long = "word " * 5_000 + "@" * 500 + "+1" * 500
    assert len(JsonLines().format(record(long))) < 6_000
