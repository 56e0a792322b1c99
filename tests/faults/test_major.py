"""A data folder of an older PostgreSQL: today's program runs it and brings it to today's version, killed or not."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from wayloop.operations.backup.trial import checksums
from wayloop.operations.database import Users
from wayloop.operations.home import Home
from wayloop.operations.major import FORMER, is_behind
from wayloop.operations.postgres import ACCESS, ADMIN, DATABASE, MAJOR, ROLE, Server
from wayloop.operations.server_user import server_user

OLD, MOST = 16, 60
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Server.carries(OLD), reason=f"PostgreSQL {OLD} no longer comes with the package"),
]
# It ends itself with kill -9 at the n-th program it starts, or the n-th folder it moves.
UPGRADE = """
import os, signal, sys
from pathlib import Path
from wayloop.operations.database import Users
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
home, event, left = Home(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
def notice(name, arguments):
    global left
    if name == event and (name != "os.rename" or ".database" in str(arguments[:2])):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(notice)
Users(home).bring_to_newest(Server(home), tell=print)
"""


@pytest.fixture
def home(make_folder: Callable[[str], Path]) -> Iterator[Home]:
    """A home whose data folder is of the older version, made as ours are, with rows in it."""
    home = Home(make_folder("major") / "home")
    home.prepare()
    server, user = Server(home), server_user(home.database)
    programs = server.programs_of(OLD)
    password = home.run / "password"
    password.write_text(home.secret("database-admin"))
    user.own(password)
    home.path.chmod(0o755)
    home.run.chmod(0o755)
    home.database.mkdir(mode=0o700)
    user.own(home.database)
    command = [programs / "initdb", "-D", home.database, "-U", ADMIN, f"--pwfile={password}", "--auth=scram-sha-256",
               "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"]  # fmt: skip
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **user.run_as)
    own = "include = 'wayloop.conf'\nwork_mem = '9MB'  # somebody's own\n"
    (home.database / "postgresql.conf").write_text(own)
    (home.database / "pg_hba.conf").write_text(ACCESS)
    make_role(server)
    yield home
    server.stop()


def make_role(server: Server) -> None:
    """The role and database of ours, in a server that has none yet."""
    user = server_user(server.data)
    server._configure(server.data, user)
    statements = (
        f"CREATE ROLE {ROLE} LOGIN PASSWORD '{server.home.secret('database')}';\n"
        f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
    )
    command = [str(server.program("postgres")), "--single", "-D", str(server.data), "postgres"]
    subprocess.run(command, input=statements, text=True, check=True, capture_output=True, cwd="/", **user.run_as)
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE TABLE words (id bigserial PRIMARY KEY, text text, at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO words (text) SELECT md5(i::text) FROM generate_series(1, 50000) i")
        connection.execute("CREATE INDEX ON words (text)")


def look(server: Server) -> tuple[dict[str, str], int, str]:
    """The sums of all tables, the version, and the setting that somebody has made their own."""
    server.start()
    with psycopg.connect(server.url()) as connection:
        (own,) = connection.execute("SHOW work_mem").fetchone() or ("",)
        return checksums(connection), connection.info.server_version // 10_000, own


def test_it_runs_as_it_is_and_is_brought_to_today_with_everything_in_it(home: Home) -> None:
    server = Server(home)
    before = look(server)
    assert (before[1], is_behind(home)) == (OLD, OLD)
    told: list[str] = []
    # Somebody uses it: not now.
    assert Users(home).bring_to_newest(server, tell=told.append) is False
    server.stop()
    begun = time.monotonic()
    assert Users(home).bring_to_newest(server, tell=told.append) is True, told
    taken = time.monotonic() - begun
    after = look(server)
    print(f"\n  PostgreSQL {OLD} → {MAJOR} in {taken:.1f} s: {told}")
    assert after == (before[0], MAJOR, "9MB")
    assert [path.name for path in home.path.iterdir() if path.name.startswith(".")] == []
    assert is_behind(home) == 0


@pytest.mark.parametrize(("event", "least"), [("subprocess.Popen", 5), ("os.rename", 2)])
def test_killed_while_it_is_brought_to_today_it_starts_with_everything_in_it(
    home: Home, event: str, least: int
) -> None:
    server = Server(home)
    sums, *_ = look(server)
    server.stop()
    versions: list[int] = []
    for number in range(1, MOST):
        process = subprocess.run(
            [sys.executable, "-c", UPGRADE, str(home.path), event, str(number)],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
        # Any command that comes along.
        with Users(home).present(server), psycopg.connect(server.url()) as connection:
            version = connection.info.server_version // 10_000
            assert checksums(connection) == sums
        server.stop()
        if process.returncode != -signal.SIGKILL:
            break
        versions.append(version)
        if version == MAJOR:
            break
    print(f"\n  killed at {len(versions)} calls of {event}, from {OLD} to {MAJOR}; versions then: {versions}")
    assert (len(versions) >= least, set(versions[:-1])) == (True, {OLD})
    assert look(server)[:2] == (sums, MAJOR)
    assert [path.name for path in home.path.iterdir() if path.name.startswith(".")] == []


def test_without_room_or_when_it_cannot_be_the_older_one_goes_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(home)
    server.stop()
    told: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**8))
        assert Users(home).bring_to_newest(server, tell=told.append) is False
    # A setting that the newer one does not know.
    with (home.database / "postgresql.conf").open("a") as file:
        file.write("old_snapshot_threshold = 60\n")
    assert Users(home).bring_to_newest(server, tell=told.append) is False
    assert look(server)[1] == OLD
    assert [line for line in told if line.startswith(f"PostgreSQL {OLD} goes on being used: ")] == [told[0], told[-1]]
    assert (os.path.exists(home.path / FORMER), told[-1].count("\n")) == (False, 0)
    print(f"\n  {told}")
