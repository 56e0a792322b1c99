"""Who does what is due, by name."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wayloop.kernel.due.rules import Rule


class Misfires(StrEnum):
    """What becomes of the times of a rule that passed while nobody worked."""

    EACH = "each"  # every one is caught up, oldest first
    LATEST = "latest"  # only the newest is; `Tick.missed` says how many it stands for


@dataclass(frozen=True)
class Tick:
    """One thing that is due. `due_at` is the time it was meant for, however late it comes."""

    name: str
    key: str
    due_at: datetime
    ids: dict[str, int | str] = field(default_factory=dict)
    missed: int = 0
    attempt: int = 1


One = Callable[[Tick], None]
Many = Callable[[Sequence[Tick]], None]


@dataclass(frozen=True)
class Handler:
    """What is done under a name."""

    run: Many
    misfires: Misfires


HANDLERS: dict[str, Handler] = {}
PERIODIC: dict[str, tuple[Rule, dict[str, int]]] = {}


def due(name: str, *, misfires: Misfires = Misfires.EACH) -> Callable[[One], One]:
    """Binds `name` to a function of one tick.

    It runs in the transaction that finishes the tick: what it writes and enqueues happens exactly once, and what it
    does outside of the database may happen twice. It must be short (seconds); long work is a job that it enqueues.
    """

    def bind(function: One) -> One:
        def each(ticks: Sequence[Tick]) -> None:
            for tick in ticks:
                function(tick)

        _bind(name, Handler(each, misfires))
        return function

    return bind


def due_many(name: str, *, misfires: Misfires = Misfires.EACH) -> Callable[[Many], Many]:
    """The same for a function of many ticks at once, so that a thousand due rows need few statements."""

    def bind(function: Many) -> Many:
        _bind(name, Handler(function, misfires))
        return function

    return bind


def periodic(name: str, rule: Rule, **ids: int) -> None:
    """Declares that `name` happens by `rule` in every installation. The worker sees to it when it starts."""
    PERIODIC[name] = (rule, ids)


def _bind(name: str, handler: Handler) -> None:
    if name in HANDLERS:
        raise ValueError(f"{name} has a handler already")
    HANDLERS[name] = handler


@contextmanager
def only() -> Iterator[None]:
    """Inside the block there are no handlers but those bound in it. For tests."""
    before, declared = dict(HANDLERS), dict(PERIODIC)
    HANDLERS.clear()
    PERIODIC.clear()
    try:
        yield
    finally:
        HANDLERS.clear()
        HANDLERS.update(before)
        PERIODIC.clear()
        PERIODIC.update(declared)
