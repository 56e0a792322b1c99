"""A home of long ago opens: its tables are those of the first migrations, with rows in them, and go all the way."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import Installation
from wayloop.operations.home import FORMAT
from wayloop.operations.postgres import Server

# The first state in which a member could sign in and a business was told.
OLDEST = ("kernel", "business", "accounts", "identity", "ledger", "customers", "commerce", "imports")


@pytest.fixture(scope="module")
def old(make_folder: Callable[[str], Path]) -> Installation:
    installation = Installation(make_folder("upgrade") / "home")
    for app in OLDEST:
        done = installation.run("manage", "migrate", app, "0001")
        assert done.returncode == 0, done.stderr
    return installation


@pytest.mark.faults
def test_a_home_of_the_first_migrations_is_brought_to_today_with_its_rows(old: Installation) -> None:
    server = Server(old.home)
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            applied = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
            connection.execute(
                "INSERT INTO business_business"
                " (id, name, trade, zone, currency, content_languages, is_sample, created_at)"
                " VALUES (1, 'Зерно', 'shop', 'Europe/Kyiv', 'UAH', '[\"uk\"]', false, now())"
            )
    finally:
        server.stop()
    done = old.run("doctor", "--json")
    told = {row["name"]: row["state"] for row in json.loads(done.stdout.splitlines()[-1])["rows"]}
    assert (applied is not None, told["migrations"]) == (True, "broken")
    assert old.run("metrics", "orders").returncode == 0
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            kept = connection.execute("SELECT name, currency FROM business_business").fetchall()
    finally:
        server.stop()
    told = {
        row["name"]: row["state"] for row in json.loads(old.run("doctor", "--json").stdout.splitlines()[-1])["rows"]
    }
    assert (kept, told["migrations"]) == ([("Зерно", "UAH")], "good")


@pytest.mark.parametrize("command", ["up", "backup"])
def test_an_older_program_refuses_a_newer_home_in_one_line(tmp_path: Path, command: str) -> None:
    newer = Installation(tmp_path / "home")
    newer.home.path.mkdir()
    newer.home.marker.write_text(json.dumps({"format": FORMAT + 1}))
    done = newer.run(command, *([str(tmp_path / "place")] if command == "backup" else []))
    assert (done.returncode, done.stdout, done.stderr.count("\n"), "newer Wayloop" in done.stderr) == (2, "", 1, True)
