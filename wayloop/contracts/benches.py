"""What `wayloop bench` measures. A context adds its own benches by offering them in its `offers.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measured:
    """One figure of a bench. Ratios are what counts: absolute times depend on the machine.

    `n`: how many things it was measured on (0: not counted). `of`: which of several things it was measured on.
    """

    name: str
    value: float
    unit: str
    n: int = 0
    of: str = ""


@dataclass(frozen=True)
class Bench:
    """One measurement, repeatable; `run` leaves no rows behind. Its first figure is the result, others explain it.

    `sizes`: what may be asked for in another size, with what is taken else; `run` takes them by name.
    """

    name: str
    meaning: str
    run: Callable[..., list[Measured]]
    sizes: Mapping[str, int] = field(default_factory=dict)
