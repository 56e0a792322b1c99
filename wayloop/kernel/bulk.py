"""Set-based writes: many rows in one COPY, then one statement. Never a query per row."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from django.db import connection, transaction
from psycopg import sql

if TYPE_CHECKING:
    import pyarrow as pa


# Connection → the temporary tables it surely has: asking for each of them, each time, costs as much as a small batch.
_MADE: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


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


def gather_statistics() -> None:
    """Has PostgreSQL look at all tables now. After many rows came in at once: until it looks by itself, which may take
    minutes, it plans as for empty tables, and a page of seconds takes minutes. Takes seconds, also of large tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copy_table(table: str, columns: "pa.Table") -> None:
    """Writes an Arrow table into `table`, by the names of its columns, as `copy_rows` would.

    No value becomes one of Python: a tenth of the time.
    """
    from pyarrow import BufferOutputStream, csv  # slow import: no page needs it

    out = BufferOutputStream()
    # Only what is quoted can be an empty text: NULL is nothing at all.
    csv.write_csv(columns, out, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns.column_names))
    )
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(out.getvalue().to_pybytes())


def stage_rows(name: str, definition: str, rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None) -> None:
    """Fills the temporary table `name` with these rows; they live until the end of the transaction.

    `definition` is our own text, always the same for a name, for example "code text, amount bigint"; the order of its
    columns is that of the rows. The empty table stays with the connection: making one anew for each batch costs more
    than the batch.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("stage_rows needs a transaction: its rows live as long as that")
    made = _MADE.setdefault(connection.connection, set())
    with connection.cursor() as cursor:
        table = sql.Identifier(name)
        is_here = name in made
        if not is_here:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"pg_temp.{name}"])
            is_here = cursor.fetchone() == (True,)
            # What is made here goes again when the transaction is rolled back.
            transaction.on_commit(lambda: made.add(name))
        if is_here:
            cursor.execute(sql.SQL("DELETE FROM {}").format(table))
        else:
            statement = sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DELETE ROWS")
            cursor.execute(statement.format(table, sql.SQL(definition)))
    columns = [part.split()[0] for part in definition.split(", ")]
    copy_rows(name, columns, rows, types)
