"""Many orders or returns at once, each number once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from wayloop.business import api as business
from wayloop.commerce.enums import ORDER_PLACED, RETURN_MADE
from wayloop.contracts.commerce import DealColumns, DealOutcome, LineColumns
from wayloop.contracts.ledger import EventColumns
from wayloop.kernel.bulk import copy_rows, stage_rows
from wayloop.kernel.ids import digest_key, uuid7
from wayloop.kernel.localised import Localised
from wayloop.kernel.money import to_decimal, to_minor
from wayloop.ledger import api as ledger

STAGED = (
    "uuid uuid, number text, handle bigint, happened_at timestamptz, offset_minutes smallint, currency text, "
    "rate numeric, location_id bigint, total bigint, total_base bigint, line_count int, fingerprint uuid"
)
STAGED_TYPES = (
    "uuid", "text", "int8", "timestamptz", "int2", "text", "numeric", "int8", "int8", "int8", "int4", "uuid",
)  # fmt: skip
WRITE_DEALS = """
INSERT INTO {deals} (uuid, source, number, handle, happened_at, offset_minutes, channel, location_id, currency, rate,
    total, total_base, line_count, fingerprint, batch)
SELECT uuid, %(source)s, number, handle, happened_at, offset_minutes, %(channel)s, location_id, currency, rate,
    total, total_base, line_count, fingerprint, %(batch)s
FROM commerce_incoming ORDER BY happened_at, number
ON CONFLICT (source, number) DO NOTHING RETURNING number, id
"""
CONFLICTS = """
SELECT i.number FROM commerce_incoming i JOIN {deals} d ON d.source = %(source)s AND d.number = i.number
WHERE d.fingerprint <> i.fingerprint
"""
WRITE_PRODUCTS = """
INSERT INTO commerce_product (uuid, source, code, name, category)
SELECT uuid, %(source)s, code, name, '' FROM commerce_named ORDER BY code
ON CONFLICT (source, code) DO UPDATE SET name = excluded.name
WHERE commerce_product.name -> 'texts' = '{}'::jsonb AND excluded.name -> 'texts' <> '{}'::jsonb
"""
PRODUCTS = "SELECT code, id, name -> 'texts' <> '{}'::jsonb FROM commerce_product WHERE source = %s AND code = ANY (%s)"


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
    quantity times unit price, rounded once, half away from zero.
    """
    return _record(ORDERS, deals, lines)


@transaction.atomic
def record_returns(*, deals: DealColumns, lines: LineColumns) -> DealOutcome:
    """Writes returns with their lines and a `return.made` event each; otherwise as `record_orders`."""
    return _record(RETURNS, deals, lines)


def _record(direction: _Direction, deals: DealColumns, lines: LineColumns) -> DealOutcome:
    by_deal: list[list[int]] = [[] for _ in deals.numbers]
    for line, deal in enumerate(lines.deals):
        by_deal[deal].append(line)
    amounts = [
        to_minor(quantity * price, deals.currencies[deal])
        for quantity, price, deal in zip(lines.quantities, lines.unit_prices, lines.deals, strict=True)
    ]
    told = deals.totals or (None,) * len(by_deal)
    totals = [
        sum(amounts[line] for line in mine) if total is None else total
        for mine, total in zip(by_deal, told, strict=True)
    ]
    deals = _with_entered_rates(deals)
    written = _write_deals(direction, deals, lines, by_deal, totals)
    products = _products(deals.source, lines)
    copy_rows(
        direction.lines,
        (direction.parent, "position", "product_id", "quantity", "unit_price", "amount"),
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
    _record_events(direction, deals, written, totals, by_deal)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(CONFLICTS).format(deals=sql.Identifier(direction.deals)), {"source": deals.source})
        conflicting = frozenset(number for (number,) in cursor.fetchall())
    return DealOutcome(
        written=frozenset(written),
        unchanged=frozenset(deals.numbers) - conflicting - frozenset(written),
        conflicting=conflicting,
    )


def _write_deals(
    direction: _Direction,
    deals: DealColumns,
    lines: LineColumns,
    by_deal: Sequence[Sequence[int]],
    totals: Sequence[int],
) -> dict[str, int]:
    own = business.profile().currency
    rows = (
        (
            deals.uuids[index] if deals.uuids else uuid7(),
            deals.numbers[index],
            deals.handles[index],
            deals.happened_at[index],
            deals.offset_minutes[index],
            deals.currencies[index],
            deals.rates[index],
            deals.location_ids[index] if deals.location_ids else None,
            totals[index],
            _in_base(totals[index], deals.currencies[index], deals.rates[index], own),
            len(mine),
            _fingerprint(lines, mine, deals.totals[index] if deals.totals else None),
        )
        for index, mine in enumerate(by_deal)
    )
    stage_rows("commerce_incoming", STAGED, rows, STAGED_TYPES)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(WRITE_DEALS).format(deals=sql.Identifier(direction.deals)),
            {"source": deals.source, "channel": deals.channel, "batch": deals.batch},
        )
        return dict(cursor.fetchall())


def _products(source: str, lines: LineColumns) -> Sequence[int]:
    """The product of each line; codes that are new to the source become products."""
    if lines.product_ids:
        return lines.product_ids
    names: dict[str, str] = {}
    for code, name in zip(lines.product_codes, lines.product_names, strict=True):
        # The first name that is not empty stays: later spellings of a file do not rename a product.
        if not names.get(code):
            names[code] = name
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, [source, list(names)])
        known = {code: product for code, product, is_named in cursor.fetchall() if is_named or not names[code]}
        missing = [code for code in names if code not in known]
        if missing:
            stage_rows(
                "commerce_named",
                "uuid uuid, code text, name jsonb",
                ((uuid7(), code, _product_name(names[code], lines)) for code in missing),
            )
            cursor.execute(WRITE_PRODUCTS, {"source": source})
            cursor.execute(PRODUCTS, [source, missing])
            known |= {code: product for code, product, _is_named in cursor.fetchall()}
    return [known[code] for code in lines.product_codes]


def _product_name(name: str, lines: LineColumns) -> Jsonb:
    localised = Localised.of(name, lines.language) if name else Localised(source=lines.language)
    return Jsonb(localised.to_json())


def _record_events(
    direction: _Direction,
    deals: DealColumns,
    written: dict[str, int],
    totals: Sequence[int],
    by_deal: Sequence[Sequence[int]],
) -> None:
    told = [
        (index, handle)
        for index, (number, handle) in enumerate(zip(deals.numbers, deals.handles, strict=True))
        if number in written and handle is not None
    ]
    if not told:
        return
    ledger.record_events(
        columns=EventColumns(
            kind=direction.event,
            source=deals.source,
            is_news=deals.is_news,
            message_ids=[deals.numbers[index] for index, _ in told],
            handles=[handle for _, handle in told],
            occurred_at=[deals.happened_at[index] for index, _ in told],
            offset_minutes=[deals.offset_minutes[index] for index, _ in told],
            subject_kind=direction.subject,
            subject_ids=[written[deals.numbers[index]] for index, _ in told],
            channel=deals.channel,
            location_ids=[deals.location_ids[index] if deals.location_ids else None for index, _ in told],
            amounts=[totals[index] for index, _ in told],
            currencies=[deals.currencies[index] for index, _ in told],
            properties=[{"number": deals.numbers[index], "lines": len(by_deal[index])} for index, _ in told],
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


def _fingerprint(lines: LineColumns, mine: Sequence[int], total: int | None) -> UUID:
    # As whole thousandths and millionths, so that 1.5 and 1.500 are the same line.
    parts = [
        f"{lines.product_ids[line] if lines.product_ids else lines.product_codes[line]}\n"
        f"{int(lines.quantities[line] * 1000)}\n{int(lines.unit_prices[line] * 1_000_000)}"
        for line in mine
    ]
    return digest_key(*parts) if total is None else digest_key(*parts, str(total))
