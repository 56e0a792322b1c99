"""Home: the numbers of a period, each opening the rows it stands on."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from psycopg.errors import QueryCanceled

from wayloop.commerce.testing import MORNING, Deal, buy, give_back
from wayloop.kernel import clock
from wayloop.metrics import api as metrics

DAY = timedelta(days=1)
TILE = re.compile(
    r'<a class="card tile" href="(?P<address>[^"]+)".*?tile-label">(?P<label>[^<]+)<.*?tile-value">(?P<number>[^<]+)<'
)


def page(client: Client, path: str = "/") -> str:
    return client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]


def plain(text: str) -> str:
    return re.sub(r"(<[^>]*>|\s)+", " ", text).strip()


def tiles(client: Client, path: str = "/") -> dict[str, tuple[str, str]]:
    """What stands on each tile: label → number and the address it opens."""
    found = TILE.finditer(page(client, path))
    return {tile["label"]: (tile["number"], tile["address"].replace("&amp;", "&")) for tile in found}


@pytest.fixture
def trade(owner: Client, near_location: int, far_location: int) -> None:
    buy(
        Deal("1", "a", MORNING, location=near_location),
        Deal("2", "a", MORNING - 40 * DAY, location=far_location),
        Deal("3", "b", MORNING - DAY, location=near_location),
        Deal("4", "", MORNING - 100 * DAY),
    )
    give_back(Deal("C1", "a", MORNING, (("tea", "1", "4"),), location=near_location))


@pytest.mark.parametrize("period", ["", "30d", "90d", "12m", "all"])
def test_each_tile_opens_the_rows_it_counts(period: str, trade: None, owner: Client, reader: Client) -> None:
    with clock.standing_at(MORNING):
        for who in (owner, reader):
            found = tiles(who, f"/?period={period}" if period else "/")
            assert list(found) == ["Orders", "Gross revenue", "Net revenue", "Buyers"]
            for label in ("Orders", "Buyers"):
                number, address = found[label]
                head = re.search(r"([\d,]+) (?:orders?|buyers?)\b", plain(page(who, address)))
                assert (label, head[1]) == (label, number)
                assert len(re.findall('class="row-link"', page(who, address))) == int(number)
            orders = page(who, found["Gross revenue"][1])
            amounts = [float(text) for text in re.findall(r'data-label="Total">₴([\d.]+)', orders)]
            assert found["Gross revenue"][0] == f"₴{sum(amounts):.0f}"


def test_the_numbers_are_those_of_the_period(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING):
        told = {
            key: [number for number, _ in tiles(owner, f"/?period={key}").values()] for key in ("30d", "90d", "all")
        }
    assert told == {
        "30d": ["2", "₴20", "₴16", "2"],
        "90d": ["3", "₴30", "₴26", "2"],
        "all": ["4", "₴40", "₴36", "2"],
    }


def test_without_recent_orders_home_shows_all_time_by_itself(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + 500 * DAY):
        assert [tiles(owner, path)["Orders"][0] for path in ("/", "/?period=30d")] == ["4", "0"]


def test_numbers_of_a_location_are_those_its_manager_sees(trade: None, far_manager: Client) -> None:
    with clock.standing_at(MORNING):
        found = tiles(far_manager, "/?period=all")
        assert [number for number, _ in found.values()] == ["2", "₴20", "₴20", "1"]
        assert len(re.findall('class="row-link"', page(far_manager, found["Orders"][1]))) == 2


def test_an_empty_business_is_told_where_to_begin(owner: Client, reader: Client, far_manager: Client) -> None:
    people = (owner, far_manager, reader)
    assert ["Begin with what you have" in page(who) for who in people] == [True, True, True]
    # A file may hold rows of any location: whoever sees some of them only brings none in.
    assert ['href="/imports/new/"' in page(who) for who in people] == [True, False, False]


def test_the_front_desk_is_led_to_the_counter_and_sees_no_numbers(trade: None, front_desk: Client) -> None:
    with clock.standing_at(MORNING):
        answer = front_desk.get("/", follow=True)
    shown = answer.content.decode()
    assert (answer.redirect_chain, "Counter" in shown, "Period" in shown) == ([("/counter/", 302)], True, False)


def test_a_stranger_is_sent_to_sign_in(stranger: Client) -> None:
    answer = stranger.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")


def test_home_only_shows(owner: Client) -> None:
    assert [getattr(owner, method)("/").status_code for method in ("head", "post", "put", "delete")] == [
        200,
        405,
        405,
        405,
    ]


def test_looking_changes_nothing(trade: None, owner: Client, fingerprints: Any) -> None:
    before = fingerprints()
    for path in ("/", "/?period=all", "/search/?q=tea"):
        owner.get(path)
    assert fingerprints() == before


def test_garbage_in_the_address_breaks_nothing(trade: None, owner: Client) -> None:
    for value in ("", "x", "\x00", "🥐", "30D", "9" * 40):
        assert owner.get("/", {"period": value}).status_code == 200


@pytest.mark.parametrize("orders", [1, 3])
def test_home_asks_the_database_no_more_for_three_orders_than_for_one(
    orders: int, owner: Client, django_assert_num_queries: Any
) -> None:
    buy(*(Deal(str(number), str(number)) for number in range(orders)))
    with clock.standing_at(MORNING), django_assert_num_queries(30):
        owner.get("/")


def test_home_tells_what_changed_and_nothing_else(owner: Client, far_manager: Client, near_location: int) -> None:
    buy(*(Deal(f"a{number}", f"c{number}", MORNING - 40 * DAY, location=near_location) for number in range(40)))
    buy(*(Deal(f"b{number}", f"c{number}", MORNING - 10 * DAY, location=near_location) for number in range(90)))
    with clock.standing_at(MORNING):
        told = [plain(page(who, path)) for who, path in ((owner, "/"), (owner, "/?period=all"), (far_manager, "/"))]
        link = re.search(r'href="(/numbers/orders/[^"]+)"', page(owner, "/"))
    assert ["Orders are up by 125%: 90 now" in text for text in told] == [True, False, False]
    assert [text.count("The average order") for text in told] == [0, 0, 0]
    assert link is not None
    with clock.standing_at(MORNING):
        assert "Orders are up by 125%: 90 now" in plain(page(owner, link[1]))


def test_without_a_clear_change_home_says_so(owner: Client) -> None:
    buy(*(Deal(f"a{number}", f"c{number}", MORNING - 40 * DAY) for number in range(40)))
    buy(*(Deal(f"b{number}", f"c{number}", MORNING - 10 * DAY) for number in range(42)))
    with clock.standing_at(MORNING):
        assert "What changed All numbers No clear change against the time before." in plain(page(owner))


def test_what_has_no_rate_is_named_beside_the_number(owner: Client) -> None:
    buy(Deal("1"), Deal("2", currency="EUR", rate=None))
    with clock.standing_at(MORNING):
        shown = plain(page(owner))
    assert "1 order has no rate and is left out" in shown


def test_numbers_that_take_too_long_do_not_take_the_rest_of_home_with_them(
    trade: None, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*_given: Any, **_named: Any) -> None:
        raise OperationalError from QueryCanceled()

    monkeypatch.setattr(metrics, "read_figures", cancelled)
    answer = owner.get("/?period=all")
    assert (answer.status_code, "Counting this takes longer than a page waits" in answer.content.decode()) == (
        200,
        True,
    )
