"""Many deliveries at once, as their systems tell of them: written, and moved on by what a newer file tells."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from wayloop.commerce.delivery_events import KINDS, Row, moment_of, move_told, step_told
from wayloop.commerce.enums import DELIVERY_MOVED, DELIVERY_SENT, DeliveryStatus
from wayloop.commerce.services.telling import Offsets, Told, bought_of, tell
from wayloop.contracts.commerce import DeliveryColumns
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows

STAGED = (
    "uuid uuid, earlier uuid, order_id bigint, way text, has_failed boolean, promised_from timestamptz, "
    "promised_to timestamptz, planned_at timestamptz, sent_at timestamptz, ended_at timestamptz, carrier text, "
    "number text, place int"
)
STAGED_TYPES = (
    *("uuid", "uuid", "int8", "text", "bool", "timestamptz", "timestamptz", "timestamptz", "timestamptz"),
    *("timestamptz", "text", "text", "int4"),
)
# A parcel that had no number when it was told of first is the same one with it.
SAME_AS_EARLIER = """
UPDATE commerce_incoming_delivery i SET uuid = f.earlier FROM (
    SELECT DISTINCT ON (i.earlier) i.place, i.earlier
    FROM commerce_incoming_delivery i JOIN commerce_delivery d ON d.uuid = i.earlier
    WHERE i.earlier <> i.uuid AND d.number IN ('', i.number)
        AND NOT EXISTS (SELECT FROM commerce_delivery k WHERE k.uuid = i.uuid)
    ORDER BY i.earlier, i.place
) f WHERE i.place = f.place
"""
STATUS = """
CASE WHEN n.ended_at IS NOT NULL THEN CASE WHEN n.has_failed THEN 'failed' ELSE 'done' END
    WHEN n.sent_at IS NOT NULL THEN 'sent' ELSE {planned} END
"""
TOLD = "order_id, uuid, way, status, planned_at, promised_to, due_at, sent_at, ended_at"
# Steps lead forward, and what is over stays. A promise that a member changed stays too, and one that another import
# has moved already does not come back with the older file.
MOVE_ON = f"""
WITH n AS (SELECT DISTINCT ON (uuid) * FROM commerce_incoming_delivery ORDER BY uuid, place DESC),
known AS (
    SELECT d.*, {STATUS.format(planned="d.status")} AS new_status,
        CASE WHEN n.promised_to IS NULL OR d.by_hand OR EXISTS (SELECT FROM commerce_deliverybefore b
            WHERE b.delivery_id = d.id AND b.promised_to = n.promised_to) THEN d.promised_to ELSE n.promised_to END
            AS new_promise,
        coalesce(d.sent_at, n.sent_at) AS new_sent_at, n.ended_at AS new_ended_at,
        coalesce(nullif(d.carrier, ''), n.carrier) AS new_carrier,
        coalesce(nullif(d.number, ''), n.number) AS new_number
    FROM commerce_delivery d JOIN n ON n.uuid = d.uuid WHERE d.ended_at IS NULL ORDER BY d.id FOR UPDATE OF d
), changed AS (
    SELECT * FROM known WHERE (new_status, new_promise, new_sent_at, new_carrier, new_number)
        IS DISTINCT FROM (status, promised_to, sent_at, carrier, number)
), noted AS (
    INSERT INTO commerce_deliverybefore (batch, delivery_id, status, promised_to, due_at, sent_at, carrier, number,
        after_status, after_promised_to)
    SELECT %(batch)s, id, status, promised_to, due_at, sent_at, carrier, number, new_status, new_promise FROM changed
    ON CONFLICT (batch, delivery_id) DO UPDATE
    SET after_status = excluded.after_status, after_promised_to = excluded.after_promised_to
)
UPDATE commerce_delivery d SET status = c.new_status, promised_to = c.new_promise, sent_at = c.new_sent_at,
    ended_at = c.new_ended_at, carrier = c.new_carrier, number = c.new_number,
    promised_from = CASE WHEN d.promised_from <= c.new_promise THEN d.promised_from END,
    due_at = CASE WHEN c.new_promise IS NOT DISTINCT FROM c.promised_to OR c.due_at < %(now)s THEN c.due_at
        ELSE c.new_promise END
FROM changed c WHERE d.id = c.id
RETURNING {", ".join(f"d.{name}" for name in TOLD.split(", "))}, c.status, c.sent_at,
    c.new_promise IS DISTINCT FROM c.promised_to
"""  # noqa: S608 – our own text
WRITE = f"""
INSERT INTO commerce_delivery (uuid, order_id, way, status, promised_from, promised_to, due_at, planned_at, sent_at,
    ended_at, carrier, number, zone, batch)
SELECT DISTINCT ON (n.uuid) n.uuid, o.id, n.way, {STATUS.format(planned="'planned'")}, n.promised_from, n.promised_to,
    n.promised_to, n.planned_at, n.sent_at, n.ended_at, n.carrier, n.number,
    coalesce(nullif(%(zone)s, ''), z.zone, %(own)s), %(batch)s
FROM commerce_incoming_delivery n JOIN commerce_order o ON o.id = n.order_id
    LEFT JOIN unnest(%(places)s::bigint[], %(zones)s::text[]) z (place, zone) ON z.place = o.location_id
ORDER BY n.uuid, n.place ON CONFLICT (uuid) DO NOTHING RETURNING {TOLD}
"""  # noqa: S608 – our own text


@transaction.atomic
def record_deliveries(*, columns: DeliveryColumns) -> int:
    """Writes many deliveries with all their steps, as their systems tell; answers how many were new.

    Known ones are left as they are. Left out are those of unknown orders, and windows that end before they begin or lie
    outside the years 1970 to 2199.
    """
    _stage(columns)
    return len(_write(columns))


@transaction.atomic
def bring_deliveries(*, columns: DeliveryColumns) -> tuple[list[int], list[int]]:
    """The same of an import; what it tells of known deliveries moves them on, with the events of the steps.

    Answers the order of each that is new, and of each that moved. What a delivery was before is kept for the undo.
    """
    _stage(columns)
    now = clock.now()
    moved = _ask(MOVE_ON, {"batch": columns.batch, "now": now})
    steps: dict[str, list[Told]] = {DELIVERY_MOVED: [], **{kind: [] for kind in KINDS.values()}}
    for row, (*_now, former, sent_at, is_promise) in zip(_rows([values[:-3] for values in moved]), moved, strict=True):
        if is_promise:
            steps[DELIVERY_MOVED].append(move_told(row, now))
        if row.sent_at and not sent_at and former == DeliveryStatus.PLANNED:
            steps[DELIVERY_SENT].append(step_told(row, DeliveryStatus.SENT))
        if row.ended_at:
            status = DeliveryStatus(row.status)
            steps[KINDS[status]].append(step_told(row, status))
    for kind, told in steps.items():
        tell(kind=kind, is_news=columns.is_news, events=told, batch=columns.batch)
    return [row.order.pk for row in _write(columns)], [order for order, *_others in moved]


def tell_deliveries_again(*, deliveries: list[int]) -> None:
    """Tells the ledger of all steps of these; those it knows it leaves out."""
    _tell_all(_rows(_ask(f"SELECT {TOLD} FROM commerce_delivery WHERE id = ANY (%s)", [deliveries])))  # noqa: S608


def _stage(columns: DeliveryColumns) -> None:
    rows = zip(
        columns.keys,
        columns.earlier_keys or columns.keys,
        columns.orders,
        columns.ways,
        columns.have_failed,
        columns.promised_from,
        columns.promised_to,
        columns.planned_at,
        columns.sent_at,
        columns.ended_at,
        columns.carriers,
        columns.numbers,
        range(len(columns.keys)),
        strict=True,
    )
    fitting = (
        row
        for row in rows
        if clock.is_in_our_time(*row[5:7]) and (row[5] is None or row[6] is None or row[5] <= row[6])
    )
    stage_rows("commerce_incoming_delivery", STAGED, fitting, STAGED_TYPES)
    if columns.earlier_keys:
        with connection.cursor() as cursor:
            cursor.execute(SAME_AS_EARLIER)


def _write(columns: DeliveryColumns) -> list[Row]:
    zones, own = Offsets().zones
    values = {
        "zone": columns.zone,
        "own": own,
        "places": list(zones),
        "zones": list(zones.values()),
        "batch": columns.batch,
    }
    rows = _rows(_ask(WRITE, values))
    _tell_all(rows, is_news=columns.is_news, batch=columns.batch)
    return rows


def _rows(found: Sequence[tuple[Any, ...]]) -> list[Row]:
    orders = bought_of(orders=(order for order, *_others in found))
    return [Row(orders[order], *others) for order, *others in found]


def _tell_all(rows: Sequence[Row], *, is_news: bool = False, batch: str = "") -> None:
    """An event for each step these have taken."""
    for status, kind in KINDS.items():
        told = [step_told(row, status) for row in rows if moment_of(row, status)]
        tell(kind=kind, is_news=is_news, events=told, batch=batch)


def _ask(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
