"""Writes of identity: who is seen for the first time gets a handle."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wayloop.identity.enums import CONTACTABLE, IdentifierKind
from wayloop.identity.queries import normal_forms
from wayloop.identity.rules import search_form
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows, stage_rows
from wayloop.kernel.ids import uuid7
from wayloop.kernel.secrets import keyed_digests

DIGESTS = "contact point"
# The counter's row is the lock of everything that writes here: taken first, so that two writers never wait for each
# other in a circle, and so that of two who see the same value at once one finds what the other wrote.
LOCK = "SELECT 1 FROM identity_ordinalcounter WHERE id = 1 FOR UPDATE"
KNOWN = """
SELECT s.value, i.handle, i.batch FROM identity_seen s
JOIN identity_identifier i ON i.kind = %s AND i.namespace = %s AND i.value = s.value AND i.leads
"""
MINT = """
SELECT nextval(pg_get_serial_sequence('identity_person', 'handle')) FROM generate_series(1, %s)
"""
TAKE_ORDINALS = """
UPDATE identity_ordinalcounter SET next_ordinal = next_ordinal + %s WHERE id = 1 RETURNING next_ordinal - %s
"""
UNKNOWN = "SELECT handle FROM identity_person WHERE handle = ANY (%s) AND ordinal IS NULL ORDER BY handle"
SET_ORDINALS = """
UPDATE identity_person p SET ordinal = n.ordinal
FROM (SELECT unnest(%s::bigint[]) AS handle, unnest(%s::int[]) AS ordinal) n WHERE p.handle = n.handle
"""
IS_NEWS = """
SELECT EXISTS (SELECT FROM identity_noted n WHERE NOT EXISTS (
    SELECT FROM identity_identifier i
    WHERE i.kind = %s AND i.namespace = %s AND i.value = n.value AND i.handle = n.handle))
"""
ADD_LEADING = """
INSERT INTO identity_identifier (kind, namespace, value, found_by, handle, leads, contact_point_id, seen_at, batch)
SELECT %(kind)s, %(namespace)s, value, min(found_by), min(handle), true, min(contact_point), %(now)s, %(batch)s
FROM identity_noted n WHERE NOT EXISTS (
    SELECT FROM identity_identifier i
    WHERE i.kind = %(kind)s AND i.namespace = %(namespace)s AND i.value = n.value AND i.leads)
GROUP BY value ORDER BY min(handle), value
"""
ADD_SHARED = """
INSERT INTO identity_identifier (kind, namespace, value, found_by, handle, leads, contact_point_id, seen_at, batch)
SELECT DISTINCT i.kind, i.namespace, i.value, i.found_by, n.handle, false, i.contact_point_id, %(now)s::timestamptz,
    %(batch)s
FROM identity_noted n
JOIN identity_identifier i ON i.kind = %(kind)s AND i.namespace = %(namespace)s AND i.value = n.value AND i.leads
WHERE i.handle <> n.handle
ON CONFLICT (kind, namespace, value, handle) WHERE NOT leads DO NOTHING
"""
OF_OTHERS = """
SELECT DISTINCT n.handle FROM identity_noted n
JOIN identity_identifier i ON i.kind = %s AND i.namespace = %s AND i.value = n.value AND i.leads
JOIN identity_person mine ON mine.handle = n.handle
JOIN identity_person first ON first.handle = i.handle
WHERE first.person <> mine.person ORDER BY n.handle
"""
# An import told again what another one had told first: both keep it.
CLAIM_SEEN = """
INSERT INTO identity_claim (id, identifier, batch, seen_at)
SELECT nextval(pg_get_serial_sequence('identity_identifier', 'id')), i.id, %(batch)s, %(now)s
FROM {told} s JOIN identity_identifier i
    ON i.kind = %(kind)s AND i.namespace = %(namespace)s AND i.value = s.value AND {mine}
WHERE i.batch NOT IN ('', %(batch)s) ORDER BY i.id ON CONFLICT (identifier, batch) DO NOTHING
"""
# Somebody who is no import told it too: it belongs to no import any more.
FREE_SEEN = """
UPDATE identity_identifier i SET batch = '' FROM {told} s
WHERE i.kind = %(kind)s AND i.namespace = %(namespace)s AND i.value = s.value AND {mine} AND i.batch <> ''
RETURNING i.id, i.handle, i.contact_point_id
"""
LEADING = {"told": "(SELECT DISTINCT value FROM identity_seen)", "mine": "i.leads"}
NOTED = {"told": "(SELECT DISTINCT handle, value FROM identity_noted)", "mine": "i.handle = s.handle"}
FREE_PEOPLE = "UPDATE identity_person SET batch = '' WHERE handle = ANY (%s) AND batch <> ''"
FREE_POINTS = "UPDATE identity_contactpoint SET batch = '' WHERE id = ANY (%s) AND batch <> ''"
FORGET_CLAIMS = "DELETE FROM identity_claim WHERE identifier = ANY (%s)"
ADD_POINTS = """
INSERT INTO identity_contactpoint (kind, digest, seen_at, batch)
SELECT %s, digest, %s, %s FROM unnest(%s::uuid[]) digest ORDER BY digest ON CONFLICT (digest) DO NOTHING
"""
POINTS = "SELECT digest, id FROM identity_contactpoint WHERE digest = ANY (%s)"
REMOVE = """
DELETE FROM identity_identifier WHERE handle = ANY (%(handles)s) AND kind = %(kind)s AND namespace = %(namespace)s
    AND value = %(value)s RETURNING leads
"""
NEXT_LEADS = """
UPDATE identity_identifier SET leads = true WHERE id = (
    SELECT id FROM identity_identifier WHERE kind = %(kind)s AND namespace = %(namespace)s AND value = %(value)s
    ORDER BY seen_at, id LIMIT 1)
"""


@transaction.atomic
def resolve_handles(*, kind: IdentifierKind, values: Sequence[str], namespace: str = "", batch: str = "") -> list[int]:
    """The handle for each value, in the order given; unknown values get a new person.

    `values` are taken in any spelling and compared in normal form. Raises `ValueError` for a value that has no normal
    form (check with `normal_forms` first). Writes a person and an identifier for each new value, an ordinal unless
    all that is known is a cookie, and the contact point of an address; of two callers who see the same value at once,
    one mints and the other waits and finds it. `batch` names the import that tells the values, so that it can be taken
    back; without it they stay for ever.
    """
    wanted = _normal(kind, values)
    distinct = list(dict.fromkeys(wanted))
    stage_rows("identity_seen", "value text", ((value,) for value in distinct))
    known, batches = _known(kind, namespace)
    missing = [value for value in distinct if value not in known]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        # Under the lock we look again: another may have been first.
        known, batches = _known(kind, namespace)
        missing = [value for value in distinct if value not in known]
    if batches - {"", batch}:
        _tell_too(LEADING, kind, namespace, batch, frees_people=True)
    if missing:
        known |= _mint(kind, namespace, missing, batch)
    return [known[value] for value in wanted]


@transaction.atomic
def add_identifiers(
    *, kind: IdentifierKind, handles: Sequence[int], values: Sequence[str], namespace: str = "", batch: str = ""
) -> list[int]:
    """Notes further identifiers of known handles, pairwise; answers the handles whose value leads to somebody else.

    Such a value is noted for the new handle too and goes on leading to the first: two people with one phone is a
    matter for merging, not for a silent move. A handle that was known by a cookie only gets its ordinal. `batch`: as in
    `resolve_handles`. Raises `ValueError` for columns of unequal length and for a value without a normal form.
    """
    rows = list(zip(handles, _normal(kind, values), strict=True))
    _stage_noted(kind, rows, {})
    names: dict[str, Any] = {"kind": kind, "namespace": namespace, "now": clock.now(), "batch": batch}
    with connection.cursor() as cursor:
        _tell_too(NOTED, kind, namespace, batch)
        cursor.execute(IS_NEWS, [kind, namespace])
        if cursor.fetchone() == (True,):
            cursor.execute(LOCK)
            _stage_noted(kind, rows, _make_points(kind, namespace, [value for _, value in rows], batch))
            cursor.execute(ADD_LEADING, names)
            cursor.execute(ADD_SHARED, names)
            if kind != IdentifierKind.COOKIE:
                _give_ordinals(handles)
        cursor.execute(OF_OTHERS, [kind, namespace])
        return [handle for (handle,) in cursor.fetchall()]


@transaction.atomic
def remove_identifier(*, kind: IdentifierKind, handles: Sequence[int], value: str, namespace: str = "") -> bool:
    """Takes an identifier away from these handles; answers whether they had it.

    If it led to them and others have it too, it leads to the one who had it first from now on. The contact point
    stays, with what hangs on it. Noting the identifier again brings it back.
    """
    (form,) = _normal(kind, [value])
    names: dict[str, Any] = {"handles": list(handles), "kind": kind, "namespace": namespace, "value": form}
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(REMOVE, names)
        led = cursor.fetchall()
        if (True,) in led:
            cursor.execute(NEXT_LEADS, names)
    return bool(led)


@transaction.atomic
def contact_points(*, kind: IdentifierKind, values: Sequence[str], namespace: str = "") -> list[int]:
    """The contact point for each address, in the order given; unknown ones are made, without a person.

    For what is known of an address alone: a list of addresses not to be written to, a bounce. Raises `ValueError` for
    a kind that is no address and for a value without a normal form.
    """
    if kind not in CONTACTABLE:
        raise ValueError(f"{kind} is not a kind of address")
    wanted = _normal(kind, values)
    found = _points(_digests(kind, namespace, wanted))
    if len(found) < len(set(wanted)):
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        found = _make_points(kind, namespace, wanted)
    with connection.cursor() as cursor:
        cursor.execute(FREE_POINTS, [sorted(set(found.values()))])
    return [found[value] for value in wanted]


def _normal(kind: IdentifierKind, values: Sequence[str]) -> list[str]:
    forms = [form for form in normal_forms(kind, values) if form is not None]
    if len(forms) < len(values):
        raise ValueError(f"a value of kind {kind} has no normal form")
    return forms


def _known(kind: IdentifierKind, namespace: str) -> tuple[dict[str, int], set[str]]:
    """Value → handle of those that were staged, and the imports that told them."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [kind, namespace])
        rows = cursor.fetchall()
    return {value: handle for value, handle, _batch in rows}, {batch for _value, _handle, batch in rows}


def _tell_too(
    which: Mapping[str, str], kind: IdentifierKind, namespace: str, batch: str, *, frees_people: bool = False
) -> None:
    """Notes that those staged values that are here already were told by this batch too, or by no import at all."""
    names: dict[str, Any] = {"kind": kind, "namespace": namespace, "batch": batch, "now": clock.now()}
    with connection.cursor() as cursor:
        if batch:
            cursor.execute(CLAIM_SEEN.format(**which), names)
            return
        cursor.execute(FREE_SEEN.format(**which), names)
        freed = cursor.fetchall()
        if not freed:
            return
        cursor.execute(FORGET_CLAIMS, [[row[0] for row in freed]])
        cursor.execute(FREE_POINTS, [[row[2] for row in freed if row[2] is not None]])
        if frees_people:
            cursor.execute(FREE_PEOPLE, [[row[1] for row in freed]])


def _stage_noted(kind: IdentifierKind, rows: Sequence[tuple[int, str]], points: Mapping[str, int]) -> None:
    stage_rows(
        "identity_noted",
        "handle bigint, value text, found_by text, contact_point bigint",
        ((handle, value, search_form(kind, value), points.get(value)) for handle, value in rows),
    )


def _mint(kind: IdentifierKind, namespace: str, values: Sequence[str], batch: str) -> dict[str, int]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(MINT, [len(values)])
        handles = [handle for (handle,) in cursor.fetchall()]
    ordinals: Sequence[int | None] = [None] * len(values)
    if kind != IdentifierKind.COOKIE:
        ordinals = _take_ordinals(len(values))
    people = ((handle, handle, uuid7(), ordinal, now, batch) for handle, ordinal in zip(handles, ordinals, strict=True))
    copy_rows("identity_person", ("handle", "person", "uuid", "ordinal", "minted_at", "batch"), people)
    points = _make_points(kind, namespace, values, batch)
    identifiers = (
        (kind, namespace, value, search_form(kind, value), handle, True, points.get(value), now, batch)
        for value, handle in zip(values, handles, strict=True)
    )
    columns = ("kind", "namespace", "value", "found_by", "handle", "leads", "contact_point_id", "seen_at", "batch")
    copy_rows("identity_identifier", columns, identifiers)
    return dict(zip(values, handles, strict=True))


def _take_ordinals(count: int) -> range:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ORDINALS, [count, count])
        (first,) = cursor.fetchone() or (0,)
    return range(first, first + count)


def _give_ordinals(handles: Sequence[int]) -> None:
    """Those of the handles that have none yet are known from now on. The lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN, [list(handles)])
        newly = [handle for (handle,) in cursor.fetchall()]
        if newly:
            cursor.execute(SET_ORDINALS, [newly, list(_take_ordinals(len(newly)))])


def _make_points(kind: IdentifierKind, namespace: str, values: Sequence[str], batch: str = "") -> dict[str, int]:
    """Value → contact point, made where there is none; empty for kinds that are no address. The lock is held."""
    if kind not in CONTACTABLE:
        return {}
    digests = _digests(kind, namespace, values)
    found = _points(digests)
    missing = [digest for value, digest in digests.items() if value not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(ADD_POINTS, [kind, clock.now(), batch, missing])
        found = _points(digests)
    return found


def _digests(kind: IdentifierKind, namespace: str, values: Sequence[str]) -> dict[str, UUID]:
    distinct = list(dict.fromkeys(values))
    return dict(zip(distinct, keyed_digests(DIGESTS, [(kind, namespace, value) for value in distinct]), strict=True))


def _points(digests: Mapping[str, UUID]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(POINTS, [list(digests.values())])
        found = dict(cursor.fetchall())
    return {value: found[digest] for value, digest in digests.items() if digest in found}
