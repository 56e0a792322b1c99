"""The bench of numbers: how long Home and each page of a number take over millions of orders, against a plain count.

The plain count reads the same rows of the period once, in the same run: the ratio is what counts on any machine. The
pages are the real views, in a process set up as a web worker is; one that says that counting takes too long stands
with the time it took to say so, and is counted.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse

from wayloop.business import api as business
from wayloop.contracts.benches import Bench, Measured
from wayloop.metrics import api as metrics
from wayloop.operations.bench_homes import BenchHome, answer, count, peak, quantile
from wayloop.operations.errors import OperationError

ORDERS = 20_000
REQUESTS = 5
PERIODS = ("30d", "12m", "all")
PLAIN = """
SELECT count(*), sum(total), count(DISTINCT handle) FROM commerce_order WHERE happened_at >= %s AND happened_at < %s
"""
# What the page says instead of a number.
TOO_LONG = b"Counting this takes longer than a page waits"


def numbers(orders: int = ORDERS) -> list[Measured]:
    """The worst ratio of all pages to a plain count first; then p50 and p95 of each page, and the counts."""
    if orders < 100:
        raise OperationError("bench metrics needs at least a hundred orders.")
    told, size = BenchHome("metrics", __name__, orders).run()
    figures = []
    for page, one in told["pages"].items():
        figures += [
            Measured("p50", one["p50"], "ms", one["n"], of=page),
            Measured("p95", one["p95"], "ms", one["n"], of=page),
            Measured("ratio", one["p50"] / told["plain"][one["period"]], "times", one["n"], of=page),
        ]
    worst = max((one for one in figures if one.name == "ratio"), key=lambda one: one.value)
    return [
        worst,
        Measured("pages that say it takes too long", len(told["too_long"]), "", len(told["pages"])),
        *figures,
        *(Measured("plain count", value, "ms", told["requests"], of=period) for period, value in told["plain"].items()),
        *(Measured(name, value, "") for name, value in size.items()),
        Measured("peak", told["peak"], "MB"),
    ]


BENCH = Bench("metrics", "server time of Home and of the pages of numbers", numbers, {"orders": ORDERS})


def fill(orders: int) -> None:
    """A step in its own process: makes the data; tells how many there are."""
    # slow import: the data are made once
    from wayloop.operations.metrics_data import build

    build(orders)
    tables = {"customers": "customers_card", "orders": "commerce_order", "lines": "commerce_orderline"}
    answer({name: count(table) for name, table in tables.items()})


def measure() -> None:
    """A step in its own process, a web worker: asks for each page, tells the times and what a plain count takes."""
    # slow import: nobody else in the program asks its own pages
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get())
    times: dict[str, list[float]] = {}
    periods: dict[str, str] = {}
    too_long = set()
    plain: dict[str, list[float]] = {period: [] for period in PERIODS}
    for _round in range(REQUESTS):
        for period in PERIODS:
            plain[period].append(_plain(period))
        for page, period, address in _addresses():
            begun = time.perf_counter()
            found = client.get(address)
            times.setdefault(page, []).append((time.perf_counter() - begun) * 1000)
            periods[page] = period
            if found.status_code != 200:
                raise OperationError(f"the page {page} answered {found.status_code}")
            if TOO_LONG in found.content:
                too_long.add(page)
    answer(
        {
            "pages": {
                page: {"p50": quantile(mine, 50), "p95": quantile(mine, 95), "n": len(mine), "period": periods[page]}
                for page, mine in times.items()
            },
            "plain": {period: quantile(mine, 50) for period, mine in plain.items()},
            "too_long": sorted(too_long),
            "requests": REQUESTS,
            "peak": peak(),
        }
    )


def _addresses() -> Iterator[tuple[str, str, str]]:
    """Page, its period, its address."""
    for period in PERIODS:
        yield f"home {period}", period, f"{reverse('home')}?period={period}"
        yield f"numbers {period}", period, f"{reverse('metrics:list')}?period={period}"
        for metric in metrics.METRICS:
            address = reverse("metrics:metric", args=[metric.name])
            yield f"{metric.name} {period}", period, f"{address}?period={period}"


def _plain(period: str) -> float:
    """Milliseconds of one statement over the rows of a period and those of the time before, as a page compares them."""
    named = business.named_period(period)
    start, end = business.borders(named, business.report_clock()) if named else (None, None)
    since = start - timedelta(days=named.days) if start and named and named.days else "-infinity"
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        cursor.execute(PLAIN, [since, end or "infinity"])
        cursor.fetchall()
    return (time.perf_counter() - begun) * 1000
