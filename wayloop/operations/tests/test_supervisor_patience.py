"""How long web may be silent before it is replaced."""

import time

import pytest

from wayloop.operations.supervisor import Plan, _Health


@pytest.mark.parametrize(
    ("begun", "answered", "in_vain", "is_replaced"),
    [
        (30, None, 0, False),
        (50, None, 0, True),
        # Whatever was replaced without an answer gets twice the time, so that a machine without time comes up at all.
        (50, None, 1, False),
        (90, None, 1, True),
        (310, None, 9, False),
        (330, None, 9, True),
        (300, 10, 0, False),
        (300, 25, 0, True),
        (300, 25, 9, True),
        # An answer of the process before it does not count.
        (30, 60, 0, False),
    ],
)
def test_web_that_starts_is_waited_for_longer_each_time(
    begun: int, answered: int | None, in_vain: int, is_replaced: bool
) -> None:
    now, health = time.monotonic(), _Health(Plan("127.0.0.1", 8000, "http://localhost:8000"))
    health._answered = 0.0 if answered is None else now - answered
    assert bool(health.silent_for(now - begun, in_vain)) == is_replaced
