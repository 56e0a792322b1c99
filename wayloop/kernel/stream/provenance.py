"""Where a row of the stream comes from: the row it reacts to, and how many reactions led to it. No Django.

A running reaction sets a context variable; whatever is written inside carries it, through any number of calls.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from wayloop.kernel.stream.facts import Row

DEEPEST = 12


class TooDeep(Exception):
    """A reaction to a reaction to a reaction…: facts go round in a circle, and here it is cut."""


class Undeclared(Exception):
    """A listener writes a kind it has not declared; the graph of reactions would be wrong."""


@dataclass(frozen=True)
class Provenance:
    """Who writes: the listener (empty outside of reactions), what it may announce, the row it reacts to."""

    listener: str = ""
    announces: frozenset[str] = frozenset()
    cause: int | None = None
    depth: int = 0
    deepest: int = DEEPEST


NOBODY = Provenance()
_current: ContextVar[Provenance] = ContextVar("provenance", default=NOBODY)


def provenance_for(kinds: Iterable[str]) -> Provenance:
    """The provenance of rows of these kinds, written now.

    Raises `TooDeep` when more than `DEEPEST` reactions (or fewer, when the listener says so) led here, and `Undeclared`
    when the running listener has not declared one of the kinds.
    """
    found = _current.get()
    if found.depth > found.deepest:
        raise TooDeep(f"{found.depth} reactions led here; {found.listener} allows {found.deepest}")
    undeclared = set(kinds) - found.announces if found.listener else set()
    if undeclared:
        raise Undeclared(f"{found.listener} has to declare that it announces {', '.join(sorted(undeclared))}")
    return found


@contextmanager
def reacting(listener: str, announces: frozenset[str], rows: Sequence[Row], deepest: int) -> Iterator[None]:
    """What is written inside comes from this listener. With many rows the last one counts as the cause and the deepest
    sets the depth; `because` is exact."""
    token = _current.set(
        Provenance(listener, announces, rows[-1].position.id, max(row.depth for row in rows) + 1, deepest)
    )
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def because(row: Row) -> Iterator[None]:
    """What is written inside is a reaction to this row of the batch."""
    token = _current.set(replace(_current.get(), cause=row.position.id, depth=row.depth + 1))
    try:
        yield
    finally:
        _current.reset(token)
