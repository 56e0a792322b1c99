"""The same number in each channel or location, held against the others together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wayloop.contracts.metrics import Interval, Reading
from wayloop.metrics import intervals
from wayloop.metrics.comparing import LEVEL, SMALLEST, holm, p_of_shares
from wayloop.metrics.dimensions import Question
from wayloop.metrics.evidence import Net, Share
from wayloop.metrics.queries.readings import Reader

# Numbers whose parts share no rows: who buys in two channels is a buyer of both, and both sides would hold them.
COMPARED = (
    "csat", "nps", "nps_1_10", "ces", "ces_1_5", "positive_ratings", "late_share", "sla_met", "first_contact",
    "recovery_rate", "complaint_share", "response_rate",
)  # fmt: skip
CUTS = ("channel", "location")


@dataclass(frozen=True)
class Held:
    """One part against all others together. `gap`: by how much it is more, in the unit of the metric; `is_clear`: the
    difference stands though all of them were looked at; `is_enough`: both sides stand on enough to say so."""

    reading: Reading
    gap: float = 0.0
    interval: Interval | None = None
    is_clear: bool = False
    is_enough: bool = False

    @property
    def is_worse(self) -> bool:
        """Whether it is clearly worse than the others."""
        return self.is_clear and (self.gap > 0) == (self.reading.metric.good < 0)


@dataclass(frozen=True)
class Line:
    """One number: the whole, and each part by its key."""

    whole: Reading
    parts: dict[str | None, Held]


def parity(question: Question, by: str) -> list[Line]:
    """The numbers that stand on enough, each cut by channel or location and held against the rest.

    All comparisons are one family: the more are looked at, the more each of them must show (Holm).
    """
    reader = Reader(question, with_medians=False)
    lines = []
    for name in COMPARED:
        rows = reader.rows(name, by)
        whole = reader.whole(name)
        if rows and whole.is_enough:
            lines.append(Line(whole, {row.key: _held(row, whole) for row in rows}))
    asked = [
        (line, key, found)
        for line in lines
        for key, held in line.parts.items()
        if held.is_enough and (found := _p(held.reading, line.whole)) is not None
    ]
    for (line, key, _found), p in zip(asked, holm([one[2] for one in asked]), strict=True):
        held = line.parts[key]
        is_clear = p < LEVEL and held.interval is not None and held.interval.leaves_zero
        line.parts[key] = Held(held.reading, held.gap, held.interval, is_clear, is_enough=True)
    return lines


def columns(lines: Sequence[Line]) -> list[str | None]:
    """The parts of all lines, those with the most rows first; what is not stated last."""
    counts: dict[str | None, int] = {}
    for line in lines:
        for key, held in line.parts.items():
            counts[key] = counts.get(key, 0) + held.reading.n
    return sorted(counts, key=lambda key: (key is None, -counts[key], str(key)))


def _held(part: Reading, whole: Reading) -> Held:
    match part.evidence, whole.evidence:
        case Share(hits, n), Share(all_hits, all_n) if min(n, all_n - n) >= SMALLEST:
            others = (all_hits - hits, all_n - n)
            found = intervals.difference_of_shares(hits, n, *others)
            return Held(part, hits / n - others[0] / others[1], found, is_enough=True)
        case Net(good, bad, n), Net(all_good, all_bad, all_n) if min(n, all_n - n) >= SMALLEST:
            rest = (all_good - good, all_bad - bad, all_n - n)
            told = intervals.difference_of_nets(good, bad, n, *rest)
            gap = 100 * ((good - bad) / n - (rest[0] - rest[1]) / rest[2])
            return Held(part, gap, Interval(told.low * 100, told.high * 100) if told else None, is_enough=True)
    return Held(part)


def _p(part: Reading, whole: Reading) -> float | None:
    """How likely so large a difference is by chance, both ways."""
    match part.evidence, whole.evidence:
        case Share(hits, n), Share(all_hits, all_n):
            return p_of_shares(hits, n, all_hits - hits, all_n - n)
        case Net(good, bad, n), Net(all_good, all_bad, all_n):
            now, spread = intervals.net_of(good, bad, n)
            rest, other_spread = intervals.net_of(all_good - good, all_bad - bad, all_n - n)
            error = math.sqrt(spread + other_spread)
            return math.erfc(abs(now - rest) / error / math.sqrt(2)) if error else 1.0
    return None
