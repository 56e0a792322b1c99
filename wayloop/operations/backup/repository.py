"""What a place holds and under which names: contents kept once, base backups, the log, and until when it reaches.

wayloop-backup.json            the format and the check of the key, readable by everybody
blobs/ab/abcd…                 contents of up to 4 MB, each kept once
lives/LIFE/bases/MOMENT        a base backup: every file and the contents it is made of; written last of all
lives/LIFE/files/MOMENT        files of the home that came or changed since then
lives/LIFE/wal/SEGMENT         the log of every change
lives/LIFE/until               up to which moment all of that reaches
lives/LIFE/working             somebody writes here right now
"""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

from wayloop import __version__
from wayloop.operations.backup.places import Missing, Place
from wayloop.operations.backup.sealing import BackupDamaged, Key
from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence

FORMAT = 1
HEAD = "wayloop-backup.json"
CHUNK = 4 * 1024 * 1024
WRITERS, WAITING = 2, 6  # threads that pack and write; contents that may wait for them
# Nobody else's half backup is older than this and still under way.
WORKING = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    """Some bytes of a file: the content they lie in, where in it, how many."""

    blob: str
    start: int
    length: int


@dataclass(frozen=True)
class Entry:
    """One file (or folder) by its path, with its rights and what it is made of."""

    path: str
    mode: int
    size: int = 0
    pieces: Sequence[Piece] = ()
    is_folder: bool = False


@dataclass(frozen=True)
class Base:
    """A base backup. `database` are paths in the data folder, `home` paths in the home.

    Of a physical one `first_segment` is where its log begins; a logical one (of a foreign server) holds one dump.
    """

    life: str
    kind: str  # physical or logical
    began: datetime
    ended: datetime
    version: str
    home_format: int
    major: int
    bytes: int
    database: Sequence[Entry]
    home: Sequence[Entry]
    migrations: Sequence[str] = ()
    first_segment: str = ""
    segment_bytes: int = 0
    zone: str = "UTC"  # of the business: times that a person gives are read in it

    @property
    def name(self) -> str:
        """Where it lies."""
        return f"lives/{self.life}/bases/{stamp(self.ended)}"

    def blobs(self) -> set[str]:
        """All contents it needs."""
        return {piece.blob for entry in (*self.database, *self.home) for piece in entry.pieces}


@dataclass(frozen=True)
class Reach:
    """Up to where the log of a life was written: every change committed before `until` is there."""

    until: datetime
    segment: str
    is_noted: bool = True  # else the moment is when the last segment was written to the place: a little too late


class Repository:
    """One place, opened with its key."""

    def __init__(self, place: Place, key: Key, number: str) -> None:
        self.place = place
        self.number = number
        self._key = key

    @classmethod
    def open(cls, place: Place, key: Key) -> "Repository":
        """Opens what lies there. Raises `OperationError`: no backup, a newer format, another key."""
        try:
            head = json.loads(place.get(HEAD))
            found, check, number = int(head["format"]), str(head["key"]), str(head["number"])
        except Missing:
            raise OperationError(sentence("there is no Wayloop backup in %(place)s."), place=place.label) from None
        except (ValueError, KeyError, TypeError):
            raise OperationError(
                sentence("%(file)s in %(place)s cannot be read. Take another copy of the backup."),
                file=HEAD,
                place=place.label,
            ) from None
        if found > FORMAT:
            raise OperationError(
                sentence(
                    "the backup in %(place)s was made by a newer Wayloop (format %(format)s, this one knows "
                    "%(known)s). Update the program."
                ),
                place=place.label,
                format=found,
                known=FORMAT,
            )
        if check != key.check:
            raise OperationError(
                sentence("the backup in %(place)s was made with another key: give its recovery code."),
                place=place.label,
            )
        return cls(place, key, number)

    @classmethod
    def make(cls, place: Place, key: Key) -> "Repository":
        """Opens the place, and makes it a backup when there is none yet. Raises `OperationError`."""
        try:
            place.get(HEAD)
        except Missing:
            number = secrets.token_hex(8)
            head = {"format": FORMAT, "key": key.check, "number": number, "made by": f"Wayloop {__version__}"}
            place.put(HEAD, json.dumps(head).encode() + b"\n")
        return cls.open(place, key)

    # Sealed objects

    def write(self, name: str, data: bytes) -> int:
        """Seals and writes an object; answers how many bytes it takes."""
        sealed = self._key.seal(name, data)
        self.place.put(name, sealed)
        return len(sealed)

    def read(self, name: str) -> bytes:
        """Reads and opens an object. Raises `BackupDamaged` when it is missing or changed."""
        try:
            sealed = self.place.get(name)
        except Missing:
            raise BackupDamaged(name, is_missing=True) from None
        return self._key.open(name, sealed)

    def read_blob(self, blob: str) -> bytes:
        """A content by its name. Raises `BackupDamaged`."""
        return self.read(_blob(blob))

    def name_of(self, data: bytes) -> str:
        """The name of a content."""
        return self._key.name_of(data)

    def blobs(self) -> dict[str, int]:
        """The contents that are there already, with their sizes."""
        return {found.name.rpartition("/")[2]: found.size for found in self.place.names("blobs/")}

    # Bases, files, log

    def write_base(self, base: Base) -> int:
        """Writes the list that makes a backup whole. Everything it names must be there."""
        return self.write(base.name, json.dumps(asdict(base), default=_told).encode())

    def read_base(self, name: str) -> Base:
        """A base backup by its name. Raises `BackupDamaged`."""
        told = json.loads(self.read(name))
        for moment in ("began", "ended"):
            told[moment] = datetime.fromisoformat(told[moment])
        for part in ("database", "home"):
            told[part] = [_entry(one) for one in told[part]]
        return Base(**told)

    def bases(self) -> list[tuple[str, datetime, str]]:
        """Life, moment and name of every whole base backup, oldest first. Opens none."""
        found = []
        for one in self.place.names("lives/"):
            parts = one.name.split("/")
            if len(parts) == 4 and parts[2] == "bases":
                found.append((parts[1], moment_of(parts[3]), one.name))
        return sorted(found, key=lambda base: base[1])

    def write_files(self, life: str, moment: datetime, entries: Sequence[Entry]) -> None:
        """Notes files of the home that came since the base backup."""
        self.write(f"lives/{life}/files/{stamp(moment)}", json.dumps([asdict(one) for one in entries]).encode())

    def files_since(self, life: str, moment: datetime) -> Iterator[tuple[str, list[Entry]]]:
        """Name and entries of what `write_files` noted in a life from `moment` on, oldest first."""
        for found in sorted(self.place.names(f"lives/{life}/files/"), key=lambda one: one.name):
            if moment_of(found.name.rpartition("/")[2]) >= moment.replace(microsecond=0):
                yield found.name, [_entry(one) for one in json.loads(self.read(found.name))]

    def segments(self, life: str) -> dict[str, int]:
        """The segments of the log of a life, with their sizes."""
        return {found.name.rpartition("/")[2]: found.size for found in self.place.names(f"lives/{life}/wal/")}

    def write_reach(self, life: str, reach: Reach) -> None:
        """Notes up to when the log of a life is there."""
        self.write(
            f"lives/{life}/until", json.dumps({"until": reach.until.isoformat(), "segment": reach.segment}).encode()
        )

    def read_reach(self, life: str) -> Reach | None:
        """Up to when the log of a life is there; None when nothing was noted."""
        name = f"lives/{life}/until"
        try:
            told = json.loads(self._key.open(name, self.place.get(name)))
        except Missing:
            return None
        return Reach(datetime.fromisoformat(told["until"]), told["segment"])

    def look_for_reach(self, life: str) -> Reach | None:
        """The same by the segments that are there, for when the note is gone; None when there are none."""
        found = max(self.place.names(f"lives/{life}/wal/"), key=lambda one: one.name, default=None)
        if found is None:
            return None
        return Reach(datetime.fromtimestamp(found.at, UTC), found.name.rpartition("/")[2], is_noted=False)

    # Order

    def prune(self, *, keep: timedelta, now: datetime, life: str = "") -> int:
        """Removes what no moment of the last `keep` needs; answers how many objects.

        The newest base backup before that time stays, so that its first moments can be reached, and the newest of all
        whatever its age. Leaves everything alone while another life writes here. `life` is the one of the caller.
        """
        for found in self.place.names("lives/"):
            parts = found.name.split("/")
            is_fresh = now.timestamp() - found.at < WORKING.total_seconds()
            if len(parts) == 3 and parts[2] == "working" and parts[1] != life and is_fresh:
                return 0
        bases = self.bases()
        begin = now - keep
        before = [name for _, moment, name in bases if moment < begin]
        kept = (
            {name for _, moment, name in bases if moment >= begin}
            | set(before[-1:])
            | {bases[-1][2] for _ in bases[:1]}
        )
        removed = self._remove([name for name in before if name not in kept])
        needed: set[str] = set()
        firsts: dict[str, tuple[datetime, str]] = {}
        for one, _moment, name in bases:
            if name in kept:
                base = self.read_base(name)
                needed |= base.blobs()
                firsts.setdefault(one, (base.began, base.first_segment))
        for one in {found.name.split("/")[1] for found in self.place.names("lives/")}:
            removed += self._prune_life(one, firsts.get(one), needed, is_own=one == life, now=now)
        unused = [found.name for found in self.place.names("blobs/") if found.name.rpartition("/")[2] not in needed]
        return removed + self._remove(unused)

    def _prune_life(
        self, life: str, first: tuple[datetime, str] | None, needed: set[str], *, is_own: bool, now: datetime
    ) -> int:
        """Removes what lies before the first base backup of a life, or all of a life that has none any more."""
        if first is None:
            gone = [] if is_own else [found.name for found in self.place.names(f"lives/{life}/")]
            return self._remove(gone)
        began, segment = first
        gone = [f"lives/{life}/wal/{name}" for name in self.segments(life) if name < segment]
        kept = {name for name, _ in self.files_since(life, began)}
        gone += [found.name for found in self.place.names(f"lives/{life}/files/") if found.name not in kept]
        for _name, entries in self.files_since(life, began):
            needed |= {piece.blob for entry in entries for piece in entry.pieces}
        return self._remove(gone)

    def _remove(self, names: Sequence[str]) -> int:
        for name in names:
            self.place.delete(name)
        return len(names)


class Writer:
    """Puts contents into the repository, each once, several at a time. A context manager: leaving it waits for all.

    `noted` gets the bytes of each content, after it is there; what it raises ends the writing.
    """

    def __init__(self, repository: Repository, *, noted: Callable[[int], None] = lambda _: None) -> None:
        self._repository = repository
        self._known = set(repository.blobs())
        self._noted = noted
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix="backup")
        self._waiting: list[tuple[Future[int], int]] = []
        self.read = self.written = 0  # bytes

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._settle(0)
        finally:
            self._pool.shutdown(cancel_futures=True)

    def add(self, data: bytes) -> str:
        """Puts a content there unless it is; answers its name. It is safe when the block has been left."""
        name = self._repository.name_of(data)
        self.read += len(data)
        if name in self._known:
            self._noted(len(data))
            return name
        self._known.add(name)
        self._waiting.append((self._pool.submit(self._repository.write, _blob(name), data), len(data)))
        self._settle(WAITING)
        return name

    def _settle(self, most: int) -> None:
        while len(self._waiting) > most:
            future, size = self._waiting.pop(0)
            self.written += future.result()
            self._noted(size)


class Packer:
    """Cuts files into contents: large ones by themselves, so that what did not change has the same name again; small
    ones together, so that a thousand of them are not a thousand objects."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._small = bytearray()
        self._open: list[tuple[str, int, int, int]] = []  # path, mode, start, length
        self.entries: list[Entry] = []

    def add(self, path: str, mode: int, read: Callable[[int], bytes]) -> int:
        """Adds one file that `read(bytes)` gives until nothing comes; answers its size."""
        first = read(CHUNK)
        if len(first) < CHUNK // 4:
            if len(self._small) + len(first) > CHUNK:
                self.flush()
            self._open.append((path, mode, len(self._small), len(first)))
            self._small += first
            return len(first)
        size, pieces = 0, []
        while first:
            pieces.append(Piece(self._writer.add(first), 0, len(first)))
            size += len(first)
            first = read(CHUNK)
        self.entries.append(Entry(path, mode, size, pieces))
        return size

    def folder(self, path: str, mode: int) -> None:
        """Adds a folder."""
        self.entries.append(Entry(path, mode, is_folder=True))

    def flush(self) -> None:
        """Puts the small files gathered so far there. Call it at the end."""
        if not self._open:
            return
        blob = self._writer.add(bytes(self._small))
        self.entries += [
            Entry(path, mode, length, [Piece(blob, start, length)] if length else [])
            for path, mode, start, length in self._open
        ]
        self._open, self._small = [], bytearray()


def stamp(moment: datetime) -> str:
    """A moment as part of a name."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def moment_of(text: str) -> datetime:
    """The moment of a name, to the second."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _blob(name: str) -> str:
    return f"blobs/{name[:2]}/{name}"


def _entry(told: dict[str, Any]) -> Entry:
    pieces = [Piece(**piece) for piece in told.pop("pieces")]
    return Entry(**told, pieces=pieces)


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written into a backup")
