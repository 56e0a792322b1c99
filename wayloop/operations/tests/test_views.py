"""The doctor's page: for owners, in their language, with what to do."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from wayloop.contracts.doctor import Check, Finding, broken, good
from wayloop.kernel import registry
from wayloop.operations import doctor
from wayloop.operations.words import OWN, words_of


def words(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_the_owner_sees_what_to_do_first(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    own = (Check("disk", lambda: good("9 GB free")), Check("worker", lambda: broken("no sign of life")))
    monkeypatch.setattr(doctor, "OWN", own)
    monkeypatch.setitem(registry._items, Check, [])
    text = words(owner.get("/settings/doctor/").content.decode())
    assert "needs mending" in text
    assert text.index("Background worker") < text.index("Start everything with") < text.index("Space on the disk")
    assert "no sign of life" in text


def test_when_all_is_well_it_says_so(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OWN", (Check("disk", lambda: good("9 GB free")),))
    monkeypatch.setitem(registry._items, Check, [])
    text = words(owner.get("/settings/doctor/").content.decode())
    assert ("all is well" in text, "1 check, and it is well." in text, "What to do" in text) == (True, True, False)


def test_a_check_that_breaks_does_not_take_the_page_along(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Finding:
        raise OSError("no such folder")

    monkeypatch.setattr(doctor, "OWN", (Check("home", fail), Check("disk", lambda: good("9 GB"))))
    answer = owner.get("/settings/doctor/")
    assert (answer.status_code, "no such folder" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize(("language", "title"), [("en", "Health"), ("ru", "Состояние"), ("uk", "Стан")])
def test_it_speaks_the_owners_language(owner: Client, owner_member: Any, language: str, title: str) -> None:
    owner_member.language = language
    owner_member.save()
    html = owner.get("/settings/doctor/").content.decode()
    assert f"<title>{title}" in re.sub(r">\s+", ">", html)
    if language != "en":
        told = words(html).casefold()
        assert [
            word for word in ("background", "tables", "start", "applied", "waiting", "free", "role") if word in told
        ] == []


def test_every_check_of_ours_has_its_words() -> None:
    names = {check.name for check in doctor.OWN} | {"due work", "parked jobs"}
    assert names - OWN.keys() == set()


def test_a_check_of_a_context_brings_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._items, Check, [Check("sums", lambda: good("agree"), label="Sums", advice="Count.")])
    assert (words_of("sums").label, words_of("sums").advice, words_of("other").label) == ("Sums", "Count.", "other")
    with translation.override("en"):
        assert str(words_of("other").advice).startswith("The file logs/web.log")


def test_others_do_not_see_it(reader: Client, stranger: Client) -> None:
    assert reader.get("/settings/doctor/").status_code == 403
    assert stranger.get("/settings/doctor/").headers["Location"].startswith("/sign-in/")


def test_it_only_reads(owner: Client) -> None:
    assert owner.post("/settings/doctor/").status_code == 405


def test_only_who_may_change_settings_has_it_in_the_navigation(owner: Client, reader: Client) -> None:
    assert [b'href="/settings/doctor/"' in one.get("/").content for one in (owner, reader)] == [True, False]
