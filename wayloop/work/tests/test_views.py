"""Pages of cases and tasks: who reaches them, what they do, what they keep back."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wayloop.accounts.api import Role, create_member
from wayloop.accounts.testing import PASSWORD, KeyBrowser, Member
from wayloop.customers.testing import card_address, see
from wayloop.kernel import clock
from wayloop.work.services.todos import TaskDetails, add_task
from wayloop.work.testing import Case, CaseEntry, CaseStep, Cause, Playbook, Stage, Task, move_to, playbook, start

MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BOARD = {"HX-Request": "true", "HX-Target": "div#board"}
GARBAGE = ["", "x", "\x00", "'", "%", "\\", "-1", "9" * 40]


@pytest.fixture(autouse=True)
def _in_may() -> Any:
    with clock.standing_at(MAY):
        yield


def complain(title: str = "Cold soup <b>", person: int | None = None, **more: Any) -> Case:
    return start(person or see("1", "Anna <i>Sad"), title, **more)


def stage(state: str) -> int:
    return Stage.objects.get(state=state).pk


def desk_member() -> Member:
    return Member.objects.get(email="faina@example.com")


def titles(client: Client, path: str) -> list[str]:
    return re.findall(r'row-link" href="/cases/[^"]+"[^>]*>([^<]*)<', client.get(path).content.decode())


def test_who_may_see_cases_comes_in_and_others_do_not(
    owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    case = complain()
    who = (owner, reader, far_manager, front_desk, stranger)
    for path, desk in (("/cases/", 200), ("/cases/list/", 200), (f"/cases/{case.uuid}/", 404), ("/tasks/", 200),
                       ("/cases/loop/", 403)):  # fmt: skip
        assert [one.get(path).status_code for one in who] == [200, 200, 200, desk, 302]
    for path in ("/cases/playbooks/", "/cases/playbooks/new/"):
        assert [one.get(path).status_code for one in who] == [200, 403, 403, 403, 302]


def test_the_front_desk_sees_what_was_given_to_it_and_works_on_that(
    owner: Client, front_desk: Client, owner_member: Member
) -> None:
    mine, other = complain("given away", member_id=desk_member().pk), complain("somebody else’s")
    add_task(details=TaskDetails("call back", member_id=desk_member().pk))
    add_task(details=TaskDetails("not theirs", member_id=owner_member.pk))
    assert [titles(front_desk, path) for path in ("/cases/", "/cases/list/?which=all")] == [["given away"]] * 2
    page = front_desk.get("/tasks/?whose=all").content.decode()
    assert ("call back" in page, "not theirs" in page) == (True, False)
    shown = front_desk.get(f"/cases/{mine.uuid}/").content.decode()
    assert ("Anna" in shown, card_address(mine.handle or 0) in shown) == (True, False)
    data = {"stage": stage("working"), "seen": stage("new")}
    paths = [f"/cases/{one.uuid}/move/" for one in (mine, other)]
    assert [front_desk.post(path, data).status_code for path in paths] == [302, 404]
    found = front_desk.get("/search/?q=somebody").content.decode()
    assert ("somebody else" in found, front_desk.post(f"/cases/{mine.uuid}/give/").status_code) == (False, 403)


def test_who_may_only_look_changes_nothing(owner: Client, reader: Client, stranger: Client, fingerprints: Any) -> None:
    case = complain(by_playbook=playbook(steps=["Call"], limit=1000))
    entry, step, cause = CaseEntry.objects.get(), CaseStep.objects.get(), Cause.objects.earliest("pk")
    task, book = add_task(details=TaskDetails("call")), Playbook.objects.get()
    whose = card_address(case.handle or 0).split("/")[2]
    forms = [f"/cases/new/{whose}/", "/cases/new/", f"/cases/{case.uuid}/edit/", "/tasks/new/", f"/tasks/{task.uuid}/",
             "/cases/playbooks/new/", f"/cases/playbooks/{book.pk}/", f"/cases/stages/{stage('new')}/",
             f"/cases/causes/{cause.pk}/"]  # fmt: skip
    deeds = [*(f"/cases/{case.uuid}/{what}/" for what in ("move", "give", "note", "cause", "compensation")),
             f"/cases/{case.uuid}/steps/{step.pk}/", f"/cases/moves/{entry.pk}/undo/",
             f"/cases/entries/{entry.pk}/undo/", f"/tasks/{task.uuid}/do/", "/cases/stages/", "/cases/causes/",
             f"/cases/playbooks/{book.pk}/do/", f"/cases/stages/{stage('new')}/do/",
             f"/cases/causes/{cause.pk}/do/"]  # fmt: skip
    before = fingerprints()
    for who, status in ((reader, 403), (stranger, 302)):
        assert {who.get(path).status_code for path in forms} == {status}
        assert {who.post(path).status_code for path in [*forms, *deeds]} == {status}
    assert {owner.get(path).status_code for path in forms} == {200}
    assert {owner.get(path).status_code for path in deeds} == {405}
    assert fingerprints() == before


def test_rows_of_another_location_are_nowhere(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    near = see("1", "Anna", location=near_location)
    hidden = complain("near case", near, location_id=near_location)
    complain("far case", see("2", "Boris", location=far_location), location_id=far_location)
    task = add_task(details=TaskDetails("near task", location_id=near_location))
    paths = ("/cases/", "/cases/list/")
    assert [sorted(titles(owner, path)) for path in paths] == [["far case", "near case"]] * 2
    assert [titles(far_manager, path) for path in paths] == [["far case"]] * 2
    tried = [f"/cases/{hidden.uuid}/{what}/" for what in ("move", "give", "note", "edit", "cause", "compensation")]
    assert {far_manager.post(path).status_code for path in tried} == {404}
    assert [far_manager.get(f"/{path}/").status_code for path in (f"cases/{hidden.uuid}", f"tasks/{task.uuid}")] == [
        404
    ] * 2
    far_manager.post(f"/cases/moves/{CaseEntry.objects.get(case=hidden).pk}/undo/")
    far_manager.post(f"/cases/entries/{CaseEntry.objects.get(case=hidden).pk}/undo/")
    pages = [
        far_manager.get(path).content.decode() for path in ("/tasks/?whose=all", "/search/?q=near", "/cases/loop/")
    ]
    assert (["near task" in pages[0], "near case" in pages[1]], Case.objects.get(pk=hidden.pk).removed_at) == (
        [False, False], None,
    )  # fmt: skip


def test_names_are_texts_and_no_markup_and_garbage_breaks_nothing(owner: Client) -> None:
    case = complain(said="<script>1</script>")
    for path in (
        "/cases/",
        "/cases/list/",
        f"/cases/{case.uuid}/",
        card_address(case.handle or 0),
        "/cases/loop/?by=stage",
    ):
        page = owner.get(path).content.decode()
        assert [sign in page for sign in ("Cold soup <b>", "<i>Sad", "<script>1")] == [False] * 3
    names = ("q", "stage", "which", "location", "customer", "mine", "after", "exact", "view", "playbook", "cause",
             "severity", "since", "until", "solved", "by", "period", "whose", "case", "step", "nobody")  # fmt: skip
    paths = ("/cases/", "/cases/list/", "/cases/loop/", "/tasks/", "/tasks/new/", "/cases/new/")
    answers = {owner.get(path, dict.fromkeys(names, value)).status_code for path in paths for value in GARBAGE}
    empty = [
        f"/cases/{uuid4()}/",
        f"/cases/new/{uuid4()}/",
        "/cases/playbooks/0/",
        "/cases/stages/0/",
        f"/tasks/{uuid4()}/",
    ]
    assert (answers, {owner.get(path).status_code for path in empty}) == ({200}, {404})


def test_a_case_is_moved_on_the_board_and_undone_from_the_toast(owner: Client) -> None:
    case = complain()
    data = {"stage": stage("working"), "seen": stage("new")}
    part = owner.post(f"/cases/{case.uuid}/move/?view=board", data, headers=BOARD)
    text = part.content.decode()
    undo = re.search(r'action="(/cases/moves/[^"]+)"', text)
    assert (part.status_code, text.lstrip().startswith('<div class="board"'), undo is not None) == (200, True, True)
    late = owner.post(f"/cases/{case.uuid}/move/", {"stage": stage("solved"), "seen": stage("new")}, follow=True)
    assert "in “In work” by now" in late.content.decode()
    owner.post(undo[1].replace("&amp;", "&") if undo else "")
    assert Case.objects.get().stage_id == stage("new")


def test_the_page_of_a_case_does_what_it_says(owner: Client, owner_member: Member) -> None:
    book = playbook(steps=["Call"], limit=20000, script="Say sorry", deadline_minutes=120)
    case = complain(said="It was <cold>", by_playbook=book)
    here = f"/cases/{case.uuid}/"
    owner.post(f"{here}note/", {"text": "Called <twice>"})
    endless = owner.post(f"{here}note/", {"text": "x" * 4001}, follow=True).content.decode()
    assert ("At most 4,000 characters, now 4,001." in endless, "xxxx" in endless) == (True, False)
    owner.post(f"{here}give/", {"member": owner_member.pk, "seen": ""})
    owner.post(f"{here}cause/", {"cause": Cause.objects.earliest("pk").pk})
    owner.post(f"{here}compensation/", {"amount": "150,00", "cost": "60", "what": "Coffee"})
    refused = owner.post(f"{here}compensation/", {"amount": "150"}, follow=True).content.decode()
    owner.post(f"{here}steps/{CaseStep.objects.get().pk}/", {"done": "1"})
    page = owner.get(here).content.decode()
    case.refresh_from_db()
    assert (case.member, case.given, case.cost, case.cause) == (owner_member, 15000, 6000, Cause.objects.earliest("pk"))
    assert [one in page for one in ("Called &lt;twice&gt;", "Say sorry", "Coffee", "Olena Sad has the case")] == [
        True
    ] * 4
    assert ("more than the playbook allows" in refused, CaseStep.objects.get().done_at) == (True, MAY)
    owner.post(f"/cases/entries/{CaseEntry.objects.get(kind='compensation').pk}/undo/")
    case.refresh_from_db()
    assert case.given == 0


def test_a_case_is_opened_by_hand_and_written_anew(owner: Client, near_location: int) -> None:
    whose = card_address(see("1", "Anna")).split("/")[2]
    book = playbook(deadline_minutes=60)
    given = {
        "title": "Cold soup",
        "said": "",
        "playbook": book.pk,
        "kind": "",
        "severity": "high",
        "member": "",
        "hours": "1.5",
    }
    answer = owner.post(f"/cases/new/{whose}/", given)
    case = Case.objects.get()
    assert (answer.status_code, case.promised_minutes, case.severity, case.playbook) == (302, 90, "high", book)
    again = given | {"title": "Warm beer", "kind": "other", "location": near_location, "hours": "2", "seen": 1}
    answers = [
        owner.post(f"/cases/{case.uuid}/edit/", again | more).status_code for more in ({}, {"title": "Flat beer"})
    ]
    empty = owner.post("/cases/new/?nobody=1", {"title": " "})
    case.refresh_from_db()
    assert (answers, empty.status_code) == ([302, 422], 422)
    assert (case.title, case.location_id, case.promised_minutes) == ("Warm beer", near_location, 120)


def test_tasks_are_made_done_and_taken_back(owner: Client, owner_member: Member) -> None:
    case = complain(by_playbook=playbook(steps=["Call"]))
    step = CaseStep.objects.get()
    form = owner.get(f"/tasks/new/?case={case.uuid}&step={step.pk}").content.decode()
    given = {"title": "Call Anna", "due_on": "2026-05-04", "due_time": "", "member": owner_member.pk, "note": ""}
    owner.post(f"/tasks/new/?case={case.uuid}&step={step.pk}", given)
    task = Task.objects.get()
    home = owner.get("/").content.decode()
    owner.post(f"/tasks/{task.uuid}/do/", {"do": "done"})
    step.refresh_from_db()
    done = [step.done_at]
    owner.post(f"/tasks/{task.uuid}/do/?do=open")
    step.refresh_from_db()
    again = [owner.post(f"/tasks/{task.uuid}/", given | {"title": f"Call {n}", "seen": 1}).status_code for n in (1, 2)]
    owner.post(f"/tasks/{task.uuid}/do/", {"do": "remove"})
    assert ('value="Call"' in form, "1 task is due today" in home, task.handle == case.handle) == (True, True, True)
    assert (done, step.done_at, again) == ([MAY], None, [302, 422])
    assert Task.objects.get().removed_at == MAY


def test_the_second_loop_says_what_goes_wrong_and_each_number_opens_its_rows(
    owner: Client, near_location: int, far_location: int
) -> None:
    causes = Cause.objects.order_by("pk")
    for number in range(12):
        case = complain(f"late {number}", location_id=far_location)
        Case.objects.filter(pk=case.pk).update(cause=causes[0])
        if number < 10:
            move_to(case, "solved" if number < 4 else "unsolved", at=MAY + timedelta(hours=number + 1))
            closed = Case.objects.get(pk=case.pk).closed_at
            Case.objects.filter(pk=case.pk).update(
                spent_seconds=3600 * (number + 1), cost=500 if number < 2 else 0, is_recovered=number < 5,
                deadline_at=closed + timedelta(hours=-1 if number < 3 else 1),
            )  # fmt: skip
    complain("other", location_id=near_location)
    page = owner.get("/cases/loop/?by=cause").content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/cases/list/\?[^"]+)"', page)]
    numbers = [len(titles(owner, link)) for link in links]
    assert "Most cases: Delivery." in page
    # Open, closed and solved ones of the cause, the slower half, the slow tenth, late ones, those whose customer is
    # content again, those that cost us something; open ones without a cause; then the same of all.
    of_cause = [10, 4, 5, 1, 3, 5, 2]
    assert (numbers, "40%" in page) == ([2, *of_cause, 1, 3, *of_cause], True)
    slow = owner.get(links[3]).content.decode()
    assert ("took 5.5 h or longer" in slow, "took 6 h" in slow, "took 5 h" in slow) == (True, True, False)
    assert len(re.findall("<tr", owner.get("/cases/loop/?by=location").content.decode())) == 4


def test_playbooks_stages_and_causes_are_kept_in_the_settings(owner: Client) -> None:
    given = {"name_uk": "Погана оцінка", "kind": "score", "severity": "high", "owner_rule": "turns", "owner": "",
             "owner_role": "agent", "hours": "8", "limit": "200", "script": "Hello", "steps": "Call\n\nWrite\n",
             "causes": [Cause.objects.earliest("pk").pk]}  # fmt: skip
    made = owner.post("/cases/playbooks/new/", given)
    book = Playbook.objects.get()
    assert (made.status_code, book.steps, book.limit, book.deadline_minutes) == (302, ["Call", "Write"], 20000, 480)
    answers = [
        owner.post(f"/cases/playbooks/{book.pk}/", given | {"seen": 1, "script": text}).status_code for text in "ab"
    ]
    wrong = owner.post("/cases/playbooks/new/", given | {"owner_rule": "member"})
    owner.post("/cases/stages/", {"stage-name_uk": "Перевіряємо", "stage-state": "working"})
    owner.post("/cases/causes/", {"cause-name_uk": "Погода"})
    owner.post(f"/cases/stages/{stage('new')}/do/", {"do": "archive"})
    owner.post(f"/cases/playbooks/{book.pk}/do/", {"do": "archive"})
    page = owner.get("/cases/playbooks/").content.decode()
    assert (answers, wrong.status_code) == ([302, 422], 422)
    assert ["Перевіряємо" in page, "Погода" in page, Stage.objects.get(state="new").archived_at] == [True, True, None]
    assert Playbook.objects.get().archived_at == MAY


def test_a_list_costs_the_same_with_one_row_and_with_three(owner: Client) -> None:
    counts = []
    owner.get("/cases/list/")
    for number in (1, 3):
        while Case.objects.count() < number:
            place = Case.objects.count()
            complain(f"case {place}", see(f"p{place}", "P"))
        with CaptureQueriesContext(connection) as found:
            owner.get("/cases/list/")
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_programs_open_read_change_and_move_cases(
    owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser, near_location: int
) -> None:
    new = {"title": "Cold soup", "about": "ticket:1", "location": near_location}
    first, again = owner_key.post("cases", new), owner_key.post("cases", new)
    case = first.json()
    path = f"cases/{case['id']}"
    assert (first.status_code, again.json()["id"], Case.objects.count()) == (200, case["id"], 1)
    totals = [one.get("cases", total="true").json()["total"]["number"] for one in (owner_key, reader_key, far_key)]
    assert totals == [1, 1, 0]
    assert [one.get(path).status_code for one in (owner_key, reader_key, far_key, no_key)] == [200, 200, 404, 401]
    assert [one.post("cases", new).status_code for one in (reader_key, far_key)] == [403, 422]
    moved = owner_key.post(f"{path}/moves", {"state": "solved"}).json()
    noted = owner_key.post(f"{path}/notes", {"text": "Called"}).json()
    changed = owner_key.send("PATCH", path, {"severity": "high"}).json()
    stale = owner_key.send("PATCH", path, {"severity": "low"}, headers={"If-Match": '"x"'})
    assert (moved["state"], noted["notes"][0]["text"], changed["severity"]) == ("solved", "Called", "high")
    assert (stale.status_code, owner_key.post(f"{path}/moves", {"stage": 10**9}).status_code) == (412, 422)


def test_home_and_the_card_say_what_waits(owner: Client, owner_member: Member, far_manager: Client) -> None:
    case = complain("Cold soup", deadline_minutes=1, member_id=owner_member.pk)
    complain("Free one")
    with clock.standing_at(MAY + DAY):
        home = owner.get("/").content.decode()
        card = owner.get(card_address(case.handle or 0)).content.decode()
    assert ["1 case of yours is overdue" in home, "1 case has nobody" in home] == [True, True]
    assert [f"Case {case.number}" in card, "Overdue" in card, "All cases" in card] == [True, True, False]


def test_a_reader_role_knows_the_words(owner_member: Member) -> None:
    made = create_member(name="Mark", email="m@example.com", password=PASSWORD, role=Role.MARKETER, language="en")
    assert [made.may(one) for one in ("work.view", "work.change", "work.open", "work.set")] == [
        True,
        False,
        False,
        False,
    ]
