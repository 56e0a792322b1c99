"""Intervals against figures that were published, and against what they must be by their meaning."""

import math
from statistics import NormalDist

import pytest

from wayloop.metrics.intervals import (
    Interval,
    Z,
    adjusted_net,
    difference_of_middles,
    difference_of_nets,
    difference_of_ratios,
    difference_of_shares,
    difference_of_totals,
    mean_interval,
    middle_of,
    ratio_interval,
    ratio_of,
    t_point,
    wilson,
)


def rounded(interval: Interval | None, digits: int = 4) -> tuple[float, float] | None:
    return (round(interval.low, digits), round(interval.high, digits)) if interval else None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(hits: int, n: int, low: float, high: float) -> None:
    assert rounded(wilson(hits, n)) == (low, high)


def test_wilson_of_eighty_of_a_hundred_is_as_the_definitions_say() -> None:
    assert [rounded(wilson(n * 4 // 5, n), 2) for n in (10, 30, 100, 400)] == [
        (0.49, 0.94),
        (0.63, 0.9),
        (0.71, 0.87),
        (0.76, 0.84),
    ]


@pytest.mark.parametrize(
    ("sides", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, 873–890, table II, method 10.
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
    ],
)
def test_the_difference_of_two_shares_is_as_published(
    sides: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert rounded(difference_of_shares(*sides)) == (low, high)


@pytest.mark.parametrize(
    ("n", "middle", "half"),
    # The table of metric definitions: half of the answers for, a fifth against.
    [(10, 23, 42), (30, 27, 27), (100, 29, 15), (400, 30, 8)],
)
def test_recommendation_has_the_interval_of_its_table(n: int, middle: int, half: int) -> None:
    found = adjusted_net(n // 2, n // 5, n)
    assert found is not None
    assert (round(50 * (found.low + found.high)), round(50 * (found.high - found.low))) == (middle, half)


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("shares", [(0.5, 0.2), (0.3, 0.3), (0.7, 0.1)])
def test_recommendation_is_within_its_interval_as_often_as_promised(n: int, shares: tuple[float, float]) -> None:
    """Not drawn by lot: every outcome there can be, weighed by its chance."""
    good, bad = shares
    held = 0.0
    for hits in range(n + 1):
        for misses in range(n + 1 - hits):
            found = adjusted_net(hits, misses, n)
            if found and found.low <= good - bad <= found.high:
                rest = n - hits - misses
                held += math.exp(
                    math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(misses + 1) - math.lgamma(rest + 1)
                    + hits * math.log(good) + misses * math.log(bad) + rest * math.log(1 - good - bad)
                )  # fmt: skip
    assert 0.93 <= held <= 0.98


def test_two_recommendations_differ_when_their_interval_leaves_zero() -> None:
    pairs = [((60, 20, 100), (60, 20, 100)), ((60, 20, 100), (40, 40, 100)), ((6, 2, 10), (4, 4, 10))]
    told = [difference_of_nets(*now, *before) for now, before in pairs]
    assert [one is not None and one.leaves_zero for one in told] == [False, True, False]
    # Seen from the other side, it is the same turned round.
    there, back = difference_of_nets(6, 2, 10, 4, 4, 12), difference_of_nets(4, 4, 12, 6, 2, 10)
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_points_of_student_are_those_of_the_tables() -> None:
    told = {freedom: round(t_point(freedom), 3) for freedom in (1, 2, 3, 4, 5, 9, 10, 29, 30, 60, 120)}
    assert told == {
        1: 12.706,
        2: 4.303,
        3: 3.182,
        4: 2.776,
        5: 2.571,
        9: 2.262,
        10: 2.228,
        29: 2.045,
        30: 2.042,
        60: 2.000,
        120: 1.980,
    }
    assert round(t_point(10**9), 6) == round(Z, 6) == round(NormalDist().inv_cdf(0.975), 6)


def test_a_mean_has_the_interval_of_its_table() -> None:
    # Ten values with mean 5 and variance 4: 5 ± 2.262 · 2 / √10.
    assert rounded(mean_interval(5, 4, 10), 3) == (3.569, 6.431)


def test_nothing_is_said_of_too_little() -> None:
    assert [
        wilson(0, 0),
        adjusted_net(0, 0, 0),
        difference_of_nets(1, 0, 2, 0, 0, 0),
        difference_of_shares(1, 2, 0, 0),
        mean_interval(4, None, 1),
        ratio_of([5.0], [1.0]),
        ratio_of([5.0, 4.0], [0.0, 0.0]),
        ratio_interval(None),
        difference_of_ratios(None, ratio_of([1.0, 2.0], [1.0, 1.0])),
        middle_of(3, 5, 1, [1, 2, 3, 4, 5]).interval,
        difference_of_middles(middle_of(3, 5, 1, [1, 2, 3, 4, 5]), middle_of(3, 5, 1, [1, 2, 3, 4, 5])),
    ] == [None] * 11


def test_totals_of_ones_are_counts_of_poisson() -> None:
    half = Z * math.sqrt(130 + 100)
    assert difference_of_totals(130, 130, 100, 100) == Interval(30 - half, 30 + half)
    assert [difference_of_totals(now, now, 100, 100).leaves_zero for now in (60, 99, 130, 140)] == [
        True,
        False,
        True,
        True,
    ]


def test_a_ratio_of_values_that_are_not_skewed_has_the_interval_of_student() -> None:
    values = [float(number % 17) for number in range(170)]
    found = ratio_of(values, [1.0] * len(values))
    assert found is not None
    variance = sum((value - 8) ** 2 for value in values) / 169
    assert (found.value, found.error, round(found.skewness, 12)) == (8, pytest.approx(math.sqrt(variance / 170)), 0)
    told, student = ratio_interval(found), mean_interval(8, variance, 170)
    assert told is not None
    assert student is not None
    assert (told.low, told.high) == pytest.approx((student.low, student.high))


def test_a_few_large_ones_reach_further_up_than_down() -> None:
    found = ratio_interval(ratio_of([1.0] * 30 + [40.0], [1.0] * 31))
    assert found is not None
    middle = 70 / 31
    assert found.high - middle > 2 * (middle - found.low)
    # Groups that hold nothing say nothing.
    assert ratio_interval(ratio_of([1.0] * 30 + [40.0, 0.0], [1.0] * 31 + [0.0])) == found
    # Two groups have no skewness one could know.
    assert ratio_of([1.0, 2.0], [1.0, 1.0]) is not None


def test_two_ratios_of_the_same_differ_by_nothing_and_of_others_by_something() -> None:
    values, ones = [float(number % 17) for number in range(200)], [1.0] * 200
    now, higher = (ratio_of(side, ones) for side in (values, [value + 9 for value in values]))
    told = [difference_of_ratios(one, now) for one in (now, higher)]
    assert [one is not None and one.leaves_zero for one in told] == [False, True]


def test_a_median_has_the_ranks_of_the_tables() -> None:
    # Conover, Practical Nonparametric Statistics, 3.2: of 16 values ranks 4 and 13 hold the median in 97.9 of 100
    # cases, 5 and 12 in 92.3; 95 lies between them.
    values = [float(number) for number in range(1, 17)]
    found = middle_of(8.5, 16, 1, values).interval
    assert found is not None
    assert 4 < found.low < 5
    assert found.low + found.high == 17
    # Only the values around the middle are told.
    assert middle_of(8.5, 16, 3, values[2:14]).interval == found
    several = [middle_of(middle, 16, 1, [one - 8.5 + middle for one in values]) for middle in (8.5, 9.5, 20.5)]
    told = [difference_of_middles(one, several[0]) for one in several[1:]]
    assert [one is not None and one.leaves_zero for one in told] == [False, True]
