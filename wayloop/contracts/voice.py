"""What customers said, as other contexts keep it: things that a change may stand on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from wayloop.contracts.scope import Scope


@dataclass(frozen=True)
class Feedback:
    """One thing somebody said. `words`: a line for members; `address`: where it is looked at, or nothing.

    `quote`: what they wrote themselves, or nothing.
    """

    id: int
    handle: int | None
    location_id: int | None
    at: datetime
    words: str
    address: str
    quote: str = ""


class FeedbackSource(Protocol):
    """Keeps things that customers said. `name` is stored with what was chosen; `label`: a lazy text."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Any: ...

    def choices(self) -> Sequence[tuple[str, str]]:
        """Sorts of them that can be chosen at once: key and name ("cause:3", "Delivery")."""
        ...

    def find(self, key: str, text: str, since: datetime, location: int | None, limit: int) -> Sequence[Feedback]:
        """Those of a sort (empty: any) with this text in them (empty: any), the newest first. One read."""
        ...

    def tell(self, ids: Sequence[int], scope: Scope) -> Mapping[int, Feedback]:
        """Id → what it is, of those the scope lets see. One read."""
        ...
