"""Copies of two databases of a test run: one with empty tables, one with the sample business. Each is made once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from wayloop.operations.processes import locked

ROOT = Path(__file__).resolve().parents[1]


class Databases:
    """The database server of this run: an empty and a sample database to copy from, and the copies."""

    def __init__(self) -> None:
        self._url = os.environ["DATABASE_URL"]
        home = os.environ["WAYLOOP_TEST_HOME"]
        self._lock = Path(home).parent / "databases.lock"
        self._prefix = f"test_{hashlib.sha256(home.encode()).hexdigest()[:8]}"
        self._copies: list[str] = []

    def url(self, name: str) -> str:
        """The address of one database."""
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def copy(self, kind: str) -> str:
        """A new database, `empty` (tables only) or `sample`; answers its name."""
        name = f"{self._prefix}_{os.getpid()}_{len(self._copies)}"
        with locked(self._lock):
            self._make_original(kind)
            self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._prefix}_{kind}"')
        self._copies.append(name)
        return name

    def drop(self) -> None:
        """Removes the copies made here; another worker may still need the originals."""
        for name in self._copies:
            with suppress(psycopg.Error):
                self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def drop_originals(self) -> None:
        """Removes what all copies were made of, at the end of a run on a server that stays."""
        for kind in ("empty", "sample"):
            with suppress(psycopg.Error):
                self._run(f'DROP DATABASE IF EXISTS "{self._prefix}_{kind}" WITH (FORCE)')

    def _make_original(self, kind: str) -> None:
        name = f"{self._prefix}_{kind}"
        if self._run("SELECT 1 FROM pg_database WHERE datname = %s", name):
            return
        draft = f"{name}_draft"
        self._run(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
        if kind == "empty":
            self._run(f'CREATE DATABASE "{draft}"')
        else:
            self._make_original("empty")
            self._run(f'CREATE DATABASE "{draft}" TEMPLATE "{self._prefix}_empty"')
        command = [sys.executable, "-m", "wayloop.operations.prepare", str(os.getpid())]
        done = subprocess.run(
            [*command, *([] if kind == "empty" else ["sample"])],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": self.url(draft)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self._run(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')

    def _run(self, statement: str, *values: Any) -> Sequence[Any]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []
