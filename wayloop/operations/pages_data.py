"""The data that `bench pages` looks at: millions of customers with five years of events, made by the database.

Written by set-based SQL past the services, which check every row and would take a day; what a page reads is as it would
be after real years. Nobody in it exists. Django must be ready, the database empty of customers.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.kernel.bulk import copy_rows
from wayloop.ledger import api as ledger
from wayloop.operations.bench_business import TOWNS, begin_business
from wayloop.ui.sorting import sort_key

MONTHS = 60


def _split(**texts: str) -> dict[str, list[str]]:
    return {language: text.split() for language, text in texts.items()}


FIRST_NAMES = _split(
    uk=(
        "Олександр Андрій Сергій Дмитро Володимир Іван Микола Юрій Віктор Богдан Назар Тарас Роман Ярослав Євген "
        "Павло Олена Ірина Наталія Оксана Тетяна Катерина Юлія Марія Анна Світлана Галина Людмила Софія Христина "
        "Зоряна Леся"
    ),
    ru=(
        "Александр Алексей Сергей Дмитрий Андрей Михаил Евгений Николай Павел Илья Артём Григорий Константин "
        "Фёдор Елена Ольга Наталья Татьяна Ирина Екатерина Юлия Мария Светлана Анастасия Ксения Валентина Галина "
        "Полина"
    ),
    en=(
        "Oleksandr Andrii Yuliia Iryna Natalia Olena Serhii Kateryna Dmytro Maria Ivan John Kate Michael Anna "
        "Peter Robert William Elizabeth Margaret Paul Sophie Thomas Emma Victor Julia Alex Daniel"
    ),
)
STEMS = _split(
    uk=(
        "Шев Бонд Кова Тка Марч Крав Олій Лис Поліщ Гонч Бойк Мельн Рудн Савч Гнат Павл Петр Іван Юрч Кузьм Захар "
        "Сидор Семен Левч Дяч Хом Ярем Остап Прих Влас Кост Демч Федор Назар Гриц Зінч Клим Нестер Панч Радч Стец "
        "Тарас Харч"
    ),
    ru=(
        "Воробь Соловь Фёдор Кузнец Черн Щерб Хомяк Цвет Жук Южак Ерём Яковл Смирн Григорь Ильи Бык Дмитри Третья "
        "Лебед Зайц Егор Чайк Бел Муравь Ряб Кисел Жда Крыл Обух Ивано Петро Сидоро Попо Василь Павло Голуб "
        "Виноград Богда"
    ),
    en=(
        "Shev Bonda Koval Tkach March Krav Oliyn Lys Polish Honch Boik Meln Rudn Sav Smith John Walk Tay Hugh "
        "Wright Schnei Muel Nowa Dav Wil Evan Thomp Rob Lew Clar Edw Green Harr Mart Jack Turn Coop Moor Bak Scot "
        "Cart Park"
    ),
)
MIDDLES = _split(
    uk="а е и о у ар ен ил ор ук ал ень ан ур ев ин",
    ru="а е и о у ар ен ил ор ук ал ен ан ур ев ин",
    en="a e i o u ar en il or uk al er an ur ev in",
)
ENDINGS = _split(
    uk="нко чук ський вич ник ць юк ак ченко ська цький цька ренко щук",
    ru="в ва н на вский вская лин лина ков кова нин нина цев цева",
    en="nko chuk sky vych nik son ton man er ley field ova ov renko",
)
SHARES = {"uk": 45, "ru": 35, "en": 20}
# Of a hundred events: page views, messages, visits, orders, returns.
KINDS = (("page.viewed", 52), ("message.opened", 14), ("visit.made", 21), ("order.placed", 12), ("return.made", 1))
SESSION = (
    "SET synchronous_commit = off",
    "SET statement_timeout = 0",
    "SET maintenance_work_mem = '512MB'",
    "SET work_mem = '128MB'",
    "SET max_parallel_maintenance_workers = 2",
)
PEOPLE = """
INSERT INTO identity_person (handle, person, uuid, ordinal, minted_at)
SELECT n, n, gen_random_uuid(), n - 1, first_at FROM bench_person ORDER BY n;
SELECT setval(pg_get_serial_sequence('identity_person', 'handle'), (SELECT max(handle) FROM identity_person));
UPDATE identity_ordinalcounter SET next_ordinal = (SELECT max(ordinal) + 1 FROM identity_person);
INSERT INTO identity_identifier (kind, namespace, value, found_by, handle, leads, seen_at)
SELECT 'external', 'shop', n::text, n::text, n, true, first_at FROM bench_person;
INSERT INTO identity_identifier (kind, namespace, value, found_by, handle, leads, seen_at)
SELECT 'phone', '', '+' || digits, digits, n, true, first_at
FROM bench_person, LATERAL (SELECT '38067' || (1000000 + n * 7 % 8999999)::text AS digits) d WHERE n % 10 < 7;
INSERT INTO identity_identifier (kind, namespace, value, found_by, handle, leads, seen_at)
SELECT 'email', '', 'c' || n || '@example.com', 'c' || n || '@example.com', n, true, first_at
FROM bench_person WHERE n % 10 < 5;
INSERT INTO identity_identifier (kind, namespace, value, found_by, handle, leads, seen_at)
SELECT 'card', 'shop', (2200000000000 + n)::text, (2200000000000 + n)::text, n, true, first_at
FROM bench_person WHERE n % 10 < 3;
"""
CARDS = """
INSERT INTO customers_card (person, uuid, kind, name, named_at, is_name_kept, handle_text, sort_key, traits, computed,
    location_ids, first_seen_at, seen_at, search)
SELECT b.n, p.uuid, CASE WHEN b.n % 50 = 0 THEN 'company' ELSE 'person' END, b.name, b.first_at, false, b.n::text,
    b.sort_key,
    jsonb_build_object('town', b.town, 'country', CASE b.town WHEN 'Warsaw' THEN 'PL' WHEN 'Berlin' THEN 'DE'
        ELSE 'UA' END, 'language', b.language),
    '{}', ARRAY[b.place], b.first_at, b.last_at, array_to_tsvector(b.words)
FROM bench_person b JOIN identity_person p ON p.handle = b.n ORDER BY b.n;
INSERT INTO customers_traitvalue (handle, trait, value, source, valid_from, recorded_at)
SELECT person, key, to_jsonb(value), 'shop', first_seen_at, first_seen_at
FROM customers_card, LATERAL jsonb_each_text(traits - 'country') ORDER BY person;
"""
# Events of one month: everybody who was a customer then, as often as their weight says.
MONTH = """
CREATE TEMPORARY TABLE bench_month AS
SELECT n AS handle, place, %(start)s::timestamptz + random() * (least(%(end)s, now()) - %(start)s::timestamptz) AS at,
    random() * 100 AS pick, 500 + (random() * random() * 60000)::int AS amount
FROM bench_person, LATERAL generate_series(1, floor(weight * %(rate)s + random())::int)
WHERE first_at < %(end)s AND last_at >= %(start)s
LIMIT %(most)s;
"""
# When rounding left too few: further events of anybody who was a customer then, or, in a thin month, of anybody.
MONTH_MORE = """
INSERT INTO bench_month
SELECT n, place, %(start)s::timestamptz + random() * (least(%(end)s, now()) - %(start)s::timestamptz), random() * 100,
    500 + (random() * random() * 60000)::int
FROM bench_person ORDER BY random() LIMIT %(most)s
"""
NUMBERED = """
CREATE TEMPORARY TABLE bench_event AS
SELECT handle, place, at, amount, kind, nextval('bench_subject') AS subject
FROM (SELECT *, CASE {kinds} END AS kind FROM bench_month) m;
DROP TABLE bench_month
"""
EVENTS = """
INSERT INTO {table} (epoch, kind, version, handle, subject_kind, subject_id, occurred_at, offset_minutes, received_at,
    channel, location_id, amount, currency, properties, source, batch, is_news, key)
SELECT (SELECT epoch FROM kernel_streamepoch), kind, 1, handle, split_part(kind, '.', 1), subject, at, 120, at,
    CASE WHEN kind IN ('page.viewed', 'message.opened') THEN 'web' ELSE 'till' END, place,
    CASE WHEN kind IN ('order.placed', 'return.made') THEN amount END,
    CASE WHEN kind IN ('order.placed', 'return.made') THEN 'UAH' END,
    CASE WHEN kind = 'order.placed' THEN '{{"lines": 2}}' ELSE '{{}}' END::jsonb, 'shop', 'bench', false,
    gen_random_uuid()
FROM bench_event ORDER BY at
"""
DEALS = """
INSERT INTO {deal} (id, uuid, source, number, handle, happened_at, offset_minutes, channel, location_id, currency, rate,
    total, total_base, line_count, fingerprint, batch)
SELECT subject, gen_random_uuid(), 'shop', subject::text, handle, at, 120, 'till', place, 'UAH', 1, amount, amount, 2,
    gen_random_uuid(), 'bench'
FROM bench_event WHERE kind = '{kind}' ORDER BY at;
INSERT INTO {line} (position, product_id, quantity, unit_price, amount, {parent})
SELECT position, (SELECT min(id) FROM commerce_product) + (subject + position * 31) % {products}, 1, amount / 200.0,
    amount / 2, subject
FROM bench_event, generate_series(1, 2) position WHERE kind = '{kind}' ORDER BY subject, position;
"""
# What `ledger.record_events` notes beside its rows, and a timeline looks at first.
ACTIVE_MONTHS = """
INSERT INTO ledger_seen SELECT handle, array_agg(month ORDER BY month DESC) FROM (
    SELECT DISTINCT handle, extract(year FROM occurred_at AT TIME ZONE 'UTC')::int * 12 - 24000
        + extract(month FROM occurred_at AT TIME ZONE 'UTC')::int - 1 AS month FROM ledger_event) active GROUP BY handle
"""
TABLES = (
    *("identity_person", "identity_identifier", "customers_card", "customers_traitvalue", "customers_word"),
    *("commerce_product", "commerce_order", "commerce_orderline", "commerce_return", "commerce_returnline"),
)
PRODUCTS = 400


def build(customers: int, events: int) -> None:
    """Fills an empty home with a business, `customers` and exactly `events`; tells on standard error what it does."""
    for setting in SESSION:
        _run(setting)
    _run("SELECT setseed(0.5)")
    with _told("the business"):
        begin_business(categories=[""] * PRODUCTS)
    with _told(f"{customers:,} customers"):
        _make_people(customers)
    _make_events(customers, events)
    with _told("active months"):
        _run(ACTIVE_MONTHS)
    with _told("the dictionary of names"):
        call_command("rebuild_search", stdout=sys.stderr)
    with _told("statistics"):
        _run("DROP TABLE bench_person")
        for table in (*TABLES, "ledger_event", "ledger_seen"):
            _run(f"VACUUM (ANALYZE) {table}")


def _make_people(customers: int) -> None:
    places = [place.id for place in business.locations()]
    _run(
        "CREATE UNLOGGED TABLE bench_person (n bigint PRIMARY KEY, name text, sort_key bytea, words text[], "
        "language text, town text, place bigint, weight float, first_at timestamptz, last_at timestamptz)"
    )
    columns = ("n", "name", "sort_key", "words", "language", "town", "place", "weight", "first_at", "last_at")
    with transaction.atomic():
        copy_rows("bench_person", columns, _people(customers, places))
    _script(PEOPLE)
    _script(CARDS)


def _people(customers: int, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Number, name and what follows from it, town, place, weight (events compared with others), first and last day."""
    dice = random.Random(5)  # noqa: S311 – sample data
    now = clock.now()
    languages = dice.choices(list(SHARES), weights=list(SHARES.values()), k=customers)
    for number, language in enumerate(languages, 1):
        firsts, stems = FIRST_NAMES[language], STEMS[language]
        middles, endings = MIDDLES[language], ENDINGS[language]
        # Some names are common and most are rare.
        first = firsts[int(len(firsts) * dice.random() ** 1.8)]
        stem = stems[int(len(stems) * dice.random() ** 1.8)]
        middle = middles[int(len(middles) * dice.random() ** 1.6)]
        more = middles[int(len(middles) * dice.random())] if dice.random() < 0.35 else ""
        name = f"{first} {stem}{middle}{more}{endings[int(len(endings) * dice.random() ** 1.5)]}"
        begun = now - timedelta(days=dice.random() * 30.4 * MONTHS)
        ended = now if dice.random() < 0.45 else begun + (now - begun) * dice.random()
        words = sorted({word.replace("ё", "е") for word in name.lower().split()})
        weight = min(dice.paretovariate(1.5), 150.0)
        town = TOWNS[int(len(TOWNS) * dice.random() ** 2)]
        place = places[int(len(places) * dice.random() ** 1.3)]
        yield number, name, sort_key(name), words, language, town, place, weight, begun, ended


def _make_events(customers: int, events: int) -> None:
    months = _months()
    ledger.ensure_months(instants=[start for start, _ in months])
    _run("CREATE SEQUENCE bench_subject")
    active = [
        _number("SELECT coalesce(sum(weight), 0) FROM bench_person WHERE first_at < %s AND last_at >= %s", [end, start])
        for start, end in months
    ]
    done = 0
    for index, (start, end) in enumerate(months):
        left = events - done
        # Each month its share of what is left; the last one takes the rest, whatever it needs.
        wanted = left if index == len(months) - 1 else round(left * active[index] / max(sum(active[index:]), 1e-9))
        if wanted > 0:
            with _told(f"{wanted:,} events of {start:%Y-%m}"):
                done += _make_month(start, end, wanted, wanted * 1.05 / max(active[index], 1e-9))
    _run("DROP SEQUENCE bench_subject")
    for table in ("commerce_order", "commerce_return"):
        _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))")  # noqa: S608


def _make_month(start: datetime, end: datetime, most: int, rate: float) -> int:
    for name in ("bench_month", "bench_event"):
        _run(f"DROP TABLE IF EXISTS {name}")
    _run(MONTH, {"start": start, "end": end, "rate": rate, "most": most})
    made = int(_number("SELECT count(*) FROM bench_month"))
    while made < most:
        _run(MONTH_MORE, {"start": start, "end": end, "most": most - made})
        made = int(_number("SELECT count(*) FROM bench_month"))
    upper, cases = 0, []
    for kind, share in KINDS:
        upper += share
        cases.append(f"WHEN pick < {upper} THEN '{kind}'")
    _script(NUMBERED.format(kinds=" ".join([*cases, f"ELSE '{KINDS[0][0]}'"])))
    table = f"ledger_event_{start:%Y_%m}"
    # Filled alone and joined afterwards: its indexes are made at once, not row by row.
    bounds = f"FROM ('{start:%Y-%m-%d} 00:00+00') TO ('{end:%Y-%m-%d} 00:00+00')"
    _run(f"ALTER TABLE ledger_event DETACH PARTITION {table}")
    _run(f"DROP TABLE {table}")
    _run(f"CREATE TABLE {table} (LIKE ledger_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    _run(EVENTS.format(table=table))
    _run(f"ALTER TABLE ledger_event ATTACH PARTITION {table} FOR VALUES {bounds}")
    for deal, line, parent, kind in (
        ("commerce_order", "commerce_orderline", "order_id", "order.placed"),
        ("commerce_return", "commerce_returnline", "back_id", "return.made"),
    ):
        _script(DEALS.format(deal=deal, line=line, parent=parent, kind=kind, products=PRODUCTS))
    _run("DROP TABLE bench_event")
    return made


def _months() -> list[tuple[datetime, datetime]]:
    """The last months up to this one, in UTC, each from its first instant to that of the next."""
    today = clock.now().astimezone(UTC)
    last = today.year * 12 + today.month - 1
    starts = [datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC) for index in range(last - MONTHS + 1, last + 2)]
    return list(pairwise(starts))


@contextmanager
def _told(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    sys.stderr.write(f"bench pages: {what} in {time.perf_counter() - begun:.1f} s\n")
    sys.stderr.flush()


def _run(statement: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _script(statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            _run(statement)


def _number(statement: str, values: Any = None) -> float:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return float((cursor.fetchone() or (0,))[0])
