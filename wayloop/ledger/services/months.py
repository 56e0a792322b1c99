"""The partitions of the ledger: one for each month (UTC) in which something happened."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from psycopg import sql

from wayloop.kernel import clock
from wayloop.ledger.months import month_of, partition_of, start_of

# Months beyond this distance share one partition, so that a typing error of a century makes no thousand tables.
MONTHS_AHEAD = 24
# Serialises the making of partitions; any number that no other part uses.
PARTITION_LOCK = 5_201_300
# What happens now needs its month before it begins; nobody who records an event waits for a partition.
PREPARED = timedelta(days=62)


def ensure_months(*, instants: Iterable[datetime]) -> None:
    """Makes the partitions for the months (UTC) of these instants, in a transaction of its own per month.

    Call it outside of long transactions: it locks the table for a moment. Rows that had fallen into the rest move over.
    """
    last = month_of(clock.now()) + MONTHS_AHEAD
    wanted = {month for month in map(month_of, instants) if 0 <= month <= last}
    for month in sorted(wanted - _existing_months()):
        _make_month(month)


def prepare_months(*, days: timedelta = PREPARED) -> None:
    """Makes the partitions for now and the time ahead."""
    now = clock.now()
    ensure_months(instants=[now + timedelta(days=step) for step in range(0, days.days + 1, 28)] + [now + days])


def _existing_months() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_event'::regclass")
        names = [name for (name,) in cursor.fetchall()]
    tails = [name.removeprefix("ledger_event_").split("_") for name in names]
    return {month_of(datetime(int(tail[0]), int(tail[1]), 1, tzinfo=UTC)) for tail in tails if len(tail) == 2}


@transaction.atomic
def _make_month(month: int) -> None:
    name = partition_of(month)
    names = {
        "month": sql.Identifier(name),
        "start": sql.Literal(start_of(month)),
        "end": sql.Literal(start_of(month + 1)),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PARTITION_LOCK])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone() == (True,):
            return
        cursor.execute("SET LOCAL wayloop.ledger_change = 'allowed'")
        cursor.execute(
            sql.SQL(
                "CREATE TABLE {month} (LIKE ledger_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS);"
                "WITH moved AS (DELETE FROM ledger_event_rest WHERE occurred_at >= {start} AND occurred_at < {end}"
                " RETURNING *) INSERT INTO {month} SELECT * FROM moved;"
                "ALTER TABLE ledger_event ATTACH PARTITION {month} FOR VALUES FROM ({start}) TO ({end})"
            ).format(**names)
        )
        cursor.execute("SET LOCAL wayloop.ledger_change = ''")
