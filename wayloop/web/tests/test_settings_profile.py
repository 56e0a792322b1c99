"""The business profile and its time zone."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from wayloop.business import api as business
from wayloop.commerce.testing import Deal, buy

PAGE = "/settings/business/"
ZONE = f"{PAGE}zone/"
ANSWERS: dict[str, Any] = {
    "name": "Orchard",
    "trade": "shop",
    "country": "PL",
    "currency": "PLN",
    "content_languages": ["en", "uk"],
    "main_language": "uk",
}
MOVE = {"zone": "Europe/Warsaw", "when": "move", "from_day": "2026-03-10"}


def zones() -> list[str]:
    return [span.zone for span in business.report_clock().spans]


def test_the_owner_changes_the_profile_and_the_main_language_comes_first(owner: Client) -> None:
    answer = owner.post(PAGE, ANSWERS)
    found = business.profile()
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert (found.name, found.trade, found.country, found.currency, found.content_languages) == (
        "Orchard",
        "shop",
        "PL",
        "PLN",
        ("uk", "en"),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"trade": "piracy"},
        {"country": "XX"},
        {"currency": "XXZ"},
        {"content_languages": []},
        {"content_languages": ["tlh"]},
        {"main_language": "ru"},
        {"name": "\x00"},
    ],
)
def test_a_wrong_answer_comes_back_with_one_line_that_says_what_to_do(owner: Client, wrong: dict[str, Any]) -> None:
    before = business.profile()
    answer = owner.post(PAGE, ANSWERS | wrong)
    assert (answer.status_code, business.profile()) == (422, before)
    assert answer.content.decode().count('class="field-error"') == 1


def test_the_currency_cannot_change_once_an_order_is_counted_in_it(owner: Client) -> None:
    buy(Deal("1"))
    assert re.search(r'<select name="currency"[^>]* disabled', owner.get(PAGE).content.decode())
    owner.post(PAGE, ANSWERS)
    assert (business.profile().name, business.profile().currency) == ("Orchard", "UAH")


def test_who_only_reads_sees_what_is_and_no_form(reader: Client) -> None:
    page = reader.get(PAGE).content.decode().partition("<main")[2]
    assert ("<form" in page, "Café Orchard" in page, "Ukraine" in page) == (False, True, True)


def test_a_move_is_written_shown_and_removed_and_comes_back(owner: Client) -> None:
    assert owner.post(ZONE, MOVE).status_code == 302
    page = owner.get(PAGE).content.decode()
    starts_at = re.search(r'name="starts_at" value="([^"]+)"', page)
    assert (zones(), "since 10 March" in page, "from the beginning" in page, bool(starts_at)) == (
        ["Europe/Kyiv", "Europe/Warsaw"],
        True,
        True,
        True,
    )
    assert starts_at
    page = owner.post(f"{ZONE}forget/", {"starts_at": starts_at[1]}, follow=True).content.decode()
    assert zones() == ["Europe/Kyiv"]
    undo = re.search(r'action="(/settings/business/zone/back/[^"]+)"', page)
    assert undo
    owner.post(undo[1].replace("&amp;", "&"))
    assert business.report_clock().day_of(business.report_clock().start_of(date(2026, 3, 10))) == date(2026, 3, 10)
    assert zones() == ["Europe/Kyiv", "Europe/Warsaw"]


def test_a_mistake_is_put_right_for_all_time(owner: Client) -> None:
    owner.post(ZONE, MOVE)
    owner.post(ZONE, MOVE | {"when": "mistake", "zone": "Europe/Chisinau", "from_day": ""})
    assert zones() == ["Europe/Chisinau"]


@pytest.mark.parametrize(
    "wrong", [{"zone": "Moon/Tycho"}, {"when": "never"}, {"from_day": ""}, {"from_day": "10/32/2026"}, {"zone": ""}]
)
def test_a_wrong_move_is_refused_beside_its_field(owner: Client, wrong: dict[str, str]) -> None:
    answer = owner.post(ZONE, MOVE | wrong)
    assert (answer.status_code, zones()) == (422, ["Europe/Kyiv"])
    assert answer.content.decode().count('class="field-error"') == 1


def test_garbage_sent_by_hand_is_refused_without_a_trace(owner: Client) -> None:
    answers = [
        owner.post(f"{ZONE}forget/", {"starts_at": value}).status_code for value in ("", "x", "2026-03-10", "\x00")
    ]
    answers += [
        owner.post(f"{ZONE}back/?{query}").status_code for query in ("", "zone=x&day=2026-03-10", "zone=UTC&day=x")
    ]
    assert (answers, zones()) == ([400] * 7, ["Europe/Kyiv"])


def test_a_move_nobody_made_is_removed_quietly(owner: Client) -> None:
    answer = owner.post(f"{ZONE}forget/", {"starts_at": "2026-03-10T00:00:00+00:00"})
    assert (answer.status_code, zones()) == (302, ["Europe/Kyiv"])
