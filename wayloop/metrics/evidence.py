"""What a number keeps of its rows so that it can be compared with another, and the comparison. Pure."""

from dataclasses import dataclass
from typing import Literal

from wayloop.contracts.metrics import Interval, Reading
from wayloop.metrics import intervals
from wayloop.metrics.intervals import Middle, Ratio


@dataclass(frozen=True)
class Share:
    """`hits` of `n`."""

    hits: int
    n: int


@dataclass(frozen=True)
class Net:
    """Of `n` so many good ones less so many bad ones."""

    good: int
    bad: int
    n: int


@dataclass(frozen=True)
class Total:
    """A sum and the sum of squares of what each person brought to it."""

    total: float
    squares: float


Verdict = Literal["changed", "same", "unknown"]


@dataclass(frozen=True)
class Change:
    """From one reading to another. `gap`: the difference in the unit of the metric; `share`: as a share of before.

    `verdict`: changed when the interval of the difference leaves zero; unknown when one of the two stands on too
    little or they are not counted alike.
    """

    verdict: Verdict
    gap: float | None = None
    share: float | None = None
    interval: Interval | None = None


UNKNOWN = Change("unknown")


def compare(now: Reading, before: Reading) -> Change:
    """What changed between two readings of the same metric."""
    if now.value is None or before.value is None or not (now.is_enough and before.is_enough):
        return UNKNOWN
    if now.unit != before.unit:
        return UNKNOWN
    gap = now.value - before.value
    interval = _difference(now.evidence, before.evidence)
    if interval is None:
        return UNKNOWN
    return Change(
        "changed" if interval.leaves_zero else "same", gap, gap / before.value if before.value else None, interval
    )


def _difference(now: object, before: object) -> Interval | None:
    if isinstance(now, Share) and isinstance(before, Share):
        return intervals.difference_of_shares(now.hits, now.n, before.hits, before.n)
    if isinstance(now, Net) and isinstance(before, Net):
        found = intervals.difference_of_nets(now.good, now.bad, now.n, before.good, before.bad, before.n)
        return Interval(found.low * 100, found.high * 100) if found else None
    if isinstance(now, Total) and isinstance(before, Total):
        # Two empty periods are no comparison.
        if not now.squares and not before.squares:
            return None
        return intervals.difference_of_totals(now.total, now.squares, before.total, before.squares)
    if isinstance(now, Ratio) and isinstance(before, Ratio):
        return intervals.difference_of_ratios(now, before)
    if isinstance(now, Middle) and isinstance(before, Middle):
        return intervals.difference_of_middles(now, before)
    return None
