"""The doctor's page: for owners, in their language, with what to do."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from wayloop.accounts.api import Permission
from wayloop.contracts.doctor import Check, Finding, broken, good
from wayloop.kernel import clock, registry
from wayloop.kernel.models import Due
from wayloop.kernel.stream.facts import Position, Row
from wayloop.kernel.stream.listeners import Listener
from wayloop.kernel.stream.parking import park, parked_rows
from wayloop.operations import aside, doctor
from wayloop.operations.offers import AsideAttention
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
    names = {check.name for check in doctor.OWN}
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
    assert [b'href="/settings/doctor/"' in one.get("/settings/").content for one in (owner, reader)] == [True, False]


@pytest.fixture
def set_aside(db: None) -> int:
    row = Row(Position(1, 7, 7), "order.placed", 1, {"secret": "geheim"}, None, None, 0, clock.now())
    with transaction.atomic():
        park(listener="nobody.knows", row=row, error="ValueError: no such product", tries=4)
    (parked,) = parked_rows()
    return parked.number


def test_an_event_set_aside_is_shown_with_its_error_and_without_its_contents(owner: Client, set_aside: int) -> None:
    html = owner.get("/settings/doctor/").content.decode()
    shown = [word in html for word in ("order.placed → nobody.knows", "no such product", "tried 4 times", "geheim")]
    assert shown == [True, True, True, False]


def test_an_event_is_left_out_and_taken_back(owner: Client, set_aside: int) -> None:
    where = f"/settings/doctor/events/{set_aside}"
    assert owner.post(f"{where}/leave-out/").headers["Location"] == "/settings/doctor/"
    left_out = parked_rows()
    answer = owner.get("/settings/doctor/").content.decode()
    owner.post(f"{where}/back/")
    assert (left_out, f"{where}/back/" in answer, [one.number for one in parked_rows()]) == ([], True, [set_aside])


def test_an_event_is_read_again(owner: Client, set_aside: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    listener = Listener(
        "nobody.knows", digest=lambda rows: seen.extend(one.kind for one in rows), kinds=("order.placed",), start="now"
    )
    monkeypatch.setitem(registry._items, Listener, [listener])
    owner.post(f"/settings/doctor/events/{set_aside}/again/")
    assert (seen, parked_rows()) == (["order.placed"], [])


def test_an_event_that_fails_again_stays(owner: Client, set_aside: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(rows: object) -> None:
        raise ValueError("still no such product")

    listener = Listener("nobody.knows", digest=fail, kinds=("order.placed",), start="now")
    monkeypatch.setitem(registry._items, Listener, [listener])
    owner.post(f"/settings/doctor/events/{set_aside}/again/")
    (parked,) = parked_rows()
    assert (parked.error, parked.tries) == ("ValueError: still no such product", 5)


@pytest.mark.parametrize("deed", ["again", "leave-out", "back"])
def test_only_who_may_change_settings_decides_on_events(
    reader: Client, stranger: Client, set_aside: int, deed: str
) -> None:
    where = f"/settings/doctor/events/{set_aside}/{deed}/"
    assert (reader.post(where).status_code, stranger.post(where).status_code) == (403, 302)
    assert [one.number for one in parked_rows()] == [set_aside]


def test_what_somebody_settled_first_is_told_kindly(owner: Client, set_aside: int) -> None:
    where = f"/settings/doctor/events/{set_aside}"
    answers = [owner.post(f"{where}/{deed}/").status_code for deed in ("leave-out", "leave-out", "eaten")]
    assert (answers, owner.get(f"{where}/again/").status_code) == ([302, 302, 404], 405)


@pytest.fixture
def given_up(db: None) -> tuple[int, int]:
    """A job that failed each time, and one thing that was due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
            """VALUES ('default', 'imports.run', '{"secret": 77077}', 'failed', 8) RETURNING id"""
        )
        (job,) = cursor.fetchone()
    now = clock.now()
    due = Due.objects.create(
        name="backup.make", key="k", due_at=now, run_at=now, problem="OSError at disk.py:7", parked_at=now
    )
    return job, due.pk


def waiting() -> list[str]:
    return [one.title for one in aside.lines(limit=9)]


def test_jobs_and_scheduled_work_that_were_given_up_are_shown_and_told_at_home(
    owner: Client, given_up: tuple[int, int], set_aside: int
) -> None:
    html = owner.get("/settings/doctor/").content.decode()
    wanted = ("imports.run", "It failed each time it was tried.", "backup.make k", "OSError at disk.py:7", "77077")
    assert [word in html for word in wanted] == [True, True, True, True, False]
    (line,) = AsideAttention().lines(None)
    assert (line.text, line.url) == ("3 pieces of work were set aside", "/settings/doctor/#aside")


def test_they_are_done_again(owner: Client, given_up: tuple[int, int]) -> None:
    job, due = given_up
    answers = [owner.post(f"/settings/doctor/{what}/again/").status_code for what in (f"jobs/{job}", f"due/{due}")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job])
        state = cursor.fetchone()
    assert (answers, state, waiting()) == ([302, 302], ("todo",), [])
    assert Due.objects.get(id=due).parked_at is None


def test_a_job_is_left_out_and_taken_back_and_scheduled_work_is_not(owner: Client, given_up: tuple[int, int]) -> None:
    job, due = given_up
    owner.post(f"/settings/doctor/jobs/{job}/leave-out/")
    left_out = waiting()
    has_undo = f"/settings/doctor/jobs/{job}/back/" in owner.get("/settings/doctor/").content.decode()
    owner.post(f"/settings/doctor/jobs/{job}/back/")
    refused = owner.post(f"/settings/doctor/due/{due}/leave-out/").status_code
    assert (left_out, has_undo, waiting(), refused) == (["backup.make k"], True, ["imports.run", "backup.make k"], 404)


def test_only_who_may_change_settings_decides_on_them(
    reader: Client, stranger: Client, given_up: tuple[int, int]
) -> None:
    job, due = given_up
    for where in (f"/settings/doctor/jobs/{job}/again/", f"/settings/doctor/due/{due}/again/"):
        assert (reader.post(where).status_code, stranger.post(where).status_code) == (403, 302)
    assert waiting() == ["imports.run", "backup.make k"]
    assert AsideAttention.permission == Permission.SETTINGS_CHANGE


def test_while_nothing_was_set_aside_home_says_nothing(db: None) -> None:
    assert AsideAttention().lines(None) == []
