"""Whole installations for the browser: the real web process (and worker) on a port and a database of their own.

Every site has a copy of the empty or of the sample database.
"""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.databases import Databases
from wayloop.operations.home import Home

PATIENCE = 60.0  # seconds
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(
    databases: Databases, make_folder: Callable[[str], Path], kind: str, prepare: Callable[[str], None] | None = None
) -> Iterator["Site"]:
    """A site on a copy of its own, which `prepare` may change before anybody comes; stopped at the end."""
    url = databases.url(databases.copy(kind))
    if prepare is not None:
        prepare(url)
    site = Site(folder=make_folder("browser"), database_url=url)
    try:
        site.start()
        yield site
    finally:
        site.stop()


class Site:
    """One running installation. `wishes`: settings of its own."""

    def __init__(self, *, folder: Path, database_url: str, **wishes: str) -> None:
        self.home = Home(folder / "home")
        self.home.prepare()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._port = self._listening.getsockname()[1]
        self._wishes = wishes
        self._scheme = "https" if "WAYLOOP_TLS_CERT" in wishes else "http"
        self.url = f"{self._scheme}://127.0.0.1:{self._port}"
        self._database_url = database_url
        self._processes: list[subprocess.Popen[bytes]] = []
        # Cookies of members who signed in once, by e-mail.
        self.signed_in: dict[str, Any] = {}

    def start(self) -> None:
        """Starts the web process and waits until it answers."""
        web = self._launch("web", "wayloop.operations.web", self._listening.fileno())
        assert web.stdin
        web.stdin.write(b"serve\n")
        web.stdin.flush()
        self._listening.close()
        deadline = time.monotonic() + PATIENCE
        while not self._is_well():
            assert web.poll() is None, self.log("web")
            assert time.monotonic() < deadline, "the site does not start"
            time.sleep(0.05)

    def start_worker(self) -> None:
        """Starts the worker; jobs are done from now on."""
        self._launch("worker", "wayloop.operations.worker")

    def stop(self) -> None:
        """Ends what was started."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.communicate()

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement on this site's database."""
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def log(self, name: str) -> str:
        """What a process of the site wrote."""
        return (self.home.logs / f"{name}.log").read_text(encoding="utf-8")

    def connect(self, trust: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
        """A connection to the web process. Without `trust` any certificate is believed."""
        if self._scheme == "http":
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        if trust is None:
            trust = ssl.create_default_context()
            trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self._port, timeout=PATIENCE, context=trust)

    def _is_well(self) -> bool:
        connection = self.connect()
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _launch(self, name: str, module: str, *lent: int) -> subprocess.Popen[bytes]:
        own = {
            "DATABASE_URL": self._database_url,
            "WAYLOOP_HOME": str(self.home.path),
            "WAYLOOP_PORT": str(self._port),
            "WAYLOOP_URL": self.url,
            "WAYLOOP_PROCESS": name,
            **self._wishes,
        }
        with (self.home.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, str(os.getpid()), *map(str, lent)],
                cwd=ROOT,
                env=os.environ | own,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=lent,
            )
        self._processes.append(process)
        return process
