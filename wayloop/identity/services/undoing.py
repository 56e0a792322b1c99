"""What an import told of who is who is taken back: nobody stays who was only in its file.

An identifier that somebody else told too stays with them. A person whom only this import brought, but on whom people
have built since (a note, a visit, an edit), stays with what they are known by: nobody could tell whom the note is about
otherwise.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from wayloop.contracts.identity import HandleKeeper, Held
from wayloop.identity.services.identifiers import LOCK
from wayloop.kernel import registry

SOME = """
SELECT handle FROM (
    (SELECT DISTINCT handle FROM identity_identifier WHERE batch = %(batch)s AND batch <> ''
        ORDER BY handle LIMIT %(limit)s)
    UNION (SELECT handle FROM identity_person WHERE batch = %(batch)s AND batch <> '' ORDER BY handle LIMIT %(limit)s)
) mine ORDER BY handle LIMIT %(limit)s
"""
CLAIMS = """
DELETE FROM identity_claim WHERE id IN (SELECT id FROM identity_claim WHERE batch = %(batch)s LIMIT %(limit)s)
"""
# Minted by the batch, and nobody else has recognised them since.
ONLY_OF = """
SELECT p.handle FROM identity_person p
WHERE p.handle = ANY (%(handles)s) AND p.batch = %(batch)s AND p.batch <> '' AND NOT EXISTS (
    SELECT FROM identity_identifier i LEFT JOIN identity_claim c ON c.identifier = i.id AND c.batch <> %(batch)s
    WHERE i.handle = p.handle AND (i.batch NOT IN ('', %(batch)s) OR c.id IS NOT NULL))
"""
KEEP = (
    "UPDATE identity_contactpoint SET batch = '' WHERE batch = %(batch)s AND id IN ("
    "SELECT contact_point_id FROM identity_identifier WHERE handle = ANY (%(kept)s) AND batch = %(batch)s)",
    "UPDATE identity_identifier SET batch = '' WHERE handle = ANY (%(kept)s) AND batch = %(batch)s",
    "UPDATE identity_person SET batch = '' WHERE handle = ANY (%(kept)s) AND batch = %(batch)s",
)
# The next import that told it takes the place, as if it had been the first.
FIRST_CLAIMS = """
SELECT DISTINCT ON (c.identifier) c.id, c.identifier, c.batch, c.seen_at
FROM identity_claim c JOIN identity_identifier i ON i.id = c.identifier
WHERE i.handle = ANY (%(handles)s) AND i.batch = %(batch)s ORDER BY c.identifier, c.id
"""
HAND_OVER = """
WITH first AS (
    SELECT * FROM unnest(%(claims)s::bigint[], %(identifiers)s::bigint[], %(batches)s::text[], %(times)s::timestamptz[])
        AS f (claim, identifier, batch, seen_at)
), gone AS (
    DELETE FROM identity_claim WHERE id = ANY (%(claims)s)
), moved AS (
    UPDATE identity_claim c SET identifier = f.claim FROM first f
    WHERE c.identifier = f.identifier AND c.id <> ALL (%(claims)s)
)
UPDATE identity_identifier i SET id = f.claim, batch = f.batch, seen_at = f.seen_at
FROM first f WHERE i.id = f.identifier RETURNING i.kind, i.namespace, i.value, i.contact_point_id
"""
TAKE = """
DELETE FROM identity_identifier WHERE handle = ANY (%(handles)s) AND batch = %(batch)s
RETURNING kind, namespace, value, contact_point_id
"""
# One value leads to one handle, the first that has it now.
TOUCHED = """
SELECT DISTINCT ON (t.kind, t.namespace, t.value) i.id, i.leads
FROM unnest(%(kinds)s::text[], %(namespaces)s::text[], %(values)s::text[]) t (kind, namespace, value)
CROSS JOIN LATERAL (
    SELECT id, leads, seen_at FROM identity_identifier o
    WHERE o.kind = t.kind AND o.namespace = t.namespace AND o.value = t.value AND o.leads
    UNION ALL SELECT id, leads, seen_at FROM identity_identifier o
    WHERE o.kind = t.kind AND o.namespace = t.namespace AND o.value = t.value AND NOT o.leads
) i ORDER BY t.kind, t.namespace, t.value, i.seen_at, i.id
"""
FOLLOW = """
UPDATE identity_identifier o SET leads = false FROM identity_identifier f
WHERE f.id = ANY (%(first)s) AND o.leads AND o.id <> f.id
    AND o.kind = f.kind AND o.namespace = f.namespace AND o.value = f.value
"""
LEAD = "UPDATE identity_identifier SET leads = true WHERE id = ANY (%(first)s) AND NOT leads"
POINTS_GONE = """
DELETE FROM identity_contactpoint p WHERE id = ANY (%(points)s) AND batch = %(batch)s
    AND NOT EXISTS (SELECT FROM identity_identifier i WHERE i.contact_point_id = p.id)
"""
POINTS_MOVED = """
UPDATE identity_contactpoint p SET batch = o.batch FROM (
    SELECT contact_point_id AS id, min(batch) AS batch FROM identity_identifier
    WHERE contact_point_id = ANY (%(points)s) GROUP BY contact_point_id) o
WHERE p.id = o.id AND p.batch = %(batch)s
"""
PEOPLE_GONE = """
DELETE FROM identity_person p WHERE handle = ANY (%(free)s) AND batch = %(batch)s
    AND NOT EXISTS (SELECT FROM identity_identifier i WHERE i.handle = p.handle)
"""
PEOPLE_MOVED = """
UPDATE identity_person p SET batch = coalesce(
    (SELECT min(i.batch) FROM identity_identifier i WHERE i.handle = p.handle), '')
WHERE handle = ANY (%(handles)s) AND batch = %(batch)s
"""
# Who is known by a cookie only again has no place among the known.
UNKNOWN_AGAIN = """
UPDATE identity_person p SET ordinal = NULL WHERE handle = ANY (%(handles)s) AND ordinal IS NOT NULL
    AND EXISTS (SELECT FROM identity_identifier i WHERE i.handle = p.handle)
    AND NOT EXISTS (SELECT FROM identity_identifier i WHERE i.handle = p.handle AND i.kind <> 'cookie')
"""
LAST_ORDINAL = """
UPDATE identity_ordinalcounter SET next_ordinal = coalesce((SELECT max(ordinal) + 1 FROM identity_person), 0)
WHERE id = 1
"""


@transaction.atomic
def undo_batch_step(*, batch: str, limit: int) -> int:
    """Takes back what an import told of about `limit` people; answers how many, 0 when it is through.

    For the time when all other contexts have taken back what is theirs.
    """
    bound: dict[str, Any] = {"batch": batch, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(CLAIMS, bound)
        if cursor.rowcount:
            return int(cursor.rowcount)
        cursor.execute(SOME, bound)
        handles = [handle for (handle,) in cursor.fetchall()]
    if handles:
        _take_back(handles, batch)
    return len(handles)


def only_of_batch(*, handles: Sequence[int], batch: str) -> frozenset[int]:
    """Those of the handles whom this import alone has brought."""
    with connection.cursor() as cursor:
        cursor.execute(ONLY_OF, {"handles": list(handles), "batch": batch})
        return frozenset(handle for (handle,) in cursor.fetchall())


def held_handles(*, handles: Sequence[int], batch: str) -> Held:
    """Those of the handles on which rows of any context stand that the import did not bring."""
    wanted = list(handles)
    told = [one.held(wanted, batch=batch) for one in registry.offers(HandleKeeper)] if wanted else []  # type: ignore[type-abstract]
    return Held(
        frozenset().union(*(one.by_people for one in told)), frozenset().union(*(one.by_imports for one in told))
    )


def _take_back(handles: Sequence[int], batch: str) -> None:
    alone = only_of_batch(handles=handles, batch=batch)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT handle FROM identity_identifier WHERE handle = ANY (%s) AND batch = ''", [list(alone)]
        )
        by_hand = {handle for (handle,) in cursor.fetchall()}
        held = held_handles(handles=handles, batch=batch)
        bound: dict[str, Any] = {"batch": batch, "handles": list(handles)}
        bound["kept"] = sorted(alone & (held.by_people | by_hand))
        bound["free"] = sorted(set(handles) - held.by_people - held.by_imports)
        for statement in KEEP:
            cursor.execute(statement, bound)
        cursor.execute(FIRST_CLAIMS, bound)
        first = cursor.fetchall()
        touched = []
        if first:
            claims, identifiers, batches, times = (list(column) for column in zip(*first, strict=True))
            moved = {"claims": claims, "identifiers": identifiers, "batches": batches, "times": times}
            cursor.execute(HAND_OVER, moved)
            touched = cursor.fetchall()
        cursor.execute(TAKE, bound)
        touched += cursor.fetchall()
        bound["kinds"], bound["namespaces"], bound["values"] = ([row[place] for row in touched] for place in range(3))
        bound["points"] = [row[3] for row in touched if row[3] is not None]
        cursor.execute(TOUCHED, bound)
        bound["first"] = [row[0] for row in cursor.fetchall() if not row[1]]
        for statement in (FOLLOW, LEAD, POINTS_GONE, POINTS_MOVED, PEOPLE_GONE, PEOPLE_MOVED, UNKNOWN_AGAIN):
            cursor.execute(statement, bound)
        cursor.execute(LAST_ORDINAL)


class ToldOfPeople:
    """Takes back who is who, as the last of all: everything stands on handles."""

    rank = 50

    def undo_step(self, *, batch: str, limit: int) -> int:
        """See `undo_batch_step`."""
        return undo_batch_step(batch=batch, limit=limit)
