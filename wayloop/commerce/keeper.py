"""Whose handles commerce holds."""

from collections.abc import Sequence

from django.db import connection

from wayloop.contracts.identity import Held

HELD = """
SELECT handle, bool_or(batch = '') FROM (
    SELECT handle, batch FROM commerce_order WHERE handle = ANY (%(handles)s)
    UNION ALL SELECT handle, batch FROM commerce_return WHERE handle = ANY (%(handles)s)
    UNION ALL SELECT handle, batch FROM commerce_agreement WHERE handle = ANY (%(handles)s)
    UNION ALL SELECT handle, '' FROM commerce_cart WHERE handle = ANY (%(handles)s)
    UNION ALL SELECT handle, '' FROM commerce_job WHERE handle = ANY (%(handles)s)
) held WHERE batch <> %(batch)s GROUP BY handle
"""


class CommerceKeeper:
    """Whoever bought, has an agreement, a job or a cart."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"handles": list(handles), "batch": batch})
            rows = cursor.fetchall()
        return Held(
            frozenset(handle for handle, is_live in rows if is_live),
            frozenset(handle for handle, is_live in rows if not is_live),
        )
