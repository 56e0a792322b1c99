"""What an order's payments and returns leave to be paid: written in one place, from the rows themselves."""

from collections.abc import Sequence

from django.db import connection

# A cancelled order owes nothing; what was paid for it is to be given back.
SETTLE = """
UPDATE commerce_order o SET paid = s.paid, balance = CASE
    WHEN s.paid IS NULL THEN NULL
    WHEN o.status = 'cancelled' THEN -s.paid
    ELSE o.total - s.back - s.paid END
FROM (
    SELECT d.id, coalesce(
        (SELECT sum(CASE WHEN p.is_refund THEN -p.counted ELSE p.counted END) FROM commerce_payment p
         WHERE p.order_id = d.id AND p.taken_back_at IS NULL), CASE WHEN d.tells_payments THEN 0 END) AS paid,
        (SELECT coalesce(sum(r.total), 0) FROM commerce_return r
         WHERE r.order_id = d.id AND r.currency = d.currency) AS back
    FROM commerce_order d WHERE d.id = ANY (%s)
) s WHERE o.id = s.id
"""
LOCK = "SELECT 1 FROM commerce_order WHERE id = ANY (%s) ORDER BY id FOR UPDATE"


def settle_orders(*, orders: Sequence[int]) -> None:
    """Writes paid and balance of these orders anew, in the caller's transaction, which alone may do so meanwhile.

    Two payments at once come one after the other: the second one sees the first.
    """
    ids = sorted(set(orders))
    if not ids:
        return
    lock_orders(orders=ids)
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [ids])


def lock_orders(*, orders: Sequence[int]) -> None:
    """These orders for the caller's transaction alone, locked in the order in which everybody does."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(set(orders))])
