"""What `wayloop doctor` asks. A context adds its own checks by offering them in its `offers.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from wayloop.contracts.shell import Text


class State(StrEnum):
    """How a checked thing is."""

    GOOD = "good"
    NOTICE = "notice"  # works; somebody should know
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """The answer of one check, in one line; a notice or something broken says what to do."""

    state: State
    text: str


@dataclass(frozen=True)
class Check:
    """One question about the live installation. `ask` only reads, and may raise: then the thing is broken.

    `label` and `advice` (translated lazily) are for the page: what is looked at, and what to do when it is not well.
    """

    name: str
    ask: Callable[[], Finding]
    label: Text = ""
    advice: Text = ""


def good(text: str) -> Finding:
    """Nothing to do."""
    return Finding(State.GOOD, text)


def notice(text: str) -> Finding:
    """Works, but somebody should know."""
    return Finding(State.NOTICE, text)


def broken(text: str) -> Finding:
    """Does not work; the text says what to do."""
    return Finding(State.BROKEN, text)
