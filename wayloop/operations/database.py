"""The database a command needs: the embedded one for as long as somebody uses it, or the one of DATABASE_URL."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import unquote, urlsplit

import psycopg

from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.major import bring_to_newest, tidy
from wayloop.operations.postgres import Server
from wayloop.operations.processes import LockTaken, locked

OLDEST_VERSION = 15
SETTINGS_MODULE = "wayloop.config.settings"


class Users:
    """Who uses the embedded server right now: every command holds a shared lock for as long as it does.

    A server that a command started carries a mark, and the last one out stops it. A server that `wayloop up` started
    (or left behind when it was killed) carries none and is left alone.
    """

    def __init__(self, home: Home) -> None:
        self._present = home.run / "database.users"
        self._turn = home.run / "database.leaving"
        self._mark = home.run / "database.borrowed"

    @contextmanager
    def present(self, server: Server) -> Iterator[None]:
        """Inside the block the server runs; afterwards things are as they were found."""
        with ExitStack() as stack:
            # The turn orders arriving against leaving: nobody stops the server between another's look and its lock.
            with locked(self._turn):
                stack.enter_context(locked(self._present, shared=True))
                tidy(server)
                if server.running() is None:
                    self._mark.touch()
                server.start()
            try:
                yield
            finally:
                with locked(self._turn):
                    stack.close()
                    self._stop_if_last(server)

    def bring_to_newest(self, server: Server, *, tell: Callable[[str], None]) -> bool:
        """Before anybody uses the server: brings its data folder to the newest major version (see `major`)."""
        with locked(self._turn):
            tidy(server)
            return bring_to_newest(server, tell=tell)

    def keep(self, server: Server) -> str:
        """Starts the server, or takes it over so that no command stops it; returns its address."""
        with locked(self._turn):
            tidy(server)
            self._mark.unlink(missing_ok=True)
            return server.start()

    def leave_to_commands(self, server: Server) -> bool:
        """Stops the server, or leaves it to the commands that still use it; returns whether it was stopped."""
        with locked(self._turn):
            self._mark.touch()
            return self._stop_if_last(server)

    def _stop_if_last(self, server: Server) -> bool:
        if not self._mark.exists():
            return False
        try:
            with locked(self._present, wait=False):
                server.stop()
                self._mark.unlink(missing_ok=True)
                return True
        except LockTaken:
            return False


@contextmanager
def database(home: Home, database_url: str | None, *, migrate: bool = True) -> Iterator[str]:
    """Everything a command needs to work on the data of `home`: a running database, Django ready, tables up to date.

    Yields the database's address. Effects: sets DATABASE_URL and DJANGO_SETTINGS_MODULE in `os.environ`; starts the
    embedded server when nobody did and stops it again when nobody else uses it. Raises `OperationError`.
    """
    home.prepare()
    with ExitStack() as stack:
        if database_url is None:
            server = Server(home)
            stack.enter_context(ended_politely())
            stack.enter_context(Users(home).present(server))
            url = server.url()
        else:
            check_database(database_url)
            url = database_url
        make_django_ready(url, migrate=migrate)
        # app ready: its errors are told apart here
        from django.db import OperationalError

        try:
            yield url
        except OperationalError as error:
            reason = (str(error).strip().splitlines() or [repr(error)])[0]
            raise OperationError(f"the database did not do what was asked: {reason}") from error


def make_django_ready(url: str, *, migrate: bool) -> None:
    """Starts Django on this database. Effects: as `database`."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    # app ready: Django's settings read the address when they are loaded
    import django

    django.setup()
    if migrate:
        # app ready: the schema needs the models
        from wayloop.operations.schema import bring_up_to_date

        bring_up_to_date()


def check_database(url: str) -> None:
    """Raises `OperationError` unless the database answers and is PostgreSQL 15 or newer with Unicode text."""
    where = without_password(url)
    try:
        with psycopg.connect(url, connect_timeout=5, application_name="wayloop check") as connection:
            version = connection.info.server_version // 10_000
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error as error:
        lines = str(error).strip().splitlines() or [repr(error)]
        reason = lines[-1].strip().rstrip(".")
        for secret in _passwords(url):
            reason = reason.replace(secret, "***")
        raise OperationError(f"the database {where} cannot be reached: {reason}. Check DATABASE_URL.") from None
    except ValueError:
        raise OperationError("DATABASE_URL must look like postgresql://user:password@host:5432/name.") from None
    if version < OLDEST_VERSION:
        raise OperationError(f"the database {where} is PostgreSQL {version}; Wayloop needs {OLDEST_VERSION} or newer.")
    if encoding != "UTF8":
        raise OperationError(f"the database {where} keeps text as {encoding}; make it with ENCODING 'UTF8'.")


def _passwords(url: str) -> set[str]:
    """The password as it may turn up in a message: as written, or with its escapes resolved."""
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        password = url.rpartition("@")[0].rpartition(":")[2]
    return {password, unquote(password)} - {""}


def without_password(url: str) -> str:
    """The address as people may see it: host and name only."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or 'localhost'}{f':{parts.port}' if parts.port else ''}{Path(parts.path or '/')}"
    except ValueError:
        return "of DATABASE_URL"


@contextmanager
def ended_politely() -> Iterator[None]:
    """Inside the block SIGTERM and a closed terminal raise `SystemExit`, so that what was begun is undone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
