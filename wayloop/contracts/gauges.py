"""What `/metrics` tells machines that watch. A context adds its own figures by offering them in its `offers.py`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One figure. Labels tell several of one gauge apart; they hold names of ours, never anything of a person."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gauge:
    """One thing that is measured when asked: a name like `wayloop_jobs`, its meaning, and how to read it.

    `read` only reads, quickly; it may raise: then the figure is left out and `wayloop_gauge_failed` names it.
    """

    name: str
    meaning: str
    read: Callable[[], Iterable[Sample]]
