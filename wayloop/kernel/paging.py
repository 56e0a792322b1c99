"""Lists page by key: the address carries where the last page ended, never an offset."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from django.db import connection

T = TypeVar("T")
EXACT_BELOW = 10_000
LONGEST_KEY = 2000


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the keys that continue after them and before them (None where there is nothing more)."""

    rows: tuple[T, ...]
    next_key: str | None
    previous_key: str | None = None


@dataclass(frozen=True)
class Total:
    """How many rows a list has; `is_exact` is False for an estimate."""

    number: int
    is_exact: bool


def cut_page(rows: Sequence[T], limit: int, key_of: Callable[[T], Sequence[Any]]) -> Page[T]:
    """A page from `limit + 1` fetched rows: the surplus row only tells that there is more."""
    shown = tuple(rows[:limit])
    return Page(shown, write_key(key_of(shown[-1])) if len(rows) > limit else None)


def write_key(values: Sequence[Any]) -> str:
    """A key for the address. Values: texts, numbers, bytes, or what `str` turns into a readable text."""
    plain = [{"b": value.hex()} if isinstance(value, bytes) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")


def read_key(text: str | None, *kinds: type[Any]) -> tuple[Any, ...] | None:
    """The values of a key, each of its kind, or None when there is none or somebody changed it by hand.

    Kinds: datetime, int, Decimal, str, bytes. What comes back can be bound to a statement: instants are aware, whole
    numbers fit into a bigint, texts hold no NUL.
    """
    if not text or len(text) > LONGEST_KEY:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return tuple(_READERS[kind](value) for kind, value in zip(kinds, list(values), strict=True))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, InvalidOperation):
        return None


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return moment.astimezone(UTC)


def _whole_number(value: Any) -> int:
    if type(value) is not int or value.bit_length() > 63:
        raise ValueError("no number of a row")
    return value


def _decimal(value: Any) -> Decimal:
    number = Decimal(value)
    if type(value) is not str or not number.is_finite() or abs(number.adjusted()) > 40:
        raise ValueError("no number of a row")
    return number


def _text(value: Any) -> str:
    if type(value) is not str or "\0" in value:
        raise ValueError("no text of a row")
    return value


_READERS: dict[type, Callable[[Any], Any]] = {
    datetime: _moment,
    int: _whole_number,
    Decimal: _decimal,
    str: _text,
    bytes: lambda value: bytes.fromhex(value["b"]),
}


def count_rows(statement: str, parameters: Sequence[Any] | dict[str, Any], *, exact: bool = False) -> Total:
    """Counts the rows of a SELECT of our own: exactly below 10,000 or when asked to, else by the planner's estimate.

    An estimate is rounded to two digits, so that it does not look like more than it is.

    `statement` is never built from input; values are bound by `parameters`.
    """
    with connection.cursor() as cursor:
        if exact:
            cursor.execute(f"SELECT count(*) FROM ({statement}) r", parameters)  # noqa: S608
            (number,) = cursor.fetchone() or (0,)
            return Total(number, True)
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({statement}) r LIMIT {EXACT_BELOW}) n", parameters)  # noqa: S608
        (number,) = cursor.fetchone() or (0,)
        if number < EXACT_BELOW:
            return Total(number, True)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        (plan,) = cursor.fetchone() or ([{"Plan": {"Plan Rows": number}}],)
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    estimate = max(int(parsed[0]["Plan"]["Plan Rows"]), EXACT_BELOW)
    return Total(round(estimate, 2 - len(str(estimate))), False)
