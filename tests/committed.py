"""Tests whose transactions really end, and comparisons of whole tables. A pytest plugin.

Django's own way would empty the tables and leave out what migrations have put there; the next test would miss it.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.databases import Databases

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
# What does not change with the business: Django's own, jobs, sign-ins, and who looked at what.
APART = (
    "django_", "auth_", "procrastinate_", "account_", "kernel_cache", "accounts_membersession", "accounts_auditentry",
)  # fmt: skip
Fingerprints = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Databases to copy from."""
    made = Databases()
    yield made
    made.drop()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, databases: Databases, django_db_blocker: Any) -> Iterator[None]:
    """The database of this worker: a copy, because migrating one for each takes longer than most tests together."""
    with django_db_blocker.unblock():
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = databases.copy("empty")
        with connection.cursor() as cursor:
            # A copy would be taken for a database that has moved.
            cursor.execute("UPDATE kernel_streamepoch SET place = ''")
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which transactions end for good; afterwards it is as migrations left it."""
    with real_transactions(django_db_blocker):
        yield


@contextlib.contextmanager
def real_transactions(django_db_blocker: Any) -> Iterator[None]:
    """The same for fixtures that live longer than one test."""
    with django_db_blocker.unblock():
        assert str(connection.settings_dict["NAME"]).startswith("test_"), (
            "real transactions belong into a test database"
        )
        kept = {table: _copy_out(table) for table in _filled(_tables())}
        try:
            yield
        finally:
            connection.close()
            _restore(kept)
            connection.close()
            _forget_versions()


def _forget_versions() -> None:
    """Versions of surveys are kept in memory by their number, and numbers begin anew."""
    from wayloop.surveys import standing  # the plug-in is loaded before the apps are

    standing._version.cache_clear()


@pytest.fixture
def fingerprints() -> Fingerprints:
    """Table → a hash of its rows, for all tables but Django's own and those whose names begin with `without`."""
    return take_fingerprints


def take_fingerprints(*, without: Iterable[str] = ()) -> dict[str, str]:
    """See the fixture of nearly the same name."""
    taken = {}
    with connection.cursor() as cursor:
        for table in _tables():
            if not table.startswith((*APART, *without)):
                cursor.execute(
                    "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) "  # noqa: S608
                    f'FROM "{table}" t'
                )
                (taken[table],) = cursor.fetchone()
    return taken


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data sets that are not part of the repository; without it the test is skipped, in CI it fails."""
    if not SHARED_DATA.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("shared data absent")
        pytest.skip("not run: shared data absent")
    return SHARED_DATA


def _tables() -> list[str]:
    """Ordinary tables and partitions, but not the partitioned ones, whose rows lie in their parts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def _filled(tables: Sequence[str]) -> list[str]:
    """Those of the tables that have rows, asked at once."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables))  # noqa: S608
        return [table for (table,) in cursor.fetchall()]


def _copy_out(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def _restore(kept: dict[str, bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_event'::regclass")
        for (month,) in cursor.fetchall():
            if month not in ("ledger_event_past", "ledger_event_rest"):
                cursor.execute(f'DROP TABLE "{month}"')
        filled = [table for table in _filled(_tables()) if table not in kept]
        changed = [table for table, rows in kept.items() if _copy_out(table) != rows]
        if not filled and not changed:
            return
        names = ", ".join(f'"{table}"' for table in filled + changed)
        # The audit trail refuses to be emptied; here it is made anew.
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER accounts_auditentry_never_emptied")
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER accounts_auditentry_never_emptied")
        still_filled = set(_filled(list(kept)))
        for table, rows in kept.items():
            if table not in still_filled:
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
                _count_on(cursor, table)


def _count_on(cursor: Any, table: str) -> None:
    """The next id of a table follows those of the rows that were put back."""
    cursor.execute(
        "SELECT a.attname, pg_get_serial_sequence(%s, a.attname) FROM pg_attribute a"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped"
        " AND pg_get_serial_sequence(%s, a.attname) IS NOT NULL",
        [f'"{table}"'] * 3,
    )
    for column, sequence in cursor.fetchall():
        cursor.execute(f'SELECT setval(%s, (SELECT max("{column}") FROM "{table}"))', [sequence])  # noqa: S608
