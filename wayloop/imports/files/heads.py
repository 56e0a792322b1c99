"""The beginning of files, for looking before anything comes in; and how its texts would be read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet

from wayloop.contracts.imports import ImportField
from wayloop.imports.files import opening, values
from wayloop.imports.files.engine import connect
from wayloop.imports.proposal import Head
from wayloop.imports.rules import FileMapping, TableMapping

# Rows that are looked at: enough to tell dates and words, little enough to be read with every change.
ROWS, CELLS = 300, 20_000
# A file of more bytes is not read to its end for a look; this much of it is.
LARGE, CUT = 24 * 1024**2, 4 * 1024**2
# Archives and spreadsheets make sense only as a whole.
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
# Of a cell: no example needs more.
LONGEST = 500


def read_head(path: Path, name: str, folder: Path) -> Head:
    """The first rows of a file, as texts. `folder`: that of the work of imports.

    Of a long file only the beginning is opened, and its rows are guessed from that.
    Raises `ImportRefused` when it is no table that can be read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # It holds personal data.
    with TemporaryDirectory(prefix="look-", dir=folder) as place:
        target = Path(place) / "rows.parquet"
        begun, share = _beginning(path, Path(place) / "begun")
        told = opening.read_files(sources=[(begun, name)], folder=Path(place), target=target, wanted=(), zone="UTC")
        file = pa.parquet.ParquetFile(target)
        headings = [column for column in file.schema_arrow.names if column != opening.ROW]
        total = file.metadata.num_rows
        uneven = opening.uneven_of(target)
        if uneven.exists():
            total += pa.parquet.read_metadata(uneven).num_rows
        most = min(ROWS, CELLS // max(1, len(headings)))
        first = next(file.iter_batches(batch_size=most, columns=headings), None)
        columns = [[_text(cell) for cell in column.to_pylist()] for column in first.columns] if first else []
    rows = [list(row) for row in zip(*columns, strict=True)]
    kept = {key: value for key, value in told.items() if key != "columns"}
    return Head(name=name, headings=headings, rows=rows, rows_total=round(total / share), is_about=share < 1, told=kept)


def _beginning(path: Path, target: Path) -> tuple[Path, float]:
    """The file itself, or its beginning as a file of its own; and which share of it that is."""
    size = path.stat().st_size
    with path.open("rb") as source:
        start = source.read(CUT)
    if size <= LARGE or start.startswith(PACKED):
        return path, 1.0
    if start.startswith(b"PAR1"):
        file = pa.parquet.ParquetFile(path)
        first = next(file.iter_batches(batch_size=ROWS), None)
        if first is None or file.metadata.num_rows <= ROWS:
            return path, 1.0
        pa.parquet.write_table(pa.Table.from_batches([first]), target)
        return target, first.num_rows / file.metadata.num_rows
    whole = start[: start.rfind(b"\n") + 1] or start
    target.write_bytes(whole)
    return target, len(whole) / size


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
