"""Tables written as text: where their headings stand, what parts their cells, and their rows."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
from django.utils.translation import gettext as _

from wayloop.imports.files.encodings import Encoding
from wayloop.imports.files.headings import MOST_COLUMNS, best_heading, plain, unique_names
from wayloop.imports.rules import ImportRefused

HEAD = 256 * 1024
LOOK = 64 * 1024
RECORDS = 200
DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01")
CHUNK = 1024 * 1024
# More rows than these with another number of cells mean that the whole file is read wrongly.
MOST_UNEVEN = 100_000


@dataclass(frozen=True)
class Layout:
    """How a text is laid out.

    `start`: characters before the first row, `start_bytes` the same in UTF-8. `skipped`: rows above the headings.
    """

    delimiter: str
    names: list[str]
    start: int
    start_bytes: int
    skipped: int


@dataclass
class Uneven:
    """Rows with more or fewer cells than there are columns: number, cells found, cells expected, cells."""

    rows: list[tuple[int, int, int, list[str]]] = field(default_factory=list)


def find_layout(source: Path, encoding: Encoding, wanted: Collection[str]) -> Layout:
    """Looks at the beginning. Raises `ImportRefused` when there are no headings or far too many."""
    with source.open("rb") as file:
        file.seek(encoding.mark)
        head = file.read(HEAD)
    # Other encodings have bytes too that are no letter. Their rows are refused alone, as those of a broken UTF-8.
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    # A sign may be cut in two where the head ends.
    text = decoder.decode(head, final=False).replace("\0", "")
    if not text.strip():
        raise ImportRefused(_("The file is empty."))
    told = re.match(r'"?sep=(.)"?\r?\n', text)
    delimiter = told[1] if told else _delimiter(text, wanted, is_whole=len(head) < HEAD)
    records = list(_records(text, delimiter))
    if told:
        records[0] = ([], records[0][1])
    rows = [cells for cells, _end in records]
    place = best_heading(rows, wanted)
    cells = [cell.strip(" \t\ufeff\u00a0") for cell in rows[place]]
    usual = Counter(len(row) for row in rows[place + 1 :] if any(row)).most_common(1)
    width = usual[0][0] if usual else len(cells)
    while cells and not cells[-1] and len(cells) > width:
        cells.pop()
    if len(cells) < width and not any(any(row[len(cells) :]) for row in rows[place + 1 :]):
        # A delimiter at the end of each row.
        cells += [""] * (width - len(cells))
    if len(cells) > MOST_COLUMNS:
        raise ImportRefused(
            _("The file has too many columns: %(number)s. At most %(most)s can be read.")
            % {"number": len(cells), "most": MOST_COLUMNS}
        )
    above = sum(1 for row in rows[:place] if any(row))
    end = records[place][1]
    return Layout(delimiter, unique_names(cells), end, len(text[:end].encode()), above)


def read_rows(source: Path, encoding: Encoding, layout: Layout, uneven: Uneven) -> Iterator[pa.RecordBatch]:
    """The rows as texts, in batches, each with its number in column 0; uneven ones are put aside."""
    width = len(layout.names)

    def put_aside(row: Any) -> str:
        if len(uneven.rows) >= MOST_UNEVEN:
            return "error"
        uneven.rows.append((row.number, row.actual_columns, row.expected_columns, _cells(row.text, layout.delimiter)))
        return "skip"

    with source.open("rb") as file:
        file.seek(encoding.mark + (layout.start_bytes if encoding.is_plain else 0))
        try:
            reader = pa.csv.open_csv(
                file if encoding.is_plain else _Recoded(file, encoding, layout.start),
                # Several threads would not know in which row a mistake lies.
                read_options=pa.csv.ReadOptions(use_threads=False, column_names=[str(each) for each in range(width)]),
                parse_options=pa.csv.ParseOptions(
                    delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=put_aside
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types={str(each): pa.string() for each in range(width)},
                    # By default "NA", "null" and their like would be nothing too; NA is Namibia, and codes may be
                    # anything.
                    null_values=[""],
                    strings_can_be_null=True,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise
        following, passed = 1, 0
        for batch in reader:
            numbers: list[int] = []
            end = following + batch.num_rows
            while passed < len(uneven.rows) and uneven.rows[passed][0] < end:
                numbers += range(following, uneven.rows[passed][0])
                following = uneven.rows[passed][0] + 1
                passed, end = passed + 1, end + 1
            numbers += range(following, end)
            following = end
            columns = [pa.array(numbers, pa.int64()), *batch.columns]
            yield _without_empty(pa.RecordBatch.from_arrays(columns, names=["", *layout.names]))


def why_unreadable(told: str) -> str:
    """What the reader says, for people."""
    if "Expected" in told and "columns, got" in told:
        return _("More than 100,000 rows have another number of cells than there are headings. Save the file anew.")
    if "straddling" in told:
        return _("A row is longer than a megabyte. Most often a quotation mark is opened and never closed.")
    return _("The file cannot be read: it is damaged or not what its beginning promises.")


def _without_empty(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of nothing but delimiters, as spreadsheets leave them at the end, are no rows."""
    empty = None
    for column in batch.columns[1:]:
        if not column.null_count:
            return batch
        nothing = column.is_null()
        empty = nothing if empty is None else pa.compute.and_(empty, nothing)
    return batch if empty is None else batch.filter(pa.compute.invert(empty))


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return [text]


def _records(text: str, delimiter: str, most: int = RECORDS) -> Iterator[tuple[list[str], int]]:
    """The first records, each with the place where it ends."""
    ends = [0]

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            ends[0] += len(line)
            yield line

    reader = csv.reader(lines(), delimiter=delimiter)
    try:
        for count, cells in enumerate(reader):
            yield cells, ends[0]
            if count >= most:
                return
    except csv.Error:
        # A cell longer than any heading: what was read so far tells enough.
        return


def _delimiter(text: str, wanted: Collection[str], *, is_whole: bool) -> str:
    """What parts the cells: that which finds the wanted columns, and the same number of cells in each row."""
    look = text[:LOOK]
    usual_signs = set(" \"'.-_@/()+:") | set(DELIMITERS)
    signs = Counter(sign for sign in look[:4096] if sign.isascii() and sign.isprintable() and not sign.isalnum())
    others = [sign for sign, _count in signs.most_common(20) if sign not in usual_signs][:5]
    best, best_score = ",", (-1, -1.0, -1)
    for sign in (*DELIMITERS, *others):
        if sign not in look:
            continue
        rows = [cells for cells, _end in _records(look, sign, 100)]
        if len(rows) > 2 and not (is_whole and len(text) == len(look)):
            rows.pop()
        rows = [row for row in rows if any(row)]
        (usual, count), *_rest = Counter(len(row) for row in rows).most_common(1) or [(0, 0)]
        if usual < 2:
            continue
        asked = {plain(each) for each in wanted}
        found = max((len(asked & {plain(cell) for cell in row}) for row in rows[:30]), default=0)
        share = round(count / len(rows), 2)
        if sign in others and share < 1 and not found:
            continue
        score = (found, share, usual)
        if score > best_score:
            best, best_score = sign, score
    return best


class _Recoded(io.RawIOBase):
    """A text in another encoding, as UTF-8, without its first characters and without zeros."""

    def __init__(self, file: BinaryIO, encoding: Encoding, skip: int) -> None:
        self._file, self._skip, self._ready = file, skip, b""
        self._decoder = codecs.getincrementaldecoder(encoding.codec)("replace")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._ready) < size:
            chunk = self._file.read(CHUNK)
            text = self._decoder.decode(chunk, final=not chunk).replace("\0", "")
            if self._skip:
                skipped = min(self._skip, len(text))
                text, self._skip = text[skipped:], self._skip - skipped
            self._ready += text.encode("utf-8", "replace")
            if not chunk:
                break
        given = self._ready if size < 0 else self._ready[:size]
        self._ready = self._ready[len(given) :]
        return given
