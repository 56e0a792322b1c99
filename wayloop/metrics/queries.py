"""Computes metrics from the relations that other contexts publish."""

from datetime import datetime
from typing import Any

from django.db import connection

from wayloop.contracts.metrics import Metric, Reading
from wayloop.contracts.scope import Scope
from wayloop.metrics.registry import BY_NAME

PARTS = 12
# Per side: how many, the sum in own currency, how many currencies, the sum in the business's currency, how many
# have no rate. One currency: its own totals are the truth. Several: what has a rate is added, the rest is named.
SIDE = """
SELECT count(*), coalesce(sum(total), 0), count(DISTINCT currency), min(currency),
    coalesce(sum(total_base), 0), count(*) FILTER (WHERE total_base IS NULL), count(DISTINCT person)
FROM {relation} WHERE {where}
"""
SERIES = """
SELECT greatest(1, least(%(parts)s,
    width_bucket(extract(epoch FROM happened_at)::float8, %(from)s, %(to)s, %(parts)s))),
    count(*), coalesce(sum({amount}), 0), count(DISTINCT person)
FROM {relation} WHERE {where} GROUP BY 1
"""
RANGE = """
SELECT min(first), max(last) FROM (
    SELECT min(happened_at) AS first, max(happened_at) AS last FROM api_commerce_orders WHERE {where}
    UNION ALL SELECT min(happened_at), max(happened_at) FROM api_commerce_returns WHERE {where}) borders
"""
ORDERS, RETURNS = "api_commerce_orders", "api_commerce_returns"


def read_metric(
    *, name: str, scope: Scope, currency: str, start: datetime | None = None, end: datetime | None = None
) -> Reading:
    """The number for the instants from `start` to `end` (left out), over what the scope lets see.

    `currency`: the business's. Raises `KeyError` for a name that is not in the registry.
    """
    return read_metrics(names=[name], scope=scope, currency=currency, start=start, end=end)[0]


def read_metrics(
    *, names: list[str], scope: Scope, currency: str, start: datetime | None = None, end: datetime | None = None
) -> list[Reading]:
    """Several numbers over the same rows, from one pass per relation."""
    metrics = [BY_NAME[name] for name in names]
    where, values = _conditions(scope, start, end)
    orders, returns = _side(ORDERS, where, values), _side(RETURNS, where, values)
    currencies = {side.currency for side in (orders, returns) if side.count}
    is_single = max(orders.currencies, returns.currencies) <= 1 and len(currencies) <= 1
    series = _series(where, values, start, end, is_single)
    unit = next(iter(currencies), currency) if is_single else currency
    return [_reading(metric, orders, returns, unit, is_single, series) for metric in metrics]


class _Side:
    def __init__(self, row: tuple[Any, ...]) -> None:
        self.count, total, self.currencies, self.currency, base, self.without_rate, self.people = row
        self.total, self.base = int(total), int(base)

    def money(self, is_single: bool) -> int:
        return self.total if is_single else self.base


def _reading(
    metric: Metric, orders: _Side, returns: _Side, unit: str, is_single: bool, series: dict[str, list[int]]
) -> Reading:
    values = {
        "orders": (orders.count, orders.count),
        "buyers": (orders.people, orders.people),
        "gross_revenue": (orders.money(is_single), orders.count),
        "returns": (returns.money(is_single), returns.count),
        "net_revenue": (orders.money(is_single) - returns.money(is_single), orders.count + returns.count),
    }
    value, n = values[metric.name]
    is_money = metric.kind == "money"
    counted = {"gross_revenue": (orders,), "returns": (returns,)}.get(metric.name, (orders, returns))
    missing = 0 if is_single else sum(side.without_rate for side in counted)
    return Reading(
        metric=metric,
        value=value,
        n=n,
        unit=unit if is_money else metric.name,
        left_out={"without_rate": missing} if is_money and missing else {},
        series=tuple(series[metric.name]),
    )


def _conditions(scope: Scope, start: datetime | None, end: datetime | None) -> tuple[str, dict[str, Any]]:
    where = ["true"]
    values: dict[str, Any] = {}
    if scope.locations is not None:
        where.append("(location_id IS NULL OR location_id = ANY (%(locations)s))")
        values["locations"] = list(scope.locations)
    if start:
        where.append("happened_at >= %(start)s")
        values["start"] = start
    if end:
        where.append("happened_at < %(end)s")
        values["end"] = end
    return " AND ".join(where), values


def _side(relation: str, where: str, values: dict[str, Any]) -> _Side:
    with connection.cursor() as cursor:
        cursor.execute(SIDE.format(relation=relation, where=where), values)
        (row,) = cursor.fetchall()
    return _Side(row)


def _series(
    where: str, values: dict[str, Any], start: datetime | None, end: datetime | None, is_single: bool
) -> dict[str, list[int]]:
    with connection.cursor() as cursor:
        if not (start and end):
            cursor.execute(RANGE.format(where=where), values)
            start, end = cursor.fetchone() or (None, None)
        parts: dict[str, list[int]] = {name: [0] * PARTS for name in BY_NAME}
        if not (start and end and start < end):
            return {name: [] for name in BY_NAME}
        bounds = values | {"from": start.timestamp(), "to": end.timestamp(), "parts": PARTS}
        amount = "total" if is_single else "total_base"
        for relation in (ORDERS, RETURNS):
            cursor.execute(SERIES.format(relation=relation, where=where, amount=amount), bounds)
            for part, count, money, people in cursor.fetchall():
                index = part - 1
                if relation == ORDERS:
                    parts["orders"][index] = count
                    parts["buyers"][index] = people
                    parts["gross_revenue"][index] = int(money)
                    parts["net_revenue"][index] += int(money)
                else:
                    parts["returns"][index] = int(money)
                    parts["net_revenue"][index] -= int(money)
    return parts
