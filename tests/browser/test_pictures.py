"""Pictures of every screen, for people to look at: `pytest tests/browser/test_pictures.py --pictures`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PICTURES
from tests.browser.sites import Site
from tests.browser.test_doors import fill_first_run
from tests.browser.test_imports import give, orders_file
from tests.browser.test_screens import LANGUAGES, SCREENS, Screen, open_screen
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
LOOKS = {"light": (False, "light"), "dark": (False, "dark"), "phone": (True, "light"), "phone-dark": (True, "dark")}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_of_every_screen(language: str, look: str, visit: Visit, sample: Site) -> None:
    phone, theme = LOOKS[look]
    for screen in (*SCREENS, Screen("gallery", "/gallery/")):
        visitor = visit(sample, language=language, phone=phone, theme=theme)
        if screen.member:
            visitor.sign_in(screen.member, language=language)
        open_screen(visitor, screen)
        take(visitor, screen.name, language, look, whole=screen.name == "gallery")
        if screen.name == "home":
            visitor.page.keyboard.press("Control+k")
            visitor.page.keyboard.type("ан")
            expect(visitor.page.locator("#palette [data-found] [role=option]").first).to_be_visible()
            take(visitor, "palette", language, look)
            visitor.page.keyboard.press("Escape")
            visitor.page.keyboard.press("Shift+?")
            take(visitor, "help", language, look)
            visitor.page.keyboard.press("Escape")
            if phone:
                visitor.page.locator(".dock button").last.tap()
                take(visitor, "side", language, look)
            visitor.page.locator(".me").click()
            take(visitor, "menu", language, look)
        visitor.page.context.close()


@pytest.mark.parametrize(("language", "look"), [("ru", "light"), ("uk", "phone-dark"), ("en", "phone")])
def test_pictures_of_the_first_run_and_an_import(language: str, look: str, visit: Visit, new_site: Site) -> None:
    phone, theme = LOOKS[look]
    visitor = visit(new_site, language=language, phone=phone, theme=theme)
    visitor.may_hear(422)
    page = visitor.go("/start/")
    take(visitor, "first run", language, look, whole=True)
    fill_first_run(page, {"email": "olena@", "password": "short"}, submit=True)
    expect(page.locator("[data-error-summary]")).to_be_visible()
    take(visitor, "first run refused", language, look, whole=True)
    fill_first_run(page, {}, submit=True)
    expect(page.locator(".empty")).to_be_visible()
    take(visitor, "home empty", language, look)
    visitor.go("/customers/")
    take(visitor, "customers empty", language, look)
    visitor.go("/imports/new/")
    give(visitor, "orders.csv", orders_file())
    expect(page.locator("progress")).to_be_visible()
    take(visitor, "import waiting", language, look)
    new_site.start_worker()
    expect(page.locator(".tile-value").first).to_be_visible()
    take(visitor, "import done", language, look)
    visitor.go("/imports/new/")
    give(visitor, "photo.csv", b"\x89PNG\x00\x00\x00 not a table")
    expect(page.get_by_role("alert")).to_be_visible()
    take(visitor, "import refused", language, look)
    visitor.go("/imports/")
    take(visitor, "imports", language, f"{look}-some")
    visitor.go("/")
    take(visitor, "home after import", language, look)


def take(visitor: Visitor, name: str, language: str, look: str, *, whole: bool = False) -> None:
    """Writes one picture."""
    PICTURES.mkdir(exist_ok=True)
    target = Path(PICTURES) / f"{name.replace(' ', '-')}.{language}.{look}.png"
    visitor.page.wait_for_timeout(250)
    visitor.page.screenshot(path=target, full_page=whole)
