"""One installation, hurt in every way once. `make faults` does the same many times and prints figures."""

import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import Installation, free_port
from wayloop.operations.home import FORMAT
from wayloop.operations.postgres import Server
from wayloop.operations.processes import is_alive, processes_in, wait_until

# Seconds. Other tests load the machine meanwhile; `make faults` runs alone and holds the promise of 10.
BACK_WITHIN = 30.0


@pytest.fixture
def running(installation: Installation) -> Installation:
    if installation.has_ended:
        installation.start()
    return installation


@pytest.fixture
def stopped(installation: Installation) -> Installation:
    if not installation.has_ended:
        installation.interrupt()
    return installation


@pytest.mark.parametrize("name", ["web", "worker", "database"])
def test_what_is_killed_comes_back_by_itself(running: Installation, name: str) -> None:
    former = running.kill(name)
    assert running.seconds_until(lambda: running.came_back(name, former)) < BACK_WITHIN
    assert wait_until(running.answers, seconds=BACK_WITHIN)


def test_visitors_wait_while_web_is_replaced(running: Installation) -> None:
    former = running.kill("web")
    with socket.create_connection(("127.0.0.1", running.port), timeout=BACK_WITHIN) as visitor:
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert visitor.recv(15) == b"HTTP/1.1 200 OK"
    assert running.pid("web") != former


def test_the_worker_lives_through_a_restart_of_the_database(running: Installation) -> None:
    worker = running.pid("worker")
    former = running.kill("database")
    assert running.seconds_until(lambda: running.came_back("database", former)) < BACK_WITHIN
    assert running.pid("worker") == worker


def test_a_job_whose_worker_died_is_done_by_another(running: Installation) -> None:
    job = running.add_job(status="doing")
    assert wait_until(lambda: running.is_done(job), seconds=20), running.output()


def test_a_second_up_on_the_same_home_is_told_where_the_first_one_is(running: Installation) -> None:
    done = running.run("up")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"wayloop: Wayloop already runs in {running.home.path} at http://localhost:{running.port} "
        f"(process {running.pid('supervisor')}). Open it, or stop it first.\n"
    )


def test_the_doctor_finds_everything_well_and_leaves_it_running(running: Installation) -> None:
    before = running.pids()
    done = running.run("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert '"value": 0' in done.stdout.splitlines()[-1]
    assert running.pids() == before


def test_a_supervisor_killed_takes_web_and_worker_with_it_but_not_the_database(running: Installation) -> None:
    before = running.pids()
    running.kill("supervisor")
    assert wait_until(lambda: not any(is_alive(before[name]) for name in ("web", "worker")), seconds=5)
    assert is_alive(before["database"])
    running.start()
    assert running.pid("database") == before["database"]
    assert running.works(running.add_job())


def test_ctrl_c_leaves_no_process(running: Installation) -> None:
    before = running.pids()
    assert running.interrupt() == 0
    assert [name for name, pid in before.items() if is_alive(pid)] == []
    assert processes_in(running.home.database) == []
    assert "Traceback" not in running.output()


def test_a_command_starts_the_database_for_itself(stopped: Installation) -> None:
    done = stopped.run("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert "! worker       not running: start `wayloop up`" in done.stdout
    assert Server(stopped.home).running() is None


def test_tables_of_a_newer_program_are_refused(stopped: Installation) -> None:
    change(stopped, "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_future', now())")
    try:
        line = refused(stopped.run("up"))
        assert line == "the database was changed by a newer Wayloop (kernel.9999_future). Update the program."
        assert Server(stopped.home).running() is None
    finally:
        change(stopped, "DELETE FROM django_migrations WHERE name = '9999_future'")


SLOW_JOB = """
import asyncio, sys, time
from wayloop.operations import database, worker
database.make_django_ready(sys.argv[1], migrate=False)
from wayloop.kernel.jobs import job
worker.GRACE_SECONDS = 3

@job("slow")
def slow(seconds: int) -> None:
    print("begun", flush=True)
    time.sleep(seconds)

asyncio.run(worker.Worker().run())
sys.stdout.flush()
import os
os._exit(0)
"""


@pytest.mark.parametrize(("seconds", "ends_as"), [(1, "succeeded"), (60, "todo")])
def test_a_worker_that_stops_finishes_its_job_or_gives_it_back(
    stopped: Installation, seconds: int, ends_as: str
) -> None:
    server = Server(stopped.home)
    url = server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
            "VALUES ('default', 'slow', jsonb_build_object('seconds', %s::int))",
            (seconds,),
        )
        worker = subprocess.Popen(
            [sys.executable, "-c", SLOW_JOB, url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"begun\n"
        worker.terminate()
        worker.wait(timeout=20)
        worker.stdout.close()
        # A worker that lives across a full minute runs the periodic job too, which is not asked about here.
        ended = connection.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'slow'").fetchall()
        assert ended == [(ends_as,)]
        connection.execute("DELETE FROM procrastinate_jobs")
    server.stop()


def change(installation: Installation, statement: str) -> None:
    """Runs one statement in the database of an installation that is not started."""
    server = Server(installation.home)
    with psycopg.connect(server.start()) as connection:
        connection.execute(statement.encode())
    server.stop()


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refusal."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("wayloop: ")
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("wayloop: ").strip()


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "home")
    with socket.create_server(("127.0.0.1", installation.port)):
        line = refused(installation.run("up"))
    assert line == (
        f"port {installation.port} is taken by another program. Stop that one, or set WAYLOOP_PORT to a free port."
    )
    assert not installation.home.database.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refused(Installation(tmp_path / "file" / "home").run("up"))
    assert line == (
        f"the home {tmp_path}/file/home cannot be used: Not a directory. Set WAYLOOP_HOME to a folder you may write to."
    )


def test_a_newer_home(tmp_path: Path) -> None:
    (tmp_path / "home.json").write_text('{"format": 999}')
    line = refused(Installation(tmp_path).run("up"))
    assert line == (
        f"the home {tmp_path} was made by a newer Wayloop (format 999, this one knows {FORMAT}). Update the program."
    )


@pytest.mark.parametrize("command", ["up", "doctor"])
def test_an_unreachable_database(tmp_path: Path, command: str) -> None:
    port = free_port()
    installation = Installation(tmp_path / "home", database_url=f"postgresql://shop:geheim@127.0.0.1:{port}/crm")
    line = refused(installation.run(command))
    assert line.startswith(f"the database 127.0.0.1:{port}/crm cannot be reached: ")
    assert line.endswith("Check DATABASE_URL.")
    assert "geheim" not in line


def test_a_setting_that_cannot_be_read(tmp_path: Path) -> None:
    line = refused(Installation(tmp_path / "home", database_url="mysql://x").run("up"))
    assert line == "DATABASE_URL must look like postgresql://user:password@host:5432/name."
