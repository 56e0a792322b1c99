"""Making a backup of the embedded database and of its home, and keeping it up to the minute. No Django here.

A base backup is what `pg_basebackup` streams, cut into contents that are kept once: the second one writes what changed.
Killed anywhere, it leaves contents that the next run finds there, and no list that would make them a backup.
"""

import json
import os
import secrets
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from wayloop import __version__
from wayloop.operations.backup import log
from wayloop.operations.backup.repository import Base, Entry, Packer, Repository, Writer
from wayloop.operations.backup.sealing import Key
from wayloop.operations.errors import OperationError, first_line
from wayloop.operations.errors import gettext_noop as sentence
from wayloop.operations.home import FORMAT, Home
from wayloop.operations.postgres import ADMIN, Server
from wayloop.operations.processes import LockTaken, locked

# Made anew by themselves, or of this machine only.
NOT_KEPT = frozenset({"database", "run", "logs", "lake", "backup.json", "restored"})
SWITCH_SECONDS = 240  # the log is brought away so often when something was written: less than five minutes are at risk
KEY = "backup-key"
UNDER_WAY = sentence("a backup is under way already; this one was not begun.")
NOT_BACKED_UP = sentence("the database could not be backed up: %(reason)s")
WORDLESS = sentence("it ended without a word")


@dataclass(frozen=True)
class Made:
    """A base backup that was made: its name, how much was read and newly written (bytes), and the time it took."""

    base: Base
    read: int
    written: int
    seconds: float


class Backups:
    """The backup of one home in one repository.

    `once`: a single backup that is not continued; its log is kept for as long as it takes. Otherwise `bring` continues
    the last base backup, and `make` begins a new life by itself when the log has a gap.
    """

    def __init__(self, server: Server, repository: Repository, *, once: bool = False) -> None:
        self._server = server
        self._home = server.home
        self._repository = repository
        self._once = once
        self._slot = f"wayloop_once_{os.getpid()}" if once else log.SLOT
        self._life = secrets.token_hex(8)
        self._is_continued = False
        self._seen: dict[str, list[int]] = {}

    @property
    def life(self) -> str:
        """The life that the last call continued or began."""
        return self._life

    def make(self, *, noted: Callable[[int], None] = lambda _: None, zone: str = "UTC") -> Made:
        """Makes a base backup; `noted` gets the bytes of each part that is safe, `zone` is the one of the business.

        Raises `OperationError`, also when another one is under way in this home.
        """
        began = time.monotonic()
        try:
            with locked(self._home.run / "backup.lock", wait=False), _admin(self._server) as admin:
                self._take_up(admin)
                mark = f"lives/{self._life}/working"
                self._repository.place.put(mark, b"")
                base, writer = self._make(admin, noted, zone)
                self._repository.place.delete(mark)
                return Made(base, writer.read, writer.written, time.monotonic() - began)
        except LockTaken:
            raise OperationError(UNDER_WAY) from None
        except psycopg.Error as error:
            raise OperationError(NOT_BACKED_UP, reason=first_line(error)) from error

    def bring(self) -> datetime | None:
        """Brings away what was written since the last time: the log, and files of the home that came or changed.

        Answers the moment up to which the backup now reaches; None when there is no base backup to continue.
        Raises `OperationError`.
        """
        try:
            with locked(self._home.run / "backup-log.lock"), _admin(self._server) as admin:
                self._take_up(admin)
                if not self._is_continued:
                    return None
                return self._bring(admin)
        except psycopg.Error as error:
            raise OperationError(
                sentence("the log of the database could not be backed up: %(reason)s"), reason=first_line(error)
            ) from error

    def prune(self, *, keep: timedelta) -> int:
        """Removes what no moment of the last `keep` needs; answers how many objects."""
        with locked(self._home.run / "backup.lock"), locked(self._home.run / "backup-log.lock"):
            life = str(self._told().get("life", ""))
            return self._repository.prune(keep=keep, now=datetime.now(UTC), life=life)

    @staticmethod
    def stop(server: Server) -> None:
        """Lets the server forget its log as it would without a backup."""
        with _admin(server) as admin:
            log.drop_log(admin)
        (server.home.path / "backup.json").unlink(missing_ok=True)

    # The life

    def _take_up(self, admin: "psycopg.Connection[Any]") -> None:
        """Continues the life this home has at this place, or begins one: new place, restored home, gap in the log."""
        history = log.history_of(admin)
        whole = log.keep_log(admin, slot=self._slot, only_now=self._once)
        if self._once:
            return
        told = self._told()
        here = [self._repository.number, history.system, history.timeline]
        if whole and told.get("here") == here and "life" in told:
            self._life, self._is_continued = str(told["life"]), bool(told.get("has base"))
            return
        self._life, self._is_continued, self._seen = secrets.token_hex(8), False, {}
        self._note({"here": here, "life": self._life, "has base": False})

    def _told(self) -> dict[str, Any]:
        try:
            told = json.loads((self._home.path / "backup.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _note(self, told: dict[str, Any]) -> None:
        _write_safely(self._home.path / "backup.json", json.dumps(told))

    # A base backup

    def _make(self, admin: "psycopg.Connection[Any]", noted: Callable[[int], None], zone: str) -> tuple[Base, Writer]:
        history = log.history_of(admin)
        began = _now(admin)
        with Writer(self._repository, noted=noted) as writer:
            database, label = self._stream_database(writer)
            # Its name knows seconds: one too late is safe, one too early could not be gone back to.
            ended = _now(admin).replace(microsecond=0) + timedelta(seconds=1)
            home, seen = read_home(self._home, writer, {})
        with locked(self._home.run / "backup-log.lock"):
            until = log.close_segment(admin)
            segment, written = log.bring_away(admin, self._server.data, self._repository, self._life, slot=self._slot)
            writer.written += written
            base = Base(
                life=self._life,
                kind="physical",
                began=began,
                ended=ended,
                version=__version__,
                home_format=FORMAT,
                major=int((self._server.data / "PG_VERSION").read_text(encoding="utf-8")),
                bytes=writer.read,
                database=database,
                home=home,
                migrations=migrations_of(admin),
                first_segment=history.containing(label),
                segment_bytes=history.segment_bytes,
                zone=zone,
            )
            # Last of all: with this object, and not before, the rest is a backup.
            self._repository.write_base(base)
            log.reaches(self._repository, self._life, until, segment)
            if not self._once:
                self._remember(seen)
                self._note(self._told() | {"has base": True})
        return base, writer

    def _stream_database(self, writer: Writer) -> tuple[list[Entry], str]:
        """The data folder as the server sends it; and the position from which its log is needed."""
        packer, label, is_whole = Packer(writer), "", False
        process = subprocess.Popen(
            [
                *(str(self._server.program("pg_basebackup")), "-D", "-", "-Ft", "-X", "none", "--checkpoint=fast"),
                *("--no-password", "-h", "127.0.0.1", "-p", str(self._server.port()), "-U", ADMIN),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PGPASSWORD": self._home.secret("database-admin"), "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        try:
            assert process.stdout is not None  # noqa: S101 - for the type checker
            with tarfile.open(fileobj=process.stdout, mode="r|") as stream:
                for member in stream:
                    path = os.path.normpath(member.name)
                    if member.isdir():
                        packer.folder(path, 0o700)
                    elif member.isfile():
                        source = stream.extractfile(member)
                        assert source is not None  # noqa: S101 - for the type checker
                        if path == "backup_label":
                            raw = source.read()
                            label = raw.decode().partition("START WAL LOCATION: ")[2].partition(" ")[0]
                            packer.add(path, 0o600, _once(raw))
                        else:
                            packer.add(path, 0o600, source.read)
                    else:
                        raise OperationError(
                            sentence("%(path)s in the data folder is neither a file nor a folder."), path=path
                        )
            # The end of the archive is not the end of the stream; a reader that leaves early would break it.
            while process.stdout.read(65_536):
                pass
            packer.flush()
            is_whole = True
        except tarfile.ReadError:
            pass  # what the program says of it is better
        finally:
            if not is_whole:
                process.kill()
            told = process.stderr.read().decode(errors="replace") if process.stderr else ""
            process.wait()
        if process.returncode or not is_whole or not label:
            reason = (told.strip().splitlines() or [WORDLESS])[-1]
            raise OperationError(NOT_BACKED_UP, reason=reason.removeprefix("pg_basebackup: error: "))
        return packer.entries, label

    # Up to the minute

    def _bring(self, admin: "psycopg.Connection[Any]") -> datetime:
        until = log.close_segment(admin)
        segment, _ = log.bring_away(admin, self._server.data, self._repository, self._life, slot=self._slot)
        # After that moment: files are on the disk before their rows are committed.
        seen = self._seen or self._recall()
        if any(seen.get(name) != _look(path) for path, name in files_of(self._home.path)):
            with Writer(self._repository) as writer:
                entries, seen = read_home(self._home, writer, seen)
            if entries:
                self._repository.write_files(self._life, datetime.now(UTC), entries)
            self._remember(seen)
        log.reaches(self._repository, self._life, until, segment)
        return until

    def _remember(self, seen: dict[str, list[int]]) -> None:
        self._seen = seen
        _write_safely(self._home.run / "backup-seen.json", json.dumps({"life": self._life, "files": seen}))

    def _recall(self) -> dict[str, list[int]]:
        """Without the note every file is read again and found to be there already."""
        with suppress(OSError, ValueError, KeyError):
            told = json.loads((self._home.run / "backup-seen.json").read_text(encoding="utf-8"))
            if told["life"] == self._life:
                self._seen = dict(told["files"])
        return self._seen


def key_of(home: Home) -> Key:
    """The key of this home's backups; made when there is none."""
    found = home.read_secret(KEY)
    return Key.read(found) if found else Key.read(home.secret(KEY, make=lambda: Key.make().code))


@contextmanager
def _admin(server: Server) -> Iterator["psycopg.Connection[Any]"]:
    address = server.url(admin=True)
    with psycopg.connect(address, autocommit=True, connect_timeout=5, application_name="wayloop backup") as admin:
        yield admin


def read_home(home: Home, writer: Writer, seen: Mapping[str, list[int]]) -> tuple[list[Entry], dict[str, list[int]]]:
    """The files of the home that are not in `seen` as they are now; and all that are there, by size and time."""
    packer, found = Packer(writer), {}
    for path, name in files_of(home.path):
        try:
            told = path.stat()
            found[name] = [told.st_size, told.st_mtime_ns]
            if seen.get(name) == found[name]:
                continue
            with path.open("rb") as source:
                packer.add(name, told.st_mode & 0o777, source.read)
        except FileNotFoundError:
            continue
    packer.flush()
    return packer.entries, found


def files_of(home: Path) -> Iterator[tuple[Path, str]]:
    """What is backed up of a home beside the database, by path and name in it."""
    for top in sorted(home.iterdir()):
        if top.name in NOT_KEPT or top.name.startswith("."):
            continue
        if top.is_file():
            yield top, top.name
        for folder, inner, files in os.walk(top):
            inner.sort()
            for name in sorted(files):
                path = Path(folder) / name
                if not name.startswith(".") and path.is_file():
                    yield path, str(path.relative_to(home))


def _look(path: Path) -> list[int] | None:
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return [told.st_size, told.st_mtime_ns]


def migrations_of(admin: "psycopg.Connection[Any]") -> Sequence[str]:
    """The migrations a database has, as `app.name`."""
    if admin.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return ()
    return [f"{app}.{name}" for app, name in admin.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")]


def _now(admin: "psycopg.Connection[Any]") -> datetime:
    row = admin.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None  # noqa: S101 - for the type checker
    assert isinstance(row[0], datetime)  # noqa: S101 - the same
    return row[0]


def _once(raw: bytes) -> Callable[[int], bytes]:
    parts = [b"", raw]
    return lambda _: parts.pop()


def _write_safely(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
