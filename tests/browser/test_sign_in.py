"""How members come in and go out, and the language before that."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.sites import Site
from tests.browser.visitors import Visitor, said
from wayloop.accounts.api import SAMPLE_PASSWORD

Visit = Callable[..., Visitor]


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
