"""What an import brought goes away again, in steps; what people have built on it since stays.

What stays no longer belongs to the import. The undo of the ledger knows nothing of that and takes all events of the
import back, so a last step tells those of the orders that stay anew.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from wayloop.commerce.enums import AGREEMENT_DATES, ORDER_PLACED
from wayloop.commerce.services.products import restore_products
from wayloop.commerce.services.settling import settle_orders
from wayloop.contracts.ledger import EventColumns
from wayloop.kernel.due.table import cancel
from wayloop.ledger import api as ledger

KEPT = "kept "
# An order has a line or two, a payment and its entries in half a dozen indexes.
ROWS_OF_AN_ORDER = 4
PAYMENTS = """
DELETE FROM commerce_payment WHERE id IN (SELECT id FROM commerce_payment WHERE batch = %(batch)s LIMIT %(limit)s)
RETURNING order_id
"""
DELIVERIES = """
DELETE FROM commerce_delivery WHERE id IN (SELECT id FROM commerce_delivery WHERE batch = %(batch)s LIMIT %(limit)s)
RETURNING id
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
FROM commerce_order WHERE batch = %(batch)s ORDER BY source, channel, id LIMIT %(limit)s FOR UPDATE
"""


@transaction.atomic
def undo_batch_step(*, batch: str, limit: int) -> int:
    """Takes back about `limit` rows of what an import brought into commerce; answers how many, 0 when it is through.

    Orders go with their lines and what was paid on the spot; other orders are settled anew where money or goods of
    theirs went. Left, and no longer part of the import, are orders somebody has worked on since (a status, money, a
    delivery, a return that came from elsewhere), products that something else mentions, and agreements a member has
    changed or added papers to.
    """
    for take in (_payments, _deliveries, _returns, _orders, _agreements, _changed_products, _products):
        if taken := take(batch, limit):
            return taken
    return 0


@transaction.atomic
def tell_kept_step(*, batch: str, limit: int) -> int:
    """Tells the ledger anew of orders that stay although their import was undone; answers how many that were.

    For the time after the ledger has taken the events of the import back.
    """
    rows = _ask(TO_TELL, {"batch": KEPT + batch, "limit": limit})
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        if row[3] is not None:
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
    _run("UPDATE commerce_order SET batch = '' WHERE id = ANY (%s)", [[row[0] for row in rows]])
    return len(rows)


def _payments(batch: str, limit: int) -> int:
    orders = [order for (order,) in _ask(PAYMENTS, {"batch": batch, "limit": limit})]
    settle_orders(orders=orders)
    return len(orders)


def _deliveries(batch: str, limit: int) -> int:
    return len(_ask(DELIVERIES, {"batch": batch, "limit": limit}))


def _returns(batch: str, limit: int) -> int:
    some = _some("return", batch, max(1, limit // ROWS_OF_AN_ORDER))
    orders = _ask("SELECT order_id FROM commerce_return WHERE id = ANY (%s) AND order_id IS NOT NULL", [some])
    taken = sum(_run(statement, [some]) for statement in OF_RETURNS)
    settle_orders(orders=[order for (order,) in orders])
    return taken


def _orders(batch: str, limit: int) -> int:
    some = _some("order", batch, max(1, limit // ROWS_OF_AN_ORDER))
    return _unless(BUILT_ON, some, "commerce_order", KEPT + batch, OF_ORDERS)


def _agreements(batch: str, limit: int) -> int:
    some = _some("agreement", batch, limit)
    kept = {one for (one,) in _ask(GO_ON, {"some": some})}
    for agreement in some:
        if agreement not in kept:
            cancel(AGREEMENT_DATES, agreement)
    return _unless(GO_ON, some, "commerce_agreement", "", OF_AGREEMENTS)


def _changed_products(batch: str, limit: int) -> int:
    return restore_products(batch=batch, limit=limit)


def _products(batch: str, limit: int) -> int:
    some = _some("product", batch, limit)
    return _unless(SOLD, some, "commerce_product", "", ("DELETE FROM commerce_product WHERE id = ANY (%s)",))


def _unless(needed: str, some: Sequence[int], table: str, batch: str, statements: Sequence[str]) -> int:
    """Runs the statements for those of `some` that nothing else needs; the others leave their import for `batch`."""
    if not some:
        return 0
    kept = {one for (one,) in _ask(needed, {"some": list(some)})}
    _run(f"UPDATE {table} SET batch = %s WHERE id = ANY (%s)", [batch, sorted(kept)])  # noqa: S608 – our own names
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
