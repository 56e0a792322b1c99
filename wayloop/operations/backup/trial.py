"""Whether two databases hold the same: a checksum of every table, taken at one instant."""

from typing import Any

import psycopg
from psycopg import sql

# What is kept for good; unlogged tables are empty after every recovery. Of partitioned tables the parts are looked at.
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
"""
# The text of a row depends on these.
SAME_TEXT = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1"
SUM = "SELECT count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"


def checksums(connection: "psycopg.Connection[Any]") -> dict[str, str]:
    """Rows and checksum of every table, by its name. Call it in a transaction that sees one instant."""
    connection.execute(SAME_TEXT)
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        row = connection.execute(sql.SQL(SUM).format(sql.Identifier(schema, table))).fetchone()
        found[f"{schema}.{table}"] = str(row[0]) if row else ""
    return found


def hold_still(connection: "psycopg.Connection[Any]", *, seconds: float = 2) -> None:
    """Waits until nobody is writing and lets nobody begin, until the transaction of this connection ends.

    Raises `psycopg.errors.LockNotAvailable` after `seconds`; nobody waited longer for us then.
    """
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{int(seconds * 1000)}ms")))
    names = sql.SQL(", ").join(sql.Identifier(*name) for name in connection.execute(TABLES).fetchall())
    connection.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(names))
