"""An entity of these tests' own, with a table of its own and what takes back: a twin of those of the contexts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection

from wayloop.contracts.imports import BatchUndo, CountTold, ImportableEntity, ImportContext, ImportField, ImportOutcome
from wayloop.kernel import registry
from wayloop.kernel.testing import offered_instead

TABLE = """
CREATE TEMP TABLE twin (source text, number text, day date, at timestamp, amount numeric, kind text, open boolean,
    note text, batch text, PRIMARY KEY (source, number)) ON COMMIT PRESERVE ROWS
"""
INSERT = """
INSERT INTO twin SELECT %s, given.*, %s FROM unnest(%s::text[], %s::date[], %s::timestamp[], %s::numeric[],
    %s::text[], %s::boolean[], %s::text[]) AS given ON CONFLICT DO NOTHING
"""
FIELDS = ("number", "day", "at", "amount", "kind", "open", "note")


class Twin:
    """Rows known by source and number."""

    name, label, rank, group_by = "twin", "Twins", 5, ""
    fields: Sequence[ImportField] = (
        ImportField("number", "Number", "text", required=True, longest=20),
        ImportField("day", "Day", "date"),
        ImportField("at", "Time", "instant"),
        ImportField("amount", "Amount", "decimal", above=Decimal(0)),
        ImportField("kind", "Kind", "text", choices={"good": "Good", "bad": "Bad"}),
        ImportField("open", "Open", "yes_no"),
        ImportField("note", "Note", "text"),
    )

    def reason(self, code: str) -> str:
        return {"odd": "A number may not be odd."}[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        return [CountTold(f"{count} {name}", name) for name, count in sorted(counts.items())]

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        return

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        refused = {row: "odd" for row, number in zip(rows, columns["number"], strict=True) if number == "odd"}
        good = [index for index, row in enumerate(rows) if row not in refused]
        values = [
            [columns[name][index] for index in good] if name in columns else [None] * len(good) for name in FIELDS
        ]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [context.source, context.batch, *values])
            new = cursor.rowcount
        return ImportOutcome({"new": new, "known": len(rows) - len(refused) - new}, refused)


class TwinUndo:
    """Takes twins back."""

    rank = 5

    def undo_step(self, *, batch: str, limit: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM twin WHERE ctid = ANY (ARRAY(SELECT ctid FROM twin WHERE batch = %s LIMIT %s))",
                [batch, limit],
            )
            return cursor.rowcount


class Other(Twin):
    """A second one, which comes in before the first."""

    name, label, rank = "other", "Others", 4


@contextmanager
def twins() -> Iterator[None]:
    """Inside the block they are offered."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    kinds: dict[Any, list[Any]] = {ImportableEntity: [Twin(), Other()], BatchUndo: [TwinUndo()]}
    with ExitStack() as stack:
        for kind, items in kinds.items():
            stack.enter_context(offered_instead(kind, [*registry.offers(kind), *items]))
        yield


def rows(*columns: str) -> list[tuple[Any, ...]]:
    """What stands in the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM twin ORDER BY source, number")  # noqa: S608
        return list(cursor.fetchall())
