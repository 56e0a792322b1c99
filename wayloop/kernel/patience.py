"""Reads that may give up: what the planner hopes to find at once and does not, is asked for in another way."""

import time
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

Row = tuple[Any, ...]
KEPT_SECONDS = 60
_known: dict[str, tuple[float, float]] = {}


def fetch_within(milliseconds: int, statement: str, values: Mapping[str, Any]) -> list[Row] | None:
    """All rows of a SELECT of our own, or None when the database has not finished by then.

    `statement` is never built from input; values are bound. The caller's transaction goes on whatever happens.
    """
    is_inside = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
                [str(milliseconds)],
            )
            (before, _now) = cursor.fetchone() or ("0", "")
            cursor.execute(statement, values)
            rows: list[Row] = cursor.fetchall()
            if is_inside:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
            return rows
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


def is_large(table: str, *, rows: int = 50_000) -> bool:
    """Whether a table has, by the last count of the database, more rows than anything done to it is quick for.

    A table grows slowly: each process asks the database once a minute.
    """
    told_at, known = _known.get(table, (float("-inf"), 0.0))
    if time.monotonic() - told_at > KEPT_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce((SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)), 0)", [table])
            (known,) = cursor.fetchone() or (0.0,)
        _known[table] = (time.monotonic(), known)
    return known > rows
