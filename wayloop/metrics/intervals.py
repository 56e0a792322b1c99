"""Intervals of 95 % for numbers and for their differences. Pure; each formula names its source.

What is told is whether a change is one: the interval of the difference leaves zero, or it does not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from wayloop.contracts.metrics import Interval
from wayloop.kernel import shares

Z = shares.Z
# Of fewer values even the smallest and the largest hold the median in less than 95 of 100 cases.
LEAST_RANKED = 6


def wilson(hits: int, n: int, z: float = Z) -> Interval | None:
    """The score interval of a share `hits / n`, `z` standard errors to either side. See `kernel.shares`."""
    found = shares.wilson(hits, n, z)
    return None if found is None else Interval(*found)


def difference_of_shares(hits: int, n: int, hits_before: int, n_before: int, z: float = Z) -> Interval | None:
    """The interval of `hits / n − hits_before / n_before`; None when one side is empty.

    Newcombe (1998), Statistics in Medicine 17, 873–890, method 10: made of the two Wilson intervals.
    """
    now, before = wilson(hits, n, z), wilson(hits_before, n_before, z)
    if now is None or before is None:
        return None
    share, share_before = hits / n, hits_before / n_before
    gap = share - share_before
    down = math.hypot(share - now.low, before.high - share_before)
    up = math.hypot(now.high - share, share_before - before.low)
    return Interval(gap - down, gap + up)


def net_of(good: float, bad: float, n: float) -> tuple[float, float]:
    """The share of the good less that of the bad, and the variance of that difference of one answer divided by n.

    Of a multinomial count: p + q − (p − q)², see Rocks (2016), The American Statistician 70, 365–372.
    """
    net = (good - bad) / n
    return net, ((good + bad) / n - net * net) / n


def adjusted_net(good: int, bad: int, n: int, z: float = Z) -> Interval | None:
    """The adjusted Wald interval of `(good − bad) / n`, `z` standard errors to either side; None when n is 0.

    Three answers are added, ¾ of one to the good and as much to the bad, which keeps the promised coverage for few
    answers: Sauro and Lewis, MeasuringU (2021), after Rocks (2016).
    """
    if not n:
        return None
    net, variance = net_of(good + 0.75, bad + 0.75, n + 3)
    half = z * math.sqrt(variance)
    return Interval(max(-1.0, net - half), min(1.0, net + half))


def difference_of_nets(
    good: int, bad: int, n: int, good_before: int, bad_before: int, n_before: int, z: float = Z
) -> Interval | None:
    """The interval of the difference of two such numbers, both adjusted alike; None when one side is empty."""
    if not n or not n_before:
        return None
    now, spread = net_of(good + 0.75, bad + 0.75, n + 3)
    before, spread_before = net_of(good_before + 0.75, bad_before + 0.75, n_before + 3)
    half = z * math.sqrt(spread + spread_before)
    return Interval(now - before - half, now - before + half)


def mean_interval(mean: float, variance: float | None, n: int) -> Interval | None:
    """Student's interval of a mean; `variance` is that of the sample (n − 1). None for fewer than two values."""
    if n < 2 or variance is None:
        return None
    half = t_point(n - 1) * math.sqrt(variance / n)
    return Interval(mean - half, mean + half)


def difference_of_totals(
    total: float, squares: float, total_before: float, squares_before: float, z: float = Z
) -> Interval:
    """The interval of `total − total_before`, each a sum over people who came at random.

    A sum over a Poisson number of independent contributions has the variance λ·E[Y²] (compound Poisson; Feller, An
    Introduction to Probability Theory I, XII.2), of which the sum of squared contributions is the plain estimate. With
    contributions of 1 this is the difference of two Poisson counts.
    """
    gap = total - total_before
    half = z * math.sqrt(squares + squares_before)
    return Interval(gap - half, gap + half)


@dataclass(frozen=True)
class Ratio:
    """What a ratio of two sums keeps of the groups it was made of: its standard error, how skewed what each group adds
    to it is, and how many groups hold anything."""

    value: float
    error: float
    skewness: float
    groups: int


def ratio_of(tops: Sequence[float], bottoms: Sequence[float]) -> Ratio | None:
    """`sum(tops) / sum(bottoms)` over groups that belong together; None when fewer than two hold anything.

    Each position is one group: a person, or as many people as fell into it by a hash, so that millions of rows need no
    more time than hundreds (random groups: Wolter, Introduction to Variance Estimation, 2). The error is that of the
    ratio made linear: what each group has above what the ratio would give it (Cochran, Sampling Techniques, 6.4).
    """
    bottom = sum(bottoms)
    held = [(top, under) for top, under in zip(tops, bottoms, strict=True) if top or under]
    groups = len(held)
    if groups < 2 or not bottom:
        return None
    value = sum(top for top, _under in held) / bottom
    # Their mean is zero, since that is what the ratio is.
    above = [(top - value * under) * groups / bottom for top, under in held]
    squares = sum(one * one for one in above)
    if not squares:
        return Ratio(value, 0.0, 0.0, groups)
    variance = squares / (groups - 1)
    skewness = sum(one**3 for one in above) / groups / (squares / groups) ** 1.5
    if groups > 2:
        # Of few groups that would be too little (Joanes and Gill 1998, The Statistician 47, 183–189, G1).
        skewness *= math.sqrt(groups * (groups - 1)) / (groups - 2)
    return Ratio(value, math.sqrt(variance / groups), skewness, groups)


def ratio_interval(found: Ratio | None) -> Interval | None:
    """The interval of a ratio or of a mean of skewed values: Student's, with its skewness turned out.

    Hall (1992), Journal of the Royal Statistical Society B 54, 221–228: the cubic transformation of the studentised
    mean, which is monotone. Money per customer is skewed, and an interval that does not know it is too low; the
    percentile bootstrap is, too.
    """
    if found is None:
        return None
    point = t_point(found.groups - 1)
    ends = [found.value - found.error * _unskewed(side, found.skewness, found.groups) for side in (point, -point)]
    return Interval(*ends)


def _unskewed(point: float, skewness: float, n: int) -> float:
    if abs(skewness) < 1e-9:
        return point
    root, third = math.sqrt(n), skewness / 3
    inner = 1 + 3 * third * (point / root - skewness / (6 * n))
    return root / third * (math.copysign(abs(inner) ** (1 / 3), inner) - 1)


def difference_of_ratios(now: Ratio | None, before: Ratio | None, z: float | None = None) -> Interval | None:
    """The interval of the difference of two independent ratios; skewness of the two takes itself off.

    Welch (1947), Biometrika 34, 28–35; `z` standard errors to either side when it is given.
    """
    if now is None or before is None:
        return None
    error = math.hypot(now.error, before.error)
    if z is None:
        parts = [(one.error**4) / (one.groups - 1) for one in (now, before)]
        z = t_point(error**4 / sum(parts)) if sum(parts) else Z
    gap = now.value - before.value
    return Interval(gap - z * error, gap + z * error)


@dataclass(frozen=True)
class Middle:
    """The median of `n` values, its interval, and its standard error."""

    value: float
    interval: Interval | None
    error: float
    n: int


def middle_of(value: float, n: int, first: int, ordered: Sequence[float]) -> Middle:
    """The median `value` of `n` values, of which those around it are told: `ordered`, the first of them the `first`-th
    of all (from 1).

    Its interval comes from the ranks of the values, whatever their distribution is: Hettmansperger and Sheather (1986),
    Statistics and Probability Letters 4, 75–79, who draw it between two ranks, so that it holds for few values too. Its
    error is half the width of that of 90 %, as normal values would have it (after Price and Bonett 2002, Computational
    Statistics and Data Analysis 37, 119–124, whose ranks are too wide for ten values).
    """
    if n < LEAST_RANKED:
        # The whole range holds the median less often than promised.
        return Middle(value, None, math.inf, n)
    low, high = _between_ranks(n, first, ordered, 0.95)
    inner_low, inner_high = _between_ranks(n, first, ordered, 0.9)
    return Middle(value, Interval(low, high), (inner_high - inner_low) / 2 / NormalDist().inv_cdf(0.95), n)


def _between_ranks(n: int, first: int, ordered: Sequence[float], level: float) -> tuple[float, float]:
    def at(rank: int) -> float:
        return ordered[rank - first]

    rank = _outer_rank(n, level)
    wide, narrow = _held(rank, n), _held(rank + 1, n)
    share = (wide - level) / (wide - narrow)
    # How far from the outer rank towards the inner one.
    step = (n - rank) * share / (rank + (n - 2 * rank) * share)
    mirror = n - rank + 1
    return at(rank) + step * (at(rank + 1) - at(rank)), at(mirror) - step * (at(mirror) - at(mirror - 1))


def around_middle(n: int) -> tuple[int, int]:
    """The first and the last rank (from 1) of the values that `middle_of` asks for."""
    reach = math.ceil(1.2 * math.sqrt(n)) + 2
    return max(1, n // 2 - reach), min(n, n // 2 + 1 + reach)


@cache
def _outer_rank(n: int, level: float) -> int:
    """The largest rank from which to its mirror the median is held as often as `level` or more often."""
    rank = max(1, math.floor(n / 2 - 0.98 * math.sqrt(n)) - 1)
    while _held(rank + 1, n) >= level:
        rank += 1
    while rank > 1 and _held(rank, n) < level:
        rank -= 1
    return rank


@cache
def _held(rank: int, n: int) -> float:
    """How often the values from this rank to its mirror hold the median: 1 − 2·P(fewer than `rank` of n below it)."""
    if n > 100:
        return 1 - 2 * NormalDist().cdf((rank - 0.5 - n / 2) / (math.sqrt(n) / 2))
    return 1 - 2 * (sum(math.comb(n, below) for below in range(rank)) / float(2**n))


def difference_of_middles(now: Middle, before: Middle, z: float = Z) -> Interval | None:
    """The interval of the difference of two medians, by their errors: Price and Bonett (2002), as above."""
    error = math.hypot(now.error, before.error)
    if not math.isfinite(error):
        return None
    gap = now.value - before.value
    return Interval(gap - z * error, gap + z * error)


def t_point(freedom: float) -> float:
    """The two-sided 95 % point of Student's distribution, to about six digits.

    Hill (1970), Communications of the ACM 13, 619–620, algorithm 396; `freedom` ≥ 1 need not be whole.
    """
    tail = 0.05
    if freedom < 1.5:
        return 1 / math.tan(tail * math.pi / 2)
    if freedom == 2:
        return math.sqrt(2 / (tail * (2 - tail)) - 2)
    a = 1 / (freedom - 0.5)
    b = 48 / (a * a)
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * freedom
    y = (d * tail) ** (2 / freedom)
    if y > 0.05 + a:
        x = -Z
        y = x * x
        if freedom < 5:
            c += 0.3 * (freedom - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = (
            (1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y
            - 1
        ) * (freedom + 1) / (freedom + 2) + 1 / y
    return math.sqrt(freedom * y)
