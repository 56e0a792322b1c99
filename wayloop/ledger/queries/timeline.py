"""The timeline of a person: what counts today, the newest first.

A person's events lie in many monthly partitions, and opening all of them costs more than reading. `ledger_seen` knows
the months somebody was active in, so a page opens the latest few of these and no others.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from psycopg import sql

from wayloop.contracts.ledger import EventInfo, EventKind, TimelinePage
from wayloop.contracts.scope import Scope
from wayloop.ledger.catalogue import kinds as kinds_by_name
from wayloop.ledger.months import month_of, partition_of, start_of
from wayloop.ledger.rules import decode

# Active months that one look opens. Each holds an event at least, so a page is never nearly empty without need.
WINDOW = 12
# A page that has so many events does not look further back; the reader asks for older ones.
ENOUGH = 12
COLUMNS = (
    "id, kind, version, handle, subject_kind, subject_id, occurred_at, offset_minutes, channel, location_id, brand_id, "
    "product_id, amount, currency, properties::text, source, is_news, corrects"
)
MONTHS = """
SELECT month, month >= 0 AND to_regclass(
    'ledger_event_' || (2000 + abs(month) / 12) || '_' || lpad((abs(month) %% 12 + 1)::text, 2, '0')) IS NOT NULL
FROM (
    SELECT DISTINCT unnest(months) AS month FROM ledger_seen WHERE handle = ANY (%(handles)s)
) active WHERE month <= %(latest)s ORDER BY month DESC LIMIT %(window)s
"""
PAGE = """
SELECT {columns} FROM ({parts}) e
WHERE NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id){where}
ORDER BY occurred_at DESC, id DESC LIMIT %(limit)s
"""
LATEST = 120_000  # behind every month there is
LAST_MONTH = month_of(datetime.max.replace(tzinfo=UTC))
Key = tuple[datetime, int]


def timeline_page(
    *,
    handles: Sequence[int],
    scope: Scope,
    kinds: Sequence[str] | None = None,
    before: Key | None = None,
    limit: int = 40,
) -> TimelinePage:
    """The newest events of these handles that the scope lets see: at most `limit`, and fewer when they lie far apart.

    `before`: (occurred_at, id) of the last event already shown; `kinds`: only these. A page may be short although there
    are older events: it looks through the latest months in which there is anything, until it has enough for a screen.
    """
    if kinds is not None and not kinds:
        return TimelinePage((), None)
    latest = LATEST if before is None else month_of(before[0])
    catalogue = kinds_by_name()
    events: list[EventInfo] = []
    with connection.cursor() as cursor:
        while True:
            cursor.execute(MONTHS, {"handles": list(handles), "latest": latest, "window": WINDOW + 1})
            months = cursor.fetchall()
            window = months[:WINDOW]
            if window:
                statement, values = _statement(handles, window, scope, kinds, before)
                cursor.execute(statement, values | {"limit": limit + 1 - len(events)})
                events += [event_of(row, catalogue) for row in cursor.fetchall()]
            if len(events) > limit:
                last = events[limit - 1]
                return TimelinePage(tuple(events[:limit]), (last.occurred_at, last.id))
            if len(months) <= WINDOW:
                return TimelinePage(tuple(events), None)
            if len(events) >= min(ENOUGH, limit):
                # Before the beginning of the last month that was looked at.
                return TimelinePage(tuple(events), (start_of(window[-1][0]), 0))
            latest = window[-1][0] - 1


def timeline(
    *,
    handles: Sequence[int],
    scope: Scope,
    kinds: Sequence[str] | None = None,
    before: Key | None = None,
    limit: int = 50,
) -> list[EventInfo]:
    """The newest events of these handles, `limit` of them when there are so many, however far apart they lie."""
    events: list[EventInfo] = []
    while len(events) < limit:
        page = timeline_page(handles=handles, scope=scope, kinds=kinds, before=before, limit=limit - len(events))
        events += page.events
        before = page.older
        if before is None:
            break
    return events


def _statement(
    handles: Sequence[int],
    window: Sequence[tuple[int, bool]],
    scope: Scope,
    kinds: Sequence[str] | None,
    before: Key | None,
) -> tuple[sql.Composed, dict[str, Any]]:
    values: dict[str, Any] = {"handles": list(handles), "handle": next(iter(handles))}
    # With one handle the rows come in their order from the index; with several they are sorted.
    mine = sql.SQL("handle = %(handle)s" if len(handles) == 1 else "handle = ANY (%(handles)s)")
    parts = [_part(month, has_table, mine) for month, has_table in window]
    where = ""
    if scope.locations is not None:
        where += " AND (location_id IS NULL OR location_id = ANY (%(locations)s))"
        values["locations"] = list(scope.locations)
    if kinds is not None:
        where += " AND kind = ANY (%(kinds)s)"
        values["kinds"] = list(kinds)
    if before is not None:
        where += " AND (occurred_at, id) < (%(moment)s, %(last)s)"
        values |= {"moment": before[0], "last": before[1]}
    statement = sql.SQL(PAGE).format(
        columns=sql.SQL(COLUMNS), parts=sql.SQL(" UNION ALL ").join(parts), where=sql.SQL(where)
    )
    return statement, values


def _part(month: int, has_table: bool, mine: sql.SQL) -> sql.Composed:
    if has_table:
        return sql.SQL("SELECT * FROM {} WHERE {}").format(sql.Identifier(partition_of(month)), mine)
    # Before 2000, far ahead, or not made yet: months that share a partition.
    name = sql.Identifier("ledger_event_past" if month < 0 else "ledger_event_rest")
    bounds = [sql.SQL("occurred_at >= {}").format(sql.Literal(start_of(month)))]
    if month < LAST_MONTH:
        bounds.append(sql.SQL("occurred_at < {}").format(sql.Literal(start_of(month + 1))))
    return sql.SQL("SELECT * FROM {} WHERE {} AND {}").format(name, mine, sql.SQL(" AND ").join(bounds))


def event_of(row: Sequence[Any], catalogue: Mapping[str, EventKind]) -> EventInfo:
    """An event from the columns of `COLUMNS`."""
    (
        event, kind, version, handle, subject_kind, subject_id, occurred_at, offset_minutes, channel, location_id,
        brand_id, product_id, amount, currency, properties, source, is_news, corrects,
    ) = row  # fmt: skip
    return EventInfo(
        id=event,
        kind=kind,
        occurred_at=occurred_at,
        offset_minutes=offset_minutes,
        handle=handle,
        subject_kind=subject_kind,
        subject_id=subject_id,
        channel=channel,
        location_id=location_id,
        amount=amount,
        currency=currency,
        properties=decode(catalogue.get(kind), version, json.loads(properties)),
        source=source,
        brand_id=brand_id,
        product_id=product_id,
        is_news=is_news,
        corrects=corrects,
    )
