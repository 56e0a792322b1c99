"""Settings: who comes in, what a look changes (nothing), and one calm way to each page."""

import re
from typing import Any

import pytest
from django.test import Client

from wayloop.web.urls import urlpatterns

# Address, then what a plain GET answers to owner, read-only member, front desk, stranger.
DOORS = {
    "settings/": (200, 200, 403, 302),
    "settings/business/": (200, 200, 403, 302),
    "settings/business/zone/": (405, 405, 405, 302),
    "settings/business/zone/forget/": (405, 405, 405, 302),
    "settings/business/zone/back/": (405, 405, 405, 302),
    "settings/currencies/": (200, 200, 403, 302),
    "settings/currencies/use/": (405, 405, 405, 302),
    "settings/currencies/rate/": (405, 405, 405, 302),
    "settings/currencies/rates/": (405, 405, 405, 302),
    "settings/currencies/rate/remove/": (405, 405, 405, 302),
    "settings/hours/": (200, 200, 403, 302),
    "settings/hours/week/": (200, 403, 403, 302),
    "settings/hours/do/": (405, 405, 405, 302),
    "settings/hours/special/new/": (200, 403, 403, 302),
    "settings/hours/special/404/": (404, 403, 403, 302),
    "settings/hours/special/404/do/": (405, 405, 405, 302),
    "settings/places/": (200, 200, 403, 302),
    "settings/places/new/": (200, 403, 403, 302),
    "settings/places/404/": (404, 403, 403, 302),
    "settings/places/404/do/": (405, 405, 405, 302),
    "settings/brands/new/": (200, 403, 403, 302),
    "settings/brands/404/": (404, 403, 403, 302),
    "settings/brands/404/do/": (405, 405, 405, 302),
}
# Pages that only show.
SHOWS = {"settings/", "settings/places/", "settings/hours/", "settings/currencies/"}
SENDS = sorted(DOORS.keys() - SHOWS)


def test_every_address_is_asked_here() -> None:
    addresses = {str(pattern.pattern) for pattern in urlpatterns if str(pattern.pattern).startswith("settings/")}
    assert addresses == {re.sub(r"\b404\b", "<int:number>", path) for path in DOORS}


@pytest.mark.parametrize("path", DOORS)
def test_each_door_opens_to_whom_it_should(
    path: str, owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    people = (owner, reader, front_desk, stranger)
    assert tuple(who.get(f"/{path}").status_code for who in people) == DOORS[path]


@pytest.mark.parametrize("path", SENDS)
def test_only_the_owner_changes_anything(
    path: str, reader: Client, front_desk: Client, stranger: Client, fingerprints: Any
) -> None:
    before = fingerprints()
    assert [who.post(f"/{path}").status_code for who in (reader, front_desk, stranger)] == [403, 403, 302]
    assert fingerprints() == before


def test_looking_changes_nothing(owner: Client, fingerprints: Any) -> None:
    before = fingerprints()
    for path in DOORS:
        owner.get(f"/{path}", {"name": "Changed", "zone": "Asia/Tokyo", "day": "2026-01-01"})
        owner.head(f"/{path}")
    assert fingerprints() == before


def test_the_settings_have_one_place_in_the_navigation_and_their_own_inside(
    owner: Client, reader: Client, front_desk: Client
) -> None:
    def places(who: Client, path: str) -> tuple[list[str], list[str]]:
        page = who.get(path).content.decode()
        side, _, rest = page.partition("<main")
        inside = re.search(r'<nav class="settings-nav".*?</nav>', rest, re.DOTALL)
        return re.findall(r'href="(/settings/[^"]*)"', side), re.findall(
            r'<a [^>]*href="([^"]+)"', inside[0] if inside else ""
        )

    assert [places(who, "/me/")[0] for who in (owner, reader, front_desk)] == [["/settings/"], ["/settings/"], []]
    seen_by_owner, seen_by_reader = (places(who, "/settings/business/")[1] for who in (owner, reader))
    assert (seen_by_owner[0], seen_by_owner[-2:]) == ("/settings/business/", ["/settings/doctor/", "/gallery/"])
    assert set(seen_by_owner) - set(seen_by_reader) == {
        "/customers/traits/",
        "/settings/team/",
        "/settings/keys/",
        "/settings/security/",
        "/settings/audit/",
        "/service/kinds/",
        "/cases/playbooks/",
        "/settings/greeting/",
        "/settings/doctor/",
        "/settings/backup/",
        "/gallery/",
    }
