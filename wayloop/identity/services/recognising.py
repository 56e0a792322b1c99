"""Who the rows of a file are: those who are known are found, the others get a handle."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction

from wayloop.identity.enums import IdentifierKind
from wayloop.identity.queries import normal_forms
from wayloop.identity.services.identifiers import FREE_PEOPLE, LOCK, add_identifiers, resolve_handles
from wayloop.kernel.bulk import stage_rows

# The same as when handles are resolved, without telling that anybody was seen.
LEADS = """
SELECT s.value, i.handle FROM identity_looked_for s
JOIN identity_identifier i ON i.kind = %s AND i.namespace = %s AND i.value = s.value AND i.leads
"""
NUMBERED = """
SELECT DISTINCT handle FROM identity_identifier WHERE handle = ANY (%s) AND kind = 'external' AND namespace = %s
"""


@dataclass(frozen=True)
class Known:
    """One column of what rows tell of somebody: a kind of identifier, and a value or None for each row.

    `is_own`: numbers by which the source itself tells people apart.
    """

    kind: IdentifierKind
    values: Sequence[str | None]
    namespace: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class Recognised:
    """`handles` of the rows, None where a row tells nothing or cannot be read.

    `unreadable`: row → the places of the columns whose value has no normal form. Nothing of such a row is noted.
    """

    handles: Sequence[int | None]
    unreadable: Mapping[int, Sequence[int]]


@transaction.atomic
def recognise_readable(*, columns: Sequence[Known], batch: str = "") -> Recognised:
    """As `recognise`, but rows with a value that has no normal form are nobody's, and are told apart."""
    told = list(map(_read, columns))
    unreadable: dict[int, list[int]] = {}
    for place, (given, read) in enumerate(zip(columns, told, strict=True)):
        for row, (text, form) in enumerate(zip(given.values, read.values, strict=True)):
            if text and form is None:
                unreadable.setdefault(row, []).append(place)
    kept = [
        replace(one, values=[None if row in unreadable else form for row, form in enumerate(one.values)])
        for one in told
    ]
    return Recognised(_recognised(kept, batch, None), unreadable)


@transaction.atomic
def recognise(
    *,
    columns: Sequence[Known],
    batch: str = "",
    may_be: Callable[[Sequence[int]], Collection[int]] | None = None,
) -> list[int | None]:
    """The handle of each row; new people get one, and everything the rows tell is noted. None: a row tells nothing.

    `columns` in the order they are trusted. The source's own number decides when it is known. Else the first address
    that leads to somebody does, unless the source knows them under another number: two numbers of one source are two
    people, who may share a phone. Values without a normal form count as not told. `may_be`: of the handles that
    addresses lead to those who can be meant; rows whose addresses lead to others only, and who have no number, are left
    to the caller (None). Writes as `resolve_handles` and `add_identifiers` do.
    """
    return _recognised(list(map(_read, columns)), batch, may_be)


def _recognised(
    told: Sequence[Known], batch: str, may_be: Callable[[Sequence[int]], Collection[int]] | None
) -> list[int | None]:
    """The same for columns of normal forms."""
    own = next((one for one in told if one.is_own), None)
    addresses = [one for one in told if one is not own]
    found: list[int | None] = [None] * (len(told[0].values) if told else 0)
    numbered = [place for place in range(len(found)) if own and own.values[place]]
    # Those with a number come first: to them belong the addresses that others tell without one.
    if own is not None and numbered:
        _find_numbered(found, numbered, own, addresses, may_be)
        if any(found[place] is None for place in numbered):
            # Under the lock we look again: another may have been first.
            _lock()
            _find_numbered(found, numbered, own, addresses, may_be)
        _mint(found, numbered, own, batch)
        _note(found, numbered, told, batch)
    others = [place for place in range(len(found)) if found[place] is None]
    meant_others: set[int] = set()
    for column in addresses:
        leads = _leads(column, others)
        meant = _meant(leads, may_be)
        for place in others:
            if found[place] is None:
                found[place] = meant.get(column.values[place] or "")
            if column.values[place] in leads:
                meant_others.add(place)
    if not batch:
        # They were recognised by somebody who is no import: without it they would be here all the same.
        _free(found)
    _note(found, others, addresses, batch)
    for column in addresses:
        new = _mint(found, [place for place in others if place not in meant_others], column, batch)
        # At once, so that a row that tells only their phone finds those who told an e-mail with it.
        _note(found, new, addresses, batch)
    return found


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def _read(column: Known) -> Known:
    """The same column in normal form."""
    forms = iter(normal_forms(column.kind, [value for value in column.values if value]))
    return replace(column, values=[next(forms) if value else None for value in column.values])


def _leads(column: Known, places: Sequence[int]) -> Mapping[str, int]:
    wanted = {value for place in places if (value := column.values[place])}
    if not wanted:
        return {}
    stage_rows("identity_looked_for", "value text", ((value,) for value in wanted))
    with connection.cursor() as cursor:
        cursor.execute(LEADS, [column.kind, column.namespace])
        return dict(cursor.fetchall())


def _find_numbered(
    found: list[int | None],
    places: Sequence[int],
    own: Known,
    addresses: Sequence[Known],
    may_be: Callable[[Sequence[int]], Collection[int]] | None,
) -> None:
    """By their number, or by the addresses they tell: of one person the first number of the source counts."""
    known = _leads(own, places)
    for place in places:
        found[place] = known.get(own.values[place] or "")
    wanted = [place for place in places if found[place] is None]
    leads = [(column, _meant(_leads(column, wanted), may_be)) for column in addresses]
    # All rows of a number are one person, whichever of them tells an address that is known.
    candidates: dict[str, list[int]] = {}
    for place in wanted:
        mine = candidates.setdefault(own.values[place] or "", [])
        mine += [led[value] for column, led in leads if (value := column.values[place]) and value in led]
    with connection.cursor() as cursor:
        cursor.execute(NUMBERED, [[one for several in candidates.values() for one in several], own.namespace])
        taken = {handle for (handle,) in cursor.fetchall()}
    chosen: dict[str, int] = {}
    for number, handles in candidates.items():
        free = next((handle for handle in handles if handle not in taken), None)
        if free is not None:
            taken.add(free)
            chosen[number] = free
    for place in wanted:
        found[place] = chosen.get(own.values[place] or "")


def _meant(leads: Mapping[str, int], may_be: Callable[[Sequence[int]], Collection[int]] | None) -> Mapping[str, int]:
    if may_be is None or not leads:
        return leads
    people = may_be(sorted(set(leads.values())))
    return {value: handle for value, handle in leads.items() if handle in people}


def _mint(found: list[int | None], places: Sequence[int], column: Known, batch: str) -> list[int]:
    """Those who are still unknown and tell this, in one go; answers their places."""
    unknown = [place for place in places if found[place] is None and column.values[place]]
    values = [column.values[place] or "" for place in unknown]
    handles = resolve_handles(kind=column.kind, namespace=column.namespace, values=values, batch=batch)
    for place, handle in zip(unknown, handles, strict=True):
        found[place] = handle
    return unknown


def _free(found: Sequence[int | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FREE_PEOPLE, [sorted({handle for handle in found if handle is not None})])


def _note(found: Sequence[int | None], places: Sequence[int], columns: Sequence[Known], batch: str) -> None:
    for column in columns:
        told = [(handle, value) for place in places if (handle := found[place]) and (value := column.values[place])]
        if told:
            handles, values = zip(*told, strict=True)
            add_identifiers(kind=column.kind, namespace=column.namespace, handles=handles, values=values, batch=batch)
