"""The access matrix: every address × method × everybody who may ask, against the table that is kept."""

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from playwright.sync_api import Route, sync_playwright

from tests.browser.conftest import chromium
from tests.browser.visitors import Visitor
from tests.flows.access.evil import Page, Poisoned, poison
from tests.flows.access.program import API, METHODS, addresses, doors, methods_of
from tests.flows.access.sent import requests_for
from tests.flows.access.table import Line, ask_all, read_table, write_table
from tests.flows.access.world import ACTORS, FAR, LIMITED, NEAR, World, build
from wayloop.kernel.signing import purposes, sign

HTML = "text/html"
PHONES = (390, 320)  # pixels


class In:
    """This process, as a site: what the browser asks is answered here."""

    url = "http://127.0.0.1:8088"

    @staticmethod
    def log(name: str) -> str:
        """Nothing is written anywhere else."""
        return name


# Whoever has the link has what it is for: one document, or the wishes and words of one customer.
BY_LINK = {
    "/service/documents/<str:token>/", "/preferences/<str:token>/", "/unsubscribe/<str:token>/",
    "/confirm/<str:token>/", "/s/<str:token>/", "/s/<str:token>/<str:secret>/",
    "/kiosk/<str:link>/", "/thanks/<str:token>/", "/r/<str:token>/",
}  # fmt: skip
# What opens each address that takes a link, and what such links are signed for.
TOKENS = {
    "/join/<str:token>/": "join", "/new-password/<str:token>/": "reset", "/counter/undo/<str:token>/": "undo",
    "/service/documents/<str:token>/": "document_token", "/preferences/<str:token>/": "preferences",
    "/unsubscribe/<str:token>/": "unsubscribe", "/confirm/<str:token>/": "confirm", "/s/<str:token>/": "survey",
    "/thanks/<str:token>/": "thanks", "/r/<str:token>/": "share_token",
}  # fmt: skip
PURPOSES = {
    "/join/<str:token>/": "accounts.invitation", "/new-password/<str:token>/": "accounts.reset",
    "/counter/undo/<str:token>/": "commerce.counter_undo", "/service/documents/<str:token>/": "commerce.document",
    "/preferences/<str:token>/": "privacy.preferences", "/unsubscribe/<str:token>/": "privacy.unsubscribe",
    "/confirm/<str:token>/": "privacy.confirm", "/thanks/<str:token>/": "voice.thanks",
    "/r/<str:token>/": "surveys.results",
    # A survey's own link is no signed one: 128 random bits.
    "/s/<str:token>/": "surveys.link",
}  # fmt: skip
# A survey is opened by its own link, by that of a place, and by an invitation.
MORE = {"surveys.place": ("place_link", "/s/<str:token>/"), "surveys.invitation": ("invited", "/s/<str:token>/")}
# What these do ends at sign-in.
ENDS_AT_SIGN_IN = {"/me/sign-out-everywhere/", "/new-password/<str:token>/"}
REFUSED = re.compile(r"in|40[134]")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, home: None) -> Iterator[World]:
    """Two locations and everybody, made once; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def lines(world: World) -> list[Line]:
    """What everybody was answered."""
    found = list(ask_all(world))
    if os.environ.get("ACCESS_MATRIX") == "write":
        write_table(found)
    return found


def test_every_address_has_its_line_and_no_line_is_of_an_address_that_is_gone() -> None:
    kept = {key.partition(" | ")[0] for key in read_table()}
    there = {f"{method} {address}" for method, address in doors()}
    told = [f"{one}: run `python -m scripts.access` and read its new line" for one in sorted(there - kept)]
    assert (told, sorted(kept - there)) == ([], [])


@pytest.mark.faults
def test_everybody_gets_exactly_the_answer_of_the_table(lines: list[Line]) -> None:
    kept = read_table()
    others = [
        f"{line.key}: {' '.join(line.answers)}, kept: {' '.join(kept.get(line.key, ('nothing',)))}"
        for line in lines
        if kept.get(line.key) != line.answers
    ]
    assert (others, sorted(kept.keys() - {line.key for line in lines})) == ([], [])
    requests = sum(len(line.answers) for line in lines)
    print(f"{len({line.address for line in lines})} addresses, {len(doors())} with method, {len(ACTORS)} who ask, "
          f"{requests} requests")  # fmt: skip


@pytest.mark.faults
def test_nothing_of_another_location_is_in_any_answer_and_nothing_at_all_in_a_refusal(lines: list[Line]) -> None:
    leaks = [
        f"{line.key}: {who} {answer}"
        for line in lines
        if line.address not in BY_LINK | ENDS_AT_SIGN_IN
        for who, answer in zip(ACTORS, line.answers, strict=True)
        if (who in LIMITED and "n" in answer.removeprefix("in"))
        or (who == "front" and "f" in answer)
        or (REFUSED.match(answer) and set(answer.removeprefix("in")) & {"n", "f", "+"})
        or answer.startswith("5")
    ]
    assert leaks == []


@pytest.mark.faults
def test_the_pages_of_refusals_hold_nothing_either(world: World) -> None:
    for who in ACTORS:
        for path, status in (("/no-such-page/", 404), ("/gallery/", 200 if who == "owner" else 403)):
            answer = world.pages[who].get(path)
            assert who in ("nobody", "key", "owner") or answer.status_code == status
            assert (NEAR in answer.content.decode(), FAR in answer.content.decode()) == (False, False)


@pytest.mark.faults
def test_the_marks_would_be_seen(lines: list[Line]) -> None:
    seen = {who: [line for line in lines if _holds(line, who)] for who in ("owner", "agent")}
    assert (len(seen["owner"]) > 40, len(seen["agent"]) > 15) == (True, True)


def _holds(line: Line, who: str) -> bool:
    answer = line.answers[ACTORS.index(who)].removeprefix("in")
    return answer.endswith(("n", "f"))


@pytest.mark.faults
def test_other_methods_are_refused_everywhere(world: World) -> None:
    asking = RequestFactory()
    taken = []
    for address, view in addresses():
        if address.startswith(API):
            continue
        for method in set(METHODS) - set(methods_of(address, view)):
            request = asking.generic(method, "/")
            request.user, request.session = world.owner, world.pages["owner"].session
            answer = view(request, **dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", address), 1))
            if answer.status_code != 405:
                taken.append(f"{method} {address}: {answer.status_code}")
    assert taken == []


@pytest.mark.faults
def test_a_link_opens_what_it_was_made_for_and_nothing_else(world: World) -> None:
    """Every purpose links are signed for, at every address that takes one."""
    takers = {address for _method, address in doors() if "<str:token>" in address and "<str:secret>" not in address}
    assert takers == set(TOKENS)
    tokens = {PURPOSES[address]: getattr(world, thing) for address, thing in TOKENS.items()}
    tokens |= {name: getattr(world, thing) for name, (thing, _address) in MORE.items()}
    for one in purposes():
        tokens.setdefault(one.name, sign(one, "1"))
    opened = {
        (name, address)
        for name, token in tokens.items()
        for address in TOKENS
        if _opens(world, address.replace("<str:token>", token))
    }
    assert opened == {(PURPOSES[address], address) for address in TOKENS} | {
        (name, address) for name, (_thing, address) in MORE.items()
    }
    print(f"{len(tokens)} purposes at {len(TOKENS)} addresses")


@pytest.fixture
def evil(world: World) -> Iterator[Poisoned]:
    """The same business with an attack in every text."""
    with transaction.atomic():
        yield poison()
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Screen:
    """Something a browser may open. `headers`: what a part of a page is asked with; `status`: as the table says."""

    client: Client
    path: str
    headers: dict[str, str]
    status: str


def _screens(world: World) -> Iterator[Screen]:
    """Everything a browser may open, each by somebody who may."""
    table = read_table()
    for method, address in doors():
        for sent in requests_for(method, address):
            if method == "GET" and not address.startswith(API):
                answers = table[f"{method} {address}" + (f" | {sent.note}" if sent.note else "")]
                who = next(
                    (one for one in ("owner", "nobody") if answers[ACTORS.index(one)].startswith("200")), "owner"
                )
                status = answers[ACTORS.index(who)].replace("in", "302")[:3]
                yield Screen(world.pages[who], sent.path(world, address), dict(sent.headers), status)


@pytest.mark.faults
def test_no_screen_takes_a_text_for_anything_else(world: World, evil: Poisoned) -> None:
    troubles, seen = [], 0
    for one in _screens(world):
        with transaction.atomic():
            answer = one.client.get(one.path, headers=one.headers)
            transaction.set_rollback(True)
        told = f"{one.path}: {answer.status_code}, not {one.status}"
        troubles += [] if str(answer.status_code) == one.status else [told]
        if answer.headers.get("Content-Type", "").startswith(HTML):
            seen += 1
            troubles += [f"{one.path}: {trouble}" for trouble in Page(answer.content.decode()).troubles]
    print(f"evil data: {evil}, {seen} screens")
    assert (troubles, evil.refused) == ([], ())
    assert seen > 100


@dataclass(frozen=True)
class Asked:
    """What the browser asks for, and where it waits for the answer: status, headers, content."""

    screen: Screen
    method: str
    path: str
    headers: dict[str, str]
    answer: Future[tuple[int, dict[str, str], bytes]]


def _crawl(program: str, screens: list[Screen], asks: "SimpleQueue[Asked | None]") -> list[str]:
    """Opens them all in a browser, in a thread of its own: its loop and the database cannot share one."""
    wrong: list[str] = []
    try:
        with sync_playwright() as playwright:
            visitor = Visitor(playwright.chromium.launch(executable_path=program), In, phone=True)
            visitor.may_hear(400, 403, 404, 405, 422)
            for screen in screens:
                wrong += [f"{screen.path}: {one}" for one in _look_at(screen, visitor, asks)]
    finally:
        asks.put(None)
    return wrong


def _look_at(screen: Screen, visitor: Visitor, asks: "SimpleQueue[Asked | None]") -> list[str]:
    def hand_over(route: Route) -> None:
        url, headers = route.request.url, route.request.headers
        if not url.startswith(In.url):
            route.abort()
            return
        kept = {name: value for name, value in headers.items() if name.startswith("hx-")}
        asked = Asked(screen, route.request.method, url.removeprefix(In.url), kept, Future())
        asks.put(asked)
        status, told, content = asked.answer.result()
        route.fulfill(status=status, headers=told, body=content)

    visitor.page.unroute_all()
    visitor.page.route("**/*", hand_over)
    page = visitor.go(screen.path)
    page.wait_for_load_state("networkidle")
    # What is folded is looked at too.
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    wrong = []
    for width in PHONES:
        visitor.look(width=width)
        wrong += [f"at {width}: {one}" for one in visitor.overflow()]
    wrong += visitor.troubles
    visitor.troubles.clear()
    return wrong


def _answer_all(asks: "SimpleQueue[Asked | None]") -> None:
    while (asked := asks.get()) is not None:
        try:
            with transaction.atomic():
                told = asked.screen.client.generic(asked.method, asked.path, headers=asked.headers)
                content = told.getvalue()
                transaction.set_rollback(True)
        except Exception as error:  # Whoever waits for the answer gets it.
            asked.answer.set_exception(error)
        else:
            asked.answer.set_result((told.status_code, dict(told.headers), content))


@pytest.mark.faults
def test_a_browser_finds_nothing_odd_on_any_screen(world: World, evil: Poisoned) -> None:
    program = chromium()
    # A part of a page is looked at in its page.
    screens = [
        one
        for one in _screens(world)
        if one.status == "200"
        and not one.headers
        and one.client.head(one.path).headers.get("Content-Type", "").startswith(HTML)
    ]
    asks: SimpleQueue[Asked | None] = SimpleQueue()
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        crawl = pool.submit(_crawl, program, screens, asks)
        _answer_all(asks)
    wrong = crawl.result()
    print(f"evil data in Chromium: {evil}, {len(screens)} screens, {time.monotonic() - begun:.0f} s")
    assert "\n".join(wrong) == ""
    assert len(screens) > 100


def test_an_attack_that_got_through_would_be_seen() -> None:
    found = {
        text: Page(text).troubles
        for text in (
            "<script>alert(1)</script>",
            '<img src="/x" onerror="alert(1)">',
            '<a href="java&#10;script:alert(1)">',
            '<a href="//evil.example/">',
            '<p style="color:red">',
            "<iframe srcdoc=x></iframe>",
            '<div x-init="alert(1)">',
            '<form action="https://evil.example/">',
            "<p>canary50281</p>",
        )
    }
    assert {text for text, troubles in found.items() if not troubles} == set()
    harmless = '<a href="/customers/?q=%3Cscript%3E">&lt;script&gt;</a><script src="/static/a.js"></script>'
    assert Page(harmless).troubles == []


def _opens(world: World, path: str) -> bool:
    with transaction.atomic():
        if path.startswith("/counter/"):
            where = world.pages["front"].post(path).headers.get("Location", "")
            is_open = where not in ("/counter/", "")
        else:
            is_open = world.pages["nobody"].get(path).status_code == 200
        transaction.set_rollback(True)
    return is_open
