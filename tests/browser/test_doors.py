"""How people come in: the first run, signing in and out, the language before that."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Site
from tests.browser.visitors import Visitor, said
from wayloop.accounts.api import SAMPLE_PASSWORD

Visit = Callable[..., Visitor]


@pytest.mark.parametrize(
    ("language", "phone", "theme", "zone", "currency"),
    [
        ("ru", True, "light", "Asia/Almaty", "KZT"),
        ("uk", False, "dark", "Europe/Kyiv", "UAH"),
        ("en", True, "dark", "Europe/London", "GBP"),
    ],
    ids=["ru", "uk", "en"],
)
def test_first_run_keeps_what_was_typed_and_leads_home(
    language: str, phone: bool, theme: str, zone: str, currency: str, visit: Visit, new_site: Site
) -> None:
    visitor = visit(new_site, language=language, phone=phone, theme=theme, timezone_id=zone)
    visitor.may_hear(422, 404)
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

    page.locator("[name=email]").fill("olena@example.com")
    page.locator("[name=password]").fill("a quiet garden")
    page.locator("form button[type=submit].button-large").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(new_site.url)}/(#.*)?$"))
    expect(page.locator(".empty h2")).to_have_text(said("Begin with what you have", language))
    expect(page.locator(".empty-actions a")).to_have_attribute("href", "/imports/new/")
    assert visitor.overflow() == []
    visitor.go("/start/")
    expect(page.locator("h1")).to_have_text(said("Nothing here", language))


def test_wrong_password_is_told_and_the_right_one_leads_to_the_page_asked_for(visit: Visit, sample: Site) -> None:
    visitor = visit(sample)
    visitor.may_hear(422)
    page = visitor.go("/customers/?sort=name")
    expect(page.locator("h1")).to_have_text("Sign in")
    page.locator("#id_login").fill("marko@example.com")
    page.locator("#id_password").fill("not this one")
    page.locator("#id_password").press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(page.locator("#id_login")).to_have_value("marko@example.com")
    expect(page.locator("#id_password")).to_have_value("")
    assert visitor.barriers() == []
    page.get_by_label("Show password").click()
    page.locator("#id_password").fill(SAMPLE_PASSWORD)
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    page.locator("#id_password").press("Enter")
    expect(page).to_have_url(f"{sample.url}/customers/?sort=name")


def test_one_click_opens_the_sample_and_signing_out_closes_it(visit: Visit, sample: Site) -> None:
    visitor = visit(sample)
    page = visitor.go("/sign-in/")
    page.get_by_role("button", name="Ірина Соколова").click()
    expect(page).to_have_url(f"{sample.url}/")
    expect(page.locator(".me-text")).to_contain_text("Ірина Соколова")
    page.locator(".me").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    # Going back shows nothing of what was there.
    page.go_back()
    expect(page.locator("h1")).to_have_text("Sign in")
    visitor.go("/")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_language_is_switched_before_signing_in_and_stays(visit: Visit, sample: Site) -> None:
    page = visit(sample, phone=True).go("/sign-in/?next=/customers/")
    for language in ("uk", "ru"):
        page.locator(f".languages button[value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("h1")).to_have_text(said("Sign in", language))
        expect(page).to_have_url(f"{sample.url}/sign-in/?next=/customers/")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


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
