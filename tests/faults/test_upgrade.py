"""Homes that older programs made are opened by today's: the programs are taken from this repository's own history."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.faults.installation import PATIENCE, Installation
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
# The last change of four houses, oldest first; the last one is the series before this one.
SERIES = (
    "8f9b7d063b024ddb9acea87938adf296c608af33",
    "b7026fbaedff7cb1830f02fe00cba04da765c3be",
    "6e5570f16384130f976469db9d79f9fb865c5a71",
)
KILLS, SEED = 5, 20261122
FILL = "from wayloop.demo.api import build_sample_business; build_sample_business()"
OPEN = "from wayloop.operations.schema import bring_up_to_date; print(len(bring_up_to_date()))"
NUMBERS = ("orders", "revenue", "customers", "average_order_value")
# What an opening changes for good reason: the list of migrations, permissions Django makes for new tables.
OWN = {"django_migrations", "django_content_type", "auth_permission", "kernel_streamepoch", "kernel_cache"}
# Where a migration filled columns anew that were there.
FILLED_ANEW = {"business_business", "customers_card", "customers_traitvalue"}


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


def contents(home: Home, columns: dict[str, list[str]] | None = None) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Rows and checksum of every table over its columns (or over those given), and the columns."""
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
                if table not in OWN and kept:
                    question = sql.SQL(
                        "SELECT count(*) || '/' || coalesce(sum(hashtextextended(row({})::text, 0)), 0) FROM {}"
                    ).format(sql.SQL(", ").join(map(sql.Identifier, kept)), sql.Identifier(table))
                    (sums[table],) = connection.execute(question).fetchone() or ("",)
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
    changed = sorted(table for table in rows if table in found and rows[table] != found[table])
    gone = sorted(table for table in columns if table not in there)
    fewer = sorted(
        table for table in changed if int(rows[table].partition("/")[0]) > int(found[table].partition("/")[0])
    )
    told = old.installation.run("doctor", "--json")
    broken = [row["name"] for row in json.loads(told.stdout.splitlines()[-1])["rows"] if row["state"] == "broken"]
    examined, refused = old.run("doctor"), old.run("metrics", "orders")
    print(
        f"\n  {commit[:7]}: {opened.stdout.strip()} migrations in {taken:.0f} s; {len(rows)} tables compared by what "
        f"they had, changed: {changed}, gone: {gone}, with fewer rows: {fewer}; numbers before {before}, "
        f"after {after}; doctor finds broken: {broken}; the older one then: "
        f"{refused.stderr.strip()}"
    )
    assert (fewer, gone, broken, {name: after[name] for name in before}) == ([], [], [], before)
    assert set(changed) <= FILLED_ANEW
    assert (refused.returncode, refused.stderr.strip().count("\n"), refused.stdout) == (2, 0, "")
    assert "the database was changed by a newer Wayloop" in refused.stderr
    assert (examined.returncode, "is from a newer Wayloop: update the program" in examined.stdout) == (1, True)


@pytest.mark.faults
def test_an_opening_killed_in_the_middle_goes_on_and_ends_in_the_same_state(make_folder: Callable[[str], Path]) -> None:
    folder, draw = make_folder("upgrade-killed"), random.Random(SEED)
    old = Old.make(SERIES[-1], folder)
    shutil.copytree(old.installation.home.path, folder / "again", symlinks=True)
    for path in (folder / "again").rglob("*"):
        told = (old.installation.home.path / path.relative_to(folder / "again")).lstat()
        os.chown(path, told.st_uid, told.st_gid, follow_symlinks=False)
    os.chown(folder / "again" / "database", *_owner(old.installation.home.database))
    begun = time.monotonic()
    assert old.installation.run("metrics", "orders").returncode == 0
    taken = time.monotonic() - begun
    expected = contents(old.installation.home)
    again = Installation(folder / "again")
    steps = []
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "wayloop", "metrics", "orders"], env=again.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(timeout=draw.uniform(0.2, 1) * taken / 2)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        server = Server(again.home)
        server.start()
        with psycopg.connect(server.url()) as connection:
            row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
        steps.append(row[0] if row else 0)
        server.stop()
    assert again.run("metrics", "orders").returncode == 0
    found = contents(again.home)
    differing = sorted(table for table in expected[0] if expected[0][table] != found[0].get(table))
    print(f"\n  killed {KILLS} times within {taken:.0f} s; migrations then: {steps}; tables that differ: {differing}")
    assert (found[1], [table for table in differing if not table.startswith("procrastinate_")]) == (expected[1], [])


def _owner(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_uid, told.st_gid
