"""What contexts tell the owner in the morning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class AttentionLine:
    """One thing that needs somebody: a sentence, a muted detail, and the page where it is done."""

    tone: Literal["bad", "warn", "info", "good"]
    icon: str
    text: str
    detail: str
    action: str
    url: str


@dataclass(frozen=True)
class NewsLine:
    """One thing that just happened: a title, a muted detail, when, an amount in words (or empty), where it opens."""

    icon: str
    title: str
    detail: str
    moment: datetime
    end: str
    url: str


class NewsProvider(Protocol):
    """The latest of one kind, for Home; `url_name` opens all of them."""

    permission: str
    label: Any
    url_name: str

    def lines(self, member: Any, limit: int) -> Sequence[NewsLine]:
        """The latest first."""
        ...


class AttentionProvider(Protocol):
    """Looks after one kind of matter."""

    permission: str

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        """What waits now, the most urgent first."""
        ...
