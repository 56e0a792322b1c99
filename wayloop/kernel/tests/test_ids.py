"""Identifiers: addresses in the order of time, keys that never change."""

import time
from uuid import RFC_4122, UUID

import pytest

from wayloop.kernel.ids import digest_key, uuid7


def test_addresses_are_uuids_of_version_7() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)


def test_an_address_begins_with_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    moment = uuid7().int >> 80
    assert before <= moment <= time.time_ns() // 1_000_000


def test_later_addresses_sort_behind_earlier_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for millisecond in (1, 2, 1_700_000_000_000, 1_700_000_000_001):
        monkeypatch.setattr(time, "time_ns", lambda now=millisecond: now * 1_000_000)
        made.append(uuid7())
    assert sorted(made) == made


def test_ten_thousand_addresses_of_one_moment_all_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_a_key_is_the_same_for_ever() -> None:
    assert digest_key("online-retail", "order.placed", "536365") == UUID("e347bde4-2a72-b471-d6fa-703e838d55b2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("abc",), ("abc", "")),
        (("", "abc"), ("abc", "")),
        ((), ("",)),
        (("a", "b"), ("b", "a")),
        (("a\x00",), ("a",)),
        (("é",), ("e\u0301",)),
    ],
)
def test_keys_differ_where_the_parts_do(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert digest_key(*one) != digest_key(*other)


def test_a_key_takes_parts_of_any_length_and_script() -> None:
    assert len({digest_key("x" * 70_000), digest_key("пʼять 🥐"), digest_key("x" * 70_001)}) == 3
