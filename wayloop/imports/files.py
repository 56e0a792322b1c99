"""Reads files: what they are, their columns, and the rows in the shape an entity wants. DuckDB does the work.

A file is prepared in two steps that can be done again at any time: `rows.parquet` holds the file's own columns with a
row number, `good.parquet` the mapped fields of the rows that can come in, whole groups together in the order of their
first row, and `bad.parquet` the numbers and reasons of the others.
"""

import codecs
import csv
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
from django.utils.translation import gettext as _

from wayloop.contracts.imports import ImportableEntity, ImportColumns, ImportField
from wayloop.imports.enums import Refusal
from wayloop.imports.rules import FileMapping, ImportRefused

MEMORY = "400MB"
MOST_COLUMNS = 500
HEAD = 64 * 1024
ROW = "wayloop_row"
# Outer signs that are not part of a value: everything Unicode calls a space, and the byte order mark.
SPACES = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + "\ufeff"
YEARS = (1900, 2199)
CASTS = {"text": "VARCHAR", "decimal": "DECIMAL(18,6)", "instant": "TIMESTAMP"}


@dataclass(frozen=True)
class Prepared:
    """A prepared file: rows in all, rows that cannot come in and their reason codes.

    `days`: field of type instant → the distinct days on which good rows lie, as naive instants at midnight: for what
    must exist before they come.
    """

    total: int
    bad: int
    codes: frozenset[str]
    days: Mapping[str, Sequence[datetime]]


def prepare(*, source: Path, mapping: FileMapping, entity: ImportableEntity, folder: Path) -> Prepared:
    """Reads the whole file once; memory stays below `MEMORY` plus a batch.

    Raises `ImportRefused` when it is no such file or lacks a column.
    """
    shutil.rmtree(folder, ignore_errors=True)
    # It holds personal data.
    folder.mkdir(mode=0o700, parents=True)
    _number_rows(source, folder / "rows.parquet")
    names = pa.parquet.read_schema(folder / "rows.parquet").names
    missing = [column for column in mapping.fields.values() if column not in names]
    if missing:
        raise ImportRefused(
            _("The file has no column “%(column)s”. It has: %(columns)s.")
            % {"column": missing[0], "columns": ", ".join(name for name in names[:20] if name != ROW)}
        )
    # DuckDB does not tell names apart by their case, and would read the first of them.
    small = [name.lower() for name in names]
    twice = [column for column in mapping.fields.values() if small.count(column.lower()) > 1]
    if twice:
        raise ImportRefused(
            _("The file has the column “%(column)s” more than once. Keep one of them and give it again.")
            % {"column": twice[0]}
        )
    with _connect(folder) as duck:
        _split(duck, mapping, entity, folder)
        total = pa.parquet.read_metadata(folder / "rows.parquet").num_rows
        refused = duck.execute(
            "SELECT code, count(*) FROM read_parquet(?) GROUP BY code", [str(folder / "bad.parquet")]
        ).fetchall()
        instants = [field.name for field in entity.fields if field.type == "instant" and field.name in mapping.fields]
        days = {name: _days(duck, folder, name) for name in instants}
    return Prepared(total, sum(count for _code, count in refused), frozenset(code for code, _count in refused), days)


def _days(duck: duckdb.DuckDBPyConnection, folder: Path, column: str) -> list[datetime]:
    rows = duck.execute(
        f"SELECT DISTINCT date_trunc('day', {_name(column)}) FROM read_parquet(?)",  # noqa: S608
        [str(folder / "good.parquet")],
    ).fetchall()
    return [moment for (moment,) in rows]


def groups(folder: Path, *, after: int, size: int) -> Iterator[tuple[int, list[int], ImportColumns]]:
    """Batches of about `size` good rows that never cut a group: (last group, row numbers in the file, columns).

    Begins behind group `after`.
    """
    file = pa.parquet.ParquetFile(folder / "good.parquet")
    pending: pa.Table | None = None
    for batch in file.iter_batches(batch_size=size):
        table = pa.Table.from_batches([batch])
        table = table.filter(pa.compute.greater(table["wayloop_group"], after))
        if not table.num_rows:
            continue
        pending = table if pending is None else pa.concat_tables([pending, table])
        last = pending["wayloop_group"][-1].as_py()
        whole = pending.filter(pa.compute.less(pending["wayloop_group"], last))
        if whole.num_rows:
            yield _batch(whole)
            pending = pending.filter(pa.compute.equal(pending["wayloop_group"], last))
    if pending is not None and pending.num_rows:
        yield _batch(pending)


def write_errors(
    *, folder: Path, refused: Mapping[int, str], sentences: Mapping[str, str], headers: tuple[str, str], target: Path
) -> int:
    """Writes the rows that did not come in, with their row number and reason, as CSV; answers how many.

    Cells that a spreadsheet would take for a formula are marked with an apostrophe, plain numbers are left alone.
    """
    with _connect(folder) as duck, target.open("w", encoding="utf-8-sig", newline="") as out:
        duck.execute("CREATE TEMP TABLE refused (row BIGINT, code VARCHAR)")
        if refused:
            duck.register("late", pa.table({"row": list(refused), "code": list(refused.values())}))
            duck.execute("INSERT INTO refused SELECT row, code FROM late")
        cursor = duck.execute(
            f"SELECT r.{ROW}, e.code, r.* EXCLUDE ({ROW}) FROM read_parquet(?) r "  # noqa: S608
            "JOIN (SELECT row, code FROM read_parquet(?) UNION ALL SELECT row, code FROM refused) e "
            f"ON e.row = r.{ROW} ORDER BY r.{ROW}",
            [str(folder / "rows.parquet"), str(folder / "bad.parquet")],
        )
        writer = csv.writer(out)
        writer.writerow([*headers, *(_safe_cell(column[0]) for column in cursor.description[2:])])
        count = 0
        while rows := cursor.fetchmany(10_000):
            writer.writerows([row[0], sentences.get(row[1], row[1]), *map(_safe_cell, row[2:])] for row in rows)
            count += len(rows)
    return count


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


def _split(duck: duckdb.DuckDBPyConnection, mapping: FileMapping, entity: ImportableEntity, folder: Path) -> None:
    fields = [field for field in entity.fields if field.name in mapping.fields]
    types = {
        row[0]: row[1]
        for row in duck.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(folder / "rows.parquet")]).fetchall()
    }
    values = ", ".join(f"{_value(field, mapping.fields[field.name], types)} AS {_name(field.name)}" for field in fields)
    raw = ", ".join(f"{_raw(mapping.fields[field.name])} AS {_name('raw ' + field.name)}" for field in fields)
    problem = " ".join(case for field in fields for case in _cases(field))
    duck.execute(
        f"CREATE TEMP VIEW read AS SELECT *, CASE {problem} END AS code FROM "  # noqa: S608
        f"(SELECT {ROW}, {values}, {raw} FROM read_parquet({_text(str(folder / 'rows.parquet'))}))"
    )
    group = _name(entity.group_by)
    columns = ", ".join(_name(field.name) for field in fields)
    duck.execute(
        f"COPY (SELECT {ROW} AS row, code FROM read WHERE code IS NOT NULL ORDER BY {ROW}) "  # noqa: S608
        f"TO {_text(str(folder / 'bad.parquet'))} (FORMAT parquet)"
    )
    duck.execute(
        f"COPY (SELECT dense_rank() OVER (ORDER BY first) AS wayloop_group, {ROW}, {columns} FROM "  # noqa: S608
        f"(SELECT *, min({ROW}) OVER (PARTITION BY {group}) AS first FROM read WHERE code IS NULL) "
        f"ORDER BY first, {ROW}) TO {_text(str(folder / 'good.parquet'))} (FORMAT parquet, ROW_GROUP_SIZE 20480)"
    )


def _value(field: ImportField, column: str, types: Mapping[str, str]) -> str:
    if types[column] in ("DOUBLE", "FLOAT") and field.type == "text":
        # A number that a spreadsheet kept as 17850.0 is the text 17850.
        number = _name(column)
        whole = f"CAST(TRY_CAST({number} AS HUGEINT) AS VARCHAR)"
        return f"CASE WHEN {number} = trunc({number}) THEN coalesce({whole}, {_raw(column)}) ELSE {_raw(column)} END"
    if field.type == "text":
        return _raw(column)
    value = f"TRY_CAST({_name(column) if types[column] != 'VARCHAR' else _raw(column)} AS {CASTS[field.type]})"
    if field.type == "instant":
        # What lies outside is a typing error or a spreadsheet's zero, and much of it is no instant for Python.
        return f"CASE WHEN year({value}) BETWEEN {YEARS[0]} AND {YEARS[1]} THEN {value} END"
    return value


def _raw(column: str) -> str:
    # NUL cannot be in a text of the database.
    return f"nullif(trim(replace(CAST({_name(column)} AS VARCHAR), chr(0), ''), {_text(SPACES)}), '')"


def _cases(field: ImportField) -> Iterator[str]:
    raw, value = _name(f"raw {field.name}"), _name(field.name)
    if field.required:
        yield f"WHEN {raw} IS NULL THEN '{Refusal.MISSING.value}:{field.name}'"
    unreadable = f"'{Refusal.UNREADABLE.value}:{field.name}'"
    yield f"WHEN {raw} IS NOT NULL AND {value} IS NULL THEN {unreadable}"
    if field.longest is not None:
        yield f"WHEN length({value}) > {field.longest} THEN {unreadable}"
    if field.below is not None:
        yield f"WHEN abs({value}) >= {field.below} THEN {unreadable}"
    if field.above is not None:
        yield f"WHEN {value} <= {field.above} THEN '{Refusal.NOT_ABOVE.value}:{field.name}'"


def _batch(table: pa.Table) -> tuple[int, list[int], ImportColumns]:
    last = table["wayloop_group"][-1].as_py()
    return last, table[ROW].to_pylist(), ImportColumns(table.drop_columns([ROW, "wayloop_group"]))


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own for temporary tables and views; the engine behind it is shared, and so is `MEMORY`."""
    with _MAKING:
        return _engine(folder.parent).cursor()


# Two imports that begin at once must not make an engine each: the second would take the first one's folder away.
_MAKING = Lock()


# Making an engine takes longer than reading a small file.
@lru_cache(maxsize=1)
def _engine(root: Path) -> duckdb.DuckDBPyConnection:
    spill = root / f"spill-{os.getpid()}"
    for old in root.glob("spill-*"):
        # What a process left behind that was killed. It holds personal data.
        if old == spill or _is_gone(int(old.name.removeprefix("spill-"))):
            shutil.rmtree(old, ignore_errors=True)
    spill.mkdir(mode=0o700)
    engine = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": 2,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    engine.execute("SET enable_progress_bar = false")
    engine.execute(f"SET allowed_directories = [{_text(str(root))}]")
    engine.execute("SET enable_external_access = false")
    return engine


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False


def _name(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def _text(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _safe_cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "\x00") and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def sentences(codes: Sequence[str], entity: ImportableEntity) -> dict[str, str]:
    """Reason codes → sentences in the active language."""
    fields = {field.name: field for field in entity.fields}
    told: dict[str, str] = {}
    for code in codes:
        kind, _colon, name = code.partition(":")
        if name in fields:
            told[code] = str(Refusal(kind).label) % {"field": fields[name].label, "border": fields[name].above}
        else:
            told[code] = entity.reason(code)
    return told
