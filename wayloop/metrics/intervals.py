"""Intervals of 95 % for numbers and for their differences. Pure; each formula names its source.

What is told is whether a change is one: the interval of the difference leaves zero, or it does not.
"""

import math
import random
from collections.abc import Sequence
from functools import cache
from operator import mul

from wayloop.contracts.metrics import Interval
from wayloop.kernel import shares

Z = shares.Z
RESAMPLES = 1000
SEED = 20261122


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


def ratio_draws(tops: Sequence[float], bottoms: Sequence[float], *, stream: int = 0) -> list[float] | None:
    """Bootstrap of `sum(tops) / sum(bottoms)` over groups that belong together, the same for the same input.

    Efron (1979), Annals of Statistics 7, 1–26. Each position is one group: a person, or as many people as fell into
    it by a hash, so that millions of rows need no more time than hundreds (random groups: Wolter, Introduction to
    Variance Estimation, 2). `stream` draws independently. None when fewer than two groups hold anything.
    """
    if sum(1 for top, bottom in zip(tops, bottoms, strict=True) if top or bottom) < 2 or not any(bottoms):
        return None
    draws = []
    for weights in _weights(len(tops), stream):
        bottom = sum(map(mul, weights, bottoms))
        if bottom:
            draws.append(sum(map(mul, weights, tops)) / bottom)
    return draws


def middle_of(draws: Sequence[float] | None) -> Interval | None:
    """The percentile interval of bootstrap draws."""
    if not draws:
        return None
    ordered = sorted(draws)
    cut = len(ordered) * 25 // 1000
    return Interval(ordered[cut], ordered[-1 - cut])


def difference_of_draws(draws: Sequence[float] | None, draws_before: Sequence[float] | None) -> Interval | None:
    """The percentile interval of the difference of two independent bootstraps (different streams)."""
    if not draws or not draws_before:
        return None
    return middle_of([now - before for now, before in zip(draws, draws_before, strict=False)])


@cache
def _weights(groups: int, stream: int) -> tuple[bytes, ...]:
    """How often each group is drawn, for each resample."""
    chance = random.Random(SEED + 1009 * groups + stream)  # noqa: S311 – numbers that must repeat, not secrets
    found = []
    for _resample in range(RESAMPLES):
        times = bytearray(groups)
        for place in chance.choices(range(groups), k=groups):
            times[place] += 1
        found.append(bytes(times))
    return tuple(found)


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
