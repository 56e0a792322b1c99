"""Entered rates: each valid from its day until the next, by the clock of the business."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from wayloop.business import api
from wayloop.business.api import BusinessRefused, rates_at
from wayloop.contracts.business import RatesChanged
from wayloop.kernel.testing import announced

# Midnight in Kyiv, where Café Orchard is.
FIRST = datetime(2026, 3, 9, 22, tzinfo=UTC)
DAYS = [date(2026, 3, 10), date(2026, 3, 20)]
SECOND = timedelta(seconds=1)


def enter(currency: str = "EUR", rates: tuple[str, ...] = ("45", "46.5"), days: list[date] = DAYS) -> None:
    api.enter_rates(currency=currency, days=days[: len(rates)], rates=[Decimal(rate) for rate in rates], by=7)


def at(*instants: datetime, currency: str = "EUR") -> list[Decimal | None]:
    return rates_at(currencies=[currency] * len(instants), instants=instants)


def test_a_rate_holds_from_the_midnight_of_its_day_until_the_next_one(owner_member: object) -> None:
    enter()
    second = FIRST + timedelta(days=10)
    assert at(FIRST - SECOND, FIRST, second - SECOND, second, second + timedelta(days=999)) == [
        None,
        Decimal(45),
        Decimal(45),
        Decimal("46.5"),
        Decimal("46.5"),
    ]


def test_columns_of_many_currencies_come_back_in_their_order_with_a_fixed_number_of_queries(
    owner_member: object, django_assert_num_queries: Any
) -> None:
    enter()
    enter("USD", ("41.123456789",))
    instants = [FIRST, FIRST - SECOND, FIRST, FIRST, FIRST + timedelta(days=30)] * 100
    with django_assert_num_queries(3):
        found = rates_at(currencies=["EUR", "USD", "UAH", "USD", "GBP"] * 100, instants=instants)
    assert found == [Decimal(45), None, Decimal(1), Decimal("41.123456789"), None] * 100


def test_the_days_of_rates_are_those_of_the_zone_then(owner_member: object) -> None:
    api.change_zone(zone="America/New_York", from_day=date(2026, 3, 15), by=None)
    enter()
    # The 20th began four hours after midnight in UTC there.
    new_york = datetime(2026, 3, 20, 4, tzinfo=UTC)
    assert at(FIRST, new_york - SECOND, new_york) == [Decimal(45), Decimal(45), Decimal("46.5")]


def test_the_own_currency_is_one_and_without_a_business_there_is_none(db: None, request: Any) -> None:
    assert at(FIRST, currency="EUR") == [None]
    request.getfixturevalue("owner_member")
    assert (at(FIRST, currency="UAH"), at(FIRST), rates_at(currencies=[], instants=[])) == ([Decimal(1)], [None], [])


def test_a_rate_entered_again_replaces_the_one_of_that_day(owner_member: object) -> None:
    enter()
    enter(rates=("44",))
    assert [(row.day, row.rate) for row in api.list_rates(currency="EUR").rows] == [
        (DAYS[1], Decimal("46.5")),
        (DAYS[0], Decimal(44)),
    ]


def test_a_removed_rate_lets_the_one_before_go_on(owner_member: object) -> None:
    enter()
    later = FIRST + timedelta(days=30)
    assert (api.remove_rate(currency="EUR", day=DAYS[1], by=7), at(later)) == (Decimal("46.5"), [Decimal(45)])
    assert api.remove_rate(currency="EUR", day=DAYS[1], by=7) is None
    told = [RatesChanged("EUR", DAYS[0], 7), RatesChanged("EUR", DAYS[1], 7)]
    assert announced("business.rates_changed") == told


@pytest.mark.parametrize("rate", ["0", "-1", "1000000000", "0.0000000001", "NaN", "Infinity"])
def test_a_rate_that_is_none_is_refused(rate: str, owner_member: object) -> None:
    with pytest.raises(BusinessRefused) as refusal:
        enter(rates=("45", rate))
    assert (refusal.value.part, api.list_rates(currency="EUR").rows) == ("rate", ())


@pytest.mark.parametrize("currency", ["UAH", "XXZ", ""])
def test_the_own_currency_and_no_currency_have_no_rates(currency: str, owner_member: object) -> None:
    for attempt in (lambda: enter(currency), lambda: api.use_currency(currency=currency)):
        with pytest.raises(BusinessRefused) as refusal:
            attempt()
        assert refusal.value.part == "currency"


def test_currencies_in_use_begin_with_the_own_one_and_a_rate_puts_its_currency_there(owner_member: object) -> None:
    api.use_currency(currency="USD")
    enter()
    assert api.currencies_used() == ("UAH", "EUR", "USD")
    api.stop_using_currency(currency="EUR")
    assert (api.currencies_used(), at(FIRST)) == (("UAH", "USD"), [Decimal(45)])


def test_the_latest_rate_of_each_currency_is_known(owner_member: object) -> None:
    enter()
    enter("USD", ("41",))
    assert {row.currency: (row.day, row.rate) for row in api.latest_rates().values()} == {
        "EUR": (DAYS[1], Decimal("46.5")),
        "USD": (DAYS[0], Decimal(41)),
    }


def test_a_long_list_of_rates_has_pages(owner_member: object) -> None:
    days = [DAYS[0] + timedelta(days=place) for place in range(5)]
    enter(rates=tuple("12345"), days=days)
    shown, key, pages = [], None, 0
    while key or not pages:
        page = api.list_rates(currency="EUR", after=key, limit=2)
        shown, key, pages = [*shown, *(row.day for row in page.rows)], page.next_key, pages + 1
    assert (pages, shown) == (3, days[::-1])
    garbage = [api.list_rates(currency="EUR", after=text).rows for text in ("x", "WzBd", "Wzk5OTk5OTk5OTk5OV0")]
    assert [len(rows) for rows in garbage] == [5, 5, 5]
