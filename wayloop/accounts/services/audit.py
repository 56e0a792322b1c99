"""Writing the audit trail."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from wayloop.accounts.acts import SEARCHED
from wayloop.accounts.origin import origin
from wayloop.contracts.audit import Act
from wayloop.kernel import clock
from wayloop.kernel.secrets import keyed_digests

INSERT = """
INSERT INTO accounts_auditentry (at, member_id, key_id, act, subject_kind, subject_id, details, address)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
# A look is one statement outside of a transaction. Its line may reach the disk a moment after the page is shown, so
# that looking at a card never waits for the disk.
LOOK = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO accounts_auditentry (at, member_id, key_id, act, subject_kind, subject_id, details, address)
SELECT %s::timestamptz, %s::bigint, %s::bigint, %s, %s, %s, %s::jsonb, %s FROM quick
"""
# So long a line is kept; the trigger of the table knows the same number and lets no younger one go.
KEPT_YEARS = 3
STEP = 5_000
# Lines are written in the order of their time: the oldest are the first of the table, nothing has to be looked for.
FORGET = """
DELETE FROM accounts_auditentry WHERE id IN (
    SELECT id FROM (SELECT id, at FROM accounts_auditentry ORDER BY id LIMIT %(most)s) first
    WHERE at < now() - make_interval(years => %(years)s)
)
"""


def audit(
    *,
    act: Act,
    by: int | None = None,
    kind: str = "",
    subject: int | str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes one line of the trail in the caller's transaction, so that it stands exactly when the act does.

    Who asked and from where is known from the request; `by` names a member where that is not yet or no longer so.
    `kind` and `subject`: what it was done to, as in "customer" and the handle. `details`: a few plain values, never
    words, names or addresses of customers. Outside of a transaction it counts as a look and waits for no disk.
    """
    asked = origin()
    member = asked.member if by is None else by
    values = [
        clock.now(), member, asked.key, act.name, kind, str(subject), json.dumps(dict(details or {})), asked.address,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT if connection.in_atomic_block else LOOK, values)


def audit_search(*, text: str, found: int) -> None:
    """Notes a search among customers: how many were found, and a digest of what was asked.

    The words themselves may be somebody's name or phone; by the digest only who knows them can ask who searched.
    """
    (digest,) = keyed_digests("audit search", [[" ".join(text.casefold().split())]])
    audit(act=SEARCHED, details={"found": found, "asked": str(digest)})


def forget_old_lines(*, most: int = STEP) -> bool:
    """Removes the oldest lines whose three years are over, at most so many. Answers whether there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"most": most, "years": KEPT_YEARS})
        return bool(cursor.rowcount == most)
