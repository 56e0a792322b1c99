"""Spreadsheets: the sheet with the data, and its cells by their values."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine
from django.utils.translation import gettext as _

from wayloop.imports.files.headings import MOST_COLUMNS, best_heading, plain, unique_names
from wayloop.imports.rules import ImportRefused

AT_ONCE = 20_000
LOOK = 200


class Sheet:
    """The sheet of a file that holds the wanted columns, or the largest one that is shown.

    Raises `ImportRefused` when the file cannot be read or has no rows.
    """

    def __init__(self, source: Path, wanted: Collection[str]) -> None:
        book = _opened(source)
        shown = [
            each.name
            for each in book.sheets_metadata
            if each.visible == python_calamine.SheetVisibleEnum.Visible
            and each.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        asked = {plain(each) for each in wanted}
        best: tuple[int, int] = (-1, -1)
        for name in shown or book.sheet_names:
            sheet = _sheet(book, name)
            head = [[text_of(cell) or "" for cell in row] for row in islice(sheet.iter_rows(), LOOK)]
            found = max((len(asked & {plain(cell) for cell in row}) for row in head[:30]), default=0)
            if (found, sheet.height * sheet.width) > best and any(any(row) for row in head):
                best, self.name, self._sheet, rows = (found, sheet.height * sheet.width), name, sheet, head
        if best < (0, 0):
            raise ImportRefused(_("The file is empty."))
        self.place = best_heading(rows, wanted)
        cells = rows[self.place]
        width = max((place for row in rows for place, cell in enumerate(row, 1) if cell), default=0)
        if width > MOST_COLUMNS:
            raise ImportRefused(
                _("The file has too many columns: %(number)s. At most %(most)s can be read.")
                % {"number": width, "most": MOST_COLUMNS}
            )
        self.names = unique_names([*cells, *[""] * width][:width])
        self.skipped = sum(1 for row in rows[: self.place] if any(row))
        self.is_alone = len(shown) < 2

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as texts, each with its number in column 0."""
        width = len(self.names)
        rows = enumerate(islice(self._sheet.iter_rows(), self.place + 1, None), 1)
        schema = pa.schema([("", pa.int64()), *((name, pa.string()) for name in self.names)])
        while some := list(islice(rows, AT_ONCE)):
            good = [
                (number, row) for number, row in some if any(cell != "" and cell is not None for cell in row[:width])
            ]
            columns = [
                [text_of(row[place]) if place < len(row) else None for _n, row in good] for place in range(width)
            ]
            arrays = [pa.array([number for number, _row in good], pa.int64())]
            arrays += [pa.array(column, pa.string()) for column in columns]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def text_of(cell: Any) -> str | None:
    """A cell as it would stand in a text: a number that is whole without its point, a time as ISO writes it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Fifteen digits are what a spreadsheet keeps; the rest is noise of the binary number.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).replace("\0", "")


def _opened(source: Path) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_path(str(source))
    except BaseException as error:
        raise _refused(error) from error


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> python_calamine.CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except BaseException as error:
        raise _refused(error) from error


def _refused(error: BaseException) -> BaseException:
    # The library's own end of the world is no `Exception`.
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return ImportRefused(_("The sheet is damaged or has a password. Save it anew and give it again."))
    return error
