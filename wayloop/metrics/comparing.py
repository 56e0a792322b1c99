"""Many shares compared at once, so that a difference is not named for having looked at many. Pure.

Each part is compared with the rest by a test of two shares; the probabilities are then corrected by Holm's method
(Holm 1979, Scandinavian Journal of Statistics 6, 65–70), which keeps the chance that even one part is named without
cause below 5 %, however many there are and however they hang together. Benjamini and Hochberg (1995) would name more,
but let 5 % of what is named be wrong: somebody acts on each of these.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wayloop.contracts.metrics import Interval
from wayloop.metrics.intervals import difference_of_shares

# A part, or what is beside it, with fewer answers is not ranked.
SMALLEST = 30
LEVEL = 0.05


@dataclass(frozen=True)
class Compared:
    """A part against the rest: both shares, their difference with its interval, and the corrected probability.

    `is_clear`: the difference stands after the correction, and its interval leaves zero.
    """

    hits: int
    n: int
    other_hits: int
    other_n: int
    interval: Interval
    p: float
    corrected: float

    @property
    def share(self) -> float:
        """Of the part."""
        return self.hits / self.n

    @property
    def other_share(self) -> float:
        """Of the rest."""
        return self.other_hits / self.other_n

    @property
    def gap(self) -> float:
        """How much more it is in the part, as a share of 1."""
        return self.share - self.other_share

    @property
    def is_clear(self) -> bool:
        """Whether it can be told from chance."""
        return self.corrected < LEVEL and self.interval.leaves_zero


def compare_parts(parts: Sequence[tuple[int, int, int, int]]) -> list[Compared | None]:
    """Each part (`hits`, `n`, and the same of the rest) compared, in its order; None where one side is too small.

    All that can be compared are one family: whoever looks at one more makes all the others harder to show.
    """
    can = [place for place, (_hits, n, _others, m) in enumerate(parts) if min(n, m) >= SMALLEST]
    found = {place: p_of_shares(*parts[place]) for place in can}
    corrected = dict(zip(found, holm(list(found.values())), strict=True))
    told: list[Compared | None] = []
    for place, part in enumerate(parts):
        interval = difference_of_shares(*part) if place in found else None
        told.append(Compared(*part, interval, found[place], corrected[place]) if interval else None)
    return told


def holm(probabilities: Sequence[float]) -> list[float]:
    """The probabilities corrected for each other, in their order."""
    order = sorted(range(len(probabilities)), key=lambda place: probabilities[place])
    found = [0.0] * len(order)
    highest = 0.0
    for step, place in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - step) * probabilities[place]))
        found[place] = highest
    return found


def p_of_shares(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """How likely so large a difference is by chance, both ways: the pooled score test; where fewer than five are
    expected anywhere, Fisher's exact test (Agresti, Categorical Data Analysis, 3.2 and 3.5)."""
    whole, total = n + other_n, hits + other_hits
    if not total or total == whole:
        return 1.0
    least = min(n, other_n) * min(total, whole - total) / whole
    if least < 5:
        return _fisher(hits, n, total, whole)
    share = total / whole
    z = abs(hits / n - other_hits / other_n) / math.sqrt(share * (1 - share) * (1 / n + 1 / other_n))
    return math.erfc(z / math.sqrt(2))


def _fisher(hits: int, n: int, total: int, whole: int) -> float:
    def log_chance(k: int) -> float:
        return _choose(total, k) + _choose(whole - total, n - k) - _choose(whole, n)

    mine = log_chance(hits)
    low, high = max(0, n + total - whole), min(n, total)
    return min(1.0, sum(math.exp(one) for k in range(low, high + 1) if (one := log_chance(k)) <= mine + 1e-7))


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
