"""Currencies and their entered rates on the screen."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from wayloop.business import api as business

PAGE = "/settings/currencies/"
USE = f"{PAGE}use/"
RATE = f"{PAGE}rate/?currency=EUR"
MANY = f"{PAGE}rates/?currency=EUR"
REMOVE = f"{PAGE}rate/remove/?currency=EUR"
DAY = date(2026, 3, 1)
ANSWERS = {"day": "2026-03-01", "units": "1", "rate": "45,5"}


def rates(currency: str = "EUR") -> dict[date, Decimal]:
    return {row.day: row.rate for row in business.list_rates(currency=currency).rows}


def main(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]


def undo_of(page: str) -> str:
    found = re.findall(r'action="([^"]+)"[^>]*>(?:(?!</form>).)*undo', page, re.DOTALL)
    return str(found[-1]).replace("&amp;", "&")


def test_a_currency_is_used_and_taken_off_with_a_way_back(owner: Client) -> None:
    owner.post(USE, {"currency": "EUR"})
    assert (business.currencies_used(), "no rate yet" in main(owner)) == (("UAH", "EUR"), True)
    page = owner.post(USE, {"stop": "EUR"}, follow=True).content.decode()
    assert business.currencies_used() == ("UAH",)
    owner.post(undo_of(page))
    assert business.currencies_used() == ("UAH", "EUR")


@pytest.mark.parametrize("currency", ["", "UAH", "XXZ", "\x00"])
def test_what_cannot_be_used_is_refused(owner: Client, currency: str) -> None:
    assert (owner.post(USE, {"currency": currency}).status_code, business.currencies_used()) == (422, ("UAH",))


@pytest.mark.parametrize(
    ("units", "typed", "rate"),
    [("1", "45,5", "45.5"), ("100", "4 550.00", "45.5"), ("10", "455\u00a0", "45.5"), ("1000", "1", "0.001")],
)
def test_a_rate_is_entered_as_people_write_it(owner: Client, units: str, typed: str, rate: str) -> None:
    owner.post(RATE, ANSWERS | {"units": units, "rate": typed})
    assert rates() == {DAY: Decimal(rate)}


def test_a_rate_is_shown_both_ways_corrected_removed_and_brought_back(owner: Client, reader: Client) -> None:
    owner.post(RATE, ANSWERS | {"rate": "50"})
    for who in (owner, reader):
        assert ("50.00 UAH" in main(who), "0.02 EUR" in main(who)) == (True, True)
    assert ("<form" in main(reader), 'value="2026-03-01"' in main(owner, f"{PAGE}?currency=EUR&day=2026-03-01")) == (
        False,
        True,
    )
    owner.post(RATE, ANSWERS)
    page = owner.post(REMOVE, {"day": "2026-03-01"}, follow=True).content.decode()
    assert rates() == {}
    owner.post(undo_of(page))
    assert rates() == {DAY: Decimal("45.5")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": ""},
        {"day": "x"},
        {"rate": ""},
        {"rate": "0"},
        {"rate": "-1"},
        {"rate": "NaN"},
        {"rate": "much"},
        {"rate": "1e30"},
        {"rate": "0.0000000001"},
        {"units": "7"},
    ],
)
def test_a_wrong_rate_comes_back_with_one_line(owner: Client, wrong: dict[str, str]) -> None:
    answer = owner.post(RATE, ANSWERS | wrong)
    assert (answer.status_code, rates()) == (422, {})


def test_several_days_are_entered_at_once_in_the_spellings_of_tables(owner: Client) -> None:
    owner.post(MANY, {"lines": "2026-03-01\t45,5\n\n02.03.2026; 46\r\n03/03/2026 1 046.75\n"})
    assert rates() == {DAY: Decimal("45.5"), date(2026, 3, 2): Decimal(46), date(2026, 3, 3): Decimal("1046.75")}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("2026-03-01 45\nyesterday 46", "Line 2: write a date and a rate"),
        ("2026-03-01", "Line 1: write a date and a rate"),
        ("2026-03-01 45\n\n2026-02-30 46", "Line 3: write a date and a rate"),
        ("2026-03-01 much", "Line 1: Write a number above zero"),
        ("2026-03-01 1\n" * 5001, "At most 5,000 lines"),
        ("2026-03-01 9999999999", "below a thousand million"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(owner: Client, lines: str, told: str) -> None:
    answer = owner.post(MANY, {"lines": lines})
    assert (answer.status_code, told in answer.content.decode(), rates()) == (422, True, {})


def test_garbage_in_the_address_is_refused(owner: Client) -> None:
    for path in (RATE, MANY, REMOVE):
        assert [owner.post(path.replace("EUR", code)).status_code for code in ("UAH", "XXZ", "")] == [404] * 3
    assert [owner.post(REMOVE, {"day": day}).status_code for day in ("", "x")] == [400, 400]
    assert [owner.post(f"{REMOVE}&day=2026-03-01&rate={rate}").status_code for rate in ("x", "0", "1e20")] == [400] * 3
    asked = [
        owner.get(PAGE, {name: value}).status_code for name in ("currency", "after", "day") for value in ("x", "\x00")
    ]
    assert asked == [200] * 6


def test_earlier_rates_are_on_further_pages(owner: Client) -> None:
    days = [DAY + timedelta(days=number) for number in range(120)]
    business.enter_rates(currency="EUR", days=days, rates=[Decimal(45)] * 120, by=None)
    shown, path, pages = 0, PAGE, 0
    while path:
        page = main(owner, path)
        shown += page.count('data-label="1 EUR"')
        found = re.search(r'href="([^"]*after=[^"]+)"', page)
        path, pages = (found[1].replace("&amp;", "&") if found else ""), pages + 1
    assert (shown, pages) == (120, 3)
