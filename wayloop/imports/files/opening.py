"""Opens a file of any kind and copies its rows, as they are, into Parquet with a number for each."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet
from django.utils.translation import gettext as _

from wayloop.imports.enums import UNEVEN, UNEVEN_TOLD
from wayloop.imports.files import delimited, encodings, sheets, unpacking
from wayloop.imports.files.engine import connect, literal
from wayloop.imports.files.headings import MOST_COLUMNS, unique_names
from wayloop.imports.rules import ImportRefused

__all__ = ["FILE", "ROW", "UNEVEN", "read_files", "uneven_of", "uneven_sentence"]
ROW = "wayloop_row"
FILE = "wayloop_file"
AT_ONCE = 50_000
PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"%pdf", b"{\\rtf")
OLD_SHEET = b"\xd0\xcf\x11\xe0"
UNEVEN_SCHEMA = pa.schema([("row", pa.int64()), ("code", pa.string()), ("cells", pa.list_(pa.string()))])


def read_files(
    *, sources: Sequence[tuple[Path, str]], folder: Path, target: Path, wanted: Collection[str], zone: str
) -> dict[str, Any]:
    """Copies the rows of files with the same columns; answers how the first of them was understood.

    `wanted`: columns that somebody asks for, which tell the headings from what stands above them. `zone`: where
    instants that know theirs are told as local time.
    Raises `ImportRefused` for what is no table.
    """
    if len(sources) == 1:
        return _copy(sources[0][0], folder, target, wanted, zone)
    parts, told = [], []
    for number, (path, name) in enumerate(sources):
        part = target.with_name(f"{target.stem}-part-{number}.parquet")
        try:
            told.append(_copy(path, folder, part, wanted, zone))
        except ImportRefused as refused:
            raise ImportRefused(f"{name}: {refused}") from refused
        parts.append(part)
    _put_together(parts, [name for _path, name in sources], folder, target)
    return {**told[0], "files": len(sources)}


def uneven_of(rows: Path) -> Path:
    """Where the rows stand that have more or fewer cells than there are columns."""
    return rows.with_suffix(".uneven.parquet")


def uneven_sentence(numbers: str) -> str:
    """Why such a row cannot come in, in the active language."""
    found, _colon, expected = numbers.partition(":")
    return str(UNEVEN_TOLD) % {"found": found, "expected": expected}


@dataclass(frozen=True)
class Rows:
    """The rows of an opened file: how it was understood, its columns, the rows in batches with their number in column
    0, those that are uneven (complete when the batches are through), and how many there are where that is known."""

    told: dict[str, Any]
    names: list[str]
    batches: Iterator[pa.RecordBatch]
    uneven: delimited.Uneven = field(default_factory=delimited.Uneven)
    total: int | None = None


@contextmanager
def opened(given: Path, folder: Path, wanted: Collection[str] = (), zone: str = "UTC") -> Iterator[Rows]:
    """A file of any kind, unpacked into `folder` where it is packed. See `read_files` for the arguments.

    Raises `ImportRefused` for what is no table, also while its rows are read.
    """
    source = unpacking.unpack(given, folder)
    try:
        with source.open("rb") as file:
            start = file.read(64)
        if not start:
            raise ImportRefused(_("The file is empty."))
        if start.startswith(b"PAR1"):
            yield _parquet(source, zone)
        elif start.startswith((unpacking.ZIP, OLD_SHEET)):
            if not start.startswith(OLD_SHEET):
                unpacking.check_sheet(source)
            sheet = sheets.Sheet(source, wanted)
            shown = "" if sheet.is_alone else sheet.name
            told = {"kind": "xlsx", "sheet": shown, "skipped": sheet.skipped, "columns": sheet.names}
            yield Rows(told, sheet.names, sheet.batches())
        elif start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
            raise ImportRefused(_("This is a page, not a table. Open it in a spreadsheet and save it as CSV or XLSX."))
        else:
            yield _text(source, wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OSError) as error:
        raise ImportRefused(delimited.why_unreadable(str(error))) from error
    finally:
        if source != given:
            source.unlink(missing_ok=True)


def _copy(given: Path, folder: Path, target: Path, wanted: Collection[str], zone: str) -> dict[str, Any]:
    with opened(given, folder, wanted, zone) as rows:
        _write(rows.batches, rows.names, target)
        if uneven := rows.uneven.rows:
            columns = {
                "row": [row for row, *_rest in uneven],
                "code": [f"{UNEVEN}:{found}:{expected}" for _row, found, expected, _cells in uneven],
                "cells": [cells for *_rest, cells in uneven],
            }
            pa.parquet.write_table(pa.table(columns, schema=UNEVEN_SCHEMA), uneven_of(target))
        return rows.told


def _text(source: Path, wanted: Collection[str]) -> Rows:
    encoding = encodings.find_encoding(source)
    if encoding is None:
        raise ImportRefused(_("This is not a table that can be read. Give a CSV, XLSX, ODS or Parquet file."))
    layout = delimited.find_layout(source, encoding, wanted)
    uneven = delimited.Uneven()
    told = {
        "kind": "csv",
        "encoding": encoding.name,
        "broken": encoding.is_broken,
        "nul": encoding.has_nul,
        "delimiter": layout.delimiter,
        "skipped": layout.skipped,
        "columns": layout.names,
    }
    return Rows(told, layout.names, delimited.read_rows(source, encoding, layout, uneven), uneven)


def _parquet(source: Path, zone: str) -> Rows:
    file = pa.parquet.ParquetFile(source)
    schema = file.schema_arrow
    if len(schema.names) > MOST_COLUMNS:
        raise ImportRefused(
            _("The file has too many columns: %(number)s. At most %(most)s can be read.")
            % {"number": len(schema.names), "most": MOST_COLUMNS}
        )

    def batches() -> Iterator[pa.RecordBatch]:
        row = 0
        for batch in file.iter_batches(batch_size=AT_ONCE):
            columns = [pa.array(range(row + 1, row + 1 + batch.num_rows), pa.int64())]
            columns += [_local(column, zone) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, names=["", *schema.names])
            row += batch.num_rows

    names = unique_names(schema.names)
    return Rows({"kind": "parquet", "columns": names}, names, batches(), total=file.metadata.num_rows)


def _local(column: pa.Array, zone: str) -> pa.Array:
    """Instants that know their zone, as local time of `zone`; everything else as it is."""
    if pa.types.is_timestamp(column.type) and column.type.tz:
        return pa.compute.local_timestamp(column.cast(pa.timestamp("us", tz=zone), safe=False))
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return column


def _write(batches: Iterator[pa.RecordBatch], names: Sequence[str], target: Path) -> None:
    writer = None
    try:
        for batch in batches:
            typed = [pa.field(name, column.type) for name, column in zip(names, batch.columns[1:], strict=True)]
            schema = pa.schema([pa.field(ROW, pa.int64()), *typed])
            writer = writer or pa.parquet.ParquetWriter(target, schema, compression="zstd")
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        if writer is None:
            schema = pa.schema([pa.field(ROW, pa.int64()), *(pa.field(name, pa.string()) for name in names)])
            writer = pa.parquet.ParquetWriter(target, schema)
    finally:
        if writer:
            writer.close()


def _put_together(parts: Sequence[Path], names: Sequence[str], folder: Path, target: Path) -> None:
    """Several files of one kind as one: rows are numbered on, and say which file they are from."""
    selects, torn, rows = [], [], 0
    with connect(folder.parent) as duck:
        for part, given in zip(parts, names, strict=True):
            selects.append(
                f"SELECT {ROW} + {rows} AS {ROW}, {literal(given)} AS {FILE}, * EXCLUDE ({ROW}) "
                f"FROM read_parquet({literal(str(part))})"
            )
            last = [f"SELECT max({ROW}) AS last FROM read_parquet({literal(str(part))})"]
            if uneven_of(part).exists():
                source = f"read_parquet({literal(str(uneven_of(part)))})"
                torn.append(f"SELECT row + {rows} AS row, code, cells FROM {source}")
                last.append(f"SELECT max(row) FROM {source}")
            (most,) = duck.execute(f"SELECT coalesce(max(last), 0) FROM ({' UNION ALL '.join(last)})").fetchall()[0]
            rows += most
        duck.execute(
            f"COPY ({' UNION ALL BY NAME '.join(selects)} ORDER BY {ROW}) "
            f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
        if torn:
            duck.execute(f"COPY ({' UNION ALL '.join(torn)}) TO {literal(str(uneven_of(target)))} (FORMAT parquet)")
    for part in parts:
        part.unlink()
        uneven_of(part).unlink(missing_ok=True)
