"""Set-based writes: many rows in one COPY, then one statement. Never a query per row."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from psycopg import sql


def copy_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None
) -> None:
    """Writes rows into `table` by COPY inside the caller's transaction.

    `types`: PostgreSQL type names of the columns; when given, the rows travel in binary form. Names are quoted as
    identifiers. Raises Django's `DatabaseError` kinds, as when a row breaks a constraint.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN{}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(" (FORMAT binary)" if types else ""),
    )
    # COPY goes past Django's cursor, which would make the driver's errors its own.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        if types:
            copy.set_types(list(types))
        for row in rows:
            copy.write_row(row)


def stage_rows(name: str, definition: str, rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None) -> None:
    """Fills the temporary table `name` with these rows; they live until the end of the transaction.

    `definition` is our own text, always the same for a name, for example "code text, amount bigint"; the order of its
    columns is that of the rows. The empty table stays with the connection: making one anew for each batch costs more
    than the batch.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("stage_rows needs a transaction: its rows live as long as that")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [f"pg_temp.{name}"])
        table = sql.Identifier(name)
        if cursor.fetchone() == (True,):
            statement = sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DELETE ROWS")
            cursor.execute(statement.format(table, sql.SQL(definition)))
        else:
            cursor.execute(sql.SQL("DELETE FROM {}").format(table))
    columns = [part.split()[0] for part in definition.split(", ")]
    copy_rows(name, columns, rows, types)
