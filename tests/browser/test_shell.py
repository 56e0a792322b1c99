"""The frame of every page: keys, palette, help, the member's choices; toasts, dialogs and progress of the gallery."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.sites import Site
from tests.browser.visitors import Visitor, said

Visit = Callable[..., Visitor]


def test_pages_open_by_two_keys_also_on_a_cyrillic_keyboard(owner: Visitor) -> None:
    page = owner.go("/")
    for keys, path in (("gc", "/customers/"), ("go", "/orders/"), ("gh", "/")):
        for key in keys:
            page.keyboard.press(key)
        expect(page).to_have_url(f"{owner.site.url}{path}")
        # The address changes before the new page listens to keys.
        expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    # п and с stand where g and c are.
    for letter, code in (("п", "KeyG"), ("с", "KeyC")):
        press_letter(page, letter, code)
    expect(page).to_have_url(f"{owner.site.url}/customers/")


def test_rows_are_walked_and_opened_by_keys(owner: Visitor) -> None:
    page = owner.go("/customers/")
    rows = page.locator(".row-link")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    name = rows.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_first_tab_skips_to_the_content(owner: Visitor) -> None:
    page = owner.go("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_palette_finds_a_customer_and_opens_the_card(key: str, owner: Visitor) -> None:
    name, phone, uuid = owner.site.query(
        "SELECT c.name, i.value, c.uuid FROM customers_card c "
        "JOIN identity_person p ON p.person = c.person JOIN identity_identifier i ON i.handle = p.handle "
        "WHERE i.kind = 'phone' AND c.name LIKE '% %' ORDER BY c.person LIMIT 1"
    )[0]
    page = owner.go("/")
    page.keyboard.press(key)
    palette = page.locator("#palette")
    expect(palette.get_by_role("combobox")).to_be_focused()
    # By name with the one key, by phone with the other.
    page.keyboard.type(name.lower() if key == "/" else phone[-12:].removeprefix("+"))
    hit = palette.locator(f"[data-href='/customers/{uuid}/']")
    expect(hit).to_be_visible()
    while hit.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    assert palette.get_by_role("combobox").get_attribute("aria-activedescendant") == hit.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{owner.site.url}/customers/{uuid}/")
    expect(page.locator("h1")).to_have_text(name)


def test_palette_goes_to_pages_says_when_nothing_is_found_and_gives_the_focus_back(owner: Visitor) -> None:
    page = owner.go("/")
    find = page.locator(".find")
    find.focus()
    page.keyboard.press("Enter")
    palette = page.locator("#palette")
    assert owner.barriers() == []
    page.keyboard.type("zzzzqq")
    expect(palette.locator("[data-nothing]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(find).to_be_focused()
    page.keyboard.press("Control+k")
    expect(palette.locator("[data-nothing]")).to_be_hidden()
    page.keyboard.type("impo")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/imports/"))


def test_question_mark_opens_the_keys_of_the_page(owner: Visitor) -> None:
    page = owner.go("/customers/")
    page.keyboard.press("Shift+?")
    sheet = page.locator("#help")
    expect(sheet).to_be_visible()
    for label in ("Today", "Customers", "Search and commands", "Filter the list", "Next and previous row"):
        expect(sheet.locator("dt", has_text=re.compile(f"^{label}$"))).to_have_count(1)
    assert owner.barriers() == []
    # Keys of the page below do nothing while the sheet lies on it.
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(f"{owner.site.url}/customers/")


def test_single_keys_are_switched_off_in_the_profile(owner: Visitor) -> None:
    page = owner.go("/me/")
    page.get_by_role("switch").uncheck()
    page.locator("main form").first.get_by_role("button", name="Save").click()
    owner.notices("Saved")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page).to_have_url(f"{owner.site.url}/me/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_theme_density_and_language_of_the_menu_stay(owner: Visitor) -> None:
    page = owner.go("/customers/?sort=name")
    html = page.locator("html")
    for name, value, attribute in (
        ("theme", "dark", "data-theme"),
        ("density", "compact", "data-density"),
        ("language", "uk", "lang"),
    ):
        page.locator(".me").click()
        page.locator(f"#me-menu button[name={name}][value={value}]").click()
        expect(html).to_have_attribute(attribute, value)
        expect(page).to_have_url(f"{owner.site.url}/customers/?sort=name")
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    expect(html).to_have_attribute("data-density", "compact")
    expect(page.locator("h1")).to_have_text(said("Customers", "uk"))
    assert owner.barriers() == []


def test_phone_has_a_dock_and_the_menu_comes_over_the_page(visit: Visit, sample: Site) -> None:
    visitor = visit(sample, phone=True, language="ru")
    visitor.sign_in(language="ru")
    page = visitor.go("/")
    expect(page.locator(".side")).to_be_hidden()
    page.locator(".dock a", has_text=said("Customers", "ru")).tap()
    expect(page.locator("h1")).to_have_text(said("Customers", "ru"))
    page.locator(".dock button", has_text=said("Menu", "ru")).tap()
    expect(page.locator(".side")).to_be_visible()
    assert visitor.barriers() == []
    page.locator(".side .me").tap()
    expect(page.locator("#me-menu")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    page.locator(".side a.nav-link", has_text=said("Orders", "ru")).tap()
    expect(page.locator("h1")).to_have_text(said("Orders", "ru"))
    page.locator(".dock button", has_text=said("Search", "ru")).tap()
    expect(page.locator("#palette")).to_be_visible()
    assert visitor.overflow() == []


def test_toast_offers_undo_and_trouble_stays(owner: Visitor) -> None:
    page = owner.go("/gallery/")
    page.get_by_role("button", name="Toast with undo").click()
    toast = page.locator("#toasts .toast-good")
    expect(toast).to_contain_text("Conversation resolved")
    assert owner.barriers() == []
    toast.get_by_role("button", name="Undo").click()
    owner.notices("Taken back")
    page.get_by_role("button", name="Toast that stays").click()
    bad = page.locator("#toasts .toast-bad")
    expect(bad).to_be_visible()
    bad.get_by_role("button", name="Close").click()
    expect(bad).to_be_hidden()


def test_toast_goes_by_itself_but_never_while_it_is_read(visit: Visit, sample: Site) -> None:
    visitor = visit(sample)
    visitor.sign_in()
    page = visitor.page
    page.clock.install()
    visitor.go("/gallery/")
    expect(page.locator("#sample-progress")).to_contain_text("Done")
    page.get_by_role("button", name="Toast with undo").click()
    toast = page.locator("#toasts .toast-good")
    toast.hover()
    page.clock.run_for(60_000)
    expect(toast).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(13_000)
    expect(toast).to_be_hidden()


def test_progress_asks_until_it_is_done_and_then_no_more(owner: Visitor) -> None:
    asked: list[str] = []
    # The page of the test before may still be asking.
    page = owner.go("/me/")
    page.on("request", lambda request: asked.append(request.url) if "/gallery/progress/" in request.url else None)
    owner.go("/gallery/")
    bar = page.locator("#sample-progress")
    expect(bar).to_contain_text("Done")
    expect(bar.locator("progress")).to_have_attribute("value", "100")
    assert len(asked) == 5
    page.wait_for_timeout(900)
    assert len(asked) == 5


def test_dialog_keeps_the_focus_and_gives_it_back(owner: Visitor) -> None:
    page = owner.go("/gallery/")
    button = page.get_by_role("button", name="Dialog", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#sample-dialog")
    expect(dialog).to_be_visible()
    assert owner.barriers() == []
    for _ in range(6):
        page.keyboard.press("Tab")
        # Beside the dialog only the browser's own bar takes the focus; the page behind never does.
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()


def test_menu_opens_and_is_walked_by_keys(owner: Visitor) -> None:
    page = owner.go("/gallery/")
    trigger = page.locator("[popovertarget=sample-menu]")
    trigger.focus()
    page.keyboard.press("ArrowDown")
    items = page.locator("#sample-menu .menu-item")
    expect(items.nth(0)).to_be_focused()
    expect(trigger).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    assert is_near(page.locator("#sample-menu"), trigger)
    page.keyboard.press("Escape")
    expect(page.locator("#sample-menu")).to_be_hidden()
    expect(trigger).to_be_focused()
    expect(trigger).to_have_attribute("aria-expanded", "false")


def test_form_comes_back_in_its_place_with_its_errors(owner: Visitor) -> None:
    owner.may_hear(422)
    page = owner.go("/gallery/")
    form = page.locator("form[hx-post='/gallery/form/']")
    form.locator("[name=name]").fill("Marina")
    form.get_by_role("button", name="Save").click()
    expect(form.locator("[data-error-summary]")).to_be_focused()
    expect(form.locator("[name=name]")).to_have_value("Marina")
    expect(page).to_have_url(f"{owner.site.url}/gallery/")


def test_lost_connection_is_told_and_nothing_typed_is_lost(owner: Visitor) -> None:
    page = owner.go("/gallery/")
    expect(page.locator("#sample-progress")).to_contain_text("Done")
    form = page.locator("form[hx-post='/gallery/form/']")
    form.locator("[name=name]").fill("Marina")
    page.context.set_offline(True)
    form.get_by_role("button", name="Save").click()
    owner.notices("No connection")
    expect(form.locator("[name=name]")).to_have_value("Marina")
    page.context.set_offline(False)
    told = ("INTERNET_DISCONNECTED", "htmx:error: Failed to fetch")
    assert [one for one in owner.troubles if not any(word in one for word in told)] == []
    owner.troubles.clear()


def press_letter(page: Page, letter: str, code: str) -> None:
    """A key of a layout that Playwright does not know."""
    session = page.context.new_cdp_session(page)
    number = ord(code[-1])
    for kind, text in (("keyDown", letter), ("keyUp", "")):
        session.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": letter, "code": code, "windowsVirtualKeyCode": number, "text": text},
        )
    session.detach()


def is_near(menu: Locator, trigger: Locator) -> bool:
    """Whether a menu opened at its button, inside the window."""
    box, place = menu.bounding_box(), trigger.bounding_box()
    assert box
    assert place
    beside = abs(box["x"] - place["x"]) < 2 or abs(box["x"] + box["width"] - place["x"] - place["width"]) < 2
    under = abs(box["y"] - place["y"] - place["height"]) < 12 or abs(box["y"] + box["height"] - place["y"]) < 12
    return beside and under
