"""How other contexts listen to the ledger: they learn what happened, what was corrected, and what was taken back.

A listener that read the rows itself would count a correction twice and never hear of a retraction; a test refuses one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from wayloop.contracts.ledger import EventChange
from wayloop.kernel.stream.facts import Row
from wayloop.kernel.stream.listeners import BATCH, listens
from wayloop.kernel.stream.provenance import DEEPEST
from wayloop.ledger.queries.changes import changes_in

DigestChanges = Callable[[Sequence[EventChange]], None]


def listens_to_events(
    name: str,
    *kinds: str,
    start: Literal["beginning", "now"],
    announces: Iterable[type[Any] | str] = (),
    batch: int = BATCH,
    parts: int = 1,
    deepest: int = DEEPEST,
) -> Callable[[DigestChanges], DigestChanges]:
    """Offers the function below as a listener to events of these kinds; the other arguments are those of `listens`.

    It gets changes in the order of the stream, in a transaction. One row may tell of thousands of retracted events.
    """

    def register(digest: DigestChanges) -> DigestChanges:
        def digest_rows(rows: Sequence[Row]) -> None:
            digest(changes_in(rows))

        digest_rows.honours_retractions = True  # type: ignore[attr-defined]
        listens(name, *kinds, start=start, announces=announces, batch=batch, parts=parts, deepest=deepest)(digest_rows)
        return digest

    return register
