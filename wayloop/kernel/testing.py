"""What tests ask of the mechanisms."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from wayloop.kernel import registry
from wayloop.kernel.stream import facts


def announced(kind: str) -> list[Any]:
    """The facts of a kind that this database was told, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, payload FROM kernel_fact WHERE kind = %s ORDER BY id", [kind])
        rows = cursor.fetchall()
    return [facts.decode(kind, version, json.loads(text) if isinstance(text, str) else text) for version, text in rows]


@contextmanager
def offered_instead(kind: type[Any], items: Sequence[Any]) -> Iterator[None]:
    """Inside the block these and no others are offered under `kind`; afterwards those from before are."""
    before = registry._items[kind]
    registry._items[kind] = list(items)
    try:
        yield
    finally:
        registry._items[kind] = before
