"""The story itself, before anybody writes it down."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wayloop.demo.fates import DELIVERED_DAYS, LATE_SINCE, LATE_TOWN, baskets_of, fates_of, former_deliveries
from wayloop.demo.opinions import Opinion, opinions_of
from wayloop.demo.story import CUSTOMERS, RETURNED_PRODUCT, SLOW_DAYS, SLOW_SHOP, WORKSHOP, Story, tell_story
from wayloop.demo.text import LATIN, PRODUCTS, RUSSIAN, SHOPS, UKRAINIAN, latin
from wayloop.demo.words import COMMENTS
from wayloop.identity.api import IdentifierKind, normal_form

EVENING = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
DAY = timedelta(days=1)
COMMENTS_OF = {
    language: {text for texts in COMMENTS.values() for text in texts[language]} for language in ("uk", "ru", "en")
}


@pytest.fixture(scope="module")
def story() -> Story:
    return tell_story(EVENING)


def test_the_same_moment_gives_the_same_story(story: Story) -> None:
    assert tell_story(EVENING) == story


def test_it_has_the_size_of_a_small_chain(story: Story) -> None:
    assert len(story.shoppers) == CUSTOMERS
    assert 12_000 < len(story.orders) < 17_000
    assert 24_000 < sum(len(order.lines) for order in story.orders) < 40_000


def test_it_covers_two_years_and_ends_on_its_last_day() -> None:
    moment = datetime(2027, 3, 1, 0, 30, tzinfo=UTC)
    told = tell_story(moment)
    assert moment - timedelta(days=730) < told.orders[0].at < moment - timedelta(days=725)
    assert moment - timedelta(days=1) < told.orders[-1].at <= moment
    assert max(back.at for back in told.returns) <= moment


def test_every_customer_bought_something_and_numbers_are_given_once(story: Story) -> None:
    assert {order.shopper for order in story.orders} == {None, *range(CUSTOMERS)}
    for numbers in ([order.number for order in story.orders], [back.number for back in story.returns]):
        assert len(numbers) == len(set(numbers))


def test_nothing_is_sold_at_night_or_in_a_closed_workshop(story: Story) -> None:
    local = [(order.shop, order.at.astimezone(ZoneInfo("Europe/Kyiv"))) for order in (*story.orders, *story.returns)]
    assert {at.hour for shop, at in local if shop is not None} <= set(range(7, 21))
    assert [at for shop, at in local if shop == WORKSHOP and at.weekday() == 6] == []


def test_addresses_and_phones_can_belong_to_nobody(story: Story) -> None:
    emails = [one.email for one in story.shoppers if one.email]
    phones = [one.phone for one in story.shoppers if one.phone]
    assert {email.rpartition("@")[2] for email in emails} == {"example.com", "example.org", "example.net"}
    assert {phone[:6] for phone in phones} == {"+38000"}
    assert (len(set(emails)), len(set(phones))) == (len(emails), len(phones))
    assert all(normal_form(IdentifierKind.EMAIL, email) == email and email.isascii() for email in emails)
    assert all(normal_form(IdentifierKind.PHONE, phone) == phone for phone in phones)


def test_customers_write_themselves_in_three_ways(story: Story) -> None:
    shares = Counter(one.language for one in story.shoppers)
    assert shares.most_common()[0][0] == "uk"
    assert min(shares["uk"], shares["ru"], shares["en"]) > 200


def test_every_letter_of_a_name_has_its_latin_ones() -> None:
    for names, language in ((UKRAINIAN, "uk"), (RUSSIAN, "ru"), (LATIN, "en")):
        for word in (*names.women, *names.men, *(name for pair in names.families for name in pair)):
            assert latin(word, language).isalpha(), word
    assert [latin("Лукʼяненко", "uk"), latin("Журавлёв", "ru"), latin("Bērziņš", "en")] == [
        "lukianenko",
        "zhuravliov",
        "berzins",
    ]


def test_products_and_shops_are_named_in_three_languages_and_once() -> None:
    for name in (*(product.name for product in PRODUCTS), *(shop.name for shop in SHOPS)):
        assert set(name.texts) == {"uk", "ru", "en"}
        assert all(name.texts.values())
    codes = [product.code for product in PRODUCTS]
    assert len(codes) == len(set(codes))


def test_one_shop_lost_most_of_its_orders_while_the_others_grew(story: Story) -> None:
    def change(is_slow: bool) -> float:
        def count(start: int, end: int) -> int:
            first, last = EVENING - timedelta(days=start), EVENING - timedelta(days=end)
            shops = [SLOW_SHOP] if is_slow else [0, 1, 3, 4]
            return sum(1 for order in story.orders if order.shop in shops and first < order.at <= last)

        return count(60, 0) / count(425, 365)

    assert change(is_slow=True) < 0.75 < 1.1 < change(is_slow=False)


def test_one_product_comes_back_far_more_often_than_the_rest(story: Story) -> None:
    def count(deals: object) -> Counter[str]:
        return Counter(product.code for deal in deals for product, _quantity, _price in deal.lines)  # type: ignore[attr-defined]

    sold, back = count(story.orders), count(story.returns)
    gear = [product.code for product in PRODUCTS if product.category == "gear" and product.code != RETURNED_PRODUCT]
    assert back[RETURNED_PRODUCT] / sold[RETURNED_PRODUCT] > 0.13
    assert sum(back[code] for code in gear) / sum(sold[code] for code in gear) < 0.04


def test_december_brings_the_web_shop_people_who_seldom_return(story: Story) -> None:
    orders: dict[int, list[datetime]] = {}
    for order in story.orders:
        if order.shopper is not None and story.shoppers[order.shopper].habit == "web":
            orders.setdefault(order.shopper, []).append(order.at)

    def share_that_returned(december: bool) -> float:
        mine = [dates for dates in orders.values() if (dates[0].month == 12) is december]
        return sum(len(dates) > 1 for dates in mine) / len(mine)

    assert share_that_returned(december=True) < 0.25 < 0.4 < share_that_returned(december=False)


def test_prices_went_up_once(story: Story) -> None:
    paid = {price for order in story.orders for product, _quantity, price in order.lines if product.code == "CAP"}
    assert paid == {240, 260}


def test_the_latest_orders_of_the_web_shop_are_under_way_and_some_are_late(story: Story) -> None:
    fates = fates_of(story, EVENING)
    under_way = [one for one in fates.values() if one.planned_at and not one.ended_at]
    late = [one for one in under_way if one.promised_to < EVENING]
    assert (2 < len(late) < len(under_way) < len(fates) / 3, fates_of(story, EVENING) == fates) == (True, True)
    for one in fates.values():
        moments = [moment for _status, moment in one.steps]
        assert moments == sorted(moments)
        assert all(moment <= EVENING for moment in moments)
    carts = baskets_of(story, EVENING)
    assert len({one.number for one in carts}) == len(carts) > 20


def test_parcels_to_one_town_come_late_and_who_waits_says_so(story: Story) -> None:
    orders = {order.number: order for order in story.orders}
    delivered = [*former_deliveries(story, EVENING), *fates_of(story, EVENING).values()]
    done = {one.number: one for one in delivered if one.ended_at}
    late = {number for number, one in done.items() if one.ended_at and one.ended_at > one.promised_to}
    recently = {number for number in done if EVENING - orders[number].at < LATE_SINCE * DAY}
    there = {number for number in recently if story.shoppers[orders[number].shopper or 0].town == LATE_TOWN}
    shares = [len(late & some) / len(some) for some in (there, recently - there, set(done) - recently)]
    assert [share > 0.4 for share in shares] == [True, False, False]
    assert max(shares[1:]) < 0.15
    assert all(EVENING - orders[number].at < DELIVERED_DAYS * DAY for number in done)
    opinions = opinions_of(story, delivered, EVENING)
    assert _mean(one for one in opinions if one.order in late) < 2.8
    assert _mean(one for one in opinions if one.order in set(done) - late) > 4.1


def test_the_slow_shop_loses_its_good_scores_and_people_write_in_their_own_language(story: Story) -> None:
    opinions = opinions_of(story, fates_of(story, EVENING).values(), EVENING)
    csat = [one for one in opinions if one.metric == "csat" and one.shop is not None]
    slow = [one for one in csat if one.shop == SLOW_SHOP and EVENING - one.at < SLOW_DAYS * DAY]
    others = [one for one in csat if one.shop != SLOW_SHOP and EVENING - one.at < SLOW_DAYS * DAY]
    assert (len(slow) >= 20, _mean(slow) < 3.7, _mean(others) > 4.0) == (True, True, True)
    assert (opinions == sorted(opinions, key=lambda one: one.at), max(one.at for one in opinions) <= EVENING) == (
        True,
    ) * 2
    told = [one for one in opinions if one.comment]
    assert {one.shopper.language for one in told} == {"uk", "ru", "en"}
    assert all(one.comment in COMMENTS_OF[one.shopper.language] for one in told)
    assert 100 < sum(one.metric == "nps" for one in opinions) < 600


def _mean(opinions: Iterable[Opinion]) -> float:
    values = [one.value for one in opinions]
    return sum(values) / len(values)
