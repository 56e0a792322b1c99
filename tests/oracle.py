"""Numbers counted a third time, by numpy and scipy from the plain rows, with nothing of the program's own counting."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from scipy import stats

from wayloop.business import api as business
from wayloop.contracts.scope import EVERYTHING
from wayloop.metrics.api import BY_NAME, Question, Reader

HOUR, WEEK = 3600, timedelta(days=7)
# Question and scale → from which value a score is good, from which on it is bad.
SCALES: Mapping[str, tuple[str, Mapping[tuple[int, int], Callable[[float], int]]]] = {
    "csat": ("csat", {(1, 5): lambda one: int(one >= 4), (1, 10): lambda one: int(one >= 8)}),
    "ces": ("ces", {(1, 7): lambda one: int(one >= 5)}),
    "ces_1_5": ("ces", {(5, 1): lambda one: int(one <= 2)}),
    "nps": ("nps", {(0, 10): lambda one: 1 if one >= 9 else -int(one <= 6)}),
    "nps_1_10": ("nps", {(1, 10): lambda one: 1 if one >= 9 else -int(one <= 6)}),
    "positive_ratings": ("rating", {(1, 5): lambda one: int(one >= 4), (1, 10): lambda one: int(one >= 8)}),
}


@dataclass(frozen=True)
class Told:
    """A number; `low` and `high` None where no interval is told. `mean`: what stands beside a share of scores."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None


def count_again(start: datetime, end: datetime, now: datetime) -> dict[str, Told]:
    """Every number of the time from `start` until `end` over all rows; money in minor units of the one currency."""
    orders = [
        row
        for row in _rows("SELECT person, total, happened_at, status FROM api_commerce_all_orders")
        if row["status"] != "cancelled"
    ]
    mine = [one for one in orders if start <= one["happened_at"] < end]
    back = [
        one for one in _rows("SELECT person, total, happened_at FROM api_commerce_returns")
        if start <= one["happened_at"] < end
    ]  # fmt: skip
    # Of days to come nobody knows.
    days = business.report_clock()
    until = min(end, days.start_of(days.day_of(now) + timedelta(days=1)))
    return {
        **_money(mine, back),
        **_people(orders, mine, back, start),
        **_loyalty(orders, start, end, until),
        **_scores(start, end),
        **_late(start, end),
        **_asked(start, end),
        **_cases(start, end, now, len(mine)),
    }


def share(hits: int, n: int, mean: float | None = None) -> Told:
    """A share with Wilson's interval, as scipy makes it."""
    if not n:
        return Told(None, 0)
    found = stats.binomtest(hits, n).proportion_ci(method="wilson")
    return Told(hits / n, n, found.low, found.high, mean)


def _money(orders: list[Any], returns: list[Any]) -> dict[str, Told]:
    gross, back = (int(np.sum([one["total"] for one in rows], dtype=np.int64)) for rows in (orders, returns))
    return {
        "orders": Told(len(orders), len(orders)),
        "gross_revenue": Told(gross, len(orders)),
        "returns": Told(back, len(returns)),
        "net_revenue": Told(gross - back, len(orders) + len(returns)),
        "returns_share": Told(back / gross if gross else None, len(orders)),
        "average_order_value": Told((gross - back) / len(orders) if orders else None, len(orders)),
    }


def _people(every: list[Any], orders: list[Any], returns: list[Any], start: datetime) -> dict[str, Told]:
    people, times = np.unique([one["person"] for one in orders if one["person"]], return_counts=True)
    n = len(people)
    known = sum(one["total"] for one in orders if one["person"]) - sum(one["total"] for one in returns if one["person"])
    before = {one["person"] for one in every if one["person"] and one["happened_at"] < start}
    return {
        "buyers": Told(n, n),
        "repeat_purchase": share(int((times >= 2).sum()), n),
        "purchase_frequency": Told(float(times.mean()) if n else None, n),
        "revenue_per_customer": Told(known / n if n else None, n),
        "retention": share(len(before & set(people.tolist())), len(before)),
    }


def _loyalty(orders: list[Any], start: datetime, end: datetime, until: datetime) -> dict[str, Told]:
    known = [one for one in orders if one["person"]]
    year = until - timedelta(days=365)
    _people, often = np.unique(
        [one["person"] for one in known if year <= one["happened_at"] < until], return_counts=True
    )
    firsts: dict[int, datetime] = {}
    for one in known:
        firsts[one["person"]] = min(one["happened_at"], firsts.get(one["person"], one["happened_at"]))
    new = sum(start <= first < end for first in firsts.values())
    there, then = _there(known, start), _there(known, until)
    return {
        "new_customers": Told(new, new),
        "loyal_customers": share(int((often >= 3).sum()), len(often)),
        "churn": share(len(there - then), len(there)),
    }


def _there(orders: list[Any], moment: datetime) -> set[int]:
    """Who had bought before and was not lost: not thrice as long away as usual, or not for 30 days."""
    days = business.report_clock()
    bought: dict[int, set[int]] = defaultdict(set)
    for one in orders:
        if one["happened_at"] < moment:
            bought[one["person"]].add(days.day_of(one["happened_at"]).toordinal())
    gaps = {person: np.median(np.diff(sorted(mine))) for person, mine in bought.items() if len(mine) > 1}
    if not gaps:
        return set()
    usual = np.median(list(gaps.values()))
    today = days.day_of(moment).toordinal()
    return {
        person for person, mine in bought.items() if today - max(mine) <= max(30, 3 * gaps.get(person, usual))
    }  # fmt: skip


def _scores(start: datetime, end: datetime) -> dict[str, Told]:
    rows = _rows(
        "SELECT id, person, order_id, metric, scale_low, scale_high, lower_is_better, value, happened_at "
        "FROM api_surveys_scores"
    )
    told = {}
    for name, (metric, scales) in SCALES.items():
        latest: dict[Any, Any] = {}
        for one in sorted(rows, key=lambda row: (row["happened_at"], row["id"])):
            if one["metric"] != metric or not start <= one["happened_at"] < end:
                continue
            low, high = one["scale_low"], one["scale_high"]
            scale = (high, low) if one["lower_is_better"] else (low, high)
            whose = (one["person"] or f"score {one['id']}", scale) if metric == "nps" else one["order_id"]
            latest[whose or f"score {one['id']}"] = (scale, float(one["value"]))
        by_scale = {scale: [value for mine, value in latest.values() if mine == scale] for scale in scales}
        scale = max(by_scale, key=lambda one: (len(by_scale[one]), one))
        values = by_scale[scale]
        feels = np.array([scales[scale](value) for value in values], dtype=int)
        if metric == "nps":
            told[name] = _net(feels)
        else:
            told[name] = share(int(feels.sum()), len(values), float(np.mean(values)) if values else None)
    return told


def _net(feels: Any) -> Told:
    n = len(feels)
    if not n:
        return Told(None, 0)
    # Three answers more, ¾ of one on either side (MeasuringU 2021).
    good, bad = (((feels == side).sum() + 0.75) / (n + 3) for side in (1, -1))
    half = stats.norm.ppf(0.975) * np.sqrt((good + bad - (good - bad) ** 2) / (n + 3))
    ends = (100 * max(-1.0, good - bad - half), 100 * min(1.0, good - bad + half))
    return Told(float(100 * feels.mean()), n, float(ends[0]), float(ends[1]))


def _late(start: datetime, end: datetime) -> dict[str, Told]:
    orders: dict[int, list[Any]] = defaultdict(list)
    for one in _rows("SELECT order_id, promised_day, done_day, order_status FROM api_commerce_deliveries"):
        if one["done_day"] and one["order_status"] != "cancelled":
            orders[one["order_id"]].append(one)
    days = business.report_clock()
    first, last = days.day_of(start), days.day_of(end - timedelta.resolution)
    mine = [
        parts for parts in orders.values()
        if first <= max(one["done_day"] for one in parts) <= last and any(one["promised_day"] for one in parts)
    ]  # fmt: skip
    late = sum(any(one["promised_day"] and one["done_day"] > one["promised_day"] for one in parts) for parts in mine)
    return {"late_share": share(late, len(mine))}


def _asked(start: datetime, end: datetime) -> dict[str, Told]:
    """From the tables, since the relation that is counted says itself who is delivered, seen and answered."""
    sent: dict[int, list[bool]] = defaultdict(list)
    for one in _rows("SELECT about_id, state FROM messaging_message WHERE about_kind = 'survey_invitation'"):
        sent[one["about_id"]].append(one["state"] == "sent")
    done = {
        one["invitation_id"]: one["completed_at"] is not None
        for one in _rows("SELECT invitation_id, completed_at FROM surveys_response WHERE invitation_id IS NOT NULL")
    }
    mine = [
        one["id"]
        for one in _rows("SELECT id, created_at FROM surveys_invitation")
        if start <= one["created_at"] < end and any(sent.get(one["id"], [True]))
    ]
    return {"response_rate": share(sum(done.get(one, False) for one in mine), len(mine))}


def _cases(start: datetime, end: datetime, now: datetime, orders: int) -> dict[str, Told]:
    rows = _rows(
        "SELECT id, person, cause_id, kind, given, state, opened_at, deadline_at, closed_at, spent_seconds, "
        "times_reopened, is_recovered FROM api_work_cases"
    )
    closed = [one for one in rows if one["closed_at"] and start <= one["closed_at"] < end]
    solved = [one for one in closed if one["state"] == "solved"]
    promised = [one for one in closed if one["deadline_at"]]
    said = [one["is_recovered"] for one in closed if one["is_recovered"] is not None]
    known = [one for one in solved if one["person"] and one["closed_at"] <= now - WEEK]
    spent = np.array([one["spent_seconds"] for one in solved]) / HOUR
    middle = Told(None, 0)
    if len(spent):
        outer = stats.quantile_test(spent, q=0, p=0.5).confidence_interval(0.95) if len(spent) > 5 else None
        middle = Told(float(np.median(spent)), len(spent), *((outer.low, outer.high) if outer else ()))
    mine = [one for one in rows if start <= one["opened_at"] < end]
    waiting = sum(one["opened_at"] < end and (one["closed_at"] is None or one["closed_at"] >= end) for one in rows)
    given = [one["given"] for one in mine if one["given"]]
    return {
        "cases_opened": Told(len(mine), len(mine)),
        "cases_open": Told(waiting, waiting),
        "complaint_share": share(sum(one["kind"] in ("complaint", "score") for one in mine), orders),
        "compensation": Told(int(np.sum(given, dtype=np.int64)), len(given)),
        "cases_closed": Told(len(closed), len(closed)),
        "resolution_time": middle,
        "sla_met": share(sum(one["closed_at"] <= one["deadline_at"] for one in promised), len(promised)),
        "recovery_rate": share(sum(said), len(said)),
        "first_contact": share(sum(_is_first(one, rows) for one in known), len(known)),
    }


def _is_first(case: Any, rows: Iterable[Any]) -> bool:
    if case["times_reopened"]:
        return False
    for other in rows:
        is_later = (other["opened_at"], other["id"]) > (case["opened_at"], case["id"])
        is_same = None in (case["cause_id"], other["cause_id"]) or case["cause_id"] == other["cause_id"]
        is_soon = other["opened_at"] <= case["closed_at"] + WEEK
        if other["person"] == case["person"] and is_later and is_same and is_soon:
            return False
    return True


def _rows(statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def differences_to(start: datetime, end: datetime, now: datetime) -> tuple[list[Any], set[str]]:
    """What the registry says otherwise than numpy and scipy: metric, what it says, what they say; and the metrics that
    had rows. Medians have an interval within the ranks that scipy names; ratios have one of their own test."""
    reader = Reader(Question(EVERYTHING, business.profile().currency, business.report_clock(), start, end))
    found, counted = [], set()
    again = count_again(start, end, now)
    assert again.keys() == BY_NAME.keys()
    for name, told in again.items():
        reading = reader.whole(name)
        interval = reading.interval
        ends = (interval.low, interval.high) if interval else (None, None)
        mine: tuple[Any, ...] = (reading.value, reading.n)
        theirs: tuple[Any, ...] = (told.value, told.n)
        if told.low is not None and name == "resolution_time":
            mine, theirs = (*mine, bool(interval)), (*theirs, interval and told.low <= interval.low)
            mine, theirs = (*mine, bool(interval)), (*theirs, interval and interval.high <= told.high)
        elif told.low is not None:
            mine, theirs = (*mine, *ends), (*theirs, told.low, told.high)
        if told.mean is not None:
            mine, theirs = (*mine, reading.beside and reading.beside.value), (*theirs, told.mean)
        if told.n:
            counted.add(name)
        if [_rounded(one) for one in mine] != [_rounded(one) for one in theirs]:
            found.append((name, mine, theirs))
    return found, counted


def _rounded(value: Any) -> Any:
    return round(float(value), 8) if isinstance(value, (float, int, np.number)) else value
