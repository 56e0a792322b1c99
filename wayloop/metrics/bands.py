"""When a number has left the band of its goal beyond doubt, and which of its parts drew it out. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from wayloop.contracts.metrics import Interval, Reading
from wayloop.metrics import intervals
from wayloop.metrics.evidence import Change, Net, Share, Total
from wayloop.metrics.intervals import Middle, Ratio

# A number is outside when its goal lies more than so many standard errors away: the rule of control charts (Shewhart,
# Economic Control of Quality of Manufactured Product, 1931). With 1.96, a number that truly stands on its goal and is
# looked at daily would raise an alert in every other year by chance alone.
FAR = 3.0
# How often chance alone raises an alert over a number that truly stands on its goal, at most, per year of daily looks:
# days of the goal's period → alerts. Of a sliding mean of T periods a year, P ≈ T·z·φ(z) + Φ(−z) (Slepian, Bell System
# Technical Journal 41, 1962, 463–501), which holds for goals whose number moves freely; a test measures it.
CHANCE_A_YEAR = {30: 0.2, 90: 0.07, 365: 0.02}
# Themes are many and looked at all together: by the same formula four standard errors raise less than one alert in
# seven years over ten themes that do not change.
FAR_OF_MANY = 4.0
THEMES_A_YEAR = 0.1
# Of fewer cases the share of a theme says nothing.
LEAST_OF_THEMES = 30


@dataclass(frozen=True)
class Blamed:
    """The part of a cut that drew the number out: `reading` has its key. `excess`: of how many rows more than among
    the others (of counts and money: how much less or more than in the time before)."""

    cut: str
    reading: Reading
    excess: float


def far_interval(reading: Reading, target: float) -> Interval | None:
    """Where the true number lies beyond doubt: three standard errors to either side; None when nobody can say.

    Sums spread as they would if they came to the `target`, if that is more: of four orders awaited, none may be chance.
    """
    if reading.value is None or not reading.is_enough:
        return None
    match reading.evidence:
        case Share(hits, n):
            return intervals.wilson(hits, n, FAR)
        case Net(good, bad, n):
            found = intervals.adjusted_net(good, bad, n, FAR)
            return Interval(100 * found.low, 100 * found.high) if found else None
        case Total(total, squares) if total > 0:
            half = FAR * math.sqrt(squares * max(target / total, 1))
            return Interval(total - half, total + half)
        case Total(total, _squares) if reading.metric.kind == "count":
            # Where nothing came nobody knows how much one brings; of a count that is one.
            half = FAR * math.sqrt(max(target, 0))
            return Interval(total - half, total + half)
        case Ratio(value, error) | Middle(value, _, error) if math.isfinite(error):
            return Interval(value - FAR * error, value + FAR * error)
    return None


def is_outside(reading: Reading, target: float | None) -> bool:
    """Whether the number is worse than what it should come to, beyond doubt."""
    return target is not None and _is_worse(far_interval(reading, target), target, reading.metric.good)


def grows_too_little(change: Change, aim: float, good: int) -> bool:
    """Whether the growth is worse than what it should be, beyond doubt. `good`: as of a metric."""
    if change.interval is None:
        return False
    middle = (change.interval.low + change.interval.high) / 2
    half = (change.interval.high - change.interval.low) / 2 * FAR / intervals.Z
    return _is_worse(Interval(middle - half, middle + half), aim, good)


def _is_worse(found: Interval | None, target: float, good: int) -> bool:
    if found is None:
        return False
    return found.low > target if good < 0 else found.high < target


def has_grown(hits: int, n: int, usual_hits: int, usual_n: int, *, z: float = FAR_OF_MANY) -> bool:
    """Whether the share of a theme is larger than usual by more than so many standard errors. Below the floor of a
    share nobody can say."""
    if min(n, usual_n) < LEAST_OF_THEMES:
        return False
    gap = intervals.difference_of_shares(hits, n, usual_hits, usual_n, z)
    return gap is not None and gap.low > 0


def blame(cut: str, whole: Reading, parts: Iterable[Reading]) -> Blamed | None:
    """Of a share or of points: the part that is worse than all others together beyond doubt, and weighs most."""
    found = []
    for part in parts:
        worse = _worse(whole, part)
        if worse > 0 and part.is_enough and part.key is not None:
            found.append(Blamed(cut, part, worse * part.n))
    return max(found, key=lambda one: one.excess, default=None)


def blame_change(cut: str, now: Iterable[Reading], before: Iterable[Reading]) -> Blamed | None:
    """Of counts and sums: the part that changed for the worse beyond doubt, by most."""
    earlier = {one.key: one for one in before}
    found = []
    for part in now:
        then = earlier.pop(part.key, None)
        if then is not None and part.key is not None:
            found.append((part, _lost(part, then)))
    # What is not there any more at all stands with nothing.
    for key, then in earlier.items():
        if key is not None and isinstance(then.evidence, Total):
            nothing = Reading(then.metric, 0, 0, then.unit, key=key, label=then.label, evidence=Total(0, 0))
            found.append((nothing, _lost(nothing, then)))
    most = max((Blamed(cut, part, lost) for part, lost in found), key=lambda one: one.excess, default=None)
    return most if most and most.excess > 0 else None


def _worse(whole: Reading, part: Reading) -> float:
    """By how much the part is worse than the rest, in shares or points; 0 when that may be chance."""
    match whole.evidence, part.evidence:
        case Share(hits, n), Share(own_hits, own_n) if n > own_n:
            gap = intervals.difference_of_shares(own_hits, own_n, hits - own_hits, n - own_n, FAR)
            size = own_hits / own_n - (hits - own_hits) / (n - own_n) if own_n else 0
        case Net(good, bad, n), Net(own_good, own_bad, own_n) if n > own_n:
            gap = intervals.difference_of_nets(own_good, own_bad, own_n, good - own_good, bad - own_bad, n - own_n, FAR)
            size = (own_good - own_bad) / own_n - (good - own_good - bad + own_bad) / (n - own_n) if own_n else 0
        case _:
            return 0
    if gap is None or not gap.leaves_zero:
        return 0
    return -size if whole.metric.good > 0 else size


def _lost(now: Reading, then: Reading) -> float:
    if not (isinstance(now.evidence, Total) and isinstance(then.evidence, Total)) or now.unit != then.unit:
        return 0
    gap = intervals.difference_of_totals(
        now.evidence.total, now.evidence.squares, then.evidence.total, then.evidence.squares, FAR
    )
    if not gap.leaves_zero:
        return 0
    return (then.evidence.total - now.evidence.total) * (1 if now.metric.good >= 0 else -1)
