"""Telling the stream what has become true."""

import json
from typing import Any

from django.db import connection, transaction

from wayloop.kernel import clock
from wayloop.kernel.stream.facts import described, encode
from wayloop.kernel.stream.provenance import provenance_for

# A trigger of the table wakes the readers, once per transaction.
WRITE = """
INSERT INTO kernel_fact (epoch, announced_at, kind, version, payload, person, cause, depth)
SELECT (SELECT epoch FROM kernel_streamepoch), %s, kind, version, payload, person, %s, %s
FROM ROWS FROM (unnest(%s::text[], %s::smallint[], %s::bigint[]), jsonb_array_elements(%s::jsonb)) WITH ORDINALITY
    AS told (kind, version, person, payload, place)
ORDER BY place
"""


def announce(*facts: Any) -> None:
    """Writes one row for each fact, in the caller's transaction: when that rolls back, nothing was said.

    Raises `RuntimeError` outside of a transaction, `FactError` for what is not a registered fact, and what
    `provenance_for` raises. Many facts in one call cost one statement.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("announce needs the transaction of what it tells")
    if not facts:
        return
    known = [described(type(one)) for one in facts]
    source = provenance_for({one.kind for one in known})
    payloads = [encode(one) for one in facts]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            [
                clock.now(),
                source.cause,
                source.depth,
                [one.kind for one in known],
                [one.version for one in known],
                [payload[one.person] if one.person else None for one, payload in zip(known, payloads, strict=True)],
                json.dumps(payloads, ensure_ascii=False),
            ],
        )
