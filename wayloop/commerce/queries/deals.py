"""Reads of orders and returns, and of those who bought."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.commerce.enums import OPEN_STATUSES
from wayloop.commerce.models import Order, OrderLine, Return, ReturnLine
from wayloop.commerce.queries.narrowing import CAME, Narrowed, Side, narrow
from wayloop.commerce.queries.orders import LATE
from wayloop.commerce.queries.staying import Stand, first_orders, lost_between, there_at
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key

RELATION: Mapping[Side, str] = {"orders": "api_commerce_orders", "returns": "api_commerce_returns"}
# What lists of orders can be narrowed to. Without any of them, those that were cancelled stay out.
STATE: Mapping[str, str] = {
    "": "true",
    "open": f"status IN ({', '.join(repr(one.value) for one in OPEN_STATUSES)})",
    "placed": "status = 'placed'",
    "confirmed": "status = 'confirmed'",
    "ready": "status = 'ready'",
    "completed": "status = 'completed'",
    "cancelled": "status = 'cancelled'",
    "late": f"id IN ({LATE})",
    **CAME,
    "unpaid": "balance > 0",
    "to_return": "balance < 0",
}


@dataclass(frozen=True)
class Period:
    """Instants from `start` (included) to `end` (left out); None: without a border.

    `days`: the same as days, by which deliveries are counted; `narrowed`: see `narrowing.narrow`.
    """

    start: datetime | None = None
    end: datetime | None = None
    days: tuple[date | None, date | None] = (None, None)
    narrowed: Narrowed = field(default_factory=dict)


@dataclass(frozen=True)
class DealRow:
    """One order or return in a list; `person` is None for a guest. Money in minor units of `currency`.

    `status` and `balance` (above zero: the customer owes it) of orders only.
    """

    id: int
    uuid: UUID
    number: str
    person: int | None
    happened_at: datetime
    channel: str
    location_id: int | None
    currency: str
    total: int
    line_count: int
    status: str = ""
    balance: int | None = None


@dataclass(frozen=True)
class BuyerRow:
    """What one buyer did in a period: all orders, the last of them, and the money in the currency they used most."""

    person: int
    orders: int
    gross: int
    returned: int
    currency: str
    last_order_at: datetime


@dataclass(frozen=True)
class LineRow:
    """One line of an order or return; `uuid` is that of its product."""

    position: int
    uuid: UUID
    code: str
    name: Localised
    quantity: Decimal
    unit_price: Decimal
    amount: int


def has_deals() -> bool:
    """Whether there is any order or return."""
    return Order.objects.exists() or Return.objects.exists()


def list_deals(
    *,
    side: Side,
    scope: Scope,
    period: Period,
    text: str = "",
    person: int | None = None,
    state: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[DealRow]:
    """A page of orders or returns, the newest first. `text`: the beginning of a number; `state`: a key of `STATE`.

    Cancelled orders are left out, unless one looks for them, for what is to be given back, or for a number.
    """
    relation, where, values = _rows(side, scope, period, text, person, state)
    key = read_key(after, datetime, int)
    if key:
        where += " AND (happened_at, id) < (%(moment)s, %(last)s)"
        values |= {"moment": key[0], "last": key[1]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, uuid, number, person, happened_at, channel, location_id, currency, total, line_count"  # noqa: S608
            f"{', status, balance' if side == 'orders' else ''} "
            f"FROM {relation} WHERE {where} ORDER BY happened_at DESC, id DESC LIMIT %(limit)s",
            values | {"limit": limit + 1},
        )
        rows = [DealRow(*row) for row in cursor.fetchall()]
    return cut_page(rows, limit, lambda row: (row.happened_at.isoformat(), row.id))


def count_deals(
    *, side: Side, scope: Scope, period: Period, text: str = "", person: int | None = None, state: str = ""
) -> Total:
    """How many rows `list_deals` has in all."""
    relation, where, values = _rows(side, scope, period, text, person, state)
    return count_rows(f"SELECT 1 FROM {relation} WHERE {where}", values)  # noqa: S608


def sum_deals(
    *, side: Side, scope: Scope, period: Period, text: str = "", person: int | None = None, state: str = ""
) -> dict[str, tuple[int, int]]:
    """Currency → how many of the rows `list_deals` has are in it, and what they come to in minor units."""
    relation, where, values = _rows(side, scope, period, text, person, state)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT currency, count(*), sum(total)::bigint FROM {relation} WHERE {where} "  # noqa: S608
            "GROUP BY currency ORDER BY count(*) DESC, currency",
            values,
        )
        return {currency: (number, total) for currency, number, total in cursor.fetchall()}


def list_buyers(
    *,
    scope: Scope,
    period: Period,
    least: int = 1,
    again: bool = False,
    stand: Stand = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[BuyerRow]:
    """A page of the people with at least so many orders in the period, those with the latest order first.

    `again`: only those who had bought before it, too. `stand`: see `staying`; who was lost is listed with the orders
    before the period.
    """
    where, values = _buyers(scope, period, again=again, stand=stand)
    if stand == "lost":
        period = replace(period, start=None, end=period.start)
    back, values_back = _conditions(scope, period, "", None, "returns")
    key = read_key(after, datetime, int)
    having = "HAVING count(*) >= %(least)s"
    values |= values_back | {"least": least}
    if key:
        having += " AND (max(happened_at), person) < (%(moment)s, %(last)s)"
        values |= {"moment": key[0], "last": key[1]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH buyers AS (
                SELECT person, count(*) AS orders, mode() WITHIN GROUP (ORDER BY currency) AS currency,
                    max(happened_at) AS last
                FROM api_commerce_orders WHERE person IS NOT NULL AND {where}
                GROUP BY person {having} ORDER BY max(happened_at) DESC, person DESC LIMIT %(limit)s
            )
            SELECT person, orders,
                (SELECT sum(total) FROM api_commerce_orders o
                 WHERE o.person = buyers.person AND o.currency = buyers.currency AND {where}),
                coalesce((SELECT sum(total) FROM api_commerce_returns r
                          WHERE r.person = buyers.person AND r.currency = buyers.currency AND {back}), 0),
                currency, last
            FROM buyers ORDER BY last DESC, person DESC
            """,  # noqa: S608
            values | {"limit": limit + 1},
        )
        rows = [BuyerRow(row[0], row[1], int(row[2]), int(row[3]), row[4], row[5]) for row in cursor.fetchall()]
    return cut_page(rows, limit, lambda row: (row.last_order_at.isoformat(), row.person))


def count_buyers(
    *, scope: Scope, period: Period, least: int = 1, again: bool = False, stand: Stand = "", exact: bool = False
) -> Total:
    """How many people `list_buyers` has in all."""
    where, values = _buyers(scope, period, again=again, stand=stand)
    buyers = f"SELECT DISTINCT person FROM api_commerce_orders WHERE person IS NOT NULL AND {where}"  # noqa: S608
    if least > 1:
        buyers = buyers.replace("DISTINCT ", "", 1) + " GROUP BY person HAVING count(*) >= %(least)s"
    return count_rows(buyers, values | {"least": least}, exact=exact)


def deal_by_uuid(*, side: Side, uuid: UUID, scope: Scope) -> Order | Return | None:
    """The order or return at this address, or None when there is none that the scope lets see."""
    found = (Order if side == "orders" else Return).objects.filter(uuid=uuid).first()
    hidden = found is not None and scope.locations is not None and found.location_id not in (None, *scope.locations)
    return None if hidden else found


def order_sources(*, orders: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Order → the system its number is from, and the UTC offset its time was told in, in minutes."""
    rows = Order.objects.filter(id__in=orders).values_list("id", "source", "offset_minutes")
    return {order: (source, offset) for order, source, offset in rows}


def lines_of(*, side: Side, deal: int) -> list[LineRow]:
    """The lines of one order or return, in its order."""
    rows = OrderLine.objects.filter(order_id=deal) if side == "orders" else ReturnLine.objects.filter(back_id=deal)
    return [
        LineRow(
            row.position, row.product.uuid, row.product.code, row.product.name, row.quantity, row.unit_price, row.amount
        )
        for row in rows.select_related("product").order_by("position")
    ]


def product_names(*, side: Side, deals: Sequence[int], most: int = 3) -> dict[int, list[Localised]]:
    """Deal → the names of its first products, for a sentence about it."""
    table, parent = ("commerce_orderline", "order_id") if side == "orders" else ("commerce_returnline", "back_id")
    names: dict[int, list[Localised]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.{parent}, p.name::text FROM {table} l JOIN commerce_product p ON p.id = l.product_id "  # noqa: S608
            f"WHERE l.{parent} = ANY (%s) AND l.position <= %s ORDER BY l.{parent}, l.position",
            [list(deals), most],
        )
        for deal, name in cursor.fetchall():
            names.setdefault(deal, []).append(Localised.from_json(json.loads(name)))
    return names


def deal_addresses(*, side: Side, deals: Sequence[int]) -> dict[int, tuple[UUID, str]]:
    """Deal → its address and number."""
    rows = (Order if side == "orders" else Return).objects.filter(id__in=deals).values_list("id", "uuid", "number")
    return {deal: (uuid, number) for deal, uuid, number in rows}


def totals_by_person(
    *, side: Side, people: Sequence[int], scope: Scope
) -> dict[int, list[tuple[str, int, int, datetime]]]:
    """Person → per currency: (currency, how many, sum in minor units, the latest)."""
    where, values = _conditions(scope, Period(), "", None)
    found: dict[int, list[tuple[str, int, int, datetime]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person, currency, count(*), sum(total), max(happened_at) FROM {RELATION[side]} "  # noqa: S608
            f"WHERE person = ANY (%(people)s) AND {where} GROUP BY person, currency "
            "ORDER BY person, count(*) DESC, currency",
            values | {"people": list(people)},
        )
        for person, currency, count, total, latest in cursor.fetchall():
            found.setdefault(person, []).append((currency, count, int(total), latest))
    return found


def _rows(
    side: Side, scope: Scope, period: Period, text: str, person: int | None, state: str
) -> tuple[str, str, dict[str, Any]]:
    """The relation, conditions and values of a list."""
    if state in CAME:
        first, end = period.days
        where, values = _conditions(scope, replace(period, start=None, end=None), text, person, side)
        return RELATION[side], f"{where} AND {CAME[state]}", values | {"first_day": first, "end_day": end}
    where, values = _conditions(scope, period, text, person, side)
    if side != "orders":
        return RELATION[side], where, values
    has_cancelled = state in ("cancelled", "to_return") or bool(text and not state)
    values["now"] = clock.now()
    return "api_commerce_all_orders" if has_cancelled else RELATION[side], f"{where} AND {STATE[state]}", values


def _buyers(scope: Scope, period: Period, *, again: bool, stand: Stand) -> tuple[str, dict[str, Any]]:
    """Conditions on the orders of buyers, and their values."""
    start, end = period.start, period.end
    if stand == "lost" and start and end:
        where, values = _conditions(scope, replace(period, start=None, end=start), "", None)
        seen, more = _conditions(scope, replace(period, start=None, end=None), "", None)
        found, bound = lost_between(start, end, seen)
        return f"{where} AND person IN ({found})", values | more | bound
    where, values = _conditions(scope, period, "", None)
    seen, _values = _conditions(scope, replace(period, start=None, end=None), "", None)
    if again and start:
        where += f" AND person IN (SELECT person FROM api_commerce_orders WHERE {seen} AND happened_at < %(start)s)"  # noqa: S608
    if stand == "there" and end:
        found, bound = there_at(end, seen)
        where, values = f"{where} AND person IN ({found})", values | bound
    if stand == "new":
        sight, bound = _conditions(scope, Period(), "", None)
        where, values = f"{where} AND person IN ({first_orders(where, sight)})", values | bound
    return where, values


def _conditions(
    scope: Scope, period: Period, text: str, person: int | None, side: Side = "orders"
) -> tuple[str, dict[str, Any]]:
    narrowed, values = narrow(side, period.narrowed)
    where = ["true", *narrowed]
    if scope.locations is not None:
        where.append("(location_id IS NULL OR location_id = ANY (%(locations)s))")
        values["locations"] = list(scope.locations)
    if period.start:
        where.append("happened_at >= %(start)s")
        values["start"] = period.start
    if period.end:
        where.append("happened_at < %(end)s")
        values["end"] = period.end
    # NUL cannot be in a text of the database.
    if beginning := text.replace("\0", "").strip():
        where.append("starts_with(number, %(text)s)")
        values["text"] = beginning
    if person is not None:
        where.append("person = %(person)s")
        values["person"] = person
    return " AND ".join(where), values
