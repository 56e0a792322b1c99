"""Backing up a database that is not ours to run (DATABASE_URL): a dump of its tables, sealed like everything else.

Its log is not ours to read, so what can be brought back are the moments of the dumps, not those between them.
"""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from wayloop import __version__
from wayloop.operations.backup.making import Made, migrations_of, read_home
from wayloop.operations.backup.repository import Base, Packer, Repository, Writer, stamp
from wayloop.operations.errors import OperationError
from wayloop.operations.home import FORMAT, Home
from wayloop.operations.postgres import MAJOR, Server
from wayloop.operations.processes import LockTaken, locked

DUMP = "database.dump"


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
            packer = Packer(writer)
            with psycopg.connect(url, connect_timeout=10) as connection:
                steps = migrations_of(connection)
            _stream(["pg_dump", "-Fc", "-Z0", "--no-owner", "--no-privileges"], url, packer)
            packer.flush()
            files, _ = read_home(home, writer, {})
    except LockTaken:
        raise OperationError("a backup is under way already; this one was not begun.") from None
    except psycopg.Error as error:
        raise OperationError(f"the database could not be backed up: {str(error).strip().splitlines()[0]}") from error
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
    return Made(base, writer.read, writer.written, time.monotonic() - began)


def undump(file: Path, url: str) -> None:
    """Brings a dump into an empty database, all of it or nothing. Raises `OperationError`."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        (tables,) = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone() or (0,)
    if tables:
        raise OperationError("the database of DATABASE_URL is not empty: nothing was changed. Make an empty one.")
    command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    program, environment = _program(command, url)
    done = subprocess.run(
        [*program, "-d", environment["PGDATABASE"], str(file)],
        env=environment,
        capture_output=True,
        check=False,
        cwd="/",
    )
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["it ended without a word"]
        raise OperationError(f"the dump could not be brought in: {told[0].removeprefix('pg_restore: error: ')}")


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
        reason = (told.strip().splitlines() or ["it ended without a word"])[0]
        raise OperationError(f"the database could not be backed up: {reason.removeprefix('pg_dump: error: ')}")


def _program(command: Sequence[str], url: str) -> tuple[list[str], dict[str, str]]:
    """The program of the package, and where to connect: in its environment, where no list of processes shows it."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = {names[name]: str(value) for name, value in parts.items() if name in names and value}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "PGSSLMODE", "PGSSLROOTCERT")}
    return [str(Server.carried(command[0])), *command[1:]], {"PGDATABASE": "", "LC_ALL": "C"} | kept | given
