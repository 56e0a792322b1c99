"""Opens a file of any kind and copies its rows, as they are, into Parquet with a number for each."""

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from django.utils.translation import gettext as _

from wayloop.imports.enums import UNEVEN, UNEVEN_TOLD
from wayloop.imports.files.engine import connect, literal
from wayloop.imports.rules import ImportRefused

__all__ = ["FILE", "ROW", "UNEVEN", "read_files", "uneven_of", "uneven_sentence"]
MOST_COLUMNS = 500
HEAD = 64 * 1024
ROW = "wayloop_row"
FILE = "wayloop_file"


def read_files(
    *, sources: Sequence[tuple[Path, str]], folder: Path, target: Path, wanted: Collection[str], zone: str
) -> dict[str, Any]:
    """Copies the rows of files with the same columns; answers how they were understood."""
    if len(sources) == 1:
        _number_rows(sources[0][0], target)
        return {}
    parts = []
    for number, (path, _name) in enumerate(sources):
        part = target.with_suffix(f".part-{number}.parquet")
        _number_rows(path, part)
        parts.append(part)
    _put_together(parts, [name for _path, name in sources], folder, target)
    return {}


def _put_together(parts: Sequence[Path], names: Sequence[str], folder: Path, target: Path) -> None:
    """Several files of one kind as one: rows are numbered on, and say which file they are from."""
    selects, rows = [], 0
    for part, given in zip(parts, names, strict=True):
        selects.append(
            f"SELECT {ROW} + {rows} AS {ROW}, {literal(given)} AS {FILE}, * EXCLUDE ({ROW}) "
            f"FROM read_parquet({literal(str(part))})"
        )
        rows += pa.parquet.read_metadata(part).num_rows
    with connect(folder.parent) as duck:
        duck.execute(
            f"COPY ({' UNION ALL BY NAME '.join(selects)} ORDER BY {ROW}) "
            f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
    for part in parts:
        part.unlink()


def uneven_of(rows: Path) -> Path:
    """Where the rows stand that have more or fewer cells than there are columns."""
    return rows.with_suffix(".uneven.parquet")


def uneven_sentence(numbers: str) -> str:
    """Why such a row cannot come in, in the active language."""
    found, _colon, expected = numbers.partition(":")
    return str(UNEVEN_TOLD) % {"found": found, "expected": expected}


def _number_rows(source: Path, target: Path) -> None:
    """Copies the file as Parquet with a row number, batch by batch."""
    with source.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise ImportRefused(_("The file is empty."))
    try:
        batches, schema = _open_parquet(source) if head.startswith(b"PAR1") else _open_csv(source, head)
        if len(schema.names) > MOST_COLUMNS:
            raise ImportRefused(_("The file has too many columns: %(number)s.") % {"number": len(schema.names)})
        numbered = pa.schema([pa.field(ROW, pa.int64()), *schema])
        row = 0
        with pa.parquet.ParquetWriter(target, numbered, compression="zstd") as writer:
            for batch in batches:
                numbers = pa.array(range(row + 1, row + 1 + batch.num_rows), pa.int64())
                writer.write_batch(pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=numbered))
                row += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise ImportRefused(_why_unreadable(str(error))) from error


def _why_unreadable(told: str) -> str:
    if "invalid UTF8" in told:
        return _("The file is not in UTF-8. Save it as CSV in UTF-8 and give it again.")
    if uneven := re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", told):
        row, expected, found = (int(number) for number in uneven.groups())
        # The head is the reader's first row; ours are counted from below it, as in the file of refused rows.
        return _("Cells in row %(row)s: %(found)s instead of %(expected)s. Put it right and give the file again.") % {
            "row": row - 1,
            "found": found,
            "expected": expected,
        }
    if "Empty CSV" in told:
        return _("The file is empty.")
    if "straddling" in told:
        return _("A row is longer than a megabyte. Most often a quotation mark is opened and never closed.")
    return _("The file cannot be read: it is damaged or not what its beginning promises.")


def _open_parquet(source: Path) -> tuple[Iterator[pa.RecordBatch], pa.Schema]:
    file = pa.parquet.ParquetFile(source)
    return file.iter_batches(batch_size=50_000), file.schema_arrow


def _open_csv(source: Path, head: bytes) -> tuple[Iterator[pa.RecordBatch], pa.Schema]:
    if b"\x00" in head:
        raise ImportRefused(_("This is not a table that can be read. Give a CSV or a Parquet file."))
    try:
        # A sign may be cut in two where the head ends.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError as error:
        raise ImportRefused(_("The file is not in UTF-8. Save it as CSV in UTF-8 and give it again.")) from error
    if not text.strip():
        raise ImportRefused(_("The file is empty."))
    first = text.splitlines()[0]
    delimiter = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter))
    reader = pa.csv.open_csv(
        source,
        # Several threads would not know in which row a mistake lies.
        read_options=pa.csv.ReadOptions(use_threads=False),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            # By default "NA", "null" and their like would be nothing too; NA is Namibia, and codes may be anything.
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    return iter(reader), reader.schema
