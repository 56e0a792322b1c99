"""Bringing a home back to a moment, on a machine that has nothing but the program, the backup and its code. No Django.

Everything is put together beside its place and moved there at the end, the mark of a home last. What fails leaves the
folder as it was found; killed anywhere, it leaves what the same command clears away or, when all was in its place
already, goes on with.
"""

import errno
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from wayloop.operations.backup.choosing import Choice, Chosen, LogBroken, check_program, last_commit, told
from wayloop.operations.backup.logical import DUMP, need_empty, undump
from wayloop.operations.backup.repository import Base, Entry, Piece, Repository
from wayloop.operations.backup.sealing import BackupDamaged
from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence
from wayloop.operations.home import DRAFT, Home
from wayloop.operations.postgres import RECOVERY, Server
from wayloop.operations.processes import LockTaken, locked
from wayloop.operations.server_user import ServerUser, open_way, server_user

TURN = f"{DRAFT}.lock"
MARK = "restored"  # in the home: brought back, and not yet told to the database
READERS = 4
BLOCK = 65_536  # of a segment of the log; those that hold nothing take no space
RECOVERY_SECONDS = 24 * 3600.0
# For an hour of recovery more memory helps more than it costs.
SWIFT = {"maintenance_work_mem": "128MB", "recovery_prefetch": "try"}


@dataclass(frozen=True)
class Restored:
    """What was brought back: until when, how many bytes, and the seconds of both parts."""

    moment: datetime
    bytes: int
    copied: float
    replayed: float


def check_home(home: Home, *, repository: Repository | None = None, moment: datetime | None = None) -> bool:
    """Whether a restore got everything to its place here and was killed before the database had come to its moment.

    Raises `OperationError` unless the home is empty or a restore that did not end lies in it; with a repository, also
    when that one went elsewhere than to `moment` (None: wherever it went).
    """
    try:
        inside = {path.name for path in home.path.iterdir()} - {TURN} if home.path.exists() else set()
    except OSError as error:
        raise OperationError(
            sentence("the home %(path)s cannot be used: %(reason)s."), path=home.path, reason=error.strerror
        ) from error
    # Without its mark nothing there was a home yet: it is what a restore that did not end had moved.
    if not inside or (DRAFT in inside and home.marker.name not in inside):
        return False
    reached = read_mark(home)
    if reached is None:
        raise OperationError(
            f"the home {home.path} is not empty: nothing was changed. "
            "Set WAYLOOP_HOME to an empty folder, or move this one away."
        )
    if repository and (moment not in (None, reached) or _mark(home)[1] != repository.number):
        raise OperationError(
            f"the home {home.path} holds a restore to {told(reached)} already, which `wayloop up` ends. "
            "For another one set WAYLOOP_HOME to an empty folder."
        )
    return True


def restore(
    repository: Repository,
    home: Home,
    *,
    moment: datetime | None = None,
    point: str = "",
    life: str = "",
    database_url: str | None = None,
    tell: Callable[[str], None] = print,
) -> Restored:
    """Brings a home back as it was at `moment` (aware), at a named point of the log, or as late as it goes; of one life
    or of any.

    Its database runs when this returns; that is the caller's to stop. A dump of a foreign server comes into the
    database at `database_url`, or into an embedded one. Raises `OperationError`.
    """
    with _alone(home, repository, moment) as is_in_place:
        begun = time.monotonic()
        size, copied = 0, 0.0
        if not is_in_place:
            size = _put_in_place(repository, home, moment, point, life, database_url, tell)
            copied = time.monotonic() - begun
            begun = time.monotonic()
        _come_to_life(home, database_url, tell)
        reached = read_mark(home)
        assert reached is not None  # noqa: S101 - it was written or found above
        return Restored(reached, size, copied, time.monotonic() - begun)


@contextmanager
def _alone(home: Home, repository: Repository, moment: datetime | None) -> Iterator[bool]:
    """Lets one restore work in a folder, and takes back what one that fails has made; see `check_home`."""
    check_home(home)
    was_there = home.path.exists()
    try:
        home.path.mkdir(parents=True, exist_ok=True)
        with locked(home.path / TURN, wait=False):
            try:
                is_in_place = check_home(home, repository=repository, moment=moment)
                try:
                    yield is_in_place
                except BaseException:
                    if not home.marker.exists():
                        _clear(home)
                    raise
            finally:
                (home.path / TURN).unlink(missing_ok=True)
    except LockTaken:
        raise OperationError(f"another restore is under way in {home.path}; this one was not begun.") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OperationError(
                sentence("the disk is full under %(path)s: nothing was changed. Make room, then run it again."),
                path=home.path,
            ) from error
        where = error.filename or home.path
        raise OperationError(
            sentence("the home %(path)s cannot be used: %(reason)s."), path=where, reason=error.strerror or error
        ) from error
    finally:
        if not was_there:
            with suppress(OSError):
                home.path.rmdir()


def _put_in_place(
    repository: Repository,
    home: Home,
    moment: datetime | None,
    point: str,
    life: str,
    database_url: str | None,
    tell: Callable[[str], None],
) -> int:
    """Puts the home together from the best base backup that is whole, and moves it to its place; answers its bytes."""
    # A trial is to find what is damaged, not to go around it.
    choice = Choice(repository, moment, life, is_strict=bool(point))
    chosen = choice.best()
    while True:
        base = chosen.base
        check_program(base)
        if database_url and base.kind == "physical":
            raise OperationError(
                "this backup is of an embedded database and cannot go into that of DATABASE_URL: unset it."
            )
        if database_url:
            need_empty(database_url)
        _clear(home)
        _need_space(home, base, chosen.segments)
        tell(f"bringing back the backup of {told(base.ended)}: {base.bytes / 1e9:.2f} GB…")
        try:
            until = _put_together(repository, home.path / DRAFT, chosen, moment, point, tell)
            break
        except BackupDamaged as error:
            chosen = choice.without(chosen.name, error)
            tell(f"{error.args[0].partition('. ')[0]}; an earlier one leads there as well…")
    # Of a dump there is its own moment only.
    reached = moment if moment and base.kind == "physical" else until
    # Nothing may be sent from what was brought back, also when we are killed before the database says so.
    (home.path / DRAFT / "home" / MARK).write_text(f"{reached.isoformat()} {repository.number}\n", encoding="utf-8")
    _settle(home, home.path / DRAFT)
    return base.bytes


def _put_together(
    repository: Repository,
    draft: Path,
    chosen: Chosen,
    moment: datetime | None,
    point: str,
    tell: Callable[[str], None],
) -> datetime:
    """Writes everything into `draft`; answers up to when it leads."""
    base, until = chosen.base, chosen.until
    (draft / "home").mkdir(mode=0o700, parents=True)
    log = draft / "log"
    # First: that a part of it is missing should not be told after an hour of copying.
    segments = _write_log(repository, base, chosen.segments, log)
    if len(segments) < len(chosen.segments) or not chosen.is_noted:
        until = _reach(base, log, segments, chosen.segments, moment)
    entries = {entry.path: entry for entry in base.home}
    for _, later in repository.files_since(base.life, base.began):
        entries |= {entry.path: entry for entry in later}
    # The server of this machine comes with the program; the one in the backup is for when it no longer does.
    kept = [one for one in entries.values() if not _is_server(one.path) or not _has_server(base.major)]
    _write(repository, draft / "home", kept)
    if base.kind == "logical":
        _write(repository, draft / "home" / "run", base.database)
        return until
    _write(repository, draft / "database", base.database)
    (draft / "database" / "pg_wal").mkdir(mode=0o700, exist_ok=True)
    for name in segments:
        (log / name).rename(draft / "database" / "pg_wal" / name)
    _plan_recovery(draft / "database", moment, point)
    return until


def _come_to_life(home: Home, database_url: str | None, tell: Callable[[str], None]) -> None:
    """Lets the database that is in its place come to its moment. Whoever does it again goes on where this ended."""
    shutil.rmtree(home.path / DRAFT, ignore_errors=True)
    home.prepare()
    server = Server(home, tell=lambda _: None, settings=SWIFT, patience=RECOVERY_SECONDS)
    dump = home.run / DUMP
    try:
        if dump.exists():
            tell("bringing the dump in…")
            undump(dump, database_url or server.start())
            dump.unlink()
        elif server.data.exists():
            tell("replaying the log…")
            server.start()
            # Until then the server itself does not tell that its history is another one now.
            with psycopg.connect(server.url(admin=True), autocommit=True) as admin:
                admin.execute("CHECKPOINT")
    except (OperationError, psycopg.Error) as error:
        text = str(error).strip().partition("\n")[0].rstrip(".")
        raise OperationError(
            sentence("%(problem)s. Everything is in its place: mend that, then run the same again."), problem=text
        ) from error


# Writing


def _clear(home: Home) -> None:
    """Takes away what a restore that did not end has left. Only called while there is no mark of a home."""
    for left in home.path.iterdir():
        if left.name != TURN:
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def _reach(base: Base, log: Path, whole: Sequence[str], wanted: Sequence[str], moment: datetime | None) -> datetime:
    """The moment up to which a log leads whose end is not known or broken.

    Raises `LogBroken` when that is not far enough: going to a moment ends at the first commit after it.
    """
    last = last_commit(log, whole, base.major)
    is_broken = len(whole) < len(wanted)
    if last is None or (moment is None and is_broken) or (moment is not None and last <= moment):
        part = wanted[len(whole)] if is_broken else sentence("its end")
        if last and last > base.ended:
            raise LogBroken(
                sentence(
                    "the log of the backup is broken: %(part)s is missing or damaged. It leads to just before "
                    "%(moment)s: give an earlier moment by --to, or take another copy."
                ),
                part=part,
                moment=told(last),
            )
        raise LogBroken(
            sentence(
                "the log of the backup is broken: %(part)s is missing or damaged. Give a moment before %(moment)s by "
                "--to, or take another copy."
            ),
            part=part,
            moment=told(base.began),
        )
    return last


def _need_space(home: Home, base: Base, segments: Sequence[str]) -> None:
    needed = base.bytes + len(segments) * base.segment_bytes // 4 + 200_000_000
    free = shutil.disk_usage(home.path).free
    if free < needed:
        raise OperationError(
            sentence("the disk is too small: %(free)s GB are free under %(path)s, %(needed)s GB are needed."),
            free=f"{free / 1e9:.1f}",
            path=home.path,
            needed=f"{needed / 1e9:.1f}",
        )


def _write(repository: Repository, root: Path, entries: Iterable[Entry]) -> None:
    """Writes files from their contents, each content read once."""
    wanted: dict[str, list[tuple[Path, int, Piece]]] = defaultdict(list)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    inside = root.resolve()
    for entry in entries:
        path = root / entry.path
        if not path.resolve().is_relative_to(inside):
            raise OperationError(sentence("%(path)s in the backup leads out of the home."), path=entry.path)
        if entry.is_folder:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(entry.size)
        path.chmod(entry.mode)
        at = 0
        for piece in entry.pieces:
            wanted[piece.blob].append((path, at, piece))
            at += piece.length

    def fill(blob: str) -> None:
        content = repository.read_blob(blob)
        for path, at, piece in wanted[blob]:
            with path.open("r+b") as file:
                file.seek(at)
                file.write(memoryview(content)[piece.start : piece.start + piece.length])

    with ThreadPoolExecutor(READERS, thread_name_prefix="restore") as pool:
        for done in pool.map(fill, wanted):
            assert done is None  # noqa: S101 - what failed is raised here


def _write_log(repository: Repository, base: Base, segments: Sequence[str], folder: Path) -> Sequence[str]:
    """Writes the log into a folder; answers the segments up to the first that is missing or damaged.

    A segment that was closed early is mostly zeros: they are left out, so that a quiet day does not take gigabytes.
    """
    folder.mkdir(mode=0o700)
    nothing = bytes(BLOCK)

    def bring(name: str) -> bool:
        try:
            content = repository.read(f"lives/{base.life}/wal/{name}")
        except BackupDamaged:
            return False
        with (folder / name).open("wb") as file:
            file.truncate(len(content))
            for at in range(0, len(content), BLOCK):
                block = content[at : at + BLOCK]
                if block != nothing[: len(block)]:
                    file.seek(at)
                    file.write(block)
        (folder / name).chmod(0o600)
        return True

    with ThreadPoolExecutor(READERS, thread_name_prefix="restore") as pool:
        is_whole = list(pool.map(bring, segments))
    return segments[: is_whole.index(False)] if False in is_whole else segments


def _settle(home: Home, draft: Path) -> None:
    """Moves everything to its place. The database goes first and `home.json` last: without it this is no home."""
    user: ServerUser = server_user(home.database)
    if (draft / "database").exists():
        user.own(draft / "database")
    os.sync()
    inside = sorted((draft / "home").iterdir(), key=lambda path: path.name == home.marker.name)
    if (draft / "database").exists():
        (draft / "database").rename(home.database)
    for path in inside:
        path.rename(home.path / path.name)
    shutil.rmtree(draft)
    open_way(user, home.path, tell=lambda _: None)


def _is_server(path: str) -> bool:
    return path.startswith("pg/")


def _has_server(major: int) -> bool:
    return Server.carries(major)


# Recovering


def _plan_recovery(data: Path, moment: datetime | None, point: str) -> None:
    """Writes down how far to go, in the data folder: whoever starts this database goes on where we were stopped."""
    recovery = {
        # The log lies where the server looks after nobody else has it.
        "restore_command": "'false'",
        "recovery_target_timeline": "'current'",
        "recovery_target_action": "'promote'",
        # Else it answers before it has come to the moment, and somebody would read what is not all there.
        "hot_standby": "off",
    }
    if moment is not None:
        recovery["recovery_target_time"] = f"'{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
    elif point:
        recovery["recovery_target_name"] = f"'{point}'"
    text = "# How far the last restore went. Says nothing to a database that is not being restored.\n"
    text += "".join(f"{name} = {value}\n" for name, value in recovery.items())
    (data / RECOVERY).write_text(text, encoding="utf-8")
    (data / "recovery.signal").touch(mode=0o600)


def read_mark(home: Home) -> datetime | None:
    """The moment a home was brought back to, as long as nobody took note of it (see `schema`)."""
    return _mark(home)[0]


def _mark(home: Home) -> tuple[datetime | None, str]:
    """That moment, and the number of the backup."""
    try:
        moment, _, number = (home.path / MARK).read_text(encoding="utf-8").strip().partition(" ")
        return datetime.fromisoformat(moment), number
    except (OSError, ValueError):
        return None, ""


def forget_mark(home: Home) -> None:
    """Notes that everything that has to follow a restore was done."""
    (home.path / MARK).unlink(missing_ok=True)
