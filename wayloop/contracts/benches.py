"""What `wayloop bench` measures. A context adds its own benches by offering them in its `offers.py`."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One figure of a bench. Ratios are what counts: absolute times depend on the machine.

    `n`: how many things it was measured on (0: not counted).
    """

    name: str
    value: float
    unit: str
    n: int = 0


@dataclass(frozen=True)
class Bench:
    """One measurement, repeatable; `run` leaves no rows behind. Its first figure is the result, others explain it."""

    name: str
    meaning: str
    run: Callable[[], list[Measured]]
