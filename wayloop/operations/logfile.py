"""Log files that cannot fill the disk."""

import contextlib
import os
import shutil
import threading
from pathlib import Path

LIMIT = 5_000_000  # bytes of one file
KEPT = 2  # older files beside it


class LogFile:
    """Takes the output of a child, line by line, from any thread. A full disk loses lines, never the program."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._lock = threading.Lock()

    def write(self, line: bytes) -> None:
        """Appends one line."""
        with self._lock, contextlib.suppress(OSError):
            if self.path.exists() and self.path.stat().st_size > self._limit:
                self._shift()
                os.replace(self.path, _older(self.path, 1))
            with self.path.open("ab") as file:
                file.write(line)

    def shorten(self) -> None:
        """Moves a grown file's content away while another program keeps the file open for appending."""
        with self._lock, contextlib.suppress(OSError):
            if self.path.exists() and self.path.stat().st_size > self._limit:
                self._shift()
                shutil.copyfile(self.path, _older(self.path, 1))
                os.truncate(self.path, 0)

    def _shift(self) -> None:
        for number in range(KEPT, 1, -1):
            if _older(self.path, number - 1).exists():
                os.replace(_older(self.path, number - 1), _older(self.path, number))


def _older(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
