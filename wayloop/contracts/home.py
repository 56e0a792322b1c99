"""What contexts tell the owner in the morning."""

from collections.abc import Sequence
from dataclasses import dataclass
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


class AttentionProvider(Protocol):
    """Looks after one kind of matter."""

    permission: str

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        """What waits now, the most urgent first."""
        ...
