"""Pages of numbers: who sees them, that every number opens the rows it stands on, that they ask no more for more."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils.html import escape
from psycopg.errors import QueryCanceled

from wayloop.commerce.testing import MORNING, Deal, buy, deliver, give_back
from wayloop.kernel import clock
from wayloop.metrics import views
from wayloop.metrics.registry import BY_NAME, METRICS

DAY = timedelta(days=1)
PAGES = ["/numbers/", "/numbers/orders/", "/numbers/retention/"]


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]


def plain(text: str) -> str:
    return re.sub(r"(<[^>]*>|\s)+", " ", text).strip()


@pytest.fixture
def trade(owner: Client, near_location: int, far_location: int) -> None:
    buy(
        Deal("1", "a", MORNING, location=near_location),
        Deal("2", "a", MORNING - 5 * DAY, location=near_location, lines=(("cup", "1", "7"), ("tea", "1", "10"))),
        Deal("3", "b", MORNING - DAY, location=far_location),
        Deal("4", "b", MORNING - 40 * DAY, location=far_location),
        Deal("5", "", MORNING - 3 * DAY),
    )
    give_back(Deal("C1", "a", MORNING - DAY, (("tea", "1", "4"),), location=near_location))
    deliver(("1", 1, 2), ("3", 1, 1))


def test_every_metric_stands_in_a_group_once() -> None:
    assert sorted(name for _title, names in views.GROUPS for name in names) == sorted(BY_NAME)


@pytest.mark.parametrize("path", PAGES)
def test_owner_and_reader_see_numbers_a_stranger_and_the_front_desk_do_not(
    path: str, trade: None, owner: Client, reader: Client, stranger: Client, front_desk: Client
) -> None:
    with clock.standing_at(MORNING + DAY):
        assert [who.get(path).status_code for who in (owner, reader, front_desk, stranger)] == [200, 200, 403, 302]


@pytest.mark.parametrize("period", ["90d", "12m", "all", "x"])
def test_pages_stand_for_every_period_and_for_none(period: str, trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + DAY):
        for path in ("/numbers/", "/numbers/average_order_value/?by=channel"):
            sign = "&" if "?" in path else "?"
            assert owner.get(f"{path}{sign}period={period}").status_code == 200


def test_a_number_nobody_defined_has_no_page(owner: Client) -> None:
    assert [owner.get(path).status_code for path in ("/numbers/happiness/", "/numbers/orders/?by=moon")] == [404, 200]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/numbers/orders/?period=30d", "orders?"),
        ("/numbers/orders/?period=30d&by=location", "orders?"),
        ("/numbers/orders/?period=30d&by=product", "orders?"),
        ("/numbers/orders/?period=30d&by=late", "orders?"),
        ("/numbers/orders/?period=all&by=currency", "orders?"),
        ("/numbers/returns/?period=30d&by=product", "returns?"),
        ("/numbers/buyers/?period=all&by=location", "buyers?"),
        ("/numbers/buyers/?period=all&by=product", "buyers?"),
    ],
)
def test_each_row_opens_as_many_rows_as_it_says(path: str, kind: str, trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + DAY):
        rows = re.findall(
            r'(?s)<tr><td><a class="row-link" href="([^"]+)">.*?data-label="Of how many">([\d,]+)<', page(owner, path)
        )
        # Of the days, two that had any.
        days = [row for row in rows if "from=" in row[0] and row[1] != "0"][-2:]
        found = [row for row in rows if "from=" not in row[0]] + days
        assert len(found) > 2
        for address, number in found:
            shown = plain(page(owner, address.replace("&amp;", "&")))
            told = re.search(rf"([\d,]+) {kind}\b", shown)
            assert told, address
            assert (address, told[1]) == (address, number)


def test_a_share_opens_what_it_stands_on_and_what_it_counts_of_it(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + DAY):
        facts = page(owner, "/numbers/repeat_purchase/?period=30d").partition("figure-facts")[2].partition("</p>")[0]
        links = re.findall(r'<a class="link" href="([^"]+)">([^<]+)<', facts)
        pages = [page(owner, address.replace("&amp;", "&")) for address, _words in links]
    assert [words for _address, words in links] == ["from 2 buyers", "those who came again"]
    assert [(len(re.findall('class="row-link"', rows)), "two orders or more" in rows) for rows in pages] == [
        (2, False),
        (1, True),
    ]


def test_what_opens_rows_says_what_they_come_to_and_leads_to_the_other_side(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + DAY):
        rows = page(owner, "/orders/?period=30d&channel=till&exact=1")
    assert "4 orders · ₴47.00" in plain(rows)
    assert 'href="/orders/returns/?period=30d&amp;channel=till&amp;exact=1"' in rows


def test_late_deliveries_open_the_orders_that_came_late(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + 3 * DAY):
        rows = page(owner, "/orders/?period=30d&state=came_late")
    assert re.findall(r'class="row-link" href="[^"]+">([^<]+)<', rows) == ["1"]


def test_numbers_of_a_location_are_those_its_manager_sees(trade: None, far_manager: Client, owner: Client) -> None:
    with clock.standing_at(MORNING + DAY):
        told = [plain(page(who, "/numbers/gross_revenue/?period=30d")) for who in (owner, far_manager)]
    assert [("₴47.00" in text, "₴20.00" in text) for text in told] == [(True, False), (False, True)]


def test_too_little_is_said_instead_of_an_arrow(trade: None, owner: Client) -> None:
    with clock.standing_at(MORNING + DAY):
        shown = plain(page(owner, "/numbers/repeat_purchase/?period=30d"))
    assert "not enough data It stands on 2 so far; from 30 on it says something." in shown


def test_a_clear_change_is_a_sentence_and_an_unclear_one_is_not(owner: Client) -> None:
    buy(*(Deal(f"a{number}", f"c{number}", MORNING - 40 * DAY) for number in range(40)))
    buy(*(Deal(f"b{number}", f"c{number}", MORNING - 10 * DAY) for number in range(90)))
    with clock.standing_at(MORNING):
        shown = plain(page(owner, "/numbers/?period=30d"))
        alone = plain(page(owner, "/numbers/average_order_value/?period=30d"))
    assert "Orders are up by 125%: 90 now" in shown
    assert "No clear change against the time before. (₴10.00 before)" in alone


@pytest.mark.parametrize("path", ["/numbers/", "/numbers/orders/", "/numbers/parity/", "/numbers/invitations/"])
def test_a_time_nobody_knows_is_named_and_not_taken_for_another(path: str, trade: None, owner: Client) -> None:
    for asked in ("31d", "2026-Q9", "<b>"):
        told = plain(page(owner, f"{path}?period={quote(asked)}"))
        assert f"Nobody knows a time called “{escape(asked)}”" in told
    assert "Nobody knows" not in plain(page(owner, f"{path}?period=30d"))
    assert "Nobody knows" not in plain(page(owner, path))


def test_a_cut_nobody_knows_is_named(trade: None, owner: Client) -> None:
    assert "cannot be cut by “moon”" in plain(page(owner, "/numbers/orders/?period=all&by=moon"))


def test_cohorts_stand_on_the_page_of_retention(owner: Client) -> None:
    buy(*(Deal(f"a{number}", f"c{number}", MORNING - 62 * DAY) for number in range(4)))
    buy(Deal("b", "c1", MORNING - 31 * DAY), Deal("d", "c1", MORNING))
    with clock.standing_at(MORNING):
        shown = plain(page(owner, "/numbers/retention/?period=all"))
    assert "Mar 2026 4 25% 25%" in shown


@pytest.mark.parametrize("orders", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/numbers/", 40), ("/numbers/gross_revenue/?by=product", 18)])
def test_pages_ask_no_more_for_three_orders_than_for_one(
    path: str, queries: int, orders: int, owner: Client, django_assert_num_queries: Any
) -> None:
    buy(*(Deal(str(number), str(number)) for number in range(orders)))
    with clock.standing_at(MORNING), django_assert_num_queries(queries):
        owner.get(path)


def test_looking_changes_nothing(trade: None, owner: Client, fingerprints: Any) -> None:
    before = fingerprints()
    for path in PAGES:
        owner.get(path)
    assert fingerprints() == before


def test_a_count_that_takes_too_long_says_so(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: Any, **kwargs: Any) -> None:
        raise OperationalError from QueryCanceled()

    monkeypatch.setattr(views, "Reader", slow)
    assert "Counting this takes longer than a page waits" in page(owner, "/numbers/orders/")


def test_metrics_below_a_floor_are_those_with_an_interval() -> None:
    assert [metric.name for metric in METRICS if bool(metric.floor) != bool(metric.method)] == []


def test_what_is_counted_over_everything_comes_after_the_list(
    trade: None, owner: Client, reader: Client, front_desk: Client, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tile = "/numbers/churn/?period=30d&tile"
    shown = page(owner, "/numbers/?period=30d")
    assert (f'hx-get="{escape(tile)}"' in shown, "being counted…" in plain(shown)) == (True, True)
    answers = [one.get(tile) for one in (owner, reader, front_desk, stranger)]
    assert [one.status_code for one in answers] == [200, 200, 403, 302]
    assert [("Churn" in one.content.decode(), "<html" in one.content.decode()) for one in answers[:2]] == [
        (True, False),
        (True, False),
    ]
    # A file waits for all of it.
    file = b"".join(owner.get("/numbers/?period=30d&format=csv").streaming_content)  # type: ignore[attr-defined]
    assert "churn" in file.decode("utf-8-sig")

    def slow(*args: Any, **kwargs: Any) -> None:
        raise OperationalError from QueryCanceled()

    monkeypatch.setattr(views, "read_figures", slow)
    told = owner.get(tile).content.decode()
    assert ("takes long to count" in told, "<html" in told) == (True, False)
