"""The front desk greets a guest, in three languages; it sees nothing but the counter."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.sites import Site
from tests.browser.visitors import Visitor, said

Visit = Callable[..., Visitor]
DESK = "timur@example.com"
TABLETS = {"en": (1024, 768), "ru": (768, 1024), "uk": (390, 780)}
# A guest with a phone that nobody else's ends like, who has come often.
REGULAR = """
SELECT c.name, i.value, c.person FROM customers_card c
JOIN identity_identifier i ON i.handle = c.person AND i.kind = 'phone'
WHERE c.name <> '' AND (c.computed->>'orders_count')::int > 20 AND NOT EXISTS (
    SELECT FROM identity_identifier o WHERE o.handle <> c.person AND right(o.value, 6) = right(i.value, 6))
ORDER BY c.seen_at DESC, c.person LIMIT 3
"""
EVENTS = """
SELECT count(*) FROM ledger_event e
WHERE handle = %s AND NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id)
"""


@pytest.mark.parametrize(("place", "language"), list(enumerate(TABLETS)))
def test_the_front_desk_greets_a_guest(place: int, language: str, visit: Visit, sample: Site) -> None:
    width, height = TABLETS[language]
    theme = "dark" if language == "ru" else "light"
    visitor = visit(sample, language=language, theme=theme, viewport={"width": width, "height": height}, has_touch=True)
    visitor.leave()
    visitor.sign_in(DESK, language=language)
    name, phone, person = sample.query(REGULAR)[place]
    ((before,),) = sample.query(EVENTS, person)
    page = visitor.go("/")
    expect(page).to_have_url(f"{sample.url}/counter/")
    expect(page.locator("#counter-q")).to_be_focused()
    assert page.locator(".nav-link").count() == 0
    page.locator(".counter-tills .tap").first.click()
    expect(page.locator(".counter-tills")).to_have_count(0)
    assert visitor.barriers() == []

    # A scanner plays keyboard, wherever the focus is.
    page.locator("body").click(position={"x": 5, "y": height - 5})
    page.keyboard.type(phone[-6:])
    expect(page.locator("#guest-name")).to_have_text(name)
    assert (visitor.barriers(), visitor.overflow()) == ([], [])
    page.locator(".guest-point input").first.check()
    page.get_by_role("button", name=said("Note the visit", language)).click()
    visitor.notices(name)
    expect(page.locator(".guest-point input").first).not_to_be_checked()
    assert sample.query(EVENTS, person) == [(before + 1,)]
    page.locator("#toasts").get_by_role("button", name=said("Undo", language)).click()
    visitor.notices(said("Taken back", language))
    assert sample.query(EVENTS, person) == [(before,)]

    page.locator(".tap-grid .tap").first.click()
    visitor.notices(name)
    for key in "12":
        page.locator(f".key[data-key='{key}']").click()
    expect(page.locator("#guest-amount")).to_have_value("12")
    page.locator(".keypad > .button-primary").click()
    expect(page.locator("#guest-amount")).to_have_value("")
    visitor.notices("12")
    assert sample.query(EVENTS, person) == [(before + 2,)]


def test_a_guest_is_found_by_keyboard_alone_and_a_new_one_is_made(visit: Visit, sample: Site) -> None:
    visitor = visit(sample)
    visitor.sign_in(DESK)
    page = visitor.go("/counter/")
    page.locator(".counter-tills .tap").first.click()
    expect(page.locator(".counter-tills")).to_have_count(0)
    page.keyboard.type("коваленко")
    expect(page.locator(".guest-row").first).to_be_visible()
    wanted = page.locator(".guest-row strong").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/counter/[0-9a-f-]{36}/"))
    expect(page.locator("#guest-name")).to_have_text(wanted)
    page.locator("#counter-q").fill("0449998877")
    expect(page.locator("#id_phone")).to_have_value("0449998877")
    visitor.may_hear(422)
    page.locator("#id_phone").fill("12")
    page.locator(".counter-new button[type=submit]").click()
    expect(page.locator(".field-error").first).to_be_visible()
    page.locator("#id_phone").fill("0449998877")
    page.locator("#id_name").fill("Zoe Newman")
    page.locator(".counter-new button[type=submit]").click()
    expect(page.locator("#guest-name")).to_have_text("Zoe Newman")
    assert visitor.barriers() == []
