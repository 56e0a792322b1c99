"""Writes of the ledger: events are settled in batches, once per message id for ever."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from wayloop.contracts.ledger import EventColumns, EventKind
from wayloop.kernel import clock, registry
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import digest_key
from wayloop.kernel.stream.provenance import provenance_for

FIRST_MONTH = (2000, 1)
# Months beyond this distance share one partition, so that a typing error of a century makes no thousand tables.
MONTHS_AHEAD = 24
# Serialises the making of partitions; any number that no other part uses.
PARTITION_LOCK = 5_201_300

STAGED = (
    "key uuid, handle bigint, subject_id bigint, occurred_at timestamptz, offset_minutes smallint, "
    "location_id bigint, amount bigint, currency text, properties jsonb"
)
STAGED_TYPES = ("uuid", "int8", "int8", "timestamptz", "int2", "int8", "int8", "text", "jsonb")
SETTLE = """
WITH fresh AS (
    INSERT INTO ledger_eventkey (key) SELECT DISTINCT key FROM ledger_incoming ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key
), first AS (
    SELECT DISTINCT ON (key) * FROM ledger_incoming JOIN fresh USING (key) ORDER BY key
)
INSERT INTO ledger_event (epoch, kind, version, handle, subject_kind, subject_id, occurred_at, offset_minutes,
    received_at, channel, location_id, amount, currency, properties, source, batch, is_news, key, cause, depth)
SELECT (SELECT epoch FROM kernel_streamepoch), %(kind)s, %(version)s, handle, %(subject_kind)s, subject_id, occurred_at,
    offset_minutes, %(now)s, %(channel)s, location_id, amount, currency, properties, %(source)s, %(batch)s,
    %(is_news)s, key, %(cause)s, %(depth)s
FROM first ORDER BY occurred_at, key
"""


@transaction.atomic
def record_events(*, columns: EventColumns) -> int:
    """Settles many events of one kind; answers how many were new.

    A message id that is known for its source is left out, however often and whenever it comes again. Raises
    `KeyError` for a kind that is not in the catalogue, and what `provenance_for` raises. Writes a key and a row for
    each new event; needs `ensure_months` to have been called for the months, else rows fall into the partition for the
    rest.
    """
    kind = _kind(columns.kind)
    provenance = provenance_for({kind.name})
    count = len(columns.message_ids)
    stage_rows("ledger_incoming", STAGED, _rows(columns, count), STAGED_TYPES)
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE,
            {
                "kind": kind.name,
                "version": kind.version,
                "subject_kind": columns.subject_kind,
                "now": clock.now(),
                "channel": columns.channel,
                "source": columns.source,
                "batch": columns.batch,
                "is_news": columns.is_news,
                "cause": provenance.cause,
                "depth": provenance.depth,
            },
        )
        return int(cursor.rowcount)


def ensure_months(*, instants: Iterable[datetime]) -> None:
    """Makes the partitions for the months (UTC) of these instants, in a transaction of its own per month.

    Call it outside of long transactions: it locks the table for a moment. Rows that had fallen into the rest move over.
    """
    today = clock.now()
    last = today.year * 12 + today.month - 1 + MONTHS_AHEAD
    months = {moment.astimezone(UTC).year * 12 + moment.astimezone(UTC).month - 1 for moment in instants}
    wanted = {month for month in months if FIRST_MONTH[0] * 12 <= month <= last}
    for month in sorted(wanted - _existing_months()):
        _make_month(month)


def _existing_months() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_event'::regclass")
        names = [name for (name,) in cursor.fetchall()]
    tails = [name.removeprefix("ledger_event_").split("_") for name in names]
    return {int(tail[0]) * 12 + int(tail[1]) - 1 for tail in tails if len(tail) == 2}


@transaction.atomic
def _make_month(month: int) -> None:
    year, index = divmod(month, 12)
    following, next_index = divmod(month + 1, 12)
    name = f"ledger_event_{year}_{index + 1:02d}"
    start = datetime(year, index + 1, 1, tzinfo=UTC)
    end = datetime(following, next_index + 1, 1, tzinfo=UTC)
    names = {"month": sql.Identifier(name), "start": sql.Literal(start), "end": sql.Literal(end)}
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


def _kind(name: str) -> EventKind:
    for kind in registry.offers(EventKind):
        if kind.name == name:
            return kind
    raise KeyError(f"no context offers the event kind {name!r}")


def _rows(columns: EventColumns, count: int) -> Iterable[Sequence[Any]]:
    nothing: Sequence[None] = (None,) * count
    properties = columns.properties or ({},) * count
    return zip(
        (digest_key(columns.source, columns.kind, message_id) for message_id in columns.message_ids),
        columns.handles,
        columns.subject_ids,
        columns.occurred_at,
        columns.offset_minutes,
        columns.location_ids or nothing,
        columns.amounts or nothing,
        columns.currencies or nothing,
        properties,
        strict=True,
    )
