"""Takes files out of what they are packed in, with an eye on those made to fill a disk."""

import gzip
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from wayloop.imports.rules import ImportRefused

CHUNK = 1024 * 1024
# More than the largest file that makes sense here; what grows so much is no table either.
MOST_BYTES = 4 * 1024**3
MOST_GROWTH, GROWTH_FREE = 250, 100 * CHUNK
# A sheet stands in memory as a whole.
MOST_SHEET_BYTES = 400 * CHUNK
MOST_CELLS = 12_000_000
CELL = re.compile(rb'<(?:\w+:)?c [^>]{0,100}?r="([A-Z]{1,3})([0-9]{1,7})"')
# The same of sheets in the open format: rows and cells say how often they stand there.
OPEN_CONTENT = "content.xml"
OPEN_PART = re.compile(
    rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
)
OPEN_ROWS = re.compile(rb'table:number-rows-repeated="([0-9]{1,9})"')
OPEN_COLUMNS = re.compile(rb'table:number-columns-repeated="([0-9]{1,9})"')
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"


def unpack(source: Path, folder: Path) -> Path:
    """The file itself, or what is packed in it, as a file in `folder`. Spreadsheets stay as they are.

    Raises `ImportRefused` for an archive of several files, a damaged one, one with a password, or a bomb.
    """
    with source.open("rb") as file:
        start = file.read(4)
    try:
        if start.startswith(GZIP):
            with gzip.open(source) as packed:
                return _copied(_parts(packed), source, folder)
        if start == ZIP and not is_sheet(source):
            with zipfile.ZipFile(source) as archive:
                inside = [
                    each
                    for each in archive.infolist()
                    if not each.is_dir() and not each.filename.startswith("__MACOSX/") and not _is_hidden(each.filename)
                ]
                if len(inside) != 1:
                    raise ImportRefused(
                        _("The archive holds %(count)s files. Unpack it and give the files themselves.")
                        % {"count": len(inside)}
                    )
                if inside[0].flag_bits & 1:
                    raise ImportRefused(_("The archive has a password. Unpack it and give the file itself."))
                with archive.open(inside[0]) as packed:
                    return _copied(_parts(packed), source, folder)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ImportRefused(_("The archive is damaged. Pack the file anew, or give it as it is.")) from error
    return source


def is_sheet(source: Path) -> bool:
    """Whether a zip is a spreadsheet. Raises `ImportRefused` when it cannot be opened."""
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            return "[Content_Types].xml" in names or ("mimetype" in names and OPEN_CONTENT in names)
    except (OSError, zipfile.BadZipFile) as error:
        raise ImportRefused(_("The archive is damaged. Pack the file anew, or give it as it is.")) from error


def check_sheet(source: Path) -> None:
    """Raises `ImportRefused` for a spreadsheet that would not fit into memory, or pretends to be small."""
    size, rows, width = 0, 0, 0
    too_big = _("This sheet is too big to be read at once. Save it as CSV and give that.")
    try:
        with zipfile.ZipFile(source) as archive:
            for each in archive.infolist():
                is_worksheet = each.filename.startswith("xl/worksheets/")
                open_sheet = _OpenSheet() if each.filename == OPEN_CONTENT else None
                with archive.open(each) as part:
                    rest = b""
                    for chunk in _parts(part):
                        size += len(chunk)
                        if size > MOST_SHEET_BYTES:
                            raise ImportRefused(too_big)
                        if is_worksheet:
                            found = CELL.findall(rest + chunk)
                            rest = chunk[-200:]
                            # Rows stand in their order.
                            rows = max(rows, int(found[-1][1])) if found else rows
                            for letters in {letters for letters, _number in found}:
                                width = max(width, _column_number(letters))
                            if rows * width > MOST_CELLS:
                                raise ImportRefused(too_big)
                        if open_sheet and open_sheet.cells_after(chunk) > MOST_CELLS:
                            raise ImportRefused(too_big)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ImportRefused(_("The sheet is damaged or has a password. Save it anew and give it again.")) from error


class _OpenSheet:
    """Counts the cells that the sheets of an open document have when all repeats are written out.

    What stands empty at the end of rows, and empty rows at the end of a sheet, are no cells: offices write a million of
    them.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._rows = self._gap = self._repeat = self._width = self._mine = self._empty = self._most = 0

    def cells_after(self, chunk: bytes) -> int:
        """Of the largest sheet so far, with this part of the text too."""
        text, end = self._rest + chunk, 0
        for part in OPEN_PART.finditer(text):
            end = part.end()
            self._take(part[1] == b"/", part[2], part[3])
        # A tag may be cut in two; one that never ends is no sheet.
        cut = text.rfind(b"<", end)
        self._rest = text[cut:] if cut >= 0 else b""
        return self._most if len(self._rest) < CHUNK else MOST_CELLS + 1

    def _take(self, closes: bool, name: bytes, told: bytes) -> None:
        if name == b"table":
            self._rows = self._gap = self._width = 0
        elif name == b"table-row" and not closes:
            self._repeat, self._mine, self._empty = _times(OPEN_ROWS, told), 0, 0
            if told.endswith(b"/"):
                self._gap += self._repeat
        elif name == b"table-row":
            if self._mine:
                self._rows, self._gap = self._rows + self._gap + self._repeat, 0
                self._width = max(self._width, self._mine)
                self._most = max(self._most, self._rows * self._width)
            else:
                self._gap += self._repeat
        elif not closes:
            self._empty += _times(OPEN_COLUMNS, told)
            # Only what has a value, or a text inside, takes room.
            if b"office:value" in told or not told.endswith(b"/"):
                self._mine, self._empty = self._mine + self._empty, 0


def _times(pattern: re.Pattern[bytes], told: bytes) -> int:
    found = pattern.search(told)
    return int(found[1]) if found else 1


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _is_hidden(name: str) -> bool:
    return name.rpartition("/")[2].startswith(".")


def _parts(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _copied(chunks: Iterator[bytes], source: Path, folder: Path) -> Path:
    target = folder / f"unpacked-{source.name}"
    packed, size = source.stat().st_size, 0
    with target.open("wb") as out:
        for chunk in chunks:
            size += len(chunk)
            free = shutil.disk_usage(folder).free
            if size > MOST_BYTES or free < 10 * CHUNK or (size > GROWTH_FREE and size > packed * MOST_GROWTH):
                raise ImportRefused(_("What is packed in this file is too big to be a table."))
            out.write(chunk)
    return target
