"""What an import brought goes away again, in steps; what people have built on it since stays.

What stays no longer belongs to the import, and is noted with the reason. The undo of the ledger knows nothing of that
and takes all events of the import back, so a last step tells those of what stays anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from wayloop.commerce.enums import AGREEMENT_DATES, ORDER_PLACED
from wayloop.commerce.models import Kept
from wayloop.commerce.services.delivery_columns import tell_deliveries_again
from wayloop.commerce.services.products import restore_products
from wayloop.commerce.services.settling import lock_orders, settle_orders
from wayloop.commerce.services.statuses import tell_steps_again
from wayloop.contracts.ledger import EventColumns
from wayloop.kernel.due.table import cancel
from wayloop.ledger import api as ledger

# An order has a line or two, a payment and its entries in half a dozen indexes.
ROWS_OF_AN_ORDER = 4
PAYMENTS = """
DELETE FROM commerce_payment WHERE id IN (SELECT id FROM commerce_payment WHERE batch = %(batch)s LIMIT %(limit)s)
RETURNING order_id
"""
# A delivery as it was before, unless it has gone further since; a promise, unless it was changed since.
MOVES = """
WITH mine AS (SELECT * FROM commerce_deliverybefore WHERE batch = %(batch)s ORDER BY id LIMIT %(limit)s),
back AS (
    UPDATE commerce_delivery d SET status = s.status, sent_at = s.sent_at, ended_at = NULL, carrier = s.carrier,
        number = s.number,
        promised_to = CASE WHEN d.promised_to IS DISTINCT FROM s.after_promised_to THEN d.promised_to
            WHEN d.promised_from > s.promised_to THEN d.promised_to ELSE s.promised_to END,
        due_at = CASE WHEN d.promised_to IS DISTINCT FROM s.after_promised_to THEN d.due_at ELSE s.due_at END
    FROM mine s WHERE d.id = s.delivery_id AND d.status = s.after_status RETURNING d.id
), kept AS (
    INSERT INTO commerce_kept (batch, what, row, is_told) SELECT %(batch)s, 'delivery', delivery_id, false FROM mine
    WHERE delivery_id NOT IN (SELECT id FROM back) ON CONFLICT DO NOTHING
)
DELETE FROM commerce_deliverybefore WHERE id IN (SELECT id FROM mine)
"""
# A member or another import moved it on.
MOVED_SINCE = """
SELECT id AS delivery_id FROM commerce_delivery WHERE id = ANY (%(some)s) AND by_hand
UNION SELECT delivery_id FROM commerce_deliverybefore WHERE delivery_id = ANY (%(some)s)
"""
STEPS_BACK = """
UPDATE commerce_order o SET status = s.former FROM commerce_statuschange s
WHERE s.id = ANY (%(some)s) AND o.id = s.order_id AND s.taken_back_at IS NULL AND o.status = s.status
"""
FURTHER = """
SELECT s.id FROM commerce_statuschange s WHERE s.id = ANY (%(some)s) AND s.taken_back_at IS NULL AND EXISTS (
    SELECT FROM commerce_statuschange l WHERE l.order_id = s.order_id AND l.id > s.id AND l.taken_back_at IS NULL)
"""
# Locked in the order in which everybody locks orders.
SOME = """
SELECT id FROM commerce_{table} WHERE id IN (SELECT id FROM commerce_{table} WHERE batch = %(batch)s LIMIT %(limit)s)
ORDER BY id FOR UPDATE
"""
# A step a member took, money or a delivery that came from elsewhere, something of it that another import gave back.
BUILT_ON = """
SELECT order_id FROM commerce_statuschange WHERE order_id = ANY (%(some)s)
UNION SELECT order_id FROM commerce_payment WHERE order_id = ANY (%(some)s) AND (is_told OR by IS NOT NULL)
UNION SELECT order_id FROM commerce_delivery WHERE order_id = ANY (%(some)s)
UNION SELECT order_id FROM commerce_return WHERE order_id = ANY (%(some)s)
"""
OF_ORDERS = (
    "DELETE FROM commerce_payment WHERE order_id = ANY (%s)",
    "UPDATE commerce_cart SET order_id = NULL WHERE order_id = ANY (%s)",
    "DELETE FROM commerce_orderline WHERE order_id = ANY (%s)",
    "DELETE FROM commerce_order WHERE id = ANY (%s)",
)
OF_RETURNS = (
    "DELETE FROM commerce_returnline WHERE back_id = ANY (%s)",
    "DELETE FROM commerce_return WHERE id = ANY (%s)",
)
SOLD = """
SELECT product_id FROM commerce_orderline WHERE product_id = ANY (%(some)s)
UNION SELECT product_id FROM commerce_returnline WHERE product_id = ANY (%(some)s)
UNION SELECT product_id FROM commerce_cartline WHERE product_id = ANY (%(some)s)
UNION SELECT product_id FROM commerce_agreement WHERE product_id = ANY (%(some)s)
UNION SELECT product_id FROM commerce_job WHERE product_id = ANY (%(some)s)
"""
GO_ON = """
SELECT agreement_id FROM commerce_agreementstep WHERE agreement_id = ANY (%(some)s) AND member_id IS NOT NULL
UNION SELECT agreement_id FROM commerce_agreementdocument WHERE agreement_id = ANY (%(some)s)
"""
OF_AGREEMENTS = (
    "DELETE FROM commerce_agreementstep WHERE agreement_id = ANY (%s)",
    "DELETE FROM commerce_agreement WHERE id = ANY (%s)",
)
TO_TELL = """
SELECT id, source, number, handle, happened_at, offset_minutes, channel, location_id, currency, total, line_count
FROM commerce_order WHERE id = ANY (%s) AND handle IS NOT NULL ORDER BY source, channel, id
"""
KEEP = """
INSERT INTO commerce_kept (batch, what, row, is_told) SELECT %s, %s, unnest(%s::bigint[]), false ON CONFLICT DO NOTHING
"""
ORDER, DELIVERY, STEP, PRODUCT, AGREEMENT = "order", "delivery", "step", "product", "agreement"
# Where they lie, when the table has another name.
TABLES = {STEP: "statuschange"}


@transaction.atomic
def undo_batch_step(*, batch: str, limit: int) -> int:
    """Takes back about `limit` rows of what an import brought into commerce; answers how many, 0 when it is through.

    Orders go with their lines and what was paid on the spot; other orders are settled anew where money or goods of
    theirs went, and have the status again that they had. Left, and no longer part of the import, are orders somebody
    has worked on since (a status, money, a delivery, a return that came from elsewhere), deliveries and statuses that
    have gone further since, products that something else mentions, and agreements a member has changed or added papers
    to. All of these are noted: see `kept_rows`.
    """
    for take in (_payments, _moves, _deliveries, _steps, _returns, _orders, _agreements, _changed_products, _products):
        if taken := take(batch, limit):
            return taken
    return 0


@transaction.atomic
def tell_kept_step(*, batch: str, limit: int) -> int:
    """Tells the ledger anew of what stays although its import was undone; answers how many rows that were.

    For the time after the ledger has taken the events of the import back.
    """
    kept = list(Kept.objects.filter(batch=batch, is_told=False).order_by("id")[:limit])
    rows: dict[str, list[int]] = defaultdict(list)
    for one in kept:
        rows[one.what].append(one.row)
    _tell_orders(rows[ORDER])
    tell_deliveries_again(deliveries=rows[DELIVERY])
    tell_steps_again(steps=rows[STEP])
    Kept.objects.filter(id__in=[one.pk for one in kept]).update(is_told=True)
    return len(kept)


def _tell_orders(orders: Sequence[int]) -> None:
    rows = _ask(TO_TELL, [list(orders)])
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault((row[1], row[6]), []).append(row)
    for (source, channel), mine in groups.items():
        columns = list(zip(*mine, strict=True))
        ledger.record_events(
            columns=EventColumns(
                kind=ORDER_PLACED,
                source=source,
                is_news=False,
                subject_kind="order",
                subject_ids=columns[0],
                message_ids=columns[2],
                handles=columns[3],
                occurred_at=columns[4],
                offset_minutes=columns[5],
                channel=channel,
                location_ids=columns[7],
                currencies=columns[8],
                amounts=columns[9],
                properties=[{"number": row[2], "lines": row[10]} for row in mine],
            )
        )


def _payments(batch: str, limit: int) -> int:
    orders = [order for (order,) in _ask(PAYMENTS, {"batch": batch, "limit": limit})]
    settle_orders(orders=orders)
    return len(orders)


def _deliveries(batch: str, limit: int) -> int:
    some = _some("delivery", batch, limit)
    return _unless(
        _needed(MOVED_SINCE, some), some, DELIVERY, batch, ("DELETE FROM commerce_delivery WHERE id = ANY (%s)",)
    )


def _moves(batch: str, limit: int) -> int:
    return _run(MOVES, {"batch": batch, "limit": limit})


def _steps(batch: str, limit: int) -> int:
    some = _some("statuschange", batch, limit)
    if not some:
        return 0
    orders = dict(_ask("SELECT id, order_id FROM commerce_statuschange WHERE id = ANY (%s)", [some]))
    lock_orders(orders=list(orders.values()))
    kept = _needed(FURTHER, some)
    gone = [one for one in some if one not in kept]
    _run(STEPS_BACK, {"some": gone})
    settle_orders(orders=[orders[one] for one in gone])
    return _unless(kept, some, STEP, batch, ("DELETE FROM commerce_statuschange WHERE id = ANY (%s)",))


def _returns(batch: str, limit: int) -> int:
    some = _some("return", batch, max(1, limit // ROWS_OF_AN_ORDER))
    orders = _ask("SELECT order_id FROM commerce_return WHERE id = ANY (%s) AND order_id IS NOT NULL", [some])
    taken = sum(_run(statement, [some]) for statement in OF_RETURNS)
    settle_orders(orders=[order for (order,) in orders])
    return taken


def _orders(batch: str, limit: int) -> int:
    some = _some("order", batch, max(1, limit // ROWS_OF_AN_ORDER))
    return _unless(_needed(BUILT_ON, some), some, ORDER, batch, OF_ORDERS)


def _agreements(batch: str, limit: int) -> int:
    some = _some("agreement", batch, limit)
    kept = _needed(GO_ON, some)
    for agreement in some:
        if agreement not in kept:
            cancel(AGREEMENT_DATES, agreement)
    return _unless(kept, some, AGREEMENT, batch, OF_AGREEMENTS)


def _changed_products(batch: str, limit: int) -> int:
    return restore_products(batch=batch, limit=limit)


def _products(batch: str, limit: int) -> int:
    some = _some("product", batch, limit)
    return _unless(_needed(SOLD, some), some, PRODUCT, batch, ("DELETE FROM commerce_product WHERE id = ANY (%s)",))


def _needed(statement: str, some: Sequence[int]) -> set[int]:
    """Those of `some` that something else needs."""
    return {one for (one,) in _ask(statement, {"some": list(some)})} if some else set()


def _unless(kept: set[int], some: Sequence[int], what: str, batch: str, statements: Sequence[str]) -> int:
    """Runs the statements for those of `some` that are not kept; the kept ones leave the import and are noted."""
    if not some:
        return 0
    if kept:
        table = f"commerce_{TABLES.get(what, what)}"
        _run(f"UPDATE {table} SET batch = '' WHERE id = ANY (%s)", [sorted(kept)])  # noqa: S608 – our own names
        _run(KEEP, [batch, what, sorted(kept)])
    gone = [one for one in some if one not in kept]
    return len(kept) + sum(_run(statement, [gone]) for statement in statements)


def _some(table: str, batch: str, limit: int) -> list[int]:
    return [one for (one,) in _ask(SOME.format(table=table), {"batch": batch, "limit": limit})]


def _ask(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def kept_rows(*, batch: str) -> dict[str, int]:
    """What stayed when this import was taken back: kind of row → how many."""
    rows = _ask("SELECT what, count(*) FROM commerce_kept WHERE batch = %s GROUP BY what", [batch])
    return dict(rows)


class BroughtAway:
    """Takes back what an import brought; before the ledger, which takes all of its events back."""

    rank = 20

    def undo_step(self, *, batch: str, limit: int) -> int:
        """See `undo_batch_step`."""
        return undo_batch_step(batch=batch, limit=limit)


class KeptAgain:
    """Tells of what stays; after the ledger."""

    rank = 90

    def undo_step(self, *, batch: str, limit: int) -> int:
        """See `tell_kept_step`."""
        return tell_kept_step(batch=batch, limit=limit)
