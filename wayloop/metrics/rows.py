"""Addresses of the rows behind numbers and their parts: those pages list exactly what was counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy

from wayloop.business import api as business
from wayloop.commerce.api import LOYAL_DAYS
from wayloop.contracts.metrics import Reading
from wayloop.metrics.dimensions import TRAIT, Question
from wayloop.metrics.grains import GRAINS, following
from wayloop.metrics.queries.scores import KINDS
from wayloop.metrics.times import parse

NOT_STATED = "none"
CASES = "work:cases"


@dataclass(frozen=True)
class Behind:
    """A page of rows, what narrows it, and what its rows are called (empty: what the number stands on)."""

    page: str
    asked: Mapping[str, str] = field(default_factory=dict)
    words: Any = ""


_ORDERS, _BUYERS = Behind("commerce:orders"), Behind("commerce:buyers")
_CAME_BACK = Behind("commerce:returns", words=gettext_lazy("what came back"))
_FOR_AND_AGAINST = (
    Behind("surveys:scores", {"metric": "nps"}),
    Behind("surveys:scores", {"metric": "nps", "feel": "good"}, gettext_lazy("those who recommend us")),
    Behind("surveys:scores", {"metric": "nps", "feel": "bad"}, gettext_lazy("those who do not")),
)
_EASE = (
    Behind("surveys:scores", {"metric": "ces"}),
    Behind("surveys:scores", {"metric": "ces", "feel": "good"}, gettext_lazy("those who found it easy")),
)
# What `n` counts first; then what stands above the line, or is taken off.
BEHIND: Mapping[str, tuple[Behind, ...]] = {
    "orders": (_ORDERS,),
    "gross_revenue": (_ORDERS,),
    "returns": (Behind("commerce:returns"),),
    "net_revenue": (Behind("commerce:orders", words=gettext_lazy("what was bought")), _CAME_BACK),
    "returns_share": (_ORDERS, _CAME_BACK),
    "average_order_value": (_ORDERS, _CAME_BACK),
    "buyers": (_BUYERS,),
    "repeat_purchase": (_BUYERS, Behind("commerce:buyers", {"orders": "2"}, gettext_lazy("those who came again"))),
    "purchase_frequency": (_BUYERS,),
    "revenue_per_customer": (
        _BUYERS,
        Behind("commerce:returns", {"who": "known"}, gettext_lazy("what customers gave back")),
    ),
    "retention": (_BUYERS, Behind("commerce:buyers", {"again": "1"}, gettext_lazy("those who came again"))),
    "churn": (
        Behind("commerce:buyers", {"stand": "there"}),
        Behind("commerce:buyers", {"stand": "lost"}, gettext_lazy("those who were lost")),
    ),
    "new_customers": (Behind("commerce:buyers", {"stand": "new"}),),
    "loyal_customers": (
        _BUYERS,
        Behind("commerce:buyers", {"orders": "3"}, gettext_lazy("those with three orders or more")),
    ),
    "csat": (
        Behind("surveys:scores", {"metric": "csat"}),
        Behind("surveys:scores", {"metric": "csat", "feel": "good"}, gettext_lazy("the satisfied ones")),
    ),
    "nps": _FOR_AND_AGAINST,
    "nps_1_10": _FOR_AND_AGAINST,
    "ces": _EASE,
    "ces_1_5": _EASE,
    "response_rate": (Behind("metrics:invitations"),),
    "late_share": (
        Behind("commerce:orders", {"state": "delivered"}),
        Behind("commerce:orders", {"state": "came_late"}, gettext_lazy("those that came late")),
    ),
    "positive_ratings": (
        Behind("surveys:scores", {"metric": "rating"}),
        Behind("surveys:scores", {"metric": "rating", "feel": "good"}, gettext_lazy("the good ones")),
    ),
    "cases_opened": (Behind(CASES, {"which": "all"}),),
    "cases_open": (Behind(CASES, {"which": "all"}),),
    "complaint_share": (
        _ORDERS,
        Behind(CASES, {"which": "all", "told": "complaints"}, gettext_lazy("the complaints")),
    ),
    "compensation": (Behind(CASES, {"which": "all", "told": "given"}),),
    "cases_closed": (Behind(CASES, {"which": "closed"}),),
    "resolution_time": (Behind(CASES, {"which": "closed", "solved": "1"}),),
    "sla_met": (
        Behind(CASES, {"which": "closed", "told": "promised"}),
        Behind(CASES, {"which": "closed", "told": "in_time"}, gettext_lazy("those closed in time")),
    ),
    "first_contact": (
        Behind(CASES, {"which": "closed", "told": "settled"}),
        Behind(CASES, {"which": "closed", "told": "at_once"}, gettext_lazy("those settled at once")),
    ),
    "recovery_rate": (
        Behind(CASES, {"which": "closed", "told": "asked"}),
        Behind(CASES, {"which": "closed", "told": "recovered"}, gettext_lazy("those for whom all is well")),
    ),
}


def rows_behind(reading: Reading, period: business.NamedPeriod, question: Question) -> tuple[tuple[str, str], ...]:
    """The pages with the rows of a number of this period, or of one part of the question's cut: words and address."""
    found = []
    for one in BEHIND[reading.metric.name]:
        narrowed = (
            _of_cases(reading, question)
            if one.page == CASES
            else _narrowed(reading, period, question, is_first=not one.words)
        )
        asked = {**narrowed, **one.asked, "exact": "1"}
        found.append((str(one.words), f"{reverse(one.page)}?{urlencode(asked)}"))
    return tuple(found)


def _narrowed(reading: Reading, period: business.NamedPeriod, question: Question, *, is_first: bool) -> dict[str, str]:
    """What narrows the rows to a period and to a part of the cut."""
    asked = {"period": period.key}
    for name, values in question.where:
        asked |= _part(name, values[0] or NOT_STATED)
    if question.by and question.by not in GRAINS:
        asked |= _part(question.by, reading.key or NOT_STATED)
    days = _days(reading, question)
    if kind := KINDS.get(reading.metric.name):
        # Which score of an order or a person counts depends on the whole period, of which this may be a part.
        low, high = (reading.beside and reading.beside.scale) or next(iter(kind.good))
        asked["counted"] = f"{reading.metric.name}.{low}-{high}"
    elif any(days):
        del asked["period"]
    first, end = days
    if reading.metric.name in ("retention", "churn") and is_first:
        # Who was there when it began.
        first, end = None, first
    elif reading.metric.name == "loyal_customers" and end:
        first = end - timedelta(days=LOYAL_DAYS)
    return asked | {name: day.isoformat() for name, day in (("from", first), ("to", end)) if day}


def _part(name: str, value: str) -> dict[str, str]:
    """What an address says of a part; a trait is named with its value."""
    if name.startswith(TRAIT):
        return {"trait": f"{name.removeprefix(TRAIT)}:{NOT_STATED if value == '0' else value}"}
    return {name: value}


def _of_cases(reading: Reading, question: Question) -> dict[str, str]:
    """The list of cases is narrowed by days, both included, and by numbers, 0 where nothing is stated."""
    asked: dict[str, str] = {}
    for name, values in question.where:
        asked |= _part(name, values[0] or "0")
    if question.by and question.by not in GRAINS:
        asked |= _part(question.by, reading.key or "0")
    first, end = _days(reading, question)
    if reading.metric.name == "cases_open":
        return asked | ({"open_at": end.isoformat()} if end else {})
    if first is None and question.start:
        first = question.days.day_of(question.start)
    if end is None and question.end:
        end = question.days.day_of(question.end)
    if first:
        asked["since"] = first.isoformat()
    return asked | ({"until": (end - timedelta(days=1)).isoformat()} if end else {})


def _days(reading: Reading, question: Question) -> tuple[date | None, date | None]:
    """The first day of what was counted and the one after the last, where that is not the period itself."""
    days = question.days
    if reading.span:
        start, stop = reading.span
        return days.day_of(start), days.day_of(stop) if stop else None
    if question.by in GRAINS and reading.key:
        first = parse(question.by, reading.key)
        end = following(question.by, first)
        # A week or month may lie in the period by a part only; of retention it counts as a whole.
        if question.start and reading.metric.name != "retention":
            first = max(first, days.day_of(question.start))
        return first, min(end, days.day_of(question.end)) if question.end else end
    return None, None
