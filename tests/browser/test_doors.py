"""How the owner comes in: the first run."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Site, running
from tests.browser.visitors import Visitor, said
from tests.databases import Databases

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def new_place(databases: Databases, make_folder: Callable[[str], Path]) -> Iterator[Site]:
    """An installation nobody has used yet."""
    with running(databases, make_folder, "empty") as site:
        yield site


@pytest.mark.parametrize(
    ("language", "phone", "theme", "zone", "currency"),
    [
        ("ru", True, "light", "Asia/Almaty", "KZT"),
        ("uk", False, "dark", "Europe/Kyiv", "UAH"),
        ("en", True, "dark", "Europe/London", "GBP"),
    ],
    ids=["ru", "uk", "en"],
)
def test_first_run_keeps_what_was_typed(
    language: str, phone: bool, theme: str, zone: str, currency: str, visit: Visit, new_place: Site
) -> None:
    visitor = visit(new_place, language=language, phone=phone, theme=theme, timezone_id=zone)
    visitor.may_hear(422)
    # Wherever somebody goes, the first page is this one.
    page = visitor.go("/customers/")
    expect(page).to_have_url(re.compile("/start/$"))
    expect(page.locator("h1")).to_have_text(said("Welcome. Let’s set up your place", language))
    # The device knows where it is.
    expect(page.locator("select[name=zone]")).to_have_value(zone)
    expect(page.locator("select[name=currency]")).to_have_value(currency)
    assert visitor.overflow() == []
    # A zone is found by typing, and its currency comes along; Enter chooses and does not send the form.
    by_typing = (("warsaw", "Europe/Warsaw", "PLN"), (zone.rpartition("/")[2], zone, currency))
    for typed, found, money in by_typing if language == "en" else ():
        page.locator("#id_zone").click()
        page.locator("#id_zone").press_sequentially(typed)
        page.locator("#id_zone").press("Enter")
        expect(page.locator("select[name=zone]")).to_have_value(found)
        expect(page.locator("select[name=currency]")).to_have_value(money)

    fill_first_run(page, {"email": "olena@", "password": "short"}, submit=True)
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(2)
    expect(page.locator("[name=name]")).to_have_value("Олена Сад")
    expect(page.locator("[name=email]")).to_have_value("olena@")
    expect(page.locator("[name=business_name]")).to_have_value("Кав’ярня «Сад»")
    expect(page.locator("[name=trade]")).to_have_value("cafe")
    expect(page.locator("select[name=zone]")).to_have_value(zone)
    expect(page.locator(f"[name=content_languages][value={language}]")).to_be_checked()
    # A line of the summary leads to its field.
    summary.locator("a").first.click()
    expect(page.locator("[name=email]")).to_be_focused()
    assert visitor.overflow() == []
    visitor.thin_out()
    assert visitor.barriers() == []


# The last one here: afterwards the place has its owner.
def test_first_run_leads_home_and_is_gone(visit: Visit, new_place: Site) -> None:
    language = "uk"
    visitor = visit(new_place, language=language, phone=True)
    visitor.may_hear(404)
    page = visitor.go("/start/")
    fill_first_run(page, {}, submit=True)
    expect(page).to_have_url(re.compile(f"^{re.escape(new_place.url)}/(#.*)?$"))
    expect(page.locator(".empty h2")).to_have_text(said("Begin with what you have", language))
    expect(page.locator(".empty-actions a")).to_have_attribute("href", "/imports/new/")
    assert visitor.overflow() == []
    visitor.go("/start/")
    expect(page.locator("h1")).to_have_text(said("Nothing here", language))


def fill_first_run(page: Page, wrong: dict[str, str], *, submit: bool) -> None:
    """Types a café into the first-run page."""
    answers = {
        "name": "Олена Сад",
        "email": "olena@example.com",
        "password": "a quiet garden",
        "business_name": "Кав’ярня «Сад»",
        "location_name": "Поділ",
        "town": "Київ",
    }
    for name, text in (answers | wrong).items():
        page.locator(f"input[name={name}]").fill(text)
    page.locator("[name=trade]").select_option("cafe")
    if submit:
        page.locator("form button[type=submit].button-large").click()
