"""A database that is not ours to run: dumped and brought back, all or nothing. The server of this run is foreign."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from wayloop.operations.backup import logical, restoring
from wayloop.operations.backup.choosing import reachable
from wayloop.operations.backup.places import Memory
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.sealing import BackupDamaged, Key
from wayloop.operations.backup.trial import checksums
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home

CANARY = "Оксана Приклад, +380 67 000 00 00"


@contextmanager
def a_database() -> Iterator[str]:
    """The address of an empty database in the server of this run."""
    name = f"test_dump_{secrets.token_hex(4)}"
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="module")
def databases() -> Iterator[tuple[str, str]]:
    """One with rows in it, and an empty one."""
    with ExitStack() as stack:
        full, empty = (stack.enter_context(a_database()) for _ in range(2))
        with psycopg.connect(full) as connection:
            connection.execute("CREATE TABLE django_migrations (id bigserial, app text, name text)")
            connection.execute("INSERT INTO django_migrations (app, name) VALUES ('kernel', '0001_initial')")
            connection.execute("CREATE TABLE words (id bigserial PRIMARY KEY, text text)")
            connection.execute("INSERT INTO words (text) SELECT md5(i::text) FROM generate_series(1, 5000) i")
            connection.execute("INSERT INTO words (text) VALUES (%s)", [CANARY])
        yield full, empty


@pytest.fixture(scope="module")
def dumped(databases: tuple[str, str], make_folder: Callable[[str], Path]) -> tuple[Memory, Repository, Home]:
    home, place = Home(make_folder("dumped") / "home"), Memory()
    home.prepare()
    (home.files / "abcd").write_text(CANARY, encoding="utf-8")
    repository = Repository.make(place, Key.make())
    logical.dump(home, databases[0], repository, zone="Europe/Kyiv")
    return place, repository, home


def sums_of(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        return checksums(connection)


def test_it_comes_back_into_an_empty_database_with_the_files_of_the_home(
    dumped: tuple[Memory, Repository, Home], databases: tuple[str, str], tmp_path: Path
) -> None:
    place, repository, _home = dumped
    full, empty = databases
    base = repository.read_base(repository.bases()[0][2])
    again = Home(tmp_path / "home")
    restored = restoring.restore(repository, again, database_url=empty, tell=lambda _: None)
    assert sums_of(empty) == sums_of(full)
    assert ((again.files / "abcd").read_text(encoding="utf-8"), again.database.exists()) == (CANARY, False)
    assert (restored.moment, restoring.read_mark(again)) == (base.ended, base.ended)
    assert (base.kind, base.migrations, base.zone, reachable(repository)) == (
        "logical",
        ["kernel.0001_initial"],
        "Europe/Kyiv",
        [(base.ended, base.ended)],
    )
    assert CANARY.encode() not in b"".join(place.objects.values())
    assert not any(name.endswith("/working") for name in place.objects)
    # Killed after the rows were in and before that was noted: the same once more, and nothing happens twice.
    (again.run / logical.DUMP).write_bytes(b"what is not read again")
    restoring.restore(repository, again, database_url=empty, tell=lambda _: None)
    assert (sums_of(empty), (again.run / logical.DUMP).exists()) == (sums_of(full), False)
    # And a third time there is a database with something in it.
    with pytest.raises(OperationError, match=r"^the database of DATABASE_URL is not empty: nothing was changed"):
        restoring.restore(repository, Home(tmp_path / "third"), database_url=empty, tell=lambda _: None)
    assert not (tmp_path / "third").exists()


def test_a_damaged_dump_or_one_that_does_not_fit_changes_nothing(
    dumped: tuple[Memory, Repository, Home], tmp_path: Path
) -> None:
    place, repository, _ = dumped
    largest = max(
        (name for name in place.objects if name.startswith("blobs/")), key=lambda name: len(place.objects[name])
    )
    whole = place.objects[largest]
    with a_database() as empty:
        place.objects[largest] = whole[:-1] + bytes([whole[-1] ^ 1])
        with pytest.raises(BackupDamaged, match=rf"^{largest} is damaged in the backup"):
            restoring.restore(repository, Home(tmp_path / "home"), database_url=empty, tell=lambda _: None)
        place.objects[largest] = whole
        # Half a file: what was read until then must not be committed.
        restoring.restore(repository, Home(tmp_path / "home"), database_url=empty, tell=lambda _: None)
        with psycopg.connect(empty) as connection:
            connection.execute("DROP TABLE words, django_migrations")
        half = tmp_path / "half.dump"
        base = repository.read_base(repository.bases()[0][2])
        content = b"".join(
            repository.read_blob(piece.blob)[piece.start : piece.start + piece.length]
            for entry in base.database
            for piece in entry.pieces
        )
        half.write_bytes(content[: len(content) // 2])
        with pytest.raises(OperationError, match=r"^the dump could not be brought in: ") as refused:
            logical.undump(half, empty)
        assert (sums_of(empty), str(refused.value).count("\n")) == ({}, 0)


def test_what_only_some_servers_know_is_left_out() -> None:
    told = (
        b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET client_encoding = 'UTF8';\n"
        b"ALTER TABLE ONLY public.words ALTER COLUMN text SET (pg_attver=26895944);\n"
        b"ALTER TABLE ONLY public.words ALTER COLUMN text SET (n_distinct=5);\n"
    )
    assert logical._understood(told) == (
        b"SET lock_timeout = 0;\nSET client_encoding = 'UTF8';\n"
        b"ALTER TABLE ONLY public.words ALTER COLUMN text SET (n_distinct=5);\n"
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://nobody:secret-word@127.0.0.1:1/none", "could not be backed up"),
    ],
)
def test_a_server_that_is_away_is_told_in_one_line_without_its_password(
    url: str, told: str, dumped: tuple[Memory, Repository, Home]
) -> None:
    _, repository, home = dumped
    before = len(repository.bases())
    with pytest.raises(OperationError, match=told) as refused:
        logical.dump(home, url, repository)
    assert (len(repository.bases()), "secret-word" in str(refused.value), str(refused.value).count("\n")) == (
        before,
        False,
        0,
    )
