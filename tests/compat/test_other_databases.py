"""The program on a PostgreSQL that is not ours: the distribution's own, oldest supported version."""

import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import PATIENCE, Installation, free_port
from wayloop.operations.backup.trial import checksums
from wayloop.operations.postgres import Server
from wayloop.operations.processes import is_alive, wait_until
from wayloop.operations.server_user import server_user

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.skipif(not PROGRAMS.is_dir(), reason=f"no PostgreSQL 15 in {PROGRAMS}")


@pytest.fixture(scope="module")
def other_database(make_folder: Callable[[str], Path]) -> Iterator[str]:
    """The address of an empty database in a server of the distribution, with a password that needs escaping."""
    data = make_folder("debian") / "data"
    data.mkdir(mode=0o700)
    user, port, password = server_user(data / "none"), free_port(), secrets.token_hex(8)
    user.own(data)

    def run(program: str, *arguments: str) -> None:
        command = [str(PROGRAMS / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **user.run_as)

    run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    (data / "pg_hba.conf").write_text("host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p {port}"
    run("pg_ctl", "-w", "-l", str(data / "log"), "-o", options, "start")
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE ROLE shop LOGIN PASSWORD 'p@ss:{password}'")
        connection.execute("CREATE DATABASE crm OWNER shop")
    yield f"postgresql://shop:p%40ss%3A{password}@127.0.0.1:{port}/crm"
    run("pg_ctl", "-w", "-m", "fast", "stop")


@pytest.fixture(scope="module")
def installation(other_database: str, make_folder: Callable[[str], Path]) -> Iterator[Installation]:
    installation = Installation(make_folder("compat") / "home", database_url=other_database)
    first = installation.start()
    assert installation.interrupt() == 0
    second = installation.start()
    with psycopg.connect(other_database) as connection:
        version = connection.info.parameter_status("server_version")
    print(f"\n  PostgreSQL {version}: first start {first:.1f} s, second start {second:.1f} s", end="")
    yield installation
    installation.remove()


def test_it_starts_and_works(installation: Installation) -> None:
    assert installation.answers()
    assert installation.works(installation.add_job())
    assert not installation.home.database.exists()


def test_the_doctor_finds_everything_well(installation: Installation) -> None:
    done = installation.run("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ database     PostgreSQL 15" in done.stdout


def test_the_password_is_shown_nowhere(installation: Installation, other_database: str) -> None:
    password = other_database.partition("ss%3A")[2].partition("@")[0]
    done = installation.run("doctor")
    logs = "".join(path.read_text() for path in installation.home.logs.iterdir())
    assert password not in installation.output() + done.stdout + logs


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_is_killed_comes_back(installation: Installation, name: str) -> None:
    former = installation.kill(name)
    assert installation.seconds_until(lambda: installation.came_back(name, former)) < 30


def test_connections_cut_by_the_server_are_made_again(installation: Installation, other_database: str) -> None:
    worker = installation.pid("worker")
    with psycopg.connect(other_database) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
    assert wait_until(installation.answers, seconds=10)
    assert installation.works(installation.add_job())
    assert installation.pid("worker") == worker


def test_ctrl_c_leaves_no_process(installation: Installation) -> None:
    pids = [installation.pid(name) for name in ("web", "worker", "supervisor")]
    assert installation.interrupt() == 0
    assert [pid for pid in pids if is_alive(pid)] == []
    assert "Traceback" not in installation.output()


def test_it_is_dumped_by_the_plan_and_comes_back_there_and_here(
    other_database: str, installation: Installation, make_folder: Callable[[str], Path]
) -> None:
    folder = make_folder("dumped")
    place, code = folder / "place", folder / "code"
    code.write_text(installation.run("backup", "--code").stdout)
    if installation.has_ended:
        installation.start()
    chosen = installation.run(
        "manage", "shell", "-c",
        "from wayloop.operations import services;"
        f"services.choose_place(kind='folder', folder={str(place)!r})",
    )  # fmt: skip
    assert chosen.returncode == 0, chosen.stderr
    # The worker makes it: nobody waits at a terminal.
    assert wait_until(lambda: ask(other_database, RUNS) == ("base", "done"), seconds=PATIENCE), ask(
        other_database, RUNS
    )
    assert installation.interrupt() == 0, installation.output()
    again = installation.run("backup")
    assert (again.returncode, again.stderr) == (0, "")
    sums = sums_of(other_database)
    with psycopg.connect(
        other_database.replace("/crm", "/postgres").replace("shop:", "postgres:"), autocommit=True
    ) as c:
        c.execute("CREATE DATABASE empty OWNER shop")
    target = other_database.replace("/crm", "/empty")
    refused = Installation(folder / "refused", database_url=other_database).run(
        "restore", str(place), "--key", str(code)
    )
    there = Installation(folder / "there", database_url=target)
    begun = time.monotonic()
    restored = there.run("restore", str(place), "--key", str(code))
    taken = time.monotonic() - begun
    here = Installation(folder / "here")
    embedded = here.run("restore", str(place), "--key", str(code))
    assert (refused.returncode, restored.returncode, embedded.returncode) == (2, 0, 0), (
        restored.stderr,
        embedded.stderr,
    )
    assert refused.stderr.strip().count("\n") == 0
    assert "is not empty: nothing was changed" in refused.stderr
    assert not (folder / "refused").exists()
    server = Server(here.home)
    server.start()
    try:
        found = {"there": sums_of(target), "here": sums_of(server.url())}
    finally:
        server.stop()
    after = {"public.kernel_sendinghold", "public.kernel_streamepoch"}
    differing = {
        name: [table for table in sums if sums[table] != one.get(table) and table not in after]
        for name, one in found.items()
    }
    print(
        f"\n  {len(sums)} tables dumped by PostgreSQL 15, there again in {taken:.1f} s; differing: {differing}", end=""
    )
    assert differing == {"there": RUNNING, "here": RUNNING}


# In the dump its own run is still under way.
RUNNING = ["public.kernel_progress", "public.operations_backupplan", "public.operations_backuprun"]
RUNS = "SELECT kind, state FROM operations_backuprun ORDER BY id DESC LIMIT 1"


def ask(url: str, question: str) -> tuple[object, ...] | None:
    with psycopg.connect(url) as connection:
        return connection.execute(question.encode()).fetchone()


def sums_of(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        return checksums(connection)
