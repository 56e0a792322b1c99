"""The main job by hand: a file is looked at, corrected, tried, brought in and taken back."""

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
    expect(page.locator("h1")).to_have_text(said("Bring in files", "uk"))
    bring(owner, "orders.csv", orders_file())
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
    bring(owner, "orders.csv", orders_file())
    expect(page.locator(".tile-value")).to_have_text(["903", "900", "3"])
    assert owner.site.query("SELECT count(*) FROM commerce_order") == [(300,)]
    owner.go("/imports/")
    expect(page.locator("tbody tr", has_text="orders.csv")).to_have_count(2)
    assert owner.barriers() == []


def test_file_that_is_no_table_is_refused_in_one_clear_sentence(owner: Visitor) -> None:
    owner.may_hear(422)
    page = owner.go("/imports/new/")
    give(owner, "photo.csv", b"\x89PNG\x00\x00\x00 not a table")
    expect(page.locator("[data-error-summary]")).to_contain_text("photo.csv")
    assert owner.barriers() == []


def test_nothing_chosen_is_told_before_anything_happens(owner: Visitor) -> None:
    owner.may_hear(422)
    page = owner.go("/imports/new/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("h1")).to_have_text(said("Bring in files", "uk"))
    assert owner.barriers() == []


@pytest.mark.parametrize("language", ["ru", "uk", "en"])
def test_messy_file_is_seen_corrected_tried_brought_in_and_taken_back(
    language: str, place: Site, owner: Visitor
) -> None:
    page = owner.page
    place.query("UPDATE accounts_member SET language = %s", language)
    owner.go("/imports/new/")
    # Semicolons in a file that is called CSV, letters of Windows-1251, two ways to write a date, a word for a number.
    give(owner, "Отзывы.csv", messy_file(language))
    page.wait_for_url("**/imports/look/*/")
    expect(page.locator(".look-head")).to_contain_text("Windows-1251")
    # The marks are found by their values; nothing tells what was asked, and when it was is a guess.
    needed = page.locator("#look-next .alert")
    expect(needed).to_contain_text(said("What was asked", language))
    expect(page.locator("button[value=try]")).to_be_disabled()
    expect(page.locator("tr", has_text="Когда")).to_contain_text(["05.03.2026 10:15"])
    expect(page.locator("tr", has_text="Когда").locator(".pill")).to_have_count(1)
    page.locator("tr", has_text="Звёздочки").locator("select").select_option("score")
    page.locator("select[name=t0-k-metric]").select_option("csat")
    expect(needed).to_have_count(0)
    assert owner.barriers() == []
    owner.look(theme="dark", width=360)
    assert owner.overflow() == []
    assert owner.barriers("color-contrast", "target-size") == []

    page.locator("button[value=try]").click()
    expect(page.locator(".tile-value")).to_have_text(["5", "4", "1"])
    assert place.query("SELECT count(*) FROM surveys_score WHERE source = %s", f"{language}-file") == [(0,)]
    assert owner.overflow() == []
    page.get_by_role("link", name=said("Change the mapping", language)).click()
    page.locator("input[name=source]").fill(f"{language}-file")
    page.locator("button[value=try]").click()
    expect(page.locator(".tile-value")).to_have_text(["5", "4", "1"])
    assert owner.barriers() == []

    page.get_by_role("button", name=said("Bring in", language)).click()
    expect(page.locator(".page-head .pill")).to_have_text(said("Done", language))
    rows = place.query(
        "SELECT count(*), max(happened_at)::date::text FROM surveys_score WHERE source = %s", f"{language}-file"
    )
    assert rows == [(4, "2026-04-06")]
    page.get_by_role("button", name=said("Undo this import", language)).click()
    expect(page.locator(".page-head .pill")).to_have_text(said("Taken back", language))
    assert place.query("SELECT count(*) FROM surveys_score WHERE source = %s", f"{language}-file") == [(0,)]
    assert owner.barriers() == []


def give(visitor: Visitor, name: str, content: bytes) -> None:
    """Chooses a file and sends it."""
    page = visitor.page
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    expect(page.locator(".drop strong:visible")).to_contain_text(name)
    page.locator("main form button[type=submit]").click()


def bring(visitor: Visitor, name: str, content: bytes) -> None:
    """The same, and at once in as it was understood."""
    give(visitor, name, content)
    visitor.page.locator("button[value=bring]").click()


def messy_file(language: str) -> bytes:
    """Five scores, one of them no number."""
    rows = [
        f"{language}-1;05.03.2026 10:15;5;Быстро и вкусно;+380671110001",
        f"{language}-2;2026-03-06 11:20;4;Ждали долго;+380671110002",
        f"{language}-3;31.03.2026 09:00;5;;+380671110003",
        f"{language}-4;01.04.2026 09:00;пять;Ещё придём;+380671110004",
        f"{language}-5;2026-04-06 18:40;2;Остыло;+380671110005",
    ]
    return "\r\n".join(["Номер ответа;Когда;Звёздочки;Комментарий;Телефон", *rows, ""]).encode("cp1251")


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
