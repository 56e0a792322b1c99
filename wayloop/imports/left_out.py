"""The rows an import left out, a page of them at a time, from the file in which they are kept."""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

AT_ONCE = 50
# Of a cell; the file itself has all of it.
LONGEST = 200


@dataclass(frozen=True)
class LeftOut:
    """Some rows left out. `headings`: those of the file; a row: its number, why, its cells. `parts`: names of the
    files, one for each table. `following`: where the next rows begin, None at the end.
    """

    headings: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[str]]]
    parts: Sequence[str]
    following: int | None


def rows_left_out(*, errors: Path, part: int, after: int) -> LeftOut:
    """The next rows of a kept file. `part`: of an archive of several tables; `after`: as `following` told, 0 at first.

    Raises `LookupError` when there is no such part.
    """
    with _opened(errors, part) as (file, parts), _of_a_place():
        lines = _Lines(file)
        reader = csv.reader(lines)
        headings = next(reader, [])[2:]
        if after > lines.read:
            file.seek(after)
            lines.read = after
        rows: list[tuple[str, str, Sequence[str]]] = []
        following = None
        for cells in reader:
            if len(cells) > 1:
                rows.append((cells[0], cells[1], [cell[:LONGEST] for cell in cells[2:]]))
            if len(rows) == AT_ONCE:
                end = lines.read
                following = end if next(reader, None) else None
                break
        return LeftOut(headings, rows, parts, following)


@contextmanager
def _of_a_place() -> Iterator[None]:
    """A place nobody was told of may lie anywhere in a row."""
    try:
        yield
    except csv.Error as error:
        raise LookupError("no row begins there") from error


class _Lines:
    """The lines of a file as texts; `read`: bytes that were read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.read = file, 0

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.read += len(line)
            yield line.decode("utf-8-sig" if self.read == len(line) else "utf-8", "replace")


@contextmanager
def _opened(errors: Path, part: int) -> Iterator[tuple[IO[bytes], Sequence[str]]]:
    if not zipfile.is_zipfile(errors):
        if part:
            raise LookupError("this import has one table")
        with errors.open("rb") as file:
            yield file, ()
        return
    with zipfile.ZipFile(errors) as archive:
        names = archive.namelist()
        if not 0 <= part < len(names):
            raise LookupError("no such table")
        with archive.open(names[part]) as packed:
            yield packed, names
