"""Who answered a survey more than once: of everybody only the latest answer of a period counts for NPS."""

import time
from collections.abc import Sequence
from itertools import groupby

from django.db import connection

from wayloop.surveys.tally.shelf import Shelf

# So long, in seconds, a process believes what it knows of folded answers: people may have been merged meanwhile.
BELIEVED = 60.0
# Handles of one person are one; the latest last.
TWICE = """
SELECT person, place FROM (
    SELECT p.person, r.place, coalesce(r.completed_at, r.touched_at) AS at, r.id,
        count(*) OVER (PARTITION BY p.person) AS times
    FROM surveys_response r JOIN api_identity_people p ON p.handle = r.handle
    WHERE r.survey_id = %s AND r.is_folded) counted
WHERE times > 1 ORDER BY person, at, id
"""
BESIDE = """
SELECT p.person, r.id, r.place, r.is_folded
FROM surveys_response r JOIN api_identity_people p ON p.handle = r.handle
WHERE r.survey_id = %(survey)s AND p.person IN (
    SELECT n.person FROM surveys_response b JOIN api_identity_people n ON n.handle = b.handle
    WHERE b.id = ANY (%(beside)s))
ORDER BY p.person, coalesce(r.completed_at, r.touched_at), r.id
"""
_known: dict[int, tuple[object, float, dict[int, tuple[int, ...]]]] = {}


def superseded(shelf: Shelf, answers: int) -> int:
    """Of these answers the ones whose giver has given a later one of these."""
    bits = answers.to_bytes((answers.bit_length() + 7) // 8, "little")
    found = bytearray(len(bits))
    for places in _groups(shelf).values():
        is_later = False
        for place in reversed(places):
            at = place >> 3
            if at < len(bits) and bits[at] >> (place & 7) & 1:
                if is_later:
                    found[at] |= 1 << (place & 7)
                is_later = True
    return int.from_bytes(found, "little")


def _groups(shelf: Shelf) -> dict[int, tuple[int, ...]]:
    """Person → the places of their answers, the latest last; only of those with several."""
    known = _known.get(shelf.survey)
    now = time.monotonic()
    if known is None or known[0] is not shelf.folded or now - known[1] > BELIEVED:
        known = (shelf.folded, now, _told(TWICE, shelf) if shelf.folded else {})
        _known[shelf.survey] = known
        while len(_known) > 6:
            del _known[next(iter(_known))]
    if not shelf.beside:
        return known[2]
    beside = {number: shelf.base + place for place, number in enumerate(shelf.beside)}
    groups: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {"survey": shelf.survey, "beside": list(shelf.beside)})
        for person, number, place, is_folded in cursor.fetchall():
            at = beside.get(number, place if is_folded else None)
            if at is not None:
                groups.setdefault(person, []).append(at)
    return known[2] | {person: tuple(places) for person, places in groups.items()}


def _told(statement: str, shelf: Shelf) -> dict[int, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [shelf.survey])
        rows: Sequence[tuple[int, int]] = cursor.fetchall()
    return {person: tuple(place for _person, place in mine) for person, mine in groupby(rows, key=lambda row: row[0])}
