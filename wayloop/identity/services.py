"""Writes of identity: who is seen for the first time gets a handle."""

from collections.abc import Sequence

from django.db import connection, transaction

from wayloop.identity.enums import IdentifierKind
from wayloop.identity.rules import normal_form
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows, stage_rows
from wayloop.kernel.ids import uuid7

KNOWN = """
SELECT s.value, i.handle FROM identity_seen s
JOIN identity_identifier i ON i.kind = %s AND i.namespace = %s AND i.value = s.value
"""
MINT = """
SELECT nextval(pg_get_serial_sequence('identity_person', 'handle')) FROM generate_series(1, %s)
"""
TAKE_ORDINALS = """
UPDATE identity_ordinalcounter SET next_ordinal = next_ordinal + %s WHERE id = 1 RETURNING next_ordinal - %s
"""


@transaction.atomic
def resolve_handles(*, kind: IdentifierKind, values: Sequence[str], namespace: str = "") -> list[int]:
    """The handle for each value, in the order given; unknown values get a new person.

    `values` are taken in any spelling and compared in normal form. Raises `ValueError` for a value that has no normal
    form (check with `rules.normal_form` first). Writes a person, an identifier and an ordinal for each new value; of
    two callers who see the same value at once, one mints and the other waits and finds it.
    """
    wanted = [_normal(kind, value) for value in values]
    distinct = list(dict.fromkeys(wanted))
    stage_rows("identity_seen", "value text", ((value,) for value in distinct))
    known = _known(kind, namespace)
    missing = [value for value in distinct if value not in known]
    if missing:
        with connection.cursor() as cursor:
            # The counter's row is the lock of all minting; under it we look again: another may have been first.
            cursor.execute("SELECT 1 FROM identity_ordinalcounter WHERE id = 1 FOR UPDATE")
        known = _known(kind, namespace)
        missing = [value for value in distinct if value not in known]
        known |= _mint(kind, namespace, missing)
    return [known[value] for value in wanted]


@transaction.atomic
def add_identifiers(
    *, kind: IdentifierKind, handles: Sequence[int], values: Sequence[str], namespace: str = ""
) -> list[int]:
    """Notes further identifiers of known handles, pairwise; answers the handles whose value belongs to somebody else.

    Such a value is left where it is: two people with one phone is a matter for merging, not for a silent move.
    """
    rows = [(handle, _normal(kind, value)) for handle, value in zip(handles, values, strict=True)]
    stage_rows("identity_noted", "handle bigint, value text", rows)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO identity_identifier (kind, namespace, value, handle, seen_at)
            SELECT %(kind)s, %(namespace)s, value, min(handle), %(now)s FROM identity_noted GROUP BY value
            ON CONFLICT (kind, namespace, value) DO NOTHING
            """,
            {"kind": kind, "namespace": namespace, "now": clock.now()},
        )
        cursor.execute(
            """
            SELECT n.handle FROM identity_noted n
            JOIN identity_identifier i ON i.kind = %s AND i.namespace = %s AND i.value = n.value
            WHERE i.handle <> n.handle ORDER BY n.handle
            """,
            [kind, namespace],
        )
        return [handle for (handle,) in cursor.fetchall()]


def _normal(kind: IdentifierKind, value: str) -> str:
    found = normal_form(kind, value)
    if found is None:
        raise ValueError(f"a value of kind {kind} has no normal form")
    return found


def _known(kind: IdentifierKind, namespace: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [kind, namespace])
        return dict(cursor.fetchall())


def _mint(kind: IdentifierKind, namespace: str, values: Sequence[str]) -> dict[str, int]:
    if not values:
        return {}
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(MINT, [len(values)])
        handles = [handle for (handle,) in cursor.fetchall()]
        cursor.execute(TAKE_ORDINALS, [len(values), len(values)])
        (first,) = cursor.fetchone() or (0,)
    people = ((handle, handle, uuid7(), first + index, now) for index, handle in enumerate(handles))
    copy_rows("identity_person", ("handle", "person", "uuid", "ordinal", "minted_at"), people)
    identifiers = ((kind, namespace, value, handle, now) for value, handle in zip(values, handles, strict=True))
    copy_rows("identity_identifier", ("kind", "namespace", "value", "handle", "seen_at"), identifiers)
    return dict(zip(values, handles, strict=True))
