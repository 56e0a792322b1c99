"""Results of a survey: the same number wherever it is read, and on paper nothing is cut."""

import csv
import hashlib
import io
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.sites import Site
from tests.browser.visitors import OWNER, Visitor, said

Visit = Callable[..., Visitor]
# What is left of A4 between the margins, in pixels of CSS: 210 and 297 mm less 14 and 16 on either side.
PAPER = {"width": 688, "height": 1001}
SURVEY = """
SELECT s.uuid::text FROM surveys_survey s JOIN surveys_response r ON r.survey_id = s.id
WHERE r.channel = 'qr' GROUP BY s.id ORDER BY count(*) DESC LIMIT 1
"""
KEY = "wl_0123456789ab_of-the-test-of-results"
MAKE_KEY = """
INSERT INTO accounts_apikey (member_id, name, prefix, digest, permissions, created_at, used_from)
SELECT id, 'results', '0123456789ab', %s, '["scores.view"]', now(), '' FROM accounts_member WHERE email = %s
"""
# What stands out of the sheet, or is cut by something around it.
CUT = """() => {
  const width = document.documentElement.clientWidth, found = [];
  for (const one of document.querySelectorAll("main *")) {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || one.closest(".sr-only, svg")) continue;
    const style = getComputedStyle(one);
    if (box.right > width + 1 || box.left < -1) found.push(`out: ${one.tagName} ${one.className}`);
    if (style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
      found.push(`cut: ${one.tagName} ${one.className} ${one.scrollWidth} of ${one.clientWidth}`);
  }
  return found;
}"""


def test_the_same_number_stands_on_the_screen_in_files_in_the_api_and_on_paper(owner: Visitor, sample: Site) -> None:
    ((uuid,),) = sample.query(SURVEY)
    sample.query(MAKE_KEY, hashlib.sha256(KEY.encode()).digest(), OWNER)
    here = f"/surveys/{uuid}/"
    page = owner.go(f"{here}?period=all")
    shown = page.locator(".figure-value").first.inner_text()
    file = page.request.get(f"{here}file/results/csv/?period=all").body().decode("utf-8-sig")
    (row,) = (one for one in list(csv.reader(io.StringIO(file)))[1:] if one[2] == "nps")
    answer = page.request.get(
        f"/api/v1/surveys/{uuid}/results", headers={"Authorization": f"Bearer {KEY}", "Cookie": ""}
    )
    told = json.loads(answer.body())["headline"]["number"]
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    on_paper = page.locator(".figure-value").first
    expect(on_paper).to_be_visible()
    assert (shown, on_paper.inner_text()) == (f"{round(float(row[5]))}", shown)
    assert (told["n"], round(told["value"], 6), [round(one, 6) for one in told["interval"]]) == (
        int(row[8]), float(row[5]), [float(row[6]), float(row[7])],
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_results_fit_on_a4_in_every_language(language: str, visit: Visit, sample: Site) -> None:
    ((uuid,),) = sample.query(SURVEY)
    visitor = visit(sample, language=language, theme="dark")
    visitor.sign_in(language=language)
    page = visitor.go(f"/surveys/{uuid}/?period=all")
    expect(page.locator("main")).to_contain_text(said("What goes with bad marks", language))
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert page.evaluate(CUT) == []
    # Bars, links to rows and the way through are there; what can only be clicked is not.
    for part in (".survey-bars", ".figure-value", ".chart"):
        expect(page.locator(part).first).to_be_visible()
    for part in (".side", ".filters", ".page-head-actions"):
        assert [one for one in page.locator(part).all() if one.is_visible()] == [], part
    # Chromium makes sheets of it: several, and none of them a single line.
    assert page.pdf(format="A4", prefer_css_page_size=True)[:5] == b"%PDF-"
