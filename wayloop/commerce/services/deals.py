"""Many orders or returns at once, each number once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from wayloop.business import api as business
from wayloop.commerce.enums import ORDER_PLACED, RETURN_MADE, OrderStatus
from wayloop.commerce.services.products import find_products, line_amounts, write_products
from wayloop.commerce.services.settling import settle_orders
from wayloop.contracts.commerce import DealColumns, DealOutcome, LineColumns
from wayloop.contracts.ledger import EventColumns
from wayloop.kernel.bulk import copy_rows, copy_table, stage_rows
from wayloop.kernel.ids import digest_key, uuid7
from wayloop.kernel.money import to_decimal, to_minor
from wayloop.ledger import api as ledger

if TYPE_CHECKING:
    import pyarrow as pa

LINE = ("position", "product_id", "quantity", "unit_price", "amount")
STAGED = (
    "uuid uuid, number text, handle bigint, happened_at timestamptz, offset_minutes smallint, currency text, "
    "rate numeric, location_id bigint, total bigint, total_base bigint, line_count int, fingerprint uuid, "
    "status text, paid_by text, cart text, of_order text, channel text"
)
STAGED_TYPES = (
    *("uuid", "text", "int8", "timestamptz", "int2", "text", "numeric", "int8", "int8", "int8", "int4", "uuid"),
    *("text", "text", "text", "text", "text"),
)
WRITE_DEALS = """
INSERT INTO {deals} (uuid, source, number, handle, happened_at, offset_minutes, channel, location_id, currency, rate,
    total, total_base, line_count, fingerprint, batch, {own})
SELECT uuid, %(source)s, number, handle, happened_at, offset_minutes, channel, location_id, currency, rate,
    total, total_base, line_count, fingerprint, %(batch)s, {values}
FROM commerce_incoming ORDER BY happened_at, number
ON CONFLICT (source, number) DO NOTHING RETURNING number, id
"""
# Nobody tells of payments: null. Nothing was paid yet: an empty method.
OWN_OF_ORDERS = "status, tells_payments, paid, balance"
VALUES_OF_ORDERS = """
    status, paid_by IS NOT NULL,
    CASE WHEN paid_by = '' THEN 0 WHEN paid_by <> '' THEN total END,
    CASE WHEN paid_by IS NULL THEN NULL WHEN status = 'cancelled' AND paid_by <> '' THEN -total
        WHEN status <> 'cancelled' AND paid_by = '' THEN total ELSE 0 END
"""
OWN_OF_RETURNS = "order_id"
VALUES_OF_RETURNS = (
    "(SELECT o.id FROM commerce_order o WHERE o.source = %(source)s AND o.number = commerce_incoming.of_order)"
)
# What was paid on the spot is money like any other; the event of the order tells of it.
WRITE_PAYMENTS = """
INSERT INTO commerce_payment (uuid, order_id, is_refund, method, amount, currency, counted, happened_at, is_told)
SELECT gen_random_uuid(), o.id, false, i.paid_by, i.total, i.currency, i.total, i.happened_at, false
FROM commerce_incoming i JOIN commerce_order o ON o.source = %(source)s AND o.number = i.number
WHERE i.number = ANY (%(written)s) AND i.paid_by <> '' AND i.total > 0
"""
CLOSE_CARTS = """
UPDATE commerce_cart c SET status = 'ordered', order_id = o.id
FROM commerce_incoming i JOIN commerce_order o ON o.source = %(source)s AND o.number = i.number
WHERE i.number = ANY (%(written)s) AND c.source = %(source)s AND c.number = i.cart AND c.status <> 'ordered'
"""
KNOWN = """
SELECT i.number, d.id, d.fingerprint <> i.fingerprint
FROM commerce_incoming i JOIN {deals} d ON d.source = %(source)s AND d.number = i.number
"""


@dataclass(frozen=True)
class _Direction:
    """Where a kind of deal is kept and what its event is called."""

    deals: str
    lines: str
    parent: str
    event: str
    subject: str


ORDERS = _Direction("commerce_order", "commerce_orderline", "order_id", ORDER_PLACED, "order")
RETURNS = _Direction("commerce_return", "commerce_returnline", "back_id", RETURN_MADE, "return")


@transaction.atomic
def record_orders(*, deals: DealColumns, lines: LineColumns) -> DealOutcome:
    """Writes orders with their lines and an `order.placed` event each.

    A deal without a rate gets the one that the business entered for its time, if any. A number that its source has
    already is left as it is, and told apart in the outcome by whether the lines are the same. A line's amount is
    quantity times unit price, rounded once, half away from zero. What was paid on the spot is written as a payment
    without an event of its own; the cart an order came from is closed.
    """
    return _record(ORDERS, deals, lines)


@transaction.atomic
def record_returns(*, deals: DealColumns, lines: LineColumns) -> DealOutcome:
    """Writes returns with their lines and a `return.made` event each; otherwise as `record_orders`.

    What comes back of an order that is known lowers what is owed for it.
    """
    return _record(RETURNS, deals, lines)


@dataclass(frozen=True)
class DealSums:
    """What the lines of deals come to, as columns: in minor units, how many there are, and what tells them apart."""

    totals: Sequence[int]
    line_counts: Sequence[int]
    texts: Sequence[str]


@transaction.atomic
def record_rows(
    *,
    is_return: bool,
    deals: DealColumns,
    sums: DealSums,
    products: Sequence[tuple[str, str, str]],
    language: str,
    lines: "Callable[[Mapping[str, int], Mapping[str, int]], pa.Table]",
) -> DealOutcome:
    """Writes orders or returns of a file, whose lines stay in columns; otherwise as `record_orders`.

    `products`: code, name in `language`, and category of each. `lines` answers the lines of the deals that are new, by
    their numbers' ids and the ids of products by code.
    """
    direction = RETURNS if is_return else ORDERS
    deals = _with_entered_rates(deals)
    written = _write_deals(direction, deals, sums)
    _write_what_belongs_to_them(deals, list(written))
    if written:
        known = find_products(source=deals.source, batch=deals.batch, language=language, products=products)
        table = lines(written, known)
        copy_table(direction.lines, table.rename_columns([direction.parent, *LINE]))
        _record_events(direction, deals, written, sums)
    return _outcome(direction, deals, written)


def _record(direction: _Direction, deals: DealColumns, lines: LineColumns) -> DealOutcome:
    by_deal: list[list[int]] = [[] for _ in deals.numbers]
    for line, deal in enumerate(lines.deals):
        by_deal[deal].append(line)
    amounts = line_amounts(lines=lines, currencies=deals.currencies)
    told = deals.totals or (None,) * len(by_deal)
    sums = DealSums(
        totals=[
            sum(amounts[line] for line in mine) if total is None else total
            for mine, total in zip(by_deal, told, strict=True)
        ],
        line_counts=[len(mine) for mine in by_deal],
        texts=["\0".join(_line_text(lines, line) for line in mine) for mine in by_deal],
    )
    deals = _with_entered_rates(deals)
    written = _write_deals(direction, deals, sums)
    _write_what_belongs_to_them(deals, list(written))
    products = write_products(source=deals.source, lines=lines, batch=deals.batch)
    copy_rows(
        direction.lines,
        (direction.parent, *LINE),
        (
            (
                written[number],
                position,
                products[line],
                lines.quantities[line],
                lines.unit_prices[line],
                amounts[line],
            )
            for number, mine in zip(deals.numbers, by_deal, strict=True)
            if number in written
            for position, line in enumerate(mine, start=1)
        ),
        ("int8", "int4", "int8", "numeric", "numeric", "int8"),
    )
    _record_events(direction, deals, written, sums)
    return _outcome(direction, deals, written)


def _outcome(direction: _Direction, deals: DealColumns, written: Mapping[str, int]) -> DealOutcome:
    found: list[tuple[str, int, bool]] = []
    if len(written) < len(deals.numbers):
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(KNOWN).format(deals=sql.Identifier(direction.deals)), {"source": deals.source})
            found = cursor.fetchall()
    # A number that stands there twice with other lines is written once, and conflicts.
    conflicting = frozenset(number for number, _id, is_other in found if is_other)
    unchanged = frozenset(deals.numbers) - conflicting - frozenset(written)
    return DealOutcome(
        written=frozenset(written),
        unchanged=unchanged,
        conflicting=conflicting,
        ids={**written, **{number: deal for number, deal, _is_other in found if number in unchanged}},
    )


def _write_deals(direction: _Direction, deals: DealColumns, sums: DealSums) -> dict[str, int]:
    own = business.profile().currency if any(rate is not None for rate in deals.rates) else ""
    count = len(deals.numbers)
    nothing: Sequence[None] = (None,) * count
    told = deals.totals or nothing
    rows = zip(
        deals.uuids or (uuid7() for _ in range(count)),
        deals.numbers,
        deals.handles,
        deals.happened_at,
        deals.offset_minutes,
        deals.currencies,
        deals.rates,
        deals.location_ids or nothing,
        sums.totals,
        map(_in_base, sums.totals, deals.currencies, deals.rates, (own,) * count),
        sums.line_counts,
        map(_fingerprint, sums.texts, told),
        deals.statuses or (OrderStatus.COMPLETED.value,) * count,
        deals.paid_by or nothing,
        deals.carts or nothing,
        deals.of_orders or nothing,
        deals.channels or (deals.channel,) * count,
        strict=True,
    )
    stage_rows("commerce_incoming", STAGED, rows, STAGED_TYPES)
    is_return = direction is RETURNS
    statement = sql.SQL(WRITE_DEALS).format(
        deals=sql.Identifier(direction.deals),
        own=sql.SQL(OWN_OF_RETURNS if is_return else OWN_OF_ORDERS),
        values=sql.SQL(VALUES_OF_RETURNS if is_return else VALUES_OF_ORDERS),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"source": deals.source, "batch": deals.batch})
        return dict(cursor.fetchall())


def _write_what_belongs_to_them(deals: DealColumns, written: Sequence[str]) -> None:
    """Payments on the spot, the carts that became orders, and what returns leave to be paid."""
    values: dict[str, Any] = {"source": deals.source, "written": written}
    with connection.cursor() as cursor:
        if any(deals.paid_by):
            cursor.execute(WRITE_PAYMENTS, values)
        if any(deals.carts):
            cursor.execute(CLOSE_CARTS, values)
        if any(deals.of_orders):
            cursor.execute(
                "SELECT order_id FROM commerce_return WHERE source = %(source)s AND number = ANY (%(written)s) "
                "AND order_id IS NOT NULL",
                values,
            )
            settle_orders(orders=[order for (order,) in cursor.fetchall()])


def _record_events(direction: _Direction, deals: DealColumns, written: Mapping[str, int], sums: DealSums) -> None:
    told: dict[str, list[int]] = {}
    channels = deals.channels or (deals.channel,) * len(deals.numbers)
    for index, (number, handle) in enumerate(zip(deals.numbers, deals.handles, strict=True)):
        if number in written and handle is not None:
            told.setdefault(channels[index], []).append(index)
    for channel, mine in told.items():
        ledger.record_events(
            columns=EventColumns(
                kind=direction.event,
                source=deals.source,
                is_news=deals.is_news,
                message_ids=[deals.numbers[index] for index in mine],
                handles=[deals.handles[index] or 0 for index in mine],
                occurred_at=[deals.happened_at[index] for index in mine],
                offset_minutes=[deals.offset_minutes[index] for index in mine],
                subject_kind=direction.subject,
                subject_ids=[written[deals.numbers[index]] for index in mine],
                channel=channel,
                location_ids=[deals.location_ids[index] for index in mine] if deals.location_ids else (),
                amounts=[sums.totals[index] for index in mine],
                currencies=[deals.currencies[index] for index in mine],
                properties=[{"number": deals.numbers[index], "lines": sums.line_counts[index]} for index in mine],
                batch=deals.batch,
            )
        )


def _with_entered_rates(deals: DealColumns) -> DealColumns:
    unknown = [index for index, rate in enumerate(deals.rates) if rate is None]
    if not unknown:
        return deals
    found = business.rates_at(
        currencies=[deals.currencies[index] for index in unknown],
        instants=[deals.happened_at[index] for index in unknown],
    )
    rates = list(deals.rates)
    for index, rate in zip(unknown, found, strict=True):
        rates[index] = rate
    return replace(deals, rates=rates)


def _in_base(total: int, currency: str, rate: Decimal | None, own: str) -> int | None:
    # By whole units: a rate knows nothing of how many digits each of the two currencies has.
    return None if rate is None else to_minor(to_decimal(total, currency) * rate, own)


def _line_text(lines: LineColumns, line: int) -> str:
    # As whole thousandths and millionths, so that 1.5 and 1.500 are the same line.
    return (
        f"{lines.product_ids[line] if lines.product_ids else lines.product_codes[line]}\n"
        f"{int(lines.quantities[line] * 1000)}\n{int(lines.unit_prices[line] * 1_000_000)}"
    )


def _fingerprint(text: str, total: int | None) -> UUID:
    return digest_key(text) if total is None else digest_key(text, str(total))
