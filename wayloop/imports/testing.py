"""What tests of imports need to arrange: small files in the shape of Online Retail, and their runs."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from django.utils import translation

from wayloop.imports.models import Import
from wayloop.imports.services import run_import, start_import
from wayloop.kernel.files import store

__all__ = ["COLUMNS", "ROWS", "Import", "as_csv", "as_parquet", "bring_in", "started"]
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
DECEMBER = "2010-12-01 08:26:00"
# Two orders that lie between each other, a return, and one row for each reason to be left out.
ROWS: tuple[tuple[str, ...], ...] = (
    ("536365", "85123A", "WHITE HANGING HEART", "6", DECEMBER, "2.55", "17850", "United Kingdom"),
    ("536366", "22633", "HAND WARMER", "3", "2010-12-01 08:28:00", "1.85", "12583", "France"),
    ("536365", "71053", "WHITE METAL LANTERN", "2", DECEMBER, "3.39", "17850", "United Kingdom"),
    ("536367", "22633", "HAND WARMER", "1", DECEMBER, "1.85", "", "France"),
    ("536368", "22633", "HAND WARMER", "1", DECEMBER, "0", "12583", "France"),
    ("536369", "22633", "=cmd|' /C calc'!A0", "1", "yesterday", "1.85", "12583", "France"),
    ("C536379", "85123A", "WHITE HANGING HEART", "-1", "2010-12-02 09:41:00", "2.55", "17850", "United Kingdom"),
    ("536370", "22633", "-5 percent", "-2", "2010-12-01 08:45:00", "1.85", "12583", "France"),
)
ROWS_GOOD, ROWS_REFUSED = 4, 4


def as_csv(rows: Sequence[Sequence[Any]] = ROWS, columns: Sequence[str] = COLUMNS, delimiter: str = ",") -> bytes:
    """The rows as people export them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([columns, *rows])
    return out.getvalue().encode()


def as_parquet(folder: Path, rows: Sequence[Sequence[str]] = ROWS) -> bytes:
    """The rows with the types of the original: numbers are numbers, a customer is 17850.0, no customer is null."""
    table = dict(zip(COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))
    readable = pa.table(
        {
            **{
                name: pa.array(table[name], pa.string())
                for name in ("InvoiceNo", "StockCode", "Description", "Country")
            },
            "Quantity": pa.array([int(value) for value in table["Quantity"]], pa.int64()),
            "InvoiceDate": pa.array([_moment(value) for value in table["InvoiceDate"]], pa.timestamp("us")),
            "UnitPrice": pa.array([float(value) for value in table["UnitPrice"]], pa.float64()),
            "CustomerID": pa.array([float(value) if value else None for value in table["CustomerID"]], pa.float64()),
        }
    )
    target = folder / "orders.parquet"
    pa.parquet.write_table(readable, target)
    return target.read_bytes()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def started(
    content: bytes,
    *,
    name: str = "orders.csv",
    mapping: str = "online-retail",
    language: str = "en",
    is_trial: bool = False,
) -> int:
    """An import that waits for somebody to run it."""
    files = [(store([content], name), name)]
    with translation.override(language):
        return start_import(files=files, mapping=mapping, in_worker=False, is_trial=is_trial)


def bring_in(content: bytes, **others: Any) -> Import:
    """The import of this content, run to its end."""
    return run_import(import_id=started(content, **others))
