"""A whole installation as people start it: `wayloop up` in its own process, on a home and a port of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
from wayloop.operations.processes import is_alive, wait_until
from wayloop.operations.supervisor import read_state

PATIENCE = 400.0  # seconds; a starved machine is no failure, and the tests themselves say how fast things have to be
JOB = "builtin:procrastinate.builtin_tasks.remove_old_jobs"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


class Installation:
    """One home, started, hurt and stopped by a test."""

    def __init__(self, home: Path, *, database_url: str = "", command: str = "up") -> None:
        self.home = Home(home)
        self.port = free_port()
        self.command = command
        self._database_url = database_url
        self.process: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        """The settings of this installation and nothing of the test run's."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WAYLOOP_", "DATABASE_URL", "DJANGO_"))
        }
        given = {"DATABASE_URL": self._database_url} if self._database_url else {}
        return kept | given | {"WAYLOOP_HOME": str(self.home.path), "WAYLOOP_PORT": str(self.port)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one wayloop command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "wayloop", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self) -> float:
        """Starts it and waits until it answers; returns the seconds that took."""
        begun = time.monotonic()
        with (self.home.path.parent / f"{self.home.path.name}.out").open("a") as output:
            # A group of its own: a Ctrl-C of the test reaches everything a terminal's would.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wayloop", self.command],
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        assert wait_until(lambda: self.answers() or self.has_ended, seconds=PATIENCE), self.output()
        assert not self.has_ended, self.output()
        taken = time.monotonic() - begun
        assert wait_until(lambda: self.state() is not None, seconds=PATIENCE), self.output()
        return taken

    @property
    def has_ended(self) -> bool:
        """Whether the supervisor is gone."""
        return self.process is None or self.process.poll() is not None

    def output(self) -> str:
        """What the terminal shows."""
        return (self.home.path.parent / f"{self.home.path.name}.out").read_text()

    def answers(self) -> bool:
        """Whether web answers and reaches its database."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def state(self) -> dict[str, Any] | None:
        """What the supervisor wrote down."""
        return read_state(self.home)

    def pid(self, name: str) -> int:
        """The number of the database, web, worker or supervisor process."""
        state = self.state()
        assert state is not None, self.output()
        if name == "supervisor":
            return int(state["supervisor"])
        if name == "database":
            found = Server(self.home).running()
            return found.pid if found else 0
        return int(state["processes"][name]["pid"] or 0)

    def pids(self) -> dict[str, int]:
        """The numbers of all of them."""
        return {name: self.pid(name) for name in ("database", "web", "worker", "supervisor")}

    def kill(self, name: str) -> int:
        """Ends one process with kill -9; returns its number."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        if name == "supervisor" and self.process:
            self.process.wait()
        return pid

    def seconds_until(self, happened: Callable[[], bool]) -> float:
        """How long from now until it is so; fails when it never is."""
        begun = time.monotonic()
        assert wait_until(happened, seconds=PATIENCE), self.output()
        return time.monotonic() - begun

    def came_back(self, name: str, former: int) -> bool:
        """Whether another process has taken the killed one's place and does its work."""
        if self.pid(name) in (0, former) or not is_alive(self.pid(name)):
            return False
        return self.works(self.add_job()) if name in ("worker", "database") else self.answers()

    @property
    def address(self) -> str:
        """The database, as the program itself reaches it."""
        return self._database_url or Server(self.home).url()

    def add_job(self, status: str = "todo") -> int:
        """Puts a harmless job into the queue; returns its number, or 0 while the database is away."""
        try:
            with psycopg.connect(self.address, connect_timeout=2) as connection:
                row = connection.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) "
                    "VALUES ('default', %s, '{\"max_hours\": 999}', %s::procrastinate_job_status) RETURNING id",
                    (JOB, status),
                ).fetchone()
        except psycopg.OperationalError:
            return 0
        return int(row[0]) if row else 0

    def works(self, job: int) -> bool:
        """Whether the worker has done this job, waiting for it."""
        return bool(job) and wait_until(lambda: self.is_done(job), seconds=PATIENCE)

    def is_done(self, job: int) -> bool:
        """Whether this job is done."""
        try:
            with psycopg.connect(self.address, connect_timeout=2) as connection:
                row = connection.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", (job,)).fetchone()
        except psycopg.OperationalError:
            return False
        return row == ("succeeded",)

    def interrupt(self) -> int:
        """Ctrl-C in the terminal; returns the exit code."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)

    def remove(self) -> None:
        """Leaves nothing running."""
        if not self.has_ended:
            self.interrupt()
        if not self._database_url:
            Server(self.home).stop()
