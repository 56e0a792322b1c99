"""Whole stories of people at work: the owner adds a trait and finds it on a card, an agent reads a card by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.sites import Site
from tests.browser.visitors import Visitor, said

Visit = Callable[..., Visitor]
AGENT = "iryna@example.com"
LOOKS = (("en", "light", "Favourite table"), ("ru", "dark", "Любимый столик"), ("uk", "light", "Улюблений столик"))
SOMEBODY = """
SELECT c.uuid, c.name FROM customers_card c WHERE c.name LIKE '%% %%' AND c.kind = 'person' AND NOT EXISTS (
    SELECT FROM customers_card o WHERE o.name = c.name AND o.person <> c.person)
AND c.person IN (SELECT handle FROM commerce_order)
ORDER BY c.seen_at DESC, c.person LIMIT 1
"""


@pytest.mark.parametrize(("language", "theme", "label"), LOOKS)
def test_the_owner_adds_a_trait_and_it_stands_on_every_card(
    language: str, theme: str, label: str, visit: Visit, sample: Site
) -> None:
    visitor = visit(sample, language=language, theme=theme)
    visitor.sign_in(language=language)
    page = visitor.go("/customers/traits/")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text(said("New trait", language))
    assert visitor.barriers() == []
    # The source language of this business.
    page.locator("input[name=label_uk]").fill(label)
    page.locator("main form button[type=submit]", has_text=said("Save", language)).click()
    expect(page).to_have_url(re.compile("/customers/traits/"))
    expect(page.locator(".row-link", has_text=label)).to_have_count(1)

    ((uuid, _name),) = sample.query(SOMEBODY)
    visitor.go(f"/customers/{uuid}/")
    traits = page.locator("#traits")
    if not traits.get_by_role("link", name=label).is_visible():
        traits.locator("summary").click()
    traits.get_by_role("link", name=label).click()
    field = traits.locator("[name=trait-value]")
    expect(field).to_be_focused()
    field.fill(f"№ 7 {language}")
    field.press("Enter")
    expect(traits.locator(".trait", has_text=label)).to_contain_text(f"№ 7 {language}")
    visitor.notices(label)


@pytest.mark.parametrize(("language", "theme"), [(language, theme) for language, theme, _label in LOOKS])
def test_an_agent_finds_a_customer_reads_the_card_and_leaves_a_note_by_keyboard(
    language: str, theme: str, visit: Visit, sample: Site
) -> None:
    ((uuid, name),) = sample.query(SOMEBODY)
    visitor = visit(sample, language=language, theme=theme)
    visitor.sign_in(AGENT, language=language)
    page = visitor.go("/")
    page.keyboard.press("/")
    # A letter is missing.
    page.keyboard.type(name[:2] + name[3:])
    hit = page.locator(f"#palette [data-href='/customers/{uuid}/']")
    expect(hit).to_be_visible()
    while hit.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#health .pill")).to_be_visible()
    expect(page.locator(".entry").first).to_be_visible()

    page.keyboard.press("n")
    expect(page.locator("#notes textarea")).to_be_focused()
    note = f"Reads the card in {language}"
    page.keyboard.type(note)
    save = page.locator("#notes").get_by_role("button", name=said("Save the note", language))
    while not save.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#notes .note-text", has_text=note)).to_have_count(1)
    assert visitor.barriers() == []
