"""Lists continue by key; a key somebody changed begins at the top."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key, write_key

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


def key_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_key_comes_back_with_its_kinds() -> None:
    key = write_key((NOON.isoformat(), 17, b"\x00\xff"))
    assert read_key(key, datetime, int, bytes) == (NOON, 17, b"\x00\xff")


def test_a_key_can_stand_in_an_address_as_it_is() -> None:
    assert {sign for number in range(200) for sign in write_key(("ї?&/+", number))} <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "x",
        "ж",
        "%00",
        "AAAA",
        "=" * 5,
        key_of(None),
        key_of(5),
        key_of("text"),
        key_of({}),
        key_of([]),
        key_of(["2026-05-04T12:00:00+00:00"]),
        key_of(["2026-05-04T12:00:00+00:00", 1, 2]),
        key_of(["2026-05-04T12:00:00", 1]),
        key_of(["yesterday", 1]),
        key_of([{"b": "00"}, 1]),
        key_of([{"b": 7}, 1]),
        key_of([[], 1]),
        key_of([None, 1]),
        key_of([1, 1]),
        key_of(["0001-01-01T00:00:00+14:00", 1]),
        key_of(["9999-12-31T23:59:59-14:00", 1]),
        key_of(["2026-05-04T12:00:00+00:00", "1"]),
        key_of(["2026-05-04T12:00:00+00:00", True]),
        key_of(["2026-05-04T12:00:00+00:00", 1.5]),
        key_of(["2026-05-04T12:00:00+00:00", 1 << 63]),
        key_of(["2026-05-04T12:00:00+00:00", None]),
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        write_key(("x" * 3000, 1)),
    ],
)
def test_a_key_that_cannot_be_read_is_no_key(key: str | None) -> None:
    assert read_key(key, datetime, int) is None


@pytest.mark.parametrize("key", [key_of([5, 1]), key_of([{"b": "zz"}, 1]), key_of([{}, 1]), key_of(["00", 1])])
def test_bytes_are_told_from_texts(key: str) -> None:
    assert read_key(key, bytes, int) is None


def test_the_largest_numbers_of_a_row_are_keys() -> None:
    for number in (0, -1, (1 << 63) - 1):
        assert read_key(write_key((number,)), int) == (number,)


@pytest.mark.parametrize(
    ("fetched", "page"),
    [
        ([], Page((), None)),
        ([1, 2, 3], Page((1, 2, 3), None)),
        ([1, 2, 3, 4], Page((1, 2, 3), write_key((3,)))),
    ],
)
def test_the_surplus_row_only_tells_that_there_is_more(fetched: list[int], page: Page[int]) -> None:
    assert cut_page(fetched, 3, lambda row: (row,)) == page


def test_short_lists_are_counted_exactly(db: None) -> None:
    assert count_rows("SELECT 1 FROM generate_series(1, %s)", [9_999]) == Total(9_999, True)


def test_long_lists_are_estimated_by_two_digits_and_counted_on_demand(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE long_list AS SELECT x FROM generate_series(1, 12345) x")
        cursor.execute("ANALYZE long_list")
    told = (count_rows("SELECT 1 FROM long_list", []), count_rows("SELECT 1 FROM long_list", [], exact=True))
    assert told == (Total(12_000, False), Total(12_345, True))
