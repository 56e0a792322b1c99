"""Backing up a database that is not ours to run (DATABASE_URL): a dump of its tables, sealed like everything else.

Its log is not ours to read, so what can be brought back are the moments of the dumps, not those between them.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import psycopg

from wayloop import __version__
from wayloop.operations.backup.making import (
    NOT_BACKED_UP,
    UNDER_WAY,
    WORDLESS,
    Made,
    migrations_of,
    read_home,
)
from wayloop.operations.backup.repository import Base, Packer, Repository, Writer, stamp
from wayloop.operations.errors import OperationError, first_line
from wayloop.operations.home import FORMAT, Home
from wayloop.operations.postgres import MAJOR, Server
from wayloop.operations.processes import LockTaken, locked

DUMP = "database.dump"
HEAD = 65_536  # bytes: in so many a dump says what the session has to be like
# Only a server of version 17 or newer knows it, and it says what is so anyway.
TOO_NEW = b"\nSET transaction_timeout = 0;\n"
# Some minor releases of the server keep a mark in the options of each column, which others refuse.
OWN_MARKS = re.compile(rb"^ALTER [^\n]* ALTER COLUMN [^\n]* SET \(pg_attver=\d+\);\n", re.MULTILINE)
PARTS = ("pre-data", "data", "post-data")

WRONG = re.compile(r"\b(?:ERROR|error|FATAL): ")


def dump(
    home: Home, url: str, repository: Repository, *, noted: Callable[[int], None] = lambda _: None, zone: str = "UTC"
) -> Made:
    """Backs up the database at `url` as it is at one instant, and the files of the home.

    Raises `OperationError`.
    """
    began, start = time.monotonic(), datetime.now(UTC)
    life = f"dump-{stamp(start)}"
    try:
        with locked(home.run / "backup.lock", wait=False), Writer(repository, noted=noted) as writer:
            mark = f"lives/{life}/working"
            repository.place.put(mark, b"")
            packer = Packer(writer)
            with psycopg.connect(url, connect_timeout=10) as connection:
                steps = migrations_of(connection)
            _stream(["pg_dump", "-Fc", "-Z0", "--no-owner", "--no-privileges"], url, packer)
            packer.flush()
            files, _ = read_home(home, writer, {})
    except LockTaken:
        raise OperationError(UNDER_WAY) from None
    except psycopg.Error as error:
        raise OperationError(NOT_BACKED_UP, reason=first_line(error)) from error
    base = Base(
        life=life,
        kind="logical",
        began=start,
        ended=start.replace(microsecond=0) + timedelta(seconds=1),
        version=__version__,
        home_format=FORMAT,
        major=MAJOR,
        bytes=writer.read,
        database=packer.entries,
        home=files,
        migrations=steps,
        zone=zone,
    )
    repository.write_base(base)
    repository.place.delete(mark)
    return Made(base, writer.read, writer.written, time.monotonic() - began)


def need_empty(url: str) -> None:
    """Raises `OperationError` unless there is not a single table in the database at `url`."""
    with (
        _told_plainly("the database of DATABASE_URL cannot be used"),
        psycopg.connect(url, connect_timeout=10) as found,
    ):
        (tables,) = found.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone() or (0,)
    if tables:
        raise OperationError("the database of DATABASE_URL is not empty: nothing was changed. Make an empty one.")


def undump(file: Path, url: str) -> None:
    """Brings a dump into a database, all of it or nothing; one that holds it already (we were killed just after that)
    stays as it is. Raises `OperationError`.
    """
    with _told_plainly("the dump could not be brought in"), psycopg.connect(url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,):
            return
    write, environment = _program(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", "-"], url)
    with tempfile.TemporaryFile() as trouble, tempfile.TemporaryFile() as complaint:
        writing = subprocess.Popen(
            write, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=trouble, cwd="/"
        )
        assert writing.stdin is not None  # noqa: S101 - for the type checker
        is_whole = False
        try:
            with suppress(BrokenPipeError):
                # Its end would make the other one commit what is only a part.
                is_whole = all(_pour(file, part, url, writing.stdin, complaint) for part in PARTS)
        finally:
            if not is_whole and _is_running(writing):
                writing.kill()
            with suppress(BrokenPipeError):
                writing.stdin.close()
            writing.wait()
        if writing.returncode or not is_whole:
            reason = _last_error(trouble) or _last_error(complaint) or WORDLESS
            raise OperationError(f"the dump could not be brought in: {reason}")


def _pour(file: Path, part: str, url: str, target: IO[bytes], complaint: IO[bytes]) -> bool:
    """Writes one part of a dump as statements; answers whether all of it came."""
    read, environment = _program(
        ["pg_restore", f"--section={part}", "--no-owner", "--no-privileges", "-f", "-", str(file)], url
    )
    reading = subprocess.Popen(read, env=environment, stdout=subprocess.PIPE, stderr=complaint, cwd="/")
    assert reading.stdout is not None  # noqa: S101 - for the type checker
    try:
        # Definitions are few and may hold what is not understood; rows are many and go through as they are.
        target.write(_understood(reading.stdout.read() if part == PARTS[0] else reading.stdout.read(HEAD)))
        shutil.copyfileobj(reading.stdout, target, 1_048_576)
        reading.stdout.close()
        return reading.wait() == 0
    finally:
        reading.kill()
        reading.wait()


def _stream(command: Sequence[str], url: str, packer: Packer) -> None:
    program, environment = _program(command, url)
    process = subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
    assert process.stdout is not None  # noqa: S101 - for the type checker
    is_whole = False
    try:
        packer.add(DUMP, 0o600, process.stdout.read)
        is_whole = True
    finally:
        if not is_whole:
            process.kill()
        told = process.stderr.read().decode(errors="replace") if process.stderr else ""
        process.wait()
    if process.returncode:
        reason = (told.strip().splitlines() or [WORDLESS])[0]
        raise OperationError(NOT_BACKED_UP, reason=reason.removeprefix("pg_dump: error: "))


def _understood(statements: bytes) -> bytes:
    return OWN_MARKS.sub(b"", statements.replace(TOO_NEW, b"\n", 1))


def _is_running(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it still runs; one that has broken off by itself is given a moment to say why."""
    try:
        process.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        return True
    return False


def _last_error(told: IO[bytes]) -> str:
    told.seek(0)
    lines = [line.strip() for line in told.read(100_000).decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if WRONG.search(line)]
    return WRONG.split((errors or lines or [""])[0], maxsplit=1)[-1].strip()


@contextmanager
def _told_plainly(what: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise OperationError(f"{what}: {first_line(error)}") from error


def _program(command: Sequence[str], url: str) -> tuple[list[str], dict[str, str]]:
    """The program of the package, and where to connect: in its environment, where no list of processes shows it."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = {names[name]: str(value) for name, value in parts.items() if name in names and value}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "PGSSLMODE", "PGSSLROOTCERT")}
    return [str(Server.carried(command[0])), *command[1:]], {"PGDATABASE": "", "LC_ALL": "C"} | kept | given
