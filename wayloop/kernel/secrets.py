"""Secrets at rest: texts sealed for one place in the database, with keys that lie outside of it.

A sealed text (AES-256-GCM) opens only at the table, column and row it was sealed for, so a stolen or mistaken copy
elsewhere in the database is worth nothing. Keys are files `sealing-key-N` among the secrets of the home; the highest
number seals, all of them open.
"""

import hashlib
import os
import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

VERSION = b"\x01"
NUMBER_BYTES, NONCE_BYTES = 2, 12
HEAD_BYTES = len(VERSION) + NUMBER_BYTES
HIDDEN = "•••"
BATCH = 500
# Longer than any transaction: what was being sealed with the former key when a new one came has been committed.
SETTLING_SECONDS = 600


class SecretUnreadable(Exception):
    """A sealed text does not open here: moved from elsewhere, changed, or its key is gone. Says nothing about it."""

    def __init__(self) -> None:
        super().__init__("a sealed text does not open")


class KeyInUse(Exception):
    """A key cannot be dropped yet; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where a sealed text belongs: the database table, its column, the row's primary key as text."""

    table: str
    column: str
    row: str

    @classmethod
    def of(cls, row: models.Model, column: str) -> "Place":
        """The place in a saved row.

        Raises `ValueError` when the row has no key yet: save it first.
        """
        if row.pk is None:
            raise ValueError("a secret is sealed for a row that has its key; save the row first")
        return cls(row._meta.db_table, column, str(row.pk))

    def as_bytes(self) -> bytes:
        parts = (part.encode() for part in (self.table, self.column, self.row))
        return VERSION + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class Secret:
    """An opened secret. Printing, logging or serialising it shows nothing; `reveal` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not serialised")


class Sealed(bytes):
    """A sealed text as it lies in the database."""

    def __repr__(self) -> str:
        return f"<sealed {HIDDEN}>"

    __str__ = __repr__

    @property
    def key_number(self) -> int:
        """The number of the key it was sealed with."""
        return int.from_bytes(self[len(VERSION) : HEAD_BYTES], "big")


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # not generic at run time
    """A column of sealed texts. Gives `Sealed`; `unseal` opens it."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))


class Home(Protocol):
    """What the keys need of the home."""

    secrets: Path

    def secret(self, name: str) -> str:
        """The secret of this name, made when there is none."""
        ...

    def read_secret(self, name: str) -> str | None:
        """The secret of this name, or None."""
        ...


def seal(text: str, place: Place) -> Sealed:
    """Seals a text for one place with the newest key."""
    number = max(key_numbers(), default=1)
    head = VERSION + number.to_bytes(NUMBER_BYTES, "big")
    nonce = os.urandom(NONCE_BYTES)
    return Sealed(head + nonce + AESGCM(_key(number, make=True)).encrypt(nonce, text.encode(), head + place.as_bytes()))


def unseal(sealed: bytes, place: Place) -> Secret:
    """Opens a sealed text at its place.

    Raises `SecretUnreadable`.
    """
    raw = bytes(sealed)
    head, nonce, rest = raw[:HEAD_BYTES], raw[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], raw[HEAD_BYTES + NONCE_BYTES :]
    if head[: len(VERSION)] != VERSION or len(nonce) < NONCE_BYTES:
        raise SecretUnreadable
    try:
        opened = AESGCM(_key(Sealed(raw).key_number)).decrypt(nonce, rest, head + place.as_bytes())
    except InvalidTag:
        raise SecretUnreadable from None
    return Secret(opened.decode())


def keyed_digests(purpose: str, texts: Sequence[Sequence[str]]) -> list[uuid.UUID]:
    """A 128-bit digest of each text (given in its parts) that nobody can guess back without the key in the home.

    The same parts and purpose give the same digest for as long as the home keeps `digest-key`; it is never rotated,
    since what stands in the database could not be made anew. Of phones and e-mails a plain hash could be tried out.
    """
    key = _derived(_home().secret("digest-key"), b"wayloop digests " + purpose.encode())
    digests = []
    for parts in texts:
        digest = hashlib.blake2b(digest_size=16, key=key)
        for part in parts:
            raw = part.encode()
            digest.update(len(raw).to_bytes(4, "big") + raw)
        digests.append(uuid.UUID(bytes=digest.digest()))
    return digests


def key_numbers() -> list[int]:
    """The numbers of the keys that exist, oldest first."""
    names = (
        re.fullmatch(r"sealing-key-([1-9][0-9]{0,3})", path.name) for path in _home().secrets.glob("sealing-key-*")
    )
    return sorted(int(found[1]) for found in names if found)


def add_key() -> int:
    """Makes a new key, which seals from now on; answers its number. Old texts stay readable with theirs."""
    number = max(key_numbers(), default=0) + 1
    _key(number, make=True)
    return number


def reseal(model: type[models.Model], column: str, *, after: Any = None, limit: int = BATCH) -> Any:
    """Seals up to `limit` rows of a column with the newest key, in one transaction.

    Rows come by primary key, those behind `after` only. Answers the last key looked at, or None when there are no more.
    Raises `SecretUnreadable` when a row does not open; nothing of the batch is changed then.
    """
    newest = max(key_numbers(), default=1)
    with transaction.atomic():
        rows = model._default_manager.select_for_update().order_by("pk")
        batch = list((rows if after is None else rows.filter(pk__gt=after)).only("pk", column)[:limit])
        for row in batch:
            sealed = getattr(row, column)
            if sealed and sealed.key_number != newest:
                place = Place.of(row, column)
                setattr(row, column, seal(unseal(sealed, place).reveal(), place))
                row.save(update_fields=[column])
    return batch[-1].pk if batch else None


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Every column of sealed texts in this installation."""
    return [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedField)
    ]


def keys_in_use() -> dict[int, str]:
    """The number of each key that seals something, and a table in which it does. One look at each sealed column."""
    found: dict[int, str] = {}
    for model, column in sealed_columns():
        name = next(str(field.column) for field in model._meta.local_concrete_fields if field.attname == column)
        statement = sql.SQL("SELECT DISTINCT substring({column} FROM 1 FOR {size}) FROM {table} WHERE {column} <> ''")
        parts = {"column": sql.Identifier(name), "table": sql.Identifier(model._meta.db_table)}
        with connection.cursor() as cursor:
            cursor.execute(statement.format(size=sql.Literal(HEAD_BYTES), **parts))
            found |= {Sealed(bytes(head)).key_number: model._meta.db_table for (head,) in cursor.fetchall()}
    return found


def rotate() -> int:
    """Makes a new key and seals everything with it, in batches; answers the new number.

    May be called again after it was interrupted. The former keys stay until `drop_key`.
    """
    number = add_key()
    for model, column in sealed_columns():
        after = reseal(model, column)
        while after is not None:
            after = reseal(model, column, after=after)
    return number


def drop_key(number: int) -> None:
    """Removes a key for good.

    Raises `KeyInUse` for the newest key, for one that still seals something, and within ten minutes after a newer one
    was made.
    """
    numbers = key_numbers()
    if number not in numbers or number == numbers[-1]:
        raise KeyInUse(f"key {number} is the newest one, or there is no such key")
    if time.time() - (_home().secrets / f"sealing-key-{numbers[-1]}").stat().st_mtime < SETTLING_SECONDS:
        raise KeyInUse("the newest key is less than ten minutes old; transactions may still use the former one")
    if number in (used := keys_in_use()):
        raise KeyInUse(f"key {number} still seals rows of {used[number]}; rotate first")
    (_home().secrets / f"sealing-key-{number}").unlink()


def _home() -> Home:
    home: Home = settings.HOME
    return home


def _key(number: int, *, make: bool = False) -> bytes:
    name = f"sealing-key-{number}"
    text = _home().secret(name) if make else _home().read_secret(name)
    if not text:
        raise SecretUnreadable
    return _derived(text, b"wayloop sealing")


def _derived(secret: str, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
