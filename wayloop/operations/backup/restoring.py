"""Bringing a home back to a moment, on a machine that has nothing but the program, the backup and its code. No Django.

Everything is put together beside its place and moved there at the end, the mark of a home last: killed anywhere, it
leaves a folder that the next run clears away.
"""

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

import wayloop
from wayloop.operations.backup.log import History
from wayloop.operations.backup.logical import DUMP, undump
from wayloop.operations.backup.repository import Base, Entry, Piece, Reach, Repository
from wayloop.operations.errors import OperationError
from wayloop.operations.home import FORMAT, Home
from wayloop.operations.postgres import RECOVERY, Server
from wayloop.operations.server_user import ServerUser, open_way, server_user

DRAFT = ".restoring"
MARK = "restored"  # in the home: brought back, and not yet told to the database
READERS = 4
BLOCK = 65_536  # of a segment of the log; those that hold nothing take no space
RECOVERY_SECONDS = 24 * 3600.0
# For an hour of recovery more memory helps more than it costs.
SWIFT = {"maintenance_work_mem": "128MB", "recovery_prefetch": "try"}


@dataclass(frozen=True)
class Chosen:
    """What leads to a moment: a base backup, and the segments of the log after it."""

    base: Base
    segments: Sequence[str]
    until: datetime


@dataclass(frozen=True)
class Restored:
    """What was brought back: the base backup it began with, until when, bytes, and the seconds of both parts."""

    base: Base
    moment: datetime
    bytes: int
    copied: float
    replayed: float


def reachable(repository: Repository) -> list[tuple[datetime, datetime]]:
    """From when until when each life can be restored, oldest first."""
    first: dict[str, datetime] = {}
    for life, moment, _ in repository.bases():
        first.setdefault(life, moment)
    reaches = {life: repository.read_reach(life) for life in first}
    return sorted((first[life], max(first[life], reach.until)) for life, reach in reaches.items() if reach)


def choose(repository: Repository, moment: datetime | None, only_life: str = "") -> Chosen:
    """What leads to `moment` (aware), or to the newest there is, of one life or of any.

    Raises `OperationError` with what can be reached.
    """
    lives: dict[str, Reach | None] = {}
    found: list[tuple[datetime, datetime, str, str]] = []
    for life, ended, name in repository.bases():
        if only_life not in ("", life):
            continue
        if life not in lives:
            lives[life] = repository.read_reach(life)
        reach = lives[life]
        if moment is None or (ended <= moment and (reach is None or moment <= max(ended, reach.until))):
            found.append((reach.until if moment is None and reach else ended, ended, life, name))
    if not found:
        raise OperationError(_not_there(repository, moment))
    *_, life, name = max(found)
    base = repository.read_base(name)
    reach = lives[life]
    if base.kind != "physical":
        return Chosen(base, (), base.ended)
    if reach is None:
        raise OperationError(f"the log of the backup of {_told(base.ended)} is missing.")
    return Chosen(base, _log_after(repository, base, reach), reach.until)


def check_home(home: Home) -> None:
    """Raises `OperationError` unless the home is empty or a restore that did not end lies in it."""
    try:
        inside = {path.name for path in home.path.iterdir()} if home.path.exists() else set()
    except OSError as error:
        raise OperationError(f"the home {home.path} cannot be used: {error.strerror}.") from error
    # Without its mark nothing there was a home yet: it is what a restore that did not end had moved.
    if inside and not (DRAFT in inside and home.marker.name not in inside):
        raise OperationError(
            f"the home {home.path} is not empty: nothing was changed. "
            "Set WAYLOOP_HOME to an empty folder, or move this one away."
        )


def check_program(base: Base) -> None:
    """Raises `OperationError` when the backup was made by a newer program than this one."""
    package = Path(wayloop.__file__).parent
    unknown = [
        name
        for name in base.migrations
        for app, _, step in [name.partition(".")]
        if (package / app / "migrations").is_dir() and not (package / app / "migrations" / f"{step}.py").exists()
    ]
    if unknown or base.home_format > FORMAT:
        raise OperationError(
            f"the backup of {_told(base.ended)} was made by a newer Wayloop ({base.version}"
            f"{f', {unknown[-1]}' if unknown else ''}). Update the program."
        )


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
    check_home(home)
    chosen = choose(repository, moment, life)
    base = chosen.base
    check_program(base)
    if database_url and base.kind == "physical":
        raise OperationError(
            "this backup is of an embedded database and cannot go into that of DATABASE_URL: unset it."
        )
    _need_space(home, base, chosen.segments)
    begun = time.monotonic()
    draft = home.path / DRAFT
    for left in home.path.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    (draft / "home").mkdir(mode=0o700, parents=True)
    tell(f"bringing back the backup of {_told(base.ended)}: {base.bytes / 1e9:.2f} GB…")
    entries = {entry.path: entry for entry in base.home}
    for _, later in repository.files_since(base.life, base.began):
        entries |= {entry.path: entry for entry in later}
    # The server of this machine comes with the program; the one in the backup is for when it no longer does.
    kept = [one for one in entries.values() if not _is_server(one.path) or not _has_server(base.major)]
    _write(repository, draft / "home", kept)
    if base.kind == "logical":
        _write(repository, draft / "home" / "run", base.database)
    else:
        _write(repository, draft / "database", base.database)
        _write_log(repository, base, chosen.segments, draft / "database" / "pg_wal")
        _plan_recovery(draft / "database", moment, point)
    # Nothing may be sent from what was brought back, also when we are killed before the database says so.
    (draft / "home" / MARK).write_text((moment or chosen.until).isoformat(), encoding="utf-8")
    copied = time.monotonic() - begun
    _settle(home, draft)
    begun = time.monotonic()
    server = Server(home, tell=lambda _: None, settings=SWIFT, patience=RECOVERY_SECONDS)
    if base.kind == "logical":
        tell("bringing the dump in…")
        undump(home.run / DUMP, database_url or server.start())
        (home.run / DUMP).unlink()
    else:
        tell("replaying the log…")
        server.start()
        # Until then the server itself does not tell that its history is another one now.
        with psycopg.connect(server.url(admin=True), autocommit=True) as admin:
            admin.execute("CHECKPOINT")
    return Restored(base, moment or chosen.until, base.bytes, copied, time.monotonic() - begun)


# Choosing


def _log_after(repository: Repository, base: Base, reach: Reach) -> list[str]:
    history = History("", int(base.first_segment[:8], 16), base.segment_bytes)
    there = repository.segments(base.life)
    first, last = history.number(base.first_segment), history.number(reach.segment)
    needed = [history.name(number) for number in range(first, last + 1)]
    missing = [name for name in needed if name not in there]
    if missing:
        raise OperationError(
            f"{len(missing)} parts of the log after {_told(base.ended)} are missing in the backup, first {missing[0]}. "
            "Restore an earlier moment, or from another copy."
        )
    return needed


def _not_there(repository: Repository, moment: datetime | None) -> str:
    spans = [f"{_told(begin)} to {_told(end)}" for begin, end in reachable(repository)]
    if not spans:
        return f"there is no whole backup in {repository.place.label}: one that was begun does not count."
    wanted = f"{_told(moment)} is not in the backup" if moment else "nothing is in the backup"
    return f"{wanted}. It holds {'; '.join(spans[-3:])}."


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


# Writing


def _need_space(home: Home, base: Base, segments: Sequence[str]) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    needed = base.bytes + len(segments) * base.segment_bytes // 4 + 200_000_000
    free = shutil.disk_usage(home.path).free
    if free < needed:
        raise OperationError(
            f"the disk is too small: {free / 1e9:.1f} GB are free under {home.path}, {needed / 1e9:.1f} GB are needed."
        )


def _write(repository: Repository, root: Path, entries: Iterable[Entry]) -> None:
    """Writes files from their contents, each content read once."""
    wanted: dict[str, list[tuple[Path, int, Piece]]] = defaultdict(list)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    inside = root.resolve()
    for entry in entries:
        path = root / entry.path
        if not path.resolve().is_relative_to(inside):
            raise OperationError(f"{entry.path} in the backup leads out of the home.")
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


def _write_log(repository: Repository, base: Base, segments: Sequence[str], folder: Path) -> None:
    """Writes the log where the server looks for it. A segment that was closed early is mostly zeros: they are left out,
    so that a quiet day does not take gigabytes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    nothing = bytes(BLOCK)

    def bring(name: str) -> None:
        content = repository.read(f"lives/{base.life}/wal/{name}")
        with (folder / name).open("wb") as file:
            file.truncate(len(content))
            for at in range(0, len(content), BLOCK):
                block = content[at : at + BLOCK]
                if block != nothing[: len(block)]:
                    file.seek(at)
                    file.write(block)
        (folder / name).chmod(0o600)

    with ThreadPoolExecutor(READERS, thread_name_prefix="restore") as pool:
        for done in pool.map(bring, segments):
            assert done is None  # noqa: S101 - what failed is raised here


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
    home.prepare()
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
    try:
        return datetime.fromisoformat((home.path / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def forget_mark(home: Home) -> None:
    """Notes that everything that has to follow a restore was done."""
    (home.path / MARK).unlink(missing_ok=True)
