"""Logs that machines can read and that hold no personal data.

A line is one JSON object: time, level, logger, event, process, and the ids that were given with `extra`. E-mail
addresses, phone numbers, tokens and passwords are taken out of every text, whoever wrote it; ids are what leads back to
a person, for those who may. `Plain` writes the same to a terminal in words.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST_TEXT = 4_000
LONGEST_TRACE = 12_000
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# What may stand beside an event: its ids, and figures. Everything else given with `extra` is left out.
_ID = re.compile(r"id|ids|[a-z_]+_ids?|status|count|seconds|bytes|attempt|kind|job|task")
# All repetitions have an end, so that a long text costs no more than its length.
_WORD = r"[\w.!#$'*+^`{|}~-]{1,64}"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Name and password inside an address: postgresql://user:password@host
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@]{0,200}@"), r"\1[hidden]@"),
    (re.compile(rf"{_WORD}(?:@|%40)[\w-]+(?:\.[\w-]+)*"), "[e-mail]"),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{6,}"), r"\1 [hidden]"),
    (
        re.compile(
            r"(?i)([\"']?[\w-]{0,40}(?:passw(?:or)?d|secret|token|api[_-]?key|authorization|cookie|signature|session(?:id)?)"
            r"[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&})\]]+)"
        ),
        r"\1[hidden]",
    ),
    # Messengers' bots: 123456789:AA…
    (re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{20,}"), "[hidden]"),
    # Long runs of letters and digits mixed are keys, not words; hashes and UUIDs of ours have their own shapes.
    (re.compile(r"\b(?=[\w-]{0,99}\d)(?=[\w-]{0,99}[A-Z])(?=[\w-]{0,99}[a-z])[\w-]{20,}\b"), "[hidden]"),
    # Phones: + and digits, or ten and more digits in groups with brackets, hyphens, dots, blanks.
    (re.compile(r"(?<![\w.])(?:\+|00)\d(?:[ \u00a0().-]{0,2}\d){7,14}(?!\w)"), "[phone]"),
    (re.compile(r"(?<![\w.-])\(?0\d{2}\)?(?:[ \u00a0-]?\d){7}(?![\w-])"), "[phone]"),
    (re.compile(r"(?<![\w.-])(?:38|7|8)[ \u00a0-]?\(?\d{3}\)?(?:[ \u00a0-]?\d){7}(?![\w-])"), "[phone]"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def redacted(text: str) -> str:
    """The text without e-mail addresses, phone numbers, tokens and passwords."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line. Line breaks and control characters stay inside their string, escaped."""

    def __init__(self, process: str = "") -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        if self._process:
            line["process"] = self._process
        line |= _ids(record)
        trace = _trace(self, record)
        if trace:
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    """One line for a person at a terminal; a trace follows on lines of its own, indented."""

    def format(self, record: logging.LogRecord) -> str:
        ids = "".join(f" {name}={value}" for name, value in _ids(record).items())
        text = f"{_moment(record):%H:%M:%S} {record.levelname.lower():<7} {record.name}: {_event(record)}{ids}"
        trace = _trace(self, record)
        lines = [text.replace("\n", "\\n"), *trace.splitlines()]
        return "\n    ".join(_CONTROL.sub(_escaped, line.replace("\t", "    ")) for line in lines)


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _event(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        text = str(record.msg)
    return _CONTROL.sub(_escaped, redacted(text[:LONGEST_TEXT]))


def _ids(record: logging.LogRecord) -> Mapping[str, Any]:
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD and _ID.fullmatch(name)}
    return {name: found for name, value in given.items() if (found := _plain(value)) is not None}


def _plain(value: object) -> int | float | bool | str | list[int] | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [one for one in value if isinstance(one, int)][:100]
    return redacted(str(value)[:200])


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
    parts += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    text = "\n".join(parts)
    # The end names the error.
    return redacted(text if len(text) <= LONGEST_TRACE else f"…{text[-LONGEST_TRACE:]}")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
