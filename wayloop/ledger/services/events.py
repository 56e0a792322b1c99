"""Events are settled in batches, once per message id for ever; a correction takes the place of an earlier one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from wayloop.contracts.ledger import EventColumns, EventKind, EventRefs
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import digest_key
from wayloop.kernel.stream.provenance import provenance_for
from wayloop.ledger.catalogue import kind_named
from wayloop.ledger.rules import EventRefused, Schema

STAGED = (
    "key uuid, handle bigint, subject_id bigint, occurred_at timestamptz, offset_minutes smallint, "
    "location_id bigint, brand_id bigint, product_id bigint, amount bigint, currency text, properties jsonb, "
    "corrects bigint"
)
STAGED_TYPES = (
    "uuid", "int8", "int8", "timestamptz", "int2", "int8", "int8", "int8", "int8", "text", "jsonb", "int8",
)  # fmt: skip
# One statement: which keys are new, their rows, the months their people were active in, the journal of the batch, and
# what the new ones take the place of.
SETTLE = """
WITH fresh AS (
    INSERT INTO ledger_eventkey (key) SELECT DISTINCT key FROM ledger_incoming ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key
), first AS (
    SELECT DISTINCT ON (key) * FROM ledger_incoming JOIN fresh USING (key) ORDER BY key
), written AS (
    INSERT INTO ledger_event (epoch, kind, version, handle, subject_kind, subject_id, occurred_at, offset_minutes,
        received_at, channel, location_id, brand_id, product_id, amount, currency, properties, source, batch, is_news,
        corrects, key, cause, depth)
    SELECT (SELECT epoch FROM kernel_streamepoch), %(kind)s, %(version)s, handle, %(subject_kind)s, subject_id,
        occurred_at, offset_minutes, %(now)s, %(channel)s, location_id, brand_id, product_id, amount, currency,
        properties, %(source)s, %(batch)s, %(is_news)s, corrects, key, %(cause)s, %(depth)s
    FROM first ORDER BY occurred_at, key
    RETURNING id, epoch, handle, occurred_at, corrects
), noted AS (
    INSERT INTO ledger_batch (batch, epoch, xid, events)
    SELECT %(batch)s, epoch, pg_current_xact_id(), count(*) FROM written WHERE %(batch)s <> '' GROUP BY epoch
    ON CONFLICT (batch, epoch, xid) DO UPDATE SET events = ledger_batch.events + excluded.events
), month AS (
    SELECT DISTINCT handle, (extract(year FROM occurred_at AT TIME ZONE 'UTC')::int * 12 - 24000
        + extract(month FROM occurred_at AT TIME ZONE 'UTC')::int - 1) AS month FROM written
), active AS (
    -- Only those who were not active in the month yet: an upsert that changes nothing would lock the row all the same.
    INSERT INTO ledger_seen (handle, months)
    SELECT m.handle, array_agg(m.month ORDER BY m.month DESC) FROM month m
    LEFT JOIN ledger_seen s ON s.handle = m.handle AND s.months @> ARRAY[m.month]
    WHERE s.handle IS NULL GROUP BY m.handle ORDER BY m.handle
    ON CONFLICT (handle) DO UPDATE SET months =
        ARRAY(SELECT DISTINCT unnest(ledger_seen.months || excluded.months) AS month ORDER BY month DESC)
), replaced AS (
    INSERT INTO ledger_void (event_id, handle, occurred_at, by_id, by_handle, by_at, is_retraction)
    SELECT h.id, h.handle, h.occurred_at, w.id, w.handle, w.occurred_at, false
    FROM written w JOIN ledger_head h ON h.id = w.corrects
)
SELECT count(*) FROM written
"""
LOCATED = "place int, key uuid, handle bigint, occurred_at timestamptz"
# The rows that were recorded under these keys, and the ones that stand in their place today.
HEADS = """
WITH RECURSIVE chain AS (
    SELECT l.place, e.id, e.handle, e.occurred_at FROM ledger_located l
    JOIN ledger_event e ON e.handle = l.handle AND e.occurred_at = l.occurred_at AND e.key = l.key
    UNION ALL
    SELECT c.place, v.by_id, v.by_handle, v.by_at FROM chain c
    JOIN ledger_void v ON v.event_id = c.id AND NOT v.is_retraction
)
SELECT c.place, c.id, c.handle, c.occurred_at FROM chain c
WHERE NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = c.id) ORDER BY c.place
"""
LOCK = "SELECT 1 FROM ledger_seen WHERE handle = ANY (%s) ORDER BY handle FOR UPDATE"
HEAD = "id bigint, handle bigint, occurred_at timestamptz"
Head = tuple[int, int, datetime]


@transaction.atomic
def record_events(*, columns: EventColumns) -> int:
    """Settles many events of one kind; answers how many were new.

    A message id that is known for its source is left out, however often and whenever it comes again. Raises
    `KeyError` for a kind that is not in the catalogue, `EventRefused` for properties the kind does not have or of
    another type, and what `provenance_for` raises. Writes a key and a row for each new event; rows of months without
    a partition (`ensure_months`) fall into the one for the rest until there is one.
    """
    return _settle(columns, heads=None)


@transaction.atomic
def correct_events(*, columns: EventColumns, former: EventRefs) -> int:
    """Records events that take the place of earlier ones, pairwise; answers how many were new.

    The new rows point to those they correct and have message ids of their own. An event that was corrected before is
    corrected again. The same call again changes nothing. Raises `EventRefused` when an earlier event is not known or
    was taken back, or when the columns name a batch: what an import brings are events, never corrections, because its
    undo could not tell what to give back.
    """
    if columns.batch:
        raise EventRefused("a correction belongs to no batch")
    known = _known_keys(_keys(columns))
    fresh = [place for place, key in enumerate(_keys(columns)) if key not in known]
    if not fresh:
        return 0
    heads = locate(refs=former)
    lost = [former.message_ids[place] for place in fresh if place not in heads]
    if lost:
        raise EventRefused(f"{len(lost)} events to correct are not known, or were taken back")
    return _settle(columns, heads=[heads.get(place) for place in range(len(columns.message_ids))])


def known_messages(*, source: str, kind: str, message_ids: Sequence[str]) -> set[str]:
    """Those of the message ids that are settled already for their source and kind."""
    keys = {digest_key(source, kind, message_id): message_id for message_id in message_ids}
    return {keys[key] for key in _known_keys(list(keys))}


def locate(*, refs: EventRefs) -> dict[int, Head]:
    """Place in the columns → id, handle and time of the live event that stands there today; unknown ones are left out.

    Locks the people's rows, so that nobody corrects or takes back the same events before the transaction ends.
    """
    rows = zip(
        range(len(refs.message_ids)),
        (digest_key(refs.source, refs.kind, message_id) for message_id in refs.message_ids),
        refs.handles,
        refs.occurred_at,
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(set(refs.handles))])
        stage_rows("ledger_located", LOCATED, rows, ("int4", "uuid", "int8", "timestamptz"))
        cursor.execute(HEADS)
        return {place: (event, handle, moment) for place, event, handle, moment in cursor.fetchall()}


def _settle(columns: EventColumns, *, heads: Sequence[Head | None] | None) -> int:
    kind = kind_named(columns.kind)
    provenance = provenance_for({kind.name})
    stage_rows("ledger_head", HEAD, {head for head in heads or () if head}, ("int8", "int8", "timestamptz"))
    stage_rows("ledger_incoming", STAGED, _rows(kind, columns, heads), STAGED_TYPES)
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
        (written,) = cursor.fetchone()
    return int(written)


def _known_keys(keys: Sequence[Any]) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM ledger_eventkey WHERE key = ANY (%s)", [list(keys)])
        return {key for (key,) in cursor.fetchall()}


def _keys(columns: EventColumns) -> list[Any]:
    return [digest_key(columns.source, columns.kind, message_id) for message_id in columns.message_ids]


@cache
def _schema(name: str, version: int, kind_id: int) -> Schema:
    return Schema(kind_named(name))


def _rows(kind: EventKind, columns: EventColumns, heads: Sequence[Head | None] | None) -> Iterable[Sequence[Any]]:
    count = len(columns.message_ids)
    nothing: Sequence[None] = (None,) * count
    encode = _schema(kind.name, kind.version, id(kind)).encode
    return zip(
        _keys(columns),
        columns.handles,
        columns.subject_ids,
        columns.occurred_at,
        columns.offset_minutes,
        columns.location_ids or nothing,
        columns.brand_ids or nothing,
        columns.product_ids or nothing,
        columns.amounts or nothing,
        columns.currencies or nothing,
        map(encode, columns.properties or ({},) * count),
        [head and head[0] for head in heads] if heads else nothing,
        strict=True,
    )
