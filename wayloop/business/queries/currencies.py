"""Currencies and what they were worth."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from wayloop.business.models import Rate, UsedCurrency
from wayloop.business.queries.profile import profile, report_clock
from wayloop.kernel.paging import Page, cut_page, read_key

# From the last rate of or before the first day on: it is the one valid then.
RATES = """
SELECT currency, day, rate FROM business_rate r
WHERE currency = ANY (%(currencies)s) AND day <= %(last)s AND day >= coalesce(
    (SELECT max(day) FROM business_rate b WHERE b.currency = r.currency AND b.day <= %(first)s), '-infinity')
ORDER BY currency, day
"""


@dataclass(frozen=True)
class RateRow:
    """Units of the business's currency for one unit of `currency` from `day` on."""

    currency: str
    day: date
    rate: Decimal


def currencies_used() -> tuple[str, ...]:
    """The currencies prices and orders may be in: the business's own first, the others by their code."""
    found = profile()
    others = UsedCurrency.objects.order_by("code").values_list("code", flat=True)
    return (*([found.currency] if found.is_set_up else []), *(code for code in others if code != found.currency))


def rates_at(*, currencies: Sequence[str], instants: Sequence[datetime]) -> list[Decimal | None]:
    """For each currency at its instant (columns of equal length): units of the business's currency for one unit.

    The rate of a day holds from that day's beginning, by the business's clock of that time, until the next one that
    was entered. The business's own currency is always 1. None: nobody entered a rate for then, or there is no business
    yet. One query, however many rows.
    """
    found = profile()
    if not found.is_set_up:
        return [None] * len(instants)
    foreign = set(currencies) - {found.currency}
    if not foreign:
        return [Decimal(1)] * len(instants)
    clock = report_clock()
    days = [
        None if currency == found.currency else clock.day_of(instant)
        for currency, instant in zip(currencies, instants, strict=True)
    ]
    known = _known_rates(foreign, [day for day in days if day is not None])
    return [
        Decimal(1) if day is None else _valid(known.get(currency, []), day)
        for currency, day in zip(currencies, days, strict=True)
    ]


def _known_rates(currencies: set[str], days: Sequence[date]) -> dict[str, list[tuple[date, Decimal]]]:
    known: dict[str, list[tuple[date, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(RATES, {"currencies": sorted(currencies), "first": min(days), "last": max(days)})
        for currency, day, rate in cursor.fetchall():
            known.setdefault(currency, []).append((day, rate))
    return known


def _valid(rates: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    place = bisect_right(rates, day, key=lambda pair: pair[0])
    return rates[place - 1][1] if place else None


def latest_rates() -> dict[str, RateRow]:
    """Currency → the newest rate that was entered for it."""
    rows = Rate.objects.order_by("currency", "-day").distinct("currency").values_list("currency", "day", "rate")
    return {currency: RateRow(currency, day, rate) for currency, day, rate in rows}


def list_rates(*, currency: str, after: str | None = None, limit: int = 50) -> Page[RateRow]:
    """A page of one currency's rates, the newest first."""
    rows = Rate.objects.filter(currency=currency).order_by("-day")
    key = read_key(after, int)
    if key and 0 < key[0] <= date.max.toordinal():
        rows = rows.filter(day__lt=date.fromordinal(key[0]))
    found = [RateRow(*row) for row in rows.values_list("currency", "day", "rate")[: limit + 1]]
    return cut_page(found, limit, lambda row: (row.day.toordinal(),))
