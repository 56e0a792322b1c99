"""Every screen: for everybody (WCAG 2.2 AA), in both themes, on small phones, on paper, with a silent console."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.sites import Site
from tests.browser.visitors import DESKTOP, OWNER, READER, Visitor, said

Visit = Callable[..., Visitor]


@dataclass(frozen=True)
class Screen:
    """A page and how to come to it: an address, or the first row of a list."""

    name: str
    path: str
    row: str = ""
    status: int = 200
    member: str = OWNER
    heading: str = ""


SCREENS = (
    Screen("home", "/"),
    Screen("customers", "/customers/", heading="Customers"),
    Screen("nobody found", "/customers/?q=zzzz", heading="Customers"),
    Screen("card", "/customers/", row="tbody .row-link"),
    Screen("orders", "/orders/", heading="Orders"),
    Screen("returns", "/orders/returns/", heading="Returns"),
    Screen("buyers", "/orders/buyers/", heading="Buyers"),
    Screen("order", "/orders/", row="tbody .row-link"),
    Screen("numbers", "/numbers/", heading="Numbers"),
    Screen("retention", "/numbers/retention/?period=all", heading="Retention"),
    Screen("net revenue", "/numbers/net_revenue/?period=12m", heading="Net revenue"),
    Screen("imports", "/imports/", heading="Imports"),
    Screen("new import", "/imports/new/", heading="Bring in files"),
    Screen("profile", "/me/", heading="Your profile"),
    Screen("sign-in", "/sign-in/", member="", heading="Sign in"),
    Screen("nothing here", "/nowhere/", status=404, heading="Nothing here"),
    Screen("counter", "/counter/", heading="Counter"),
    Screen("greeting", "/settings/greeting/", heading="Greeting"),
    Screen("point of the greeting", "/settings/greeting/", row="main .plain-rows a"),
    Screen("board of jobs", "/service/", heading="Service jobs"),
    Screen("service job", "/service/list/", row=".row-link"),
    Screen("agreement", "/service/agreements/", row=".row-link"),
    Screen("kind of jobs", "/service/kinds/", row="main .plain-rows a"),
    Screen("products", "/products/", heading="Products"),
    Screen("product", "/products/", row="tbody .row-link"),
    Screen("new product", "/products/new/", heading="New product"),
    Screen("late orders", "/orders/?state=late", heading="Orders"),
    Screen("late order", "/orders/?state=late", row="tbody .row-link"),
    Screen("carts", "/orders/carts/", heading="Carts"),
    Screen("not open to you", "/gallery/", status=403, member=READER, heading="This page is not open to you"),
)
LANGUAGES = ("ru", "uk", "en")


def open_screen(visitor: Visitor, screen: Screen) -> None:
    """Stands on the screen afterwards."""
    if screen.status != 200:
        visitor.may_hear(screen.status)
    page = visitor.go(screen.path)
    if screen.row:
        page.goto(page.locator(screen.row).first.get_attribute("href") or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_for_everybody_in_both_themes_and_fits_small_phones(
    language: str, visit: Visit, sample: Site
) -> None:
    # Each screen in one of the languages: what axe sees hardly depends on the words.
    mine = [screen for place, screen in enumerate(SCREENS) if LANGUAGES[place % 3] == language]
    visitor = visit(sample, language=language)
    problems = {}
    for screen in mine:
        visitor.leave()
        if screen.member:
            visitor.sign_in(screen.member, language=language)
        open_screen(visitor, screen)
        page = visitor.page
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        if screen.heading:
            expect(page.locator("h1")).to_have_text(said(screen.heading, language))
        problems[screen.name] = check(visitor)
    assert problems == {screen.name: [] for screen in mine}


def test_gallery_is_for_everybody_in_every_theme_and_size(visit: Visit, sample: Site) -> None:
    visitor = visit(sample)
    visitor.sign_in()
    page = visitor.go("/gallery/")
    expect(page.locator("#sample-progress")).to_contain_text(said("Done", "en"))
    assert check(visitor) == []


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_gallery_fits_small_phones_in_every_language(language: str, visit: Visit, sample: Site) -> None:
    visitor = visit(sample, language=language)
    visitor.sign_in(language=language)
    page = visitor.go("/gallery/")
    expect(page.locator("h1")).to_have_text(said("Gallery", language))
    visitor.look(width=320)
    assert visitor.overflow() == []


def check(visitor: Visitor) -> list[str]:
    """What is wrong with the page the visitor stands on; nothing, when all is well."""
    problems = ["a component was not compiled"] if "<c-" in visitor.page.content() else []
    for width in (360, 320):
        visitor.look(width=width, theme="light")
        problems += visitor.overflow()
    visitor.thin_out()
    problems += visitor.barriers("target-size", "scrollable-region-focusable")
    visitor.look(width=DESKTOP["width"])
    problems += visitor.barriers()
    visitor.look(theme="dark")
    return problems + visitor.barriers("color-contrast")


def test_card_prints_without_the_frame_and_on_white(owner: Visitor) -> None:
    owner.look(theme="dark")
    # Those who came first have a history.
    open_screen(owner, Screen("card", "/customers/?sort=first", row="tbody .row-link"))
    page = owner.page
    expect(page.locator(".side")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (".side", ".dock", ".demo", ".timeline-more .button"):
        assert [one for one in page.locator(hidden).all() if one.is_visible()] == [], hidden
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".entry").first).to_be_visible()
    colours = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    )
    assert is_light(colours[0])
    assert not is_light(colours[1])


def test_forced_colours_keep_borders_and_reduced_motion_keeps_still(visit: Visit, sample: Site) -> None:
    visitor = visit(sample, forced_colors="active")
    visitor.sign_in()
    page = visitor.go("/gallery/")
    assert page.evaluate(
        "matchMedia('(forced-colors: active)').matches && matchMedia('(prefers-reduced-motion)').matches"
    )
    for part in (".button-primary", ".pill", "input.input", ".card", ".switch"):
        edge = page.locator(part).first.evaluate(
            "one => { const style = getComputedStyle(one); return style.borderTopStyle + ' ' + style.borderTopWidth }"
        )
        assert edge == "solid 1px" or edge == "solid 2px", part
    # Only the sign of work in a button still turns, slowly; nothing sweeps or breathes.
    moving = page.evaluate(
        "document.getAnimations().filter((one) => one.effect.getTiming().iterations === Infinity)"
        ".map((one) => [one.animationName, one.effect.getTiming().duration])"
    )
    assert {name for name, _duration in moving} <= {"turn"}
    assert all(duration > 2000 for _name, duration in moving)


def is_light(colour: str) -> bool:
    """Whether a computed colour is nearer to white; transparent counts as the paper."""
    inside = colour[colour.index("(") + 1 : -1].replace(",", " ").replace("/", " ").split()
    if len(inside) == 4 and float(inside[3]) == 0:
        return True
    if colour.startswith(("oklch", "oklab")):
        return float(inside[0]) > 0.5
    return sum(map(float, inside[:3])) > 3 * 128
