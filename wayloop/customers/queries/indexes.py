"""Which indexes of traits exist, straight from the database's own catalogue."""

from django.db import connection

PREFIX = "customers_trait_"
EXISTING = """
SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'customers_card'::regclass AND starts_with(c.relname, %s)
"""


def index_name(trait_id: int) -> str:
    """The name of the index of one trait."""
    return f"{PREFIX}{trait_id}"


def existing_indexes() -> dict[str, bool]:
    """Name → whether it is complete and used; one that is being made, or whose making was killed, is not."""
    with connection.cursor() as cursor:
        cursor.execute(EXISTING, [PREFIX])
        return dict(cursor.fetchall())
