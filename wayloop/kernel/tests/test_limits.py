"""Limits in the memory of a process; those in the database are tested with the API."""

import time
from datetime import timedelta

import pytest

from wayloop.kernel.limits import Crowd, Limit, household_of


def test_a_burst_uses_the_limit_up_and_it_comes_back_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    crowd = Crowd(Limit("pages", 3, timedelta(seconds=60)))
    waits = [crowd.wait("a") for _ in range(5)]
    other = crowd.wait("b")
    monkeypatch.setattr(time, "monotonic", lambda: 1021.0)
    assert (waits, other, crowd.wait("a"), crowd.wait("a")) == ([0, 0, 0, 20, 20], 0, 0, 19)


def test_those_who_came_longest_ago_are_forgotten_first() -> None:
    crowd = Crowd(Limit("pages", 2), most_kept=2)
    for who in ("a", "a", "b", "b", "c"):
        crowd.wait(who)
    # "a" was pushed out and begins anew, which pushes "b" out; "c" still counts.
    assert [crowd.wait(who) > 0 for who in ("a", "c", "c", "b")] == [False, False, True, False]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_a_household_is_counted_once(address: str, counted: str) -> None:
    assert household_of(address) == counted
