"""Whether a backup can be brought back: it is, beside the living home, and every table is compared. No Django here."""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from wayloop.operations.backup.making import Backups
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.restoring import restore
from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
from wayloop.operations.processes import locked

# What is kept for good; unlogged tables are empty after every recovery. Of partitioned tables the parts are looked at.
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
"""
# The text of a row depends on these.
SAME_TEXT = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1"
SUM = "SELECT count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"


def checksums(connection: "psycopg.Connection[Any]") -> dict[str, str]:
    """Rows and checksum of every table, by its name. Call it in a transaction that sees one instant."""
    connection.execute(SAME_TEXT)
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        row = connection.execute(sql.SQL(SUM).format(sql.Identifier(schema, table))).fetchone()
        found[f"{schema}.{table}"] = str(row[0]) if row else ""
    return found


def hold_still(connection: "psycopg.Connection[Any]", *, seconds: float = 2) -> None:
    """Waits until nobody is writing and lets nobody begin, until the transaction of this connection ends.

    Raises `psycopg.errors.LockNotAvailable` after `seconds`; nobody waited longer for us then.
    """
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{int(seconds * 1000)}ms")))
    names = sql.SQL(", ").join(sql.Identifier(*name) for name in connection.execute(TABLES).fetchall())
    connection.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(names))


@dataclass(frozen=True)
class Tried:
    """How a restore went that was done to see whether it can be: tables that were the same, those that were not, the
    bytes brought back, and the seconds that copying and replaying took."""

    same: int
    different: Sequence[str]
    bytes: int
    copied: float
    replayed: float


def try_restore(server: Server, backups: Backups, repository: Repository, *, seconds: float = 2) -> Tried:
    """Brings the newest backup back beside the living home, starts it, and compares every table with the living one as
    both were at one instant. Nobody who writes waits longer than `seconds`.

    Raises `OperationError`, also when there is no base backup, no room, or writing never stopped for an instant.
    """
    scratch = scratch_of(server.home)
    point = f"wayloop-{secrets.token_hex(8)}"
    expected = _at_one_instant(server, point, seconds)
    if backups.bring() is None:
        raise OperationError(sentence("there is no backup that could be tried yet."))
    with locked(server.home.run / "backup-trial.lock"):
        clear(server.home)
        try:
            done = restore(repository, scratch, point=point, life=backups.life, tell=lambda _: None)
            with psycopg.connect(Server(scratch).url(admin=True)) as found:
                sums = checksums(found)
        finally:
            clear(server.home)
    different = sorted(name for name in expected.keys() | sums.keys() if expected.get(name) != sums.get(name))
    return Tried(len(expected) - len(different), different, done.bytes, done.copied, done.replayed)


def scratch_of(home: Home) -> Home:
    """Where restores are tried. The server's user may have to pass through, so it lies under the home itself."""
    return Home(home.run / "trial")


def clear(home: Home) -> None:
    """Ends and removes what a trial left behind, also one that was killed."""
    scratch = scratch_of(home)
    if scratch.path.exists():
        if scratch.run.exists():
            Server(scratch, tell=lambda _: None).stop(seconds=5)
        shutil.rmtree(scratch.path, ignore_errors=True)


def _at_one_instant(server: Server, point: str, seconds: float) -> dict[str, str]:
    """Names this instant in the log and answers the checksums of it. Writing stops for as long as the naming takes."""
    address = server.url(admin=True)
    with psycopg.connect(address) as still, psycopg.connect(address) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for left in (2, 1, 0):
            try:
                hold_still(still, seconds=seconds)
                break
            except psycopg.errors.LockNotAvailable:
                still.rollback()
                if not left:
                    raise OperationError(
                        sentence("somebody is writing for long just now; the restore is tried later.")
                    ) from None
        # Taken while nobody may write, so nobody is in the middle of anything.
        (snapshot,) = still.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        reader.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
        still.execute("SELECT pg_create_restore_point(%s)", [point])
        still.rollback()
        return checksums(reader)
