"""The twin of all channels: messages go into a list. For tests; the sample business has one that keeps nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from wayloop.contracts.channels import Handed, Outcome, Parcel, Session

Answer = Callable[[Parcel], Handed]


def take(parcel: Parcel) -> Handed:
    """What a friendly server answers."""
    return Handed(Outcome.TAKEN, "250 taken by the twin")


@dataclass
class Memory:
    """A way out that leads nowhere. `sent` keeps what was taken, in order; `answer` decides about each parcel."""

    channel: str = "email"
    answer: Answer = take
    sent: list[Parcel] = field(default_factory=list)
    is_on: bool = True
    speed: int = 0

    def is_ready(self) -> bool:
        """See `Way`."""
        return self.is_on

    def per_minute(self) -> int:
        """See `Way`."""
        return self.speed

    @contextmanager
    def session(self) -> Iterator[Session]:
        """See `Way`."""
        yield self

    def hand_over(self, parcel: Parcel, may_go: Callable[[], bool]) -> Handed:
        """See `Session`."""
        if not may_go():
            return Handed(Outcome.KEPT)
        handed = self.answer(parcel)
        if handed.outcome in (Outcome.TAKEN, Outcome.UNSURE):
            self.sent.append(parcel)
        return handed
