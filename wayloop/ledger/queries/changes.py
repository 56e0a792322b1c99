"""What became of events: the earlier versions of a corrected one, and what rows of the stream tell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from wayloop.contracts.ledger import EventChange, EventInfo, EventKind
from wayloop.kernel.stream.facts import Row
from wayloop.ledger.catalogue import kinds
from wayloop.ledger.queries.timeline import COLUMNS, event_of
from wayloop.ledger.rules import decode

# What was replaced, by the ids of the replaced: `ledger_void` knows where they lie.
REPLACED = f"""
SELECT {COLUMNS} FROM (
    SELECT handle, occurred_at, event_id AS id FROM ledger_void WHERE event_id = ANY (%s)
) place JOIN ledger_event e USING (handle, occurred_at, id)
"""  # noqa: S608


def former_versions(events: Iterable[EventInfo]) -> dict[int, list[EventInfo]]:
    """Id of a corrected event → what stood in its place before, the latest first. Events nobody corrected are absent.

    One read for each generation, however many events there are.
    """
    catalogue = kinds()
    found: dict[int, list[EventInfo]] = {}
    # Where a chain has come to → the event it began with.
    open_chains = {event.corrects: event.id for event in events if event.corrects is not None}
    while open_chains:
        following: dict[int, int] = {}
        for former in _replaced(open_chains, catalogue):
            first = open_chains[former.id]
            found.setdefault(first, []).append(former)
            if former.corrects is not None:
                following[former.corrects] = first
        open_chains = following
    return found


def changes_in(rows: Sequence[Row]) -> list[EventChange]:
    """What rows of the ledger's stream tell, in their order; a retraction tells of each of its events."""
    catalogue = kinds()
    wanted = {event for row in rows for event in row.payload.get("retracts", ())}
    wanted |= {row.payload["corrects"] for row in rows if row.payload.get("corrects")}
    earlier = {event.id: event for event in _replaced(wanted, catalogue)} if wanted else {}
    changes: list[EventChange] = []
    for row in rows:
        if "retracts" in row.payload:
            gone = [earlier[event] for event in row.payload["retracts"] if event in earlier]
            changes += [EventChange("retracted", event, None, event.is_news, row.position.id) for event in gone]
        else:
            event = _told(row, catalogue)
            former = earlier.get(event.corrects) if event.corrects is not None else None
            how = "happened" if event.corrects is None else "corrected"
            changes.append(EventChange(how, event, former, event.is_news, row.position.id))  # type: ignore[arg-type]
    return changes


def _replaced(ids: Iterable[int], catalogue: Mapping[str, EventKind]) -> list[EventInfo]:
    with connection.cursor() as cursor:
        cursor.execute(REPLACED, [list(ids)])
        return [event_of(row, catalogue) for row in cursor.fetchall()]


def _told(row: Row, catalogue: Mapping[str, EventKind]) -> EventInfo:
    told: Mapping[str, Any] = row.payload
    return EventInfo(
        id=row.position.id,
        kind=row.kind,
        occurred_at=datetime.fromisoformat(told["occurred_at"]),
        offset_minutes=told["offset_minutes"],
        handle=told["handle"],
        subject_kind=told["subject_kind"],
        subject_id=told["subject_id"],
        channel=told["channel"],
        location_id=told["location_id"],
        amount=told["amount"],
        currency=told["currency"],
        properties=decode(catalogue.get(row.kind), row.version, told["properties"]),
        source=told["source"],
        brand_id=told["brand_id"],
        product_id=told["product_id"],
        is_news=told["is_news"],
        corrects=told["corrects"],
    )
