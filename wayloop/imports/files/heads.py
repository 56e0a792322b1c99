"""The beginning of files, for looking before anything comes in; and how its texts would be read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet

from wayloop.contracts.imports import ImportField
from wayloop.imports.files import opening, values
from wayloop.imports.files.engine import connect
from wayloop.imports.proposal import Head
from wayloop.imports.rules import FileMapping, ImportRefused, TableMapping

# Rows that are looked at: enough to tell dates and words, little enough to be read with every change.
ROWS, CELLS = 300, 20_000
# Of a cell: no example needs more.
LONGEST = 500


def read_head(path: Path, name: str) -> Head:
    """The first rows of a file, as texts.

    Raises `ImportRefused` when it is no table that can be read.
    """
    with path.open("rb") as file:
        start = file.read(opening.HEAD)
    if not start:
        raise ImportRefused(opening._("The file is empty."))
    try:
        is_parquet = start.startswith(b"PAR1")
        batches, schema = opening._open_parquet(path) if is_parquet else opening._open_csv(path, start)
        first = next(batches, None)
        total = pa.parquet.read_metadata(path).num_rows if is_parquet else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise ImportRefused(opening._why_unreadable(str(error))) from error
    rows: list[list[str]] = []
    if first is not None:
        most = min(ROWS, CELLS // max(1, first.num_columns))
        columns = [[_text(cell) for cell in column.slice(0, most).to_pylist()] for column in first.columns]
        rows = [list(row) for row in zip(*columns, strict=True)]
    return Head(name=name, headings=list(schema.names), rows=rows, rows_total=total)


@contextmanager
def reader(folder: Path) -> Iterator["Reader"]:
    """Reads texts as an import would; `folder`: that of the work of imports."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with connect(folder) as duck:
        yield Reader(duck)


class Reader:
    """See `reader`."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck

    def read(
        self, each: ImportField, texts: Sequence[str], mapping: FileMapping, table: TableMapping
    ) -> tuple[list[Any], Mapping[str, Any]]:
        """What these texts of one column are, None for what cannot be read; and how they were understood."""
        if not texts:
            return [], {}
        self._duck.register("texts", pa.table({"text": pa.array(texts, pa.string())}))
        raw = values.raw("text")
        style = values.style_of(self._duck, "texts", each, raw, "VARCHAR", mapping, table)
        value = values.value(each, raw, style, table.words.get(each.name, {}))
        rows = self._duck.execute(f"SELECT {value} FROM texts").fetchall()
        return [row[0] for row in rows], style.told()


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)[:LONGEST].replace("\0", "")
