"""How a number stands to its goal: the rule, and nothing else. Pure."""

from wayloop.contracts.metrics import Reading
from wayloop.metrics.enums import GoalKind, Standing

# Where a number has no interval: so near to its goal, as a share of it, still counts as close.
NEAR = 0.05

# What each standing means, for the reference.
MEANINGS = {
    Standing.REACHED: "The number is as good as its goal or better.",
    Standing.CLOSE: f"It is worse, and its 95 % interval holds the goal; a number without an interval is within "
    f"{NEAR:.0%} of it.",
    Standing.MISSED: "It is worse, and that is not chance.",
    Standing.UNKNOWN: "It stands on fewer rows than the metric asks for, or its goal is told in another currency.",
}


def target_of(kind: str, aim: float, baseline: float | None, before: float | None) -> float | None:
    """What the number should come to, or None where that is not known.

    `baseline`: what it was when the goal was set; `before`: what it was in the time before.
    """
    if kind == GoalKind.BASELINE:
        return None if baseline is None else baseline + abs(baseline) * aim
    if kind == GoalKind.GROWTH:
        return None if before is None else before + aim
    return aim


def stands(reading: Reading, target: float | None) -> Standing:
    """How the number stands: reached when it is as good as its goal or better; close when its interval holds the goal,
    so that the difference may be chance; missed otherwise. Of too few rows nothing is said."""
    value = reading.value
    if value is None or target is None or not reading.is_enough:
        return Standing.UNKNOWN
    gap = (value - target) * (-1 if reading.metric.good < 0 else 1)
    if gap >= 0:
        return Standing.REACHED
    if reading.interval:
        return Standing.CLOSE if reading.interval.low <= target <= reading.interval.high else Standing.MISSED
    return Standing.CLOSE if -gap <= NEAR * abs(target) else Standing.MISSED
