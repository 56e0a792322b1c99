"""The PostgreSQL of a test run: our own embedded one, made for this run and gone after it. A pytest plugin.

One server serves all parallel workers; each makes its own database in it. WAYLOOP_TEST_DATABASE_URL (or DATABASE_URL)
names another server to use instead; its role must be allowed to make databases.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest

from tests.databases import Databases
from wayloop.operations.home import Home
from wayloop.operations.postgres import ROLE, Server
from wayloop.operations.processes import is_alive

PREFIX = "wayloop-tests-"
# Nobody needs these rows after a power failure.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
}
_run: Server | None = None
_folder: Path | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Runs around everybody else's: Django's settings are read inside and need the address."""
    # Parallel workers inherit what the first process has set.
    if "WAYLOOP_TEST_HOME" not in os.environ:
        _begin(early_config)
    return (yield)


@pytest.fixture(scope="session")
def make_folder() -> Callable[[str], Path]:
    """Makes a folder that another user can reach (pytest's own are closed, and root's server runs as somebody else)."""
    parent = Path(os.environ["WAYLOOP_TEST_HOME"]).parent

    def make(name: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
        folder.chmod(0o755)
        return folder

    return make


def pytest_unconfigure() -> None:
    """Stops the server and removes the folder."""
    global _run, _folder
    if _run is not None:
        _run.stop()
        _run = None
    elif _folder is not None and os.environ["DATABASE_URL"]:
        Databases().drop_originals()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
        _folder = None


def _begin(config: pytest.Config) -> None:
    global _run, _folder
    for name in [name for name in os.environ if name.startswith("WAYLOOP_") and name != "WAYLOOP_TEST_DATABASE_URL"]:
        del os.environ[name]
    _remove_leftovers()
    folder = _folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    (folder / "owner").write_text(str(os.getpid()), encoding="utf-8")
    home = Home(folder / "home")
    home.prepare()
    os.environ["WAYLOOP_TEST_HOME"] = os.environ["WAYLOOP_HOME"] = str(home.path)
    given = os.environ.get("WAYLOOP_TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given or config.known_args_namespace.help:
        os.environ["DATABASE_URL"] = given or ""
        return
    _run = Server(home, settings=FAST)
    os.environ["DATABASE_URL"] = _run.start()
    with psycopg.connect(_run.url(admin=True, database="postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {ROLE} CREATEDB")


def _remove_leftovers() -> None:
    """Servers and folders of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            owner = int((folder / "owner").read_text(encoding="utf-8"))
            if folder.stat().st_uid == os.geteuid() and not is_alive(owner):
                Server(Home(folder / "home")).stop()
                shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError):
            continue
