"""The whole loop on one installation, with a worker: an alert is read down to its answers, a case is worked on, what
was changed is told to those who said so, and the number comes back.

It takes half a minute, so it runs with `-m faults`; `test_results.py` and the tests of each context are the short ones.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import Site, running
from tests.browser.visitors import Visitor
from tests.databases import Databases
from wayloop.demo.story import SLOW_SHOP
from wayloop.demo.text import SHOPS

PLACE = SHOPS[SLOW_SHOP].name.in_language("en")
CAUSE = "Waiting and queues"
# Weeks later: the guests of all shops answer, and are well.
BETTER = """
INSERT INTO surveys_score (key, source, number, metric, scale_low, scale_high, lower_is_better, value, feel, comment,
    language, happened_at, offset_minutes, handle, location_id, order_number, channel, batch, question, recorded_at)
SELECT gen_random_uuid(), source, '', metric, scale_low, scale_high, lower_is_better, scale_high, 1, '', language,
    now(), offset_minutes, handle, location_id, '', channel, '', '', now()
FROM surveys_score, generate_series(1, 2)
WHERE metric = 'csat' AND scale_high = 5 AND NOT lower_is_better AND happened_at > now() - interval '90 days'
"""
LOOK = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)
VALUES ('default', %s, 0, '{}', 'todo')
"""
LOOK_AT_GOALS = "metrics.look_at_goals"
PATIENCE = 60.0


def at_any_hour(url: str) -> None:
    """Nobody is disturbed at night; the story may run then."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO privacy_pace (id, gap_hours, quiet_from, quiet_to, consent_needed) VALUES (1, 0, '00:00', "
            "'00:00', '{}') ON CONFLICT (id) DO UPDATE SET gap_hours = 0, quiet_from = '00:00', quiet_to = '00:00'"
        )


@pytest.fixture
def site(databases: Databases, make_folder: Callable[[str], Path]) -> Iterator[Site]:
    with running(databases, make_folder, "sample", at_any_hour) as found:
        found.start_worker()
        yield found


def until(site: Site, statement: str, *values: object) -> None:
    """Waits for the worker to have done something: the statement finds a row."""
    deadline = time.monotonic() + PATIENCE
    while not site.query(statement, *values):
        assert time.monotonic() < deadline, (statement, site.log("worker")[-2000:])
        time.sleep(0.1)


@pytest.mark.faults
def test_from_an_alert_to_a_number_that_is_well_again(site: Site, visit: Callable[..., Visitor]) -> None:
    visitor = visit(site)
    visitor.sign_in()
    uuid = read_the_alert(visitor.go("/numbers/goals/alerts/"))
    case = work_on_an_answer(visitor.page, uuid)
    tell_of_the_change(visitor, site)
    visitor.go(case)
    expect(visitor.page.locator(".page-head")).to_contain_text("Solved")

    site.query(BETTER)
    site.query(LOOK, LOOK_AT_GOALS)
    until(
        site,
        "SELECT 1 FROM metrics_alert a JOIN metrics_goal g ON g.id = a.goal_id "
        "WHERE g.metric = 'csat' AND a.settled_at IS NOT NULL AND a.settled_at > now() - interval '1 hour'",
    )
    page = visitor.go("/numbers/goals/alerts/")
    expect(page.locator(".alert-card", has_text="Satisfaction")).to_have_count(0)
    expect(page.locator("tbody tr", has_text="Satisfaction").first).to_contain_text(PLACE)
    page = visitor.go("/numbers/csat/?period=90d")
    assert float(page.locator(".figure-value").inner_text().rstrip("%")) >= 85


def read_the_alert(page: Page) -> str:
    """The alert names the shop; its answers lead to a survey, and there the same shop stands out from chance."""
    alert = page.locator(".alert-card", has_text="Satisfaction")
    expect(alert.locator("dd").first).to_contain_text(PLACE)
    alert.locator("h2 a").click()
    expect(page.locator("tbody tr", has_text=PLACE)).to_have_count(1)
    page.locator(".figure-facts a.link").first.click()
    page.locator("main .page-head").get_by_role("link", name="After a visit").click()
    page.wait_for_url("**/surveys/**")
    first = page.locator(".drivers tbody tr").first
    expect(first).to_contain_text(PLACE)
    first.locator("a").click()
    page.wait_for_url("**location=**")
    # Of those who were let down there, most waited.
    spoiled = page.locator(".card", has_text="What spoiled it?").locator(".survey-bars tbody tr")
    counts = {row.locator("th").inner_text(): int(row.locator("td.num").first.inner_text()) for row in spoiled.all()}
    assert max(counts, key=lambda one: counts[one]) == "The wait", counts
    return page.url


def work_on_an_answer(page: Page, results: str) -> str:
    """A bad answer becomes a case; it is taken, its cause is named, it is solved. Answers its address."""
    page.locator(".figure-facts a.link").first.click()
    page.wait_for_url("**/answers/**")
    page.get_by_role("button", name="Open", exact=True).first.click()
    page.wait_for_url("**/cases/**")
    address = page.url
    page.get_by_role("button", name="In work").click()
    page.locator("#cause").select_option(label=CAUSE)
    page.locator("form", has=page.locator("#cause")).get_by_role("button").click()
    expect(page.locator(".timeline")).to_contain_text(CAUSE)
    page.get_by_role("button", name="Solved").first.click()
    expect(page.locator(".page-head")).to_contain_text("Solved")
    assert results != address
    return address


def tell_of_the_change(visitor: Visitor, site: Site) -> None:
    """A second barista since today: those whose cases had this cause are told, once each, by the worker."""
    page = visitor.go("/changes/new/")
    page.locator("input[name=title_uk]").fill("Другий бариста зранку")
    page.locator("textarea[name=text_uk]").fill("Ви казали, що довго чекаєте. Зранку вас тепер зустрічають двоє.")
    page.locator("main form").get_by_role("button", name="Save").click()
    page.wait_for_url("**/changes/*-*/")
    page.locator("select[name=what]").select_option(label=f"Cases: {CAUSE}")
    page.locator("select[name=days]").select_option("365")
    page.get_by_role("button", name="Put all that fit behind it").click()
    expect(page.locator("main")).not_to_contain_text("No answers behind it yet")
    page.get_by_role("button", name="Tell those behind it").click()
    until(site, "SELECT 1 FROM voice_telling t WHERE state = 'told' AND change_id = (SELECT max(id) FROM voice_change)")
    page.reload()
    expect(page.locator(".page-head")).to_contain_text("people are told")
