"""Homes that older programs made are opened by today's: the programs are taken from this repository's own history."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.faults.installation import PATIENCE, Installation
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
# The last changes of houses, oldest first.
SERIES = (
    "8f9b7d063b024ddb9acea87938adf296c608af33",
    "b7026fbaedff7cb1830f02fe00cba04da765c3be",
    "6e5570f16384130f976469db9d79f9fb865c5a71",
)
MANY_STEPS, MOST_STEPS = 10, 200
FILL = "from wayloop.demo.api import build_sample_business; build_sample_business()"
OPEN = "from wayloop.operations.schema import bring_up_to_date; print(len(bring_up_to_date()))"
NUMBERS = ("orders", "revenue", "customers", "average_order_value")
# What an opening changes for good reason: the list of migrations, permissions Django makes for new tables.
OWN = {"django_migrations", "django_content_type", "auth_permission", "kernel_streamepoch", "kernel_cache"}
# Where a migration filled columns anew that were there.
FILLED_ANEW = {"business_business", "customers_card", "customers_traitvalue"}
# Rows that a step makes: what it had written when it was killed is gone, and its numbers are not given again.
NUMBERED_ANEW = {"customers_traitdefinition", "work_cause", "work_stage"}
SUM = "SELECT count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)), 0) FROM {table}"
EACH = "SELECT hashtextextended(row({columns})::text, 0) FROM {table}"
SHORT = 10_000  # rows


@dataclass
class Old:
    """An older program in a folder of its own, and a home with the sample business that it has made."""

    program: Path
    installation: Installation

    @classmethod
    def make(cls, commit: str, folder: Path) -> "Old":
        program = folder / "program"
        program.mkdir()
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
        if packed.returncode:
            pytest.skip(f"the history of this checkout does not reach {commit[:7]}")
        subprocess.run(["tar", "xf", "-", "-C", str(program)], input=packed.stdout, check=True)
        made = cls(program, Installation(folder / "home"))
        for command in (("migrate",), ("shell", "-c", FILL)):
            done = made.run("manage", *command)
            assert done.returncode == 0, done.stderr
        return made

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the older program on its home."""
        return subprocess.run(
            [sys.executable, "-m", "wayloop", *arguments],
            cwd=self.program,
            env=self.installation.environment(),
            capture_output=True,
            text=True,
            timeout=4 * PATIENCE,
            check=False,
        )


def numbers(run: Callable[..., subprocess.CompletedProcess[str]]) -> dict[str, object]:
    """What a program prints for the numbers it knows."""
    found: dict[str, object] = {}
    for name in NUMBERS:
        done = run("metrics", name, "--json")
        if done.returncode == 0:
            told = json.loads(done.stdout.splitlines()[-1])
            found[name] = (told["value"], told["n"])
    return found


@dataclass(frozen=True)
class Rows:
    """How many rows a table has, a sum over them, and (of a short one) each by itself."""

    count: int
    sum: int
    each: Counter[int]

    def lack(self, before: "Rows") -> bool:
        """Whether a row that was there is there no more as it was. Rows may have come."""
        if self.sum == before.sum:
            return False
        return before.count > SHORT or bool(before.each - self.each)


def contents(
    home: Home, columns: dict[str, list[str]] | None = None, *, unnumbered: Collection[str] = ()
) -> tuple[dict[str, Rows], dict[str, list[str]]]:
    """The rows of every table over its columns (or over those given), and the columns.

    `unnumbered`: tables whose rows are compared without their numbers.
    """
    server = Server(home)
    server.start()
    try:
        with psycopg.connect(server.url(admin=True)) as connection:
            connection.execute("SET timezone = 'UTC'")
            there: dict[str, list[str]] = {}
            for table, column in connection.execute(
                "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
                " AND NOT a.attisdropped AND c.relpersistence = 'p' ORDER BY 1, 2"
            ):
                there.setdefault(table, []).append(column)
            sums = {}
            for table, names in (columns or there).items():
                kept = [name for name in names if name in there.get(table, [])]
                if table in unnumbered:
                    kept.remove("id")
                if table not in OWN and kept:
                    parts = {"columns": sql.SQL(", ").join(map(sql.Identifier, kept)), "table": sql.Identifier(table)}
                    count, total = connection.execute(sql.SQL(SUM).format(**parts)).fetchone() or (0, 0)
                    each = connection.execute(sql.SQL(EACH).format(**parts)) if count <= SHORT else ()
                    sums[table] = Rows(count, int(total), Counter(number for (number,) in each))
            return sums, there
    finally:
        server.stop()


@pytest.mark.faults
@pytest.mark.parametrize("commit", SERIES)
def test_a_home_of_an_older_program_opens_with_everything_in_it_and_the_older_refuses_it_then(
    commit: str, make_folder: Callable[[str], Path]
) -> None:
    old = Old.make(commit, make_folder("upgrade"))
    home = old.installation.home
    before = numbers(old.run)
    rows, columns = contents(home)
    begun = time.monotonic()
    opened = old.installation.run("manage", "shell", "-c", OPEN)
    taken = time.monotonic() - begun
    assert opened.returncode == 0, opened.stderr
    after = numbers(old.installation.run)
    found, there = contents(home, columns)
    changed = sorted(table for table in rows if table in found and found[table].lack(rows[table]))
    more = sorted(table for table in rows if table in found and rows[table].count < found[table].count)
    gone = sorted(table for table in columns if table not in there)
    fewer = sorted(table for table in changed if rows[table].count > found[table].count)
    told = old.installation.run("doctor", "--json")
    broken = [row["name"] for row in json.loads(told.stdout.splitlines()[-1])["rows"] if row["state"] == "broken"]
    examined, refused = old.run("doctor"), old.run("metrics", "orders")
    print(
        f"\n  {commit[:7]}: {opened.stdout.strip()} migrations in {taken:.0f} s; {len(rows)} tables compared by what "
        f"they had, changed: {changed}, gone: {gone}, with fewer rows: {fewer}, with more: {more}; "
        f"numbers before {before}, after {after}; doctor finds broken: {broken}; the older one then: "
        f"{refused.stderr.strip()}"
    )
    assert (fewer, gone, broken, {name: after[name] for name in before}) == ([], [], [], before)
    assert set(changed) <= FILLED_ANEW
    assert (refused.returncode, refused.stderr.strip().count("\n"), refused.stdout) == (2, 0, "")
    assert "the database was changed by a newer Wayloop" in refused.stderr
    assert (examined.returncode, "is from a newer Wayloop: update the program" in examined.stdout) == (1, True)


# It dies in the middle of the second step it makes: its work is done, and not yet noted.
KILLED = """
import itertools, os, signal, sys
from django.db.migrations.executor import MigrationExecutor
calls, record = itertools.count(1), MigrationExecutor.record_migration
def die(*given):
    if next(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return record(*given)
MigrationExecutor.record_migration = die
from wayloop.config.cli import main
sys.argv = ["wayloop", "metrics", "orders"]
main()
"""


@pytest.mark.faults
def test_an_opening_killed_at_every_step_goes_on_and_ends_in_the_same_state(make_folder: Callable[[str], Path]) -> None:
    folder = make_folder("upgrade-killed")
    old = Old.make(SERIES[-1], folder)
    shutil.copytree(old.installation.home.path, folder / "again", symlinks=True)
    for path in (folder / "again").rglob("*"):
        told = (old.installation.home.path / path.relative_to(folder / "again")).lstat()
        os.chown(path, told.st_uid, told.st_gid, follow_symlinks=False)
    os.chown(folder / "again" / "database", *_owner(old.installation.home.database))
    assert old.installation.run("metrics", "orders").returncode == 0
    expected = contents(old.installation.home, unnumbered=NUMBERED_ANEW)
    again = Installation(folder / "again")
    kills = 0
    while True:
        opened = subprocess.run(
            [sys.executable, "-c", KILLED], env=again.environment(), capture_output=True, text=True, check=False
        )
        if opened.returncode != -signal.SIGKILL:
            break
        kills += 1
        assert kills < MOST_STEPS, "it makes no headway"
    assert opened.returncode == 0, opened.stderr
    found = contents(again.home, unnumbered=NUMBERED_ANEW)
    differing = sorted(
        table
        for table, rows in expected[0].items()
        if (rows.count, rows.sum) != (found[0][table].count, found[0][table].sum)
    )
    print(f"\n  killed -9 {kills} times, once in the middle of each step; tables that differ: {differing}")
    assert (found[1], [table for table in differing if not table.startswith("procrastinate_")]) == (expected[1], [])
    assert kills > MANY_STEPS


def _owner(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_uid, told.st_gid
