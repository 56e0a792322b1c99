"""The frame of every page: places by role, palette, search, preferences, toasts."""

import re
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.test import Client, RequestFactory

from wayloop.contracts.shell import NavItem, SearchHit, SearchProvider
from wayloop.kernel import registry
from wayloop.kernel.limits import Limit
from wayloop.ui.toasts import notify
from wayloop.web import middleware
from wayloop.web.context import Shell, preferences_of
from wayloop.web.middleware import ErrorPageMiddleware, ToastMiddleware
from wayloop.web.search import find


def request_of(member: Any, path: str = "/gallery/", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    request.user = member
    return request


@pytest.fixture
def only_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that holds only what the test offers."""
    monkeypatch.setattr(registry, "_items", type(registry._items)(list))


def place(step: str, label: str, **more: object) -> None:
    registry.offer(NavItem, NavItem(step=step, label=label, url_name="gallery", icon="blocks", **more))  # type: ignore[arg-type]


def test_steps_without_a_screen_are_not_shown(owner_member: Any, only_offers: None) -> None:
    place("know", "Customers")
    place("prove", "Experiments")
    shell = Shell(request_of(owner_member))
    assert [(group.title, [item.label for item in group.items]) for group in shell.groups] == [
        ("Know", ["Customers"]),
        ("Prove", ["Experiments"]),
    ]


def test_a_role_sees_only_its_places(owner_member: Any, reader_member: Any, only_offers: None) -> None:
    place("know", "Customers", permission="customers.view")
    place("settings", "Rules", permission="settings.change")
    assert [item.label for item in Shell(request_of(owner_member)).settings] == ["Rules"]
    assert [item.label for item in Shell(request_of(reader_member)).settings] == []
    assert Shell(request_of(AnonymousUser())).groups == []


def test_places_stand_in_their_order_and_the_current_one_is_marked(owner_member: Any, only_offers: None) -> None:
    place("know", "Later", order=20)
    place("know", "First", order=10)
    items = Shell(request_of(owner_member, "/gallery/progress/")).groups[0].items
    assert [(item.label, item.is_current, item.is_exact) for item in items] == [
        ("First", True, False),
        ("Later", True, False),
    ]


def test_a_place_whose_page_does_not_exist_yet_is_left_out(owner_member: Any, only_offers: None) -> None:
    registry.offer(NavItem, NavItem(step="know", label="Soon", url_name="no-such-page", icon="blocks"))
    assert Shell(request_of(owner_member)).groups == []


def test_the_palette_knows_places_commands_and_keys(owner_member: Any, only_offers: None) -> None:
    place("know", "Customers", shortcut="g c")
    groups = {
        group.title: [(item.label, item.keys) for item in group.items]
        for group in Shell(request_of(owner_member)).palette
    }
    assert groups["Go to"] == [("Customers", ["g", "c"])]
    assert ("Keyboard shortcuts", ["?"]) in groups["You"]


def test_without_the_middleware_the_cookies_decide() -> None:
    request = RequestFactory().get("/")
    request.COOKIES = {"theme": "dark", "density": "<script>"}
    found = preferences_of(request)
    assert (found.theme, found.density, found.single_keys) == ("dark", "normal", True)


class People:
    label = "People"
    permission = "customers.view"

    def search(self, member: Any, text: str, limit: int) -> list[SearchHit]:
        return [SearchHit(title=f"{text} <b>", url="/x/", detail="Kyiv", icon="user")][:limit]


def test_search_asks_who_the_member_may_ask(owner: Client, owner_member: Any, only_offers: None) -> None:
    registry.offer(SearchProvider, People())  # type: ignore[type-abstract]
    page = owner.get("/search/", {"q": "mar"}).content.decode()
    assert re.findall(r'role="option"[^>]*data-href="([^"]+)"', page) == ["/x/"]
    assert "mar &lt;b&gt;" in page
    assert owner.get("/search/", {"q": "m"}).content.strip() == b""


def test_search_is_closed_to_roles_without_the_permission(owner_member: Any, only_offers: None) -> None:
    registry.offer(SearchProvider, People())  # type: ignore[type-abstract]
    owner_member.role = "front_desk"
    assert find(owner_member, "marina") == []


def test_search_is_closed_to_strangers(client: Client, owner_member: Any) -> None:
    assert client.get("/search/", {"q": "mar"}).status_code == 302


def _through_toasts(answer: HttpResponse, *, htmx: bool = True) -> HttpResponse:
    request = RequestFactory().get("/", headers={"HX-Request": "true"} if htmx else {})
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    notify(request, "Resolved", undo_url="/undo/1/")
    response = ToastMiddleware(lambda _: answer)(request)
    response.left = len(messages.get_messages(request))  # type: ignore[attr-defined]
    return response


def test_toasts_travel_with_answers_to_htmx() -> None:
    page = _through_toasts(HttpResponse("<p>done</p>")).content.decode()
    assert page.startswith('<p>done</p><hx-partial hx-target="#toasts" hx-swap="beforeend">')
    assert 'action="/undo/1/"' in page


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse("{}", content_type="application/json"),
        HttpResponse("<!doctype html><html></html>"),
        HttpResponse(headers={"HX-Redirect": "/"}),
        HttpResponseRedirect("/"),
    ],
)
def test_toasts_wait_for_a_page_that_can_show_them(answer: HttpResponse) -> None:
    response = _through_toasts(answer)
    assert b"Resolved" not in response.content
    assert response.left == 1  # type: ignore[attr-defined]


def test_toasts_wait_for_the_next_page_without_htmx() -> None:
    assert _through_toasts(HttpResponse("<p>done</p>"), htmx=False).content == b"<p>done</p>"


def test_a_bare_refusal_gets_words_and_keeps_its_headers() -> None:
    page = ErrorPageMiddleware(lambda _: HttpResponseNotAllowed(["POST"]))(RequestFactory().get("/"))
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "This address has no page" in page.content.decode()


def test_a_refusal_with_words_keeps_them() -> None:
    answer = HttpResponse('{"error": 1}', status=429, content_type="application/json")
    assert ErrorPageMiddleware(lambda _: answer)(RequestFactory().get("/")) is answer


def test_pages_are_limited_for_strangers_by_address_and_for_members_by_account(
    owner_member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "BY_ADDRESS", Limit("pages of strangers", 3))
    monkeypatch.setattr(middleware, "BY_MEMBER", Limit("pages of a member", 2))
    client = Client()
    # The same household, another one, and pages that only lead to the sign-in page.
    answers = [
        client.get(path, REMOTE_ADDR=address)
        for path, address in [
            *[("/sign-in/", f"2001:db8::{number}") for number in range(4)],
            ("/sign-in/", "2001:db8:0:1::1"),
            *[("/customers/", "2001:db8::1")] * 4,
        ]
    ]
    client.force_login(owner_member)
    mine = [client.get("/me/", REMOTE_ADDR="2001:db8::1") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 200, 302, 302, 302, 302]
    assert [one.status_code for one in mine] == [200, 200, 429]
    waits = [int(one.headers["Retry-After"]) for one in (answers[3], mine[2])]
    assert (1 <= waits[0] <= 20, 1 <= waits[1] <= 30) == (True, True)
    assert b"<h1" in mine[2].content
