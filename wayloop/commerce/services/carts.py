"""Carts: as they were last seen, abandoned after a while, closed by their order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.commerce.enums import CART_ABANDONED, CART_UPDATED
from wayloop.commerce.models import Settings
from wayloop.commerce.queries.carts import cart_hours
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services.products import line_amounts, write_products
from wayloop.contracts.commerce import CartColumns, LineColumns
from wayloop.contracts.ledger import EventColumns
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows, stage_rows
from wayloop.kernel.ids import uuid7
from wayloop.ledger import api as ledger

LONGEST_HOURS = 720
# Carts per transaction of the sweep: well under a second each.
STEP = 1000
# A cart whose time came longer ago (nobody worked meanwhile) is history: nobody wants a reminder of last week.
NEWS = timedelta(days=1)
STAGED = (
    "uuid uuid, number text, handle bigint, updated_at timestamptz, offset_minutes smallint, currency text, "
    "location_id bigint, total bigint, line_count int"
)
STAGED_TYPES = ("uuid", "text", "int8", "timestamptz", "int2", "text", "int8", "int8", "int4")
# What is older than what is known, and what was ordered already, is left out.
WRITE = """
INSERT INTO commerce_cart (uuid, source, number, handle, channel, location_id, currency, total, line_count, status,
    offset_minutes, created_at, updated_at, is_news)
SELECT uuid, %(source)s, number, handle, %(channel)s, location_id, currency, total, line_count,
    CASE WHEN line_count = 0 THEN 'emptied' ELSE 'open' END, offset_minutes, updated_at, updated_at, %(is_news)s
FROM commerce_seen_carts ORDER BY number
ON CONFLICT (source, number) DO UPDATE SET handle = excluded.handle, channel = excluded.channel,
    location_id = excluded.location_id, currency = excluded.currency, total = excluded.total,
    line_count = excluded.line_count, status = excluded.status, offset_minutes = excluded.offset_minutes,
    updated_at = excluded.updated_at, abandoned_at = NULL, is_news = excluded.is_news
WHERE commerce_cart.status <> 'ordered' AND commerce_cart.updated_at < excluded.updated_at
RETURNING number, id
"""
ABANDON = """
UPDATE commerce_cart c SET status = 'abandoned', abandoned_at = c.updated_at + make_interval(hours => %(hours)s)
FROM (SELECT id FROM commerce_cart WHERE status = 'open' AND updated_at <= %(before)s
      ORDER BY updated_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) due
WHERE c.id = due.id
RETURNING c.id, c.source, c.channel, c.number, c.handle, c.location_id, c.total, c.currency, c.line_count,
    c.offset_minutes, c.abandoned_at, c.updated_at, c.is_news
"""


@transaction.atomic
def update_carts(*, carts: CartColumns, lines: LineColumns) -> int:
    """Writes carts as they are now, with a `cart.updated` event each; answers how many were news to us.

    Numbers must differ. An update that is older than what is known is left out; one of an abandoned cart opens it
    again; one of an ordered cart is too late. A cart without lines was emptied.
    """
    by_cart: list[list[int]] = [[] for _ in carts.numbers]
    for line, cart in enumerate(lines.deals):
        by_cart[cart].append(line)
    amounts = line_amounts(lines=lines, currencies=carts.currencies)
    totals = [sum(amounts[line] for line in mine) for mine in by_cart]
    places = carts.location_ids or (None,) * len(by_cart)
    stage_rows(
        "commerce_seen_carts",
        STAGED,
        (
            (
                uuid7(), carts.numbers[index], carts.handles[index], carts.updated_at[index],
                carts.offset_minutes[index], carts.currencies[index], places[index], totals[index], len(mine),
            )
            for index, mine in enumerate(by_cart)
        ),
        STAGED_TYPES,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"source": carts.source, "channel": carts.channel, "is_news": carts.is_news})
        written = dict(cursor.fetchall())
        cursor.execute("DELETE FROM commerce_cartline WHERE cart_id = ANY (%s)", [list(written.values())])
    products = write_products(source=carts.source, lines=lines)
    copy_rows(
        "commerce_cartline",
        ("cart_id", "position", "product_id", "quantity", "unit_price", "amount"),
        (
            (written[number], place, products[line], lines.quantities[line], lines.unit_prices[line], amounts[line])
            for number, mine in zip(carts.numbers, by_cart, strict=True)
            if number in written
            for place, line in enumerate(mine, start=1)
        ),
        ("int8", "int4", "int8", "numeric", "numeric", "int8"),
    )
    told = [index for index, number in enumerate(carts.numbers) if number in written]
    if told:
        ledger.record_events(
            columns=EventColumns(
                kind=CART_UPDATED,
                source=carts.source,
                is_news=carts.is_news,
                message_ids=[f"{carts.numbers[index]} {carts.updated_at[index].isoformat()}" for index in told],
                handles=[carts.handles[index] for index in told],
                occurred_at=[carts.updated_at[index] for index in told],
                offset_minutes=[carts.offset_minutes[index] for index in told],
                subject_kind="cart",
                subject_ids=[written[carts.numbers[index]] for index in told],
                channel=carts.channel,
                location_ids=[places[index] for index in told],
                amounts=[totals[index] for index in told],
                currencies=[carts.currencies[index] for index in told],
                properties=[{"lines": len(by_cart[index])} for index in told],
            )
        )
    return len(told)


@transaction.atomic
def abandon_carts(*, most: int = STEP) -> int:
    """Marks carts that nobody touched for the hours of the setting, with a `cart.abandoned` event each.

    The event is dated at the moment the hours were over, however late this runs. Answers how many, at most `most`;
    call it again while it answers `most`.
    """
    now, hours = clock.now(), cart_hours()
    with connection.cursor() as cursor:
        cursor.execute(ABANDON, {"hours": hours, "before": now - timedelta(hours=hours), "most": most})
        rows = cursor.fetchall()
    groups: dict[tuple[str, str, bool], list[_Abandoned]] = {}
    for row in map(_Abandoned._make, rows):
        groups.setdefault((row.source, row.channel, row.is_news and now - row.abandoned_at < NEWS), []).append(row)
    for (source, channel, is_news), mine in groups.items():
        _tell_abandoned(source, channel, is_news, mine)
    return len(rows)


@transaction.atomic
def set_cart_hours(*, hours: int) -> None:
    """Writes after how many hours (1–720) an untouched cart counts as abandoned; carts that are open follow.

    Raises `CommerceRefused` for any other number.
    """
    if not 1 <= hours <= LONGEST_HOURS:
        raise CommerceRefused(_("Write a whole number of hours from 1 to %(most)s.") % {"most": LONGEST_HOURS})
    Settings.objects.update_or_create(id=1, defaults={"cart_hours": hours})


class _Abandoned(NamedTuple):
    """What the sweep answers of one cart."""

    id: int
    source: str
    channel: str
    number: str
    handle: int
    location_id: int | None
    total: int
    currency: str
    line_count: int
    offset_minutes: int
    abandoned_at: datetime
    updated_at: datetime
    is_news: bool


def _tell_abandoned(source: str, channel: str, is_news: bool, rows: Sequence[_Abandoned]) -> None:
    ledger.record_events(
        columns=EventColumns(
            kind=CART_ABANDONED,
            source=source,
            is_news=is_news,
            message_ids=[f"{row.number} {row.updated_at.isoformat()}" for row in rows],
            handles=[row.handle for row in rows],
            occurred_at=[row.abandoned_at for row in rows],
            offset_minutes=[row.offset_minutes for row in rows],
            subject_kind="cart",
            subject_ids=[row.id for row in rows],
            channel=channel,
            location_ids=[row.location_id for row in rows],
            amounts=[row.total for row in rows],
            currencies=[row.currency for row in rows],
            properties=[{"lines": row.line_count} for row in rows],
        )
    )
