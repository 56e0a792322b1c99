"""Rows of a file as orders with their lines: worked out in columns, by DuckDB. Nothing here writes to the database.

A row is a line of an order; what the order is of its own is taken from its earliest row that says it. An order whose
rows name no product has no lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from wayloop.contracts.imports import UNREADABLE
from wayloop.kernel import clock
from wayloop.kernel.money import is_currency, minor_digits

MEMORY = "200MB"
TYPES = {"text": "VARCHAR", "decimal": "DECIMAL(18,6)", "instant": "TIMESTAMP", "date": "DATE", "yes_no": "BOOLEAN"}
# Why a row cannot come in.
SIGN, PRICE, PRODUCT, DISCOUNT, PLACE = "sign", "price", "product", "discount", "place"
# What people write for the currencies of their neighbourhood.
SIGNS = {
    "₴": "UAH", "ГРН": "UAH", "ГРН.": "UAH", "₽": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "Р.": "RUB", "€": "EUR",
    "$": "USD", "£": "GBP", "₸": "KZT", "ZŁ": "PLN", "BR": "BYN",
}  # fmt: skip
ROWS = """
CREATE OR REPLACE TEMP TABLE line AS
SELECT i, number, happened_at, {customer}, concat_ws(chr(0), coalesce(customer, ''), coalesce(phone, ''),
        coalesce(email, '')) AS who, trim(upper(currency)) AS currency, location,
    coalesce(channel, '') AS channel, status, paid, paid_by, order_total,
    promised_at, sent_at, delivered_at, way, carrier, tracking,
    coalesce(product_code, left(product_name, 120)) AS code, coalesce(product_name, '') AS name,
    coalesce(category, '') AS category,
    $all_back OR $start <> '' AND starts_with(number, $start) AS is_back, of_order,
    coalesce(quantity, CASE WHEN product_code IS NOT NULL OR product_name IS NOT NULL THEN 1 END)
        AS quantity, unit_price, discount, line_total
FROM incoming
"""
CUSTOMER = ("customer", "phone", "email", "customer_name", "town", "country")
# Rounded once, half away from zero, as everywhere.
MINOR = """
CASE digits WHEN 0 THEN CAST(round({value}, 0) AS BIGINT)
    WHEN 3 THEN CAST(CAST(round({value}, 3) AS DECIMAL(27,3)) * 1000 AS BIGINT)
    ELSE CAST(CAST(round({value}, 2) AS DECIMAL(27,2)) * 100 AS BIGINT) END
"""
PRICE_OF = "coalesce(unit_price, abs(line_total) / nullif(abs(quantity), 0))::DECIMAL(18,6)"
COMES_TO = f"""
coalesce(abs(line_total)::DECIMAL(38,12),
    abs(quantity)::DECIMAL(19,6) * {PRICE_OF}::DECIMAL(19,6) - coalesce(discount, 0))
"""
READ = f"""
CREATE OR REPLACE TEMP TABLE read AS
SELECT * REPLACE (abs(quantity) AS quantity, {PRICE_OF} AS unit_price),
    {MINOR.format(value=COMES_TO)} AS amount, epoch_us(happened_at)::HUGEINT * 100000000 + i AS place
FROM (SELECT line.*, coalesce(p.problem, CASE
    WHEN code IS NULL AND coalesce(unit_price, line_total, quantity) IS NOT NULL THEN '{PRODUCT}'
    WHEN quantity = 0 OR NOT is_back AND quantity < 0 THEN '{SIGN}'
    WHEN code IS NOT NULL AND unit_price IS NULL AND line_total IS NULL THEN '{PRICE}'
    WHEN line.location IS NOT NULL AND l.id IS NULL THEN '{PLACE}'
    WHEN line.currency IS NOT NULL AND c.iso IS NULL THEN '{UNREADABLE}:currency'
    WHEN order_total < 0 AND NOT is_back THEN '{UNREADABLE}:order_total'
    WHEN discount < 0 OR line_total IS NULL AND discount > abs(quantity)::DOUBLE * unit_price THEN '{DISCOUNT}'
    END) AS problem,
    p.handle, p.known_as, l.id AS location_id, coalesce(c.iso, $currency) AS iso,
    coalesce(c.digits, $digits)::TINYINT AS digits
FROM line LEFT JOIN places l ON l.name = line.location LEFT JOIN currencies c ON c.told = line.currency
LEFT JOIN people p ON p.who = line.who)
"""  # noqa: S608 – our own text
# As `services.deals` writes it.
LINE_TEXT = """
code || chr(10) || CAST(trunc(quantity * 1000) AS BIGINT) || chr(10) || CAST(trunc(unit_price * 1000000) AS BIGINT)
    || CASE WHEN line_total IS NULL AND discount IS NULL THEN '' ELSE chr(10) || amount END
"""
OF_DEAL = (
    "handle", "location_id", "status", "paid", "paid_by", "order_total", "promised_at", "sent_at", "delivered_at",
    "way", "carrier", "tracking", "of_order",
)  # fmt: skip
DEALS = f"""
CREATE OR REPLACE TEMP TABLE deal AS
    SELECT number, is_back, min(i) AS first, min(happened_at) AS happened_at, arg_min(iso, place) AS currency,
        arg_min(digits, place) AS digits, arg_min(nullif(channel, ''), place) AS channel,
        {", ".join(f"arg_min({name}, place) AS {name}" for name in OF_DEAL)},
        arg_min({MINOR.format(value="abs(order_total)")}, place) AS told,
        coalesce(sum(amount), 0)::BIGINT AS total, count(code) AS line_count, count(*) AS rows,
        string_agg({LINE_TEXT}, chr(0) ORDER BY i) AS text
    FROM read WHERE problem IS NULL GROUP BY number, is_back
"""  # noqa: S608 – our own text
LINES = """
SELECT w.id AS parent, row_number() OVER (PARTITION BY w.id ORDER BY g.i) AS position, p.id AS product,
    g.quantity, g.unit_price, g.amount
FROM read g JOIN written w ON w.number = g.number JOIN products p ON p.code = g.code
WHERE g.is_back = $back AND g.problem IS NULL ORDER BY parent, position
"""
# Of what somebody was seen by in these rows only what differs from the time before, and the last time.
SIGHTINGS = f"""
SELECT handle, known_as, seen_at, {", ".join(CUSTOMER[3:])}, location_id FROM (
    SELECT *, lead(handle) OVER mine IS NULL AS is_last,
        (lag(handle) OVER mine, {", ".join(f"lag({name}) OVER mine" for name in CUSTOMER[3:])},
            lag(location_id) OVER mine)
            IS DISTINCT FROM (handle, {", ".join(CUSTOMER[3:])}, location_id) AS is_new
    FROM (SELECT g.handle, arg_min(g.known_as, g.place) AS known_as, min(u.utc) AS seen_at, g.location_id,
            {", ".join(f"coalesce(arg_min(g.{name}, g.place), '') AS {name}" for name in CUSTOMER[3:])}
        FROM read g JOIN seen u ON u.number = g.number WHERE g.handle IS NOT NULL AND g.problem IS NULL
        GROUP BY g.handle, g.number, g.location_id)
    WINDOW mine AS (PARTITION BY handle ORDER BY seen_at)
) WHERE is_new OR is_last ORDER BY seen_at, handle
"""  # noqa: S608 – our own text


class OrderRows:
    """The rows of one step. What cannot be known from them alone is asked for in between: people, places, ids.

    `types`: every column there may be; `start`: how numbers of returns begin (empty: there are none), None: all are.
    """

    def __init__(
        self, table: pa.Table, *, types: Mapping[str, str], zone: str, currency: str, start: str | None
    ) -> None:
        self._duck = _engine().cursor()
        self._zone, self._currency = ZoneInfo(zone), currency
        count = table.num_rows
        self._put("given", table.append_column("i", pa.array(range(count), pa.int64())))
        values = (
            f"CAST({name if name in table.column_names else 'NULL'} AS {TYPES[type_]}) AS {name}"
            for name, type_ in types.items()
        )
        self._run(f"CREATE OR REPLACE TEMP VIEW incoming AS SELECT i, {', '.join(values)} FROM given")  # noqa: S608
        self._run(ROWS.format(customer=", ".join(CUSTOMER)), start=start or "", all_back=start is None)

    def customers(self) -> list[tuple[str | None, str | None, str | None]]:
        """What people are told by: their number, phone, e-mail; each combination once."""
        return self._ask(
            "SELECT any_value(customer), any_value(phone), any_value(email) FROM line GROUP BY who ORDER BY min(i)"
        )

    def locations(self) -> list[str]:
        """The names of places, each once."""
        return [name for (name,) in self._ask("SELECT DISTINCT location FROM line WHERE location IS NOT NULL")]

    def read(
        self,
        *,
        people: Sequence[tuple[str | None, str | None, str | None, int | None, str | None, str | None]],
        places: Mapping[str, int],
    ) -> dict[int, str]:
        """Works all out; answers row → why it cannot come in.

        `people`: what `customers` told, the handle (None for a guest), what it is known by, or why it cannot be read.
        """
        handles, known_as, problems = ([one[place] for one in people] for place in (3, 4, 5))
        self._put(
            "people",
            pa.table(
                {
                    "who": pa.array(["\0".join(text or "" for text in one[:3]) for one in people], pa.string()),
                    "handle": pa.array(handles, pa.int64()),
                    "known_as": pa.array(known_as, pa.string()),
                    "problem": pa.array(problems, pa.string()),
                }
            ),
        )
        self._put(
            "places",
            pa.table({"name": pa.array(list(places), pa.string()), "id": pa.array(list(places.values()), pa.int64())}),
        )
        told = [code for (code,) in self._ask("SELECT DISTINCT currency FROM line WHERE currency IS NOT NULL")]
        iso = {code: SIGNS.get(code, code) for code in told if is_currency(SIGNS.get(code, code))}
        self._put(
            "currencies",
            pa.table(
                {
                    "told": pa.array(list(iso), pa.string()),
                    "iso": pa.array(list(iso.values()), pa.string()),
                    "digits": pa.array([minor_digits(code) for code in iso.values()], pa.int8()),
                }
            ),
        )
        self._run(READ, currency=self._currency, digits=minor_digits(self._currency))
        self._run(DEALS)
        return dict(self._ask("SELECT i, problem FROM read WHERE problem IS NOT NULL"))

    def deals(self) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        """The orders and the returns, as columns; times are aware, `offset` in minutes, `rows`: how many each has."""
        table = self._table("SELECT * EXCLUDE (first) FROM deal ORDER BY is_back, first")
        columns: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in table.column_names}
        columns["offset"] = offsets = self._offsets(columns["happened_at"])
        columns["happened_at"] = [
            moment.replace(tzinfo=UTC) - timedelta(minutes=offset)
            for moment, offset in zip(columns["happened_at"], offsets, strict=True)
        ]
        for name in ("promised_at", "sent_at", "delivered_at"):
            if any(columns[name]):
                columns[name] = [clock.instant_of(moment, self._zone) for moment in columns[name]]
        border = columns["is_back"].index(True) if True in columns["is_back"] else table.num_rows
        return (
            {name: values[:border] for name, values in columns.items()},
            {name: values[border:] for name, values in columns.items()},
        )

    def products(self, *, is_back: bool) -> list[tuple[str, str, str]]:
        """Code, name and category of what these deals are about; each code once, with the first name it has."""
        return self._ask(
            "SELECT code, coalesce(arg_min(nullif(name, ''), i), ''), coalesce(arg_min(nullif(category, ''), i), '') "
            "FROM read WHERE is_back = $back AND code IS NOT NULL AND problem IS NULL GROUP BY code ORDER BY min(i)",
            back=is_back,
        )

    def lines(self, *, is_back: bool, written: Mapping[str, int], products: Mapping[str, int]) -> pa.Table:
        """The lines of those deals that were written (number → id), as they go into the table."""
        self._put("written", _pairs("number", written))
        self._put("products", _pairs("code", products))
        return self._table(LINES, back=is_back)

    def sightings(self, *, seen: Mapping[str, datetime]) -> dict[str, list[Any]]:
        """When their people were seen, for new deals (number → time): once with each thing told, and the last time."""
        self._put(
            "seen",
            pa.table(
                {
                    "number": pa.array(list(seen), pa.string()),
                    "utc": pa.array(list(seen.values()), pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us")),
                }
            ),
        )
        table = self._table(SIGHTINGS)
        columns: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in table.column_names}
        columns["seen_at"] = [moment.replace(tzinfo=UTC) for moment in columns["seen_at"]]
        return columns

    def rows_of(self, numbers: Iterable[str], *, is_back: bool) -> list[int]:
        """The rows of the deals of these numbers."""
        self._put("asked", pa.table({"number": pa.array(list(numbers), pa.string())}))
        found = self._ask(
            "SELECT i FROM read SEMI JOIN asked USING (number) WHERE is_back = $back AND problem IS NULL", back=is_back
        )
        return [row for (row,) in found]

    def _offsets(self, moments: Sequence[datetime]) -> list[int]:
        known: dict[datetime, int] = {}
        offsets = []
        for moment in moments:
            # Clocks are put forward and back at whole quarters of an hour.
            block = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
            if block not in known:
                known[block] = clock.offset_minutes(block.replace(tzinfo=self._zone))
            offsets.append(known[block])
        return offsets

    def _put(self, name: str, table: pa.Table) -> None:
        self._duck.register(name, table)

    def _run(self, statement: str, **values: Any) -> None:
        self._duck.execute(statement, values or None)

    def _ask(self, statement: str, **values: Any) -> list[Any]:
        return list(self._duck.execute(statement, values or None).fetchall())

    def _table(self, statement: str, **values: Any) -> pa.Table:
        return self._duck.sql(statement, params=values or None).to_arrow_table()


def _pairs(name: str, values: Mapping[str, int]) -> pa.Table:
    return pa.table({name: pa.array(list(values), pa.string()), "id": pa.array(list(values.values()), pa.int64())})


# Making an engine takes longer than a step over a small file.
@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": 1,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET enable_external_access = false")
    return engine
