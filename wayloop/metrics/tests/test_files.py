"""Numbers taken home: every kind of file says what the page says, and no text in it is a formula."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from django.test import Client

from wayloop.commerce.testing import MORNING, Deal, buy
from wayloop.customers.testing import Sight, see_all
from wayloop.kernel import clock
from wayloop.metrics import words
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.tests.test_views import page, plain

HEAD = ["metric", "part", "name", "value", "low", "high", "n", "unit", "enough"]
EVIL = '=HYPERLINK("http://evil")'


def told(client: Client, address: str, kind: str) -> list[list[Any]]:
    """The rows of a file, empty cells as None."""
    answer = client.get(f"{address}&format={kind}")
    assert (answer.status_code, answer["Content-Disposition"].endswith(f'.{kind}"')) == (200, True)
    return READ[kind](b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def _csv(content: bytes) -> list[list[Any]]:
    return [[_number(cell) for cell in row] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]


def _xlsx(content: bytes) -> list[list[Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 – our own file
    name = sheet.tag.partition("}")[0] + "}"
    assert sheet.findall(f".//{name}f") == []
    rows = []
    for row in sheet.iter(f"{name}row"):
        cells: list[Any] = []
        for cell in row:
            text = "".join(cell.itertext())
            cells.append((text if cell.get("t") else float(text)) if text else None)
        rows.append(cells)
    return rows


def _parquet(content: bytes) -> list[list[Any]]:
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    return [table.column_names, *(list(row.values()) for row in table.to_pylist())]


def _number(cell: str) -> Any:
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


READ = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}


@pytest.fixture
def trade(owner: Client) -> None:
    buy(*(Deal(str(number), f"c{number % 35}", MORNING, (("tea", "1", str(9 + number % 7)),)) for number in range(70)))
    see_all(*(Sight(f"c{number}", town=EVIL if number % 2 else "Суми") for number in range(35)))


@pytest.mark.parametrize("kind", list(READ))
def test_a_file_says_what_the_page_says(kind: str, trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING):
        head, *rows = told(owner, "/numbers/?period=30d", kind)
        assert (head, sorted(row[0] for row in rows)) == (HEAD, sorted(BY_NAME))
        by_name = {row[0]: row for row in rows}
        shown = plain(page(owner, "/numbers/?period=30d"))
        for name in ("orders", "gross_revenue", "average_order_value", "repeat_purchase", "buyers"):
            _metric, part, label, value, low, high, n, unit, enough = by_name[name]
            metric = BY_NAME[name]
            text = words.value_text(metric, value * 100 if metric.kind == "money" else value, unit)
            assert (part or "", label, enough, text in shown, n) == ("", str(metric.label), 1, True, n)
            assert (low is None, high is None) == (not metric.method, not metric.method)
        # What nothing is known of is empty and not nought.
        assert (by_name["csat"][3], by_name["csat"][8]) == (None, 0)


def test_all_kinds_of_file_hold_the_same(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING):
        for address in ("/numbers/?period=30d", "/numbers/orders/?period=30d&by=town"):
            first, *others = ([[_plain(cell) for cell in row] for row in told(owner, address, kind)] for kind in READ)
            assert others == [first, first]


def test_no_text_is_a_formula(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING):
        parts = {kind: {row[2] for row in told(owner, "/numbers/orders/?period=30d&by=town", kind)} for kind in READ}
    # A spreadsheet reads what it opens: in CSV a mark stands before it, in XLSX it is marked as text (see `_xlsx`).
    assert (f"'{EVIL}" in parts["csv"], EVIL in parts["csv"]) == (True, False)
    assert (EVIL in parts["xlsx"], EVIL in parts["parquet"], "Суми" in parts["xlsx"]) == (True, True, True)


def _plain(cell: Any) -> Any:
    if isinstance(cell, (int, float)):
        return float(cell)
    return str(cell).removeprefix("'") or None if cell is not None else None
