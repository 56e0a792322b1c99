"""The file of rows that did not come in, each with its reason, in the shape in which they were given."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from wayloop.imports.files.engine import connect, literal
from wayloop.imports.files.opening import FILE, ROW, uneven_of
from wayloop.imports.files.tables import LINE, relation
from wayloop.kernel.spreadsheets import safe_cell

AT_ONCE = 10_000


def write_refused(
    *,
    folder: Path,
    table: int,
    refused: Mapping[int, str],
    sentences: Mapping[str, str],
    headers: tuple[str, str],
    target: Path,
) -> int:
    """Writes the rows of one table that did not come in, with their row number and reason, as CSV; answers how many.

    `refused`: rows that their entity refused. Cells that a spreadsheet would take for a formula are marked with an
    apostrophe, plain numbers are left alone.
    """
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        count = 0
        for row in rows_refused(folder=folder, table=table, refused=refused):
            if isinstance(row, Headings):
                writer.writerow([*headers, *map(safe_cell, row)])
                continue
            number, code, *cells = row
            writer.writerow([number, sentences.get(code, code), *map(safe_cell, cells)])
            count += 1
        return count


class Headings(list[str]):
    """The headings of the file, which come first."""


def rows_refused(
    *, folder: Path, table: int, refused: Mapping[int, str], most: int | None = None
) -> Iterator[list[Any]]:
    """The headings, and each refused row of a table: number, reason code, cells; at most `most` of them."""
    with connect(folder.parent) as duck:
        duck.execute("CREATE OR REPLACE TEMP TABLE refused (row BIGINT, code VARCHAR)")
        if refused:
            duck.register("late", pa.table({"row": list(refused), "code": list(refused.values())}))
            duck.execute("INSERT INTO refused SELECT row, code FROM late")
        rows = Path((folder / f"rows-of-{table}").read_text(encoding="utf-8"))
        bad = literal(str(folder / f"bad-{table}.parquet"))
        apart = ", ".join(each for each in (LINE, ROW, FILE) if each in _names(duck, relation(folder, table)))
        uneven, torn = uneven_of(rows), dict[int, list[str]]()
        if uneven.exists():
            torn = dict(duck.execute(f"SELECT row, cells FROM read_parquet({literal(str(uneven))})").fetchall())
        limit = f" LIMIT {most}" if most is not None else ""
        cursor = duck.execute(
            f"SELECT coalesce(r.{ROW}, e.row), e.code, r.* EXCLUDE ({apart}) FROM "
            f"(SELECT row, code FROM read_parquet({bad}) UNION ALL SELECT row, code FROM refused) e "
            f"LEFT JOIN {relation(folder, table)} r ON e.row = r.{LINE} ORDER BY e.row{limit}"
        )
        yield Headings(column[0] for column in cursor.description[2:])
        while batch := cursor.fetchmany(AT_ONCE):
            for number, code, *cells in batch:
                yield [number, code, *torn.get(number, cells)]


def _names(duck: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    return {each[0] for each in duck.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
