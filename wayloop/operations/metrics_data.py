"""The data that `bench metrics` counts: five years of orders, returns, deliveries and scores, made by the database.

Written by set-based SQL past the services; what a number reads is as it would be after real years. Django must be
ready, the database empty of customers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from wayloop.business import api as business
from wayloop.operations.bench_business import TOWNS, begin_business
from wayloop.operations.bench_homes import told

YEARS = 5
# Customers for each order, in hundredths.
CUSTOMERS_PER_HUNDRED = 40
PRODUCTS, CATEGORIES = 400, 12
SESSION = (
    "SET synchronous_commit = off",
    "SET statement_timeout = 0",
    "SET maintenance_work_mem = '512MB'",
    "SET work_mem = '128MB'",
    "SET max_parallel_maintenance_workers = 2",
    "SELECT setseed(0.5)",
)
PEOPLE = """
INSERT INTO identity_person (handle, person, uuid, ordinal, minted_at)
SELECT n, n, gen_random_uuid(), n - 1, now() FROM generate_series(1, %(customers)s) n;
INSERT INTO customers_card (person, uuid, kind, name, is_name_kept, handle_text, sort_key, traits, computed,
    location_ids, first_seen_at, seen_at, search)
SELECT p.handle, p.uuid, 'person', 'Customer ' || p.handle, false, p.handle::text, p.handle::text::bytea,
    jsonb_build_object('town', (%(towns)s::text[])[1 + floor(power(random(), 2) * %(town_count)s)::int]),
    '{}', '{}', now() - %(years)s * interval '1 year', now(), ''
FROM identity_person p ORDER BY p.handle
"""
# Some buy often and most rarely; one order in ten is a guest's, one in fifty was cancelled.
ORDERS = """
INSERT INTO commerce_order (id, uuid, source, number, handle, happened_at, offset_minutes, channel, location_id,
    currency, rate, total, total_base, line_count, fingerprint, batch, status)
SELECT n, gen_random_uuid(), 'shop', n::text,
    CASE WHEN random() < 0.9 THEN 1 + floor(power(random(), 2) * %(customers)s)::bigint END,
    now() - %(years)s * interval '1 year' * (1 - (n - random())::float8 / %(orders)s), 120,
    CASE WHEN n %% 3 = 0 THEN 'web' ELSE 'till' END,
    (%(places)s::bigint[])[1 + floor(power(random(), 1.3) * %(place_count)s)::int], 'UAH', 1, amount, amount,
    1 + (n %% 2)::int, gen_random_uuid(), '', CASE WHEN n %% 50 = 0 THEN 'cancelled' ELSE 'completed' END
FROM (SELECT n, 2 * (250 + floor(random() * random() * 30000)::bigint) AS amount
    FROM generate_series(1, %(orders)s) n) o
"""
LINES = """
INSERT INTO commerce_orderline (position, product_id, quantity, unit_price, amount, order_id)
SELECT position, %(product)s + (o.id + position * 31) %% %(products)s, 1, o.total / o.line_count / 100.0,
    o.total / o.line_count, o.id
FROM commerce_order o, generate_series(1, o.line_count) position
"""
RETURNS = """
INSERT INTO commerce_return (id, uuid, source, number, handle, happened_at, offset_minutes, channel, location_id,
    currency, rate, total, total_base, line_count, fingerprint, batch, order_id)
SELECT id / 33, gen_random_uuid(), source, 'R' || number, handle, least(happened_at + interval '6 days', now()), 120,
    channel, location_id, currency, rate, total / 2, total / 2, 1, gen_random_uuid(), '', id
FROM commerce_order WHERE id %% 33 = 0;
INSERT INTO commerce_returnline (position, product_id, quantity, unit_price, amount, back_id)
SELECT 1, %(product)s + r.order_id %% %(products)s, 1, r.total / 100.0, r.total, r.id FROM commerce_return r
"""
DELIVERIES = """
INSERT INTO commerce_delivery (uuid, order_id, way, status, promised_to, due_at, planned_at, ended_at, carrier, number,
    zone)
SELECT gen_random_uuid(), id, 'courier', 'done', happened_at + interval '3 days', happened_at + interval '3 days',
    happened_at, happened_at + interval '1 day' + random() * random() * interval '4 days', '', '', 'Europe/Kyiv'
FROM commerce_order WHERE id %% 10 IN (1, 4, 7)
"""
SCORES = """
INSERT INTO surveys_score (key, source, number, metric, scale_low, scale_high, lower_is_better, value, feel, comment,
    language, happened_at, offset_minutes, handle, order_id, order_number, channel, batch, question, recorded_at)
SELECT gen_random_uuid(), 'shop', '', 'csat', 1, 5, false, value, CASE WHEN value > 3 THEN 1 WHEN value < 3 THEN -1
    ELSE 0 END, '', '', happened_at + interval '5 days', 120, handle, id, number, '', '', '', now()
FROM (SELECT *, 5 - floor(power(random(), 2) * 5)::int AS value FROM commerce_order WHERE id %% 10 = 4) o
"""
TABLES = (
    *("identity_person", "customers_card", "commerce_order", "commerce_orderline", "commerce_return"),
    *("commerce_returnline", "commerce_delivery", "surveys_score"),
)
RULES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = ANY (%s::regclass[]) AND contype = 'f'
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def build(orders: int) -> None:
    """Fills an empty home with a business and so many orders with all that follows from them."""
    for setting in SESSION:
        _run(setting)
    customers = max(orders * CUSTOMERS_PER_HUNDRED // 100, 1)
    with told("metrics", "the business"):
        values = _set_up() | {"orders": orders, "customers": customers, "years": YEARS}
    with _bare(TABLES):
        for what, script in (
            (f"{customers:,} customers", PEOPLE),
            (f"{orders:,} orders", ORDERS),
            ("their lines", LINES),
            ("returns", RETURNS),
            ("deliveries", DELIVERIES),
            ("scores", SCORES),
        ):
            with told("metrics", what):
                for statement in script.split(";\n"):
                    _run(statement, values)
    with told("metrics", "statistics"):
        for table in TABLES:
            _run(f"VACUUM (ANALYZE) {table}")


def _set_up() -> dict[str, Any]:
    begin_business(categories=[f"c{number % CATEGORIES}" for number in range(PRODUCTS)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM commerce_product")
        ((first,),) = cursor.fetchall()
    places = [place.id for place in business.locations()]
    return {
        "places": places,
        "place_count": len(places),
        "towns": list(TOWNS),
        "town_count": len(TOWNS),
        "product": first,
        "products": PRODUCTS,
    }


@contextmanager
def _bare(tables: tuple[str, ...]) -> Iterator[None]:
    """Without the indexes and references of these tables, which are made at once afterwards, not row by row."""
    rules, indexes = _ask(RULES, [list(tables)]), _ask(INDEXES, [list(tables)])
    for table, name, _rule in rules:
        _run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _index in indexes:
        _run(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with told("metrics", "indexes"):
            for _name, index in indexes:
                _run(index)
            for table, name, rule in rules:
                _run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}')


def _ask(statement: str, values: Any) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
