"""What contexts tell identity of the handles they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Held:
    """Handles that rows still stand on: `by_people` what members did or what came live, `by_imports` other imports."""

    by_people: frozenset[int] = frozenset()
    by_imports: frozenset[int] = frozenset()


class HandleKeeper(Protocol):
    """Says which handles a context holds, so that undoing an import removes nobody on whom something stands.

    Offered by each context that keeps rows of handles.
    """

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        """Those of the handles on which rows stand that `batch` did not bring. A few set-based reads."""
        ...
