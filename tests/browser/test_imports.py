"""The main job by hand: a file goes in, progress is seen, customers stand there, and what stayed outside says why."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.sites import Site, running
from tests.browser.test_doors import fill_first_run
from tests.browser.visitors import Visitor, said
from tests.databases import Databases

Visit = Callable[..., Visitor]
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@pytest.fixture(scope="module")
def place(databases: Databases, make_folder: Callable[[str], Path]) -> Iterator[Site]:
    """An installation of its own with a worker beside."""
    with running(databases, make_folder, "empty") as site:
        site.start_worker()
        yield site


@pytest.fixture
def owner(visit: Visit, place: Site) -> Visitor:
    """The owner of a place that has just been set up, in Ukrainian."""
    visitor = visit(place, language="uk")
    if not place.signed_in:
        page = visitor.go("/start/")
        fill_first_run(page, {}, submit=True)
        expect(page.locator(".empty")).to_be_visible()
        place.signed_in[""] = page.context.cookies()
    visitor.page.context.add_cookies(place.signed_in[""])
    visitor.go("/")
    return visitor


def test_file_comes_in_with_progress_and_what_stays_outside_says_why(owner: Visitor) -> None:
    page = owner.page
    assert owner.barriers() == []
    page.locator(".empty-actions a").click()
    expect(page.locator("h1")).to_have_text(said("Bring a file in", "uk"))
    give(owner, "orders.csv", orders_file())
    expect(page).to_have_url(re.compile(r"/imports/\d+/$"))
    address = page.url
    expect(page.locator(".tile-value")).to_have_text(["903", "900", "3"])
    expect(page.locator(".page-head .pill")).to_have_text(said("Done", "uk"))
    assert owner.barriers() == []
    owner.look(theme="dark", width=360)
    assert owner.overflow() == []
    assert owner.barriers("color-contrast", "target-size") == []

    with page.expect_download() as download:
        page.get_by_role("link", name=said("Download the rows left out", "uk")).click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["901", "902", "903"]
    assert all(row[1] for row in rows[1:])
    assert rows[1][2] == "590001"
    assert page.url == address

    page.get_by_role("link", name=said("See the customers", "uk")).click()
    expect(page.locator("tbody tr")).to_have_count(50)
    # The same file again changes nothing.
    owner.go("/imports/new/")
    give(owner, "orders.csv", orders_file())
    expect(page.locator(".tile-value")).to_have_text(["903", "900", "3"])
    assert owner.site.query("SELECT count(*) FROM commerce_order") == [(300,)]
    owner.go("/imports/")
    expect(page.locator("tbody tr", has_text="orders.csv")).to_have_count(2)
    assert owner.barriers() == []


def test_file_that_is_no_table_is_refused_in_one_clear_sentence(owner: Visitor) -> None:
    page = owner.go("/imports/new/")
    give(owner, "photo.csv", b"\x89PNG\x00\x00\x00 not a table")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(said("This is not a table that can be read. Give a CSV or a Parquet file.", "uk"))
    expect(page.locator(".page-head .pill")).to_have_text(said("Not possible", "uk"))
    assert owner.barriers() == []
    owner.go("/imports/new/")
    give(owner, "other.csv", b"a,b\n1,2\n")
    expect(alert).to_contain_text("InvoiceNo")


def test_nothing_chosen_is_told_before_anything_happens(owner: Visitor) -> None:
    owner.may_hear(422)
    page = owner.go("/imports/new/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("h1")).to_have_text(said("Bring a file in", "uk"))
    assert owner.barriers() == []


def give(visitor: Visitor, name: str, content: bytes) -> None:
    """Chooses a file and sends it."""
    page = visitor.page
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    expect(page.locator(".drop strong:visible")).to_contain_text(name)
    page.locator("select[name=mapping]").select_option("online-retail")
    page.locator("main form button[type=submit]").click()


def orders_file() -> bytes:
    """300 orders of three lines each by 60 customers, and three lines that cannot come in."""
    lines = [
        f"{560000 + order},P{line},Thing {line},{line + 1},2011-0{1 + order % 9}-1{order % 10} 10:00:00,2.50,"
        f"{12000 + order % 60},United Kingdom"
        for order in range(300)
        for line in range(3)
    ]
    wrong = [
        "590001,P1,Thing 1,1,2011-11-11 10:00:00,2.50,,United Kingdom",
        "590002,P1,Thing 1,1,2011-11-11 10:00:00,0,12000,United Kingdom",
        "590003,P1,Thing 1,many,2011-11-11 10:00:00,2.50,12000,United Kingdom",
    ]
    return "\n".join([HEAD, *lines, *wrong, ""]).encode()
