"""The main pages on the sample business: Home, customers, a card, orders; and all of it without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Site
from tests.browser.visitors import OWNER, Visitor
from wayloop.accounts.api import SAMPLE_PASSWORD
from wayloop.customers.rules.namesakes import namesakes
from wayloop.customers.rules.sounds import readings
from wayloop.customers.rules.words import search_words
from wayloop.ui.sorting import sort_key

Visit = Callable[..., Visitor]
# Somebody with an order of several lines as the newest: stories of the same sample add people and purchases.
LATEST = (
    "SELECT uuid FROM customers_card WHERE name <> '' AND person IN (SELECT handle FROM commerce_order) "
    "AND person NOT IN (SELECT handle FROM commerce_order WHERE handle IS NOT NULL AND line_count = 0) "
    "ORDER BY seen_at DESC, person DESC LIMIT 1"
)
# Somebody whose history does not fit on one page, with what stands in it: events, and notes among them.
BUSIEST = (
    "SELECT c.uuid, count(*) + "
    "(SELECT count(*) FROM customers_note n WHERE n.handle = c.person AND n.removed_at IS NULL) "
    "FROM ledger_event e JOIN identity_person p USING (handle) JOIN customers_card c ON c.person = p.person "
    "WHERE EXISTS (SELECT FROM customers_note n WHERE n.handle = c.person AND n.removed_at IS NULL) "
    "GROUP BY c.uuid, c.person ORDER BY count(*) DESC, 1 LIMIT 1"
)


@pytest.mark.parametrize("period", ["30d", "all"])
def test_each_number_of_home_opens_exactly_its_rows(period: str, owner: Visitor) -> None:
    page = owner.go(f"/?period={period}")
    tiles = [
        (tile.locator(".tile-label").inner_text(), number_in(tile.inner_text()), tile.get_attribute("href"))
        for tile in page.locator("a.tile").all()
    ]
    assert [label for label, _number, _address in tiles] == ["Orders", "Gross revenue", "Net revenue", "Buyers"]
    for label, number, address in tiles:
        page.goto(address or "")
        total = number_in(page.locator(".page-lead").first.inner_text())
        if label in ("Orders", "Buyers"):
            assert total == number, label
        else:
            # Money stands on the orders of the same period.
            assert total == tiles[0][1], label
        expect(page.locator(".segment[aria-current]")).to_have_attribute("href", re.compile(f"period={period}"))
        expect(page.locator("tbody tr").first).to_be_visible()


def test_home_offers_other_periods_and_back_returns(owner: Visitor) -> None:
    page = owner.go("/?period=30d")
    before = page.locator(".tile-value").all_inner_texts()
    page.locator(".segment[href*='period=all']").click()
    expect(page).to_have_url(re.compile("period=all"))
    assert page.locator(".tile-value").all_inner_texts() != before
    page.go_back()
    expect(page).to_have_url(re.compile("period=30d"))
    assert page.locator(".tile-value").all_inner_texts() == before


def test_customers_are_found_sorted_and_paged(owner: Visitor) -> None:
    page = owner.go("/customers/")
    first, name = rows_on(page), unmistakable(owner.site, names_on(page))
    assert len(first) == 50
    page.locator("a[rel=next]").click()
    expect(page).to_have_url(re.compile("after="))
    assert set(rows_on(page)).isdisjoint(first)
    page.go_back()
    assert rows_on(page) == first

    page.locator("select[name=sort]").select_option("name")
    expect(page).to_have_url(re.compile("sort=name"))
    named = names_on(page)
    assert named == sorted(named, key=sort_key)
    page.locator("a[rel=next]").click()
    expect(page).to_have_url(re.compile("after="))
    assert sort_key(names_on(page)[0]) >= sort_key(named[-1])

    page.locator("input[type=search][name=q]").fill(name.lower())
    page.locator("input[type=search][name=q]").press("Enter")
    expect(page).to_have_url(re.compile("q="))
    assert set(names_on(page)) == {name}
    # The order stays while somebody searches.
    expect(page.locator("select[name=sort]")).to_have_value("name")
    page.locator("tbody .row-link").first.click()
    expect(page.locator("h1")).to_have_text(name)
    page.go_back()
    expect(page.locator("input[type=search][name=q]")).to_have_value(name.lower())


def test_card_shows_older_events_in_place_and_in_order(owner: Visitor) -> None:
    ((uuid, count),) = owner.site.query(BUSIEST)
    page = owner.go(f"/customers/{uuid}/")
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    shown = entries_on(page)
    # A page ends at forty, or earlier at the end of a month when it looked through a year.
    assert 12 <= len(shown) <= 40
    while page.locator(".timeline-more a").count():
        before = len(shown)
        page.locator(".timeline-more a").click()
        expect(page.locator(".entry")).not_to_have_count(before)
        shown = entries_on(page)
    assert len(shown) == count
    assert [moment for moment, _entry in shown] == sorted((moment for moment, _entry in shown), reverse=True)
    assert len(set(shown)) == count
    # A day that lies on two pages has one heading.
    days = page.locator(".timeline-day").all_inner_texts()
    assert len(days) == len(set(days))
    assert loads == []
    expect(page).to_have_url(f"{owner.site.url}/customers/{uuid}/")


def test_order_opens_from_the_card_leads_to_its_customer_and_back(owner: Visitor) -> None:
    ((uuid,),) = owner.site.query(LATEST)
    page = owner.go(f"/customers/{uuid}/")
    name = page.locator("h1").inner_text()
    page.locator(".entry a[href^='/orders/']").first.click()
    expect(page.locator("h1")).to_have_text(re.compile("^(Order|Return) "))
    lines = page.locator("tbody tr")
    assert str(lines.count()) == fact(page, "Lines")
    amounts = [number_in(text) for text in lines.locator("td:last-child").all_inner_texts()]
    assert round(sum(amounts), 2) == number_in(fact(page, "Total"))
    expect(page.get_by_role("link", name=name)).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text(name)


def test_orders_are_found_by_number_and_walked_through_the_periods(owner: Visitor) -> None:
    page = owner.go("/orders/")
    number = page.locator("tbody .row-link").nth(3).inner_text()
    page.locator("input[type=search][name=q]").fill(number)
    page.locator("input[type=search][name=q]").press("Enter")
    expect(page.locator("tbody .row-link")).to_have_text([number])
    page.locator("nav .tab", has_text="Returns").click()
    expect(page.locator("h1")).to_have_text("Returns")
    page.locator(".segment[href*='period=30d']").click()
    expect(page.locator(".segment[aria-current]")).to_have_attribute("href", re.compile("period=30d"))


def test_everything_works_without_script(visit: Visit, sample: Site) -> None:
    visitor = visit(sample, java_script_enabled=False)
    sample.query("UPDATE accounts_member SET language = 'en' WHERE email = %s", OWNER)
    page = visitor.go("/sign-in/?next=/customers/")
    page.locator("#id_login").fill(OWNER)
    page.locator("#id_password").fill(SAMPLE_PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page).to_have_url(f"{sample.url}/customers/")
    first, name = rows_on(page), unmistakable(sample, names_on(page))
    page.locator("a[rel=next]").click()
    expect(page).to_have_url(re.compile("after="))
    assert set(rows_on(page)).isdisjoint(first)
    page.locator("input[type=search][name=q]").fill(name)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("q="))
    assert set(names_on(page)) == {name}
    ((uuid, _count),) = sample.query(BUSIEST)
    visitor.go(f"/customers/{uuid}/")
    newest = entries_on(page)
    page.get_by_role("link", name="Show older").click()
    expect(page).to_have_url(re.compile("before="))
    older = entries_on(page)
    assert older
    assert max(older) <= min(newest)
    assert {address for _moment, address in older}.isdisjoint(address for _moment, address in newest)
    visitor.go("/imports/new/")
    page.locator("input[type=file]").set_input_files(
        {"name": "letter.csv", "mimeType": "text/csv", "buffer": b"Dear all\nsee you\n"}
    )
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/imports/look/\d+/$"))
    # What the page would do by itself a button does: choices are shown with what they ask for.
    for entity, column, missing in (("scores", "", 1), ("customers", "", 1), ("customers", "name", 0)):
        page.locator("select[name=t0-entity]").select_option(entity)
        if column:
            page.locator("tr", has_text="Dear all").locator("select").select_option(column)
        page.get_by_role("button", name="Show with these choices").click()
        expect(page.locator("#look-next .alert")).to_have_count(missing)
        expect(page.locator("select[name=t0-entity]")).to_have_value(entity)
        assert page.locator("button[value=bring]").is_disabled() == bool(missing)
    page.locator("button[value=bring]").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+/$"))
    expect(page.locator("h1")).to_have_text("letter.csv")


def unmistakable(site: Site, names: list[str]) -> str:
    """The first of the names that means nobody else: Орися is rightly found as Ірина too, and who is newest changes."""
    everybody = [name for (name,) in site.query("SELECT DISTINCT name FROM customers_card WHERE name <> ''")]
    for name in names:
        words = search_words(name)
        close = {key for word in words for key in (*readings(word), *namesakes(word))}
        if len(words) > 1 and not any(
            other != name and all(close.intersection(readings(word)) for word in search_words(other))
            for other in everybody
        ):
            return name
    raise AssertionError(names)


def names_on(page: Page) -> list[str]:
    """The customers of the page, in their order."""
    page.wait_for_load_state()
    return page.locator("tbody .row-link").all_inner_texts()


def rows_on(page: Page) -> list[str | None]:
    """The addresses of the page's rows; names repeat, addresses do not."""
    page.wait_for_load_state()
    return [row.get_attribute("href") for row in page.locator("tbody .row-link").all()]


def entries_on(page: Page) -> list[Any]:
    """Moment and words, with the address where there is one, of each entry of the timeline in their order."""
    entries = page.locator(".entry").evaluate_all(
        "all => all.map(one => [one.querySelector('.entry-time time').getAttribute('datetime'), "
        "one.innerText + (one.querySelector('a')?.href ?? '')])"
    )
    return [(moment, entry) for moment, entry in entries]


def fact(page: Page, label: str) -> str:
    """What stands beside a label."""
    return page.locator("dt", has_text=re.compile(f"^{label}$")).locator("xpath=following-sibling::dd[1]").inner_text()


def number_in(text: str) -> float:
    """The first number of an English text, "12,345.67" as 12345.67."""
    found = re.search(r"\d[\d,]*(\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", ""))
