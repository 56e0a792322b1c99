"""Readings of shares and of scores, made of counts: the one place where a count becomes a number with its interval."""

from dataclasses import dataclass, replace

from wayloop.contracts.metrics import Beside, Interval, Metric, Reading
from wayloop.metrics import intervals, words
from wayloop.metrics.evidence import Change, Net, Share
from wayloop.metrics.queries.scores import KINDS, Scale, Told
from wayloop.metrics.registry import BY_NAME


def metric_of_scores(scores: str, scale: Scale) -> str | None:
    """The metric that counts scores of this sort on this scale, written from the worst value to the best."""
    return next((name for name, kind in KINDS.items() if kind.scores == scores and scale in kind.good), None)


def reading_of_scores(name: str, counted: Told | None) -> Reading:
    """The number that these scores are. Raises `KeyError` for a name that is not in the registry."""
    metric = BY_NAME[name]
    if metric.kind == "points":
        return net(metric, counted)
    if counted is None or not counted.n:
        return share(metric, 0, 0)
    interval = intervals.mean_interval(counted.mean, counted.variance, counted.n)
    return replace(share(metric, counted.good, counted.n), beside=Beside("mean", counted.mean, interval, counted.scale))


def share(metric: Metric, hits: int, n: int) -> Reading:
    """The share `hits / n` as a number of this metric."""
    interval = intervals.wilson(hits, n)
    return Reading(metric, hits / n if n else None, n, metric.unit, interval=interval, evidence=Share(hits, n))


def net(metric: Metric, counted: Told | None) -> Reading:
    """The good ones less the bad ones, in points from −100 to 100."""
    if counted is None or not counted.n:
        return Reading(metric, None, 0, metric.unit, evidence=Net(0, 0, 0))
    good, bad, n = counted.good, counted.bad, counted.n
    found = intervals.adjusted_net(good, bad, n)
    return Reading(
        metric,
        100 * (good - bad) / n,
        n,
        metric.unit,
        interval=Interval(100 * found.low, 100 * found.high) if found else None,
        beside=Beside("split", good / n, scale=counted.scale, other=bad / n),
        evidence=Net(good, bad, n),
    )


def is_good(name: str, scale: Scale, value: float) -> bool:
    """Whether a score on one of its scales is one of the good ones of this metric."""
    edge = KINDS[name].good[scale]
    return value >= edge if scale[0] < scale[1] else value <= edge


@dataclass(frozen=True)
class Said:
    """A number in words: its value, its interval, what it stands on, what stands beside; its change, where there is
    one."""

    value: str
    between: str
    stands_on: str
    beside: str
    delta: str = ""
    icon: str = ""
    tone: str = ""


def say(reading: Reading, change: Change | None = None) -> Said:
    """A number and its change in the words every page uses."""
    is_change = change is not None and change.verdict == "changed"
    rises = change is not None and (change.gap or 0) > 0
    return Said(
        words.said(reading),
        words.between(reading),
        words.stands_on(reading),
        words.beside(reading),
        ("+" if rises else "−") + words.gap_text(reading.metric, change, reading.unit) if is_change and change else "",
        ("arrow-up" if rises else "arrow-down") if is_change else "",
        words.tone(reading.metric, change) if change else "",
    )
