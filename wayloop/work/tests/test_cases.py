"""Cases: opened once, moved by one member at a time, held apart from offers, overdue by business hours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from wayloop.accounts.api import Role, create_member
from wayloop.accounts.testing import PASSWORD, Member
from wayloop.business import api as business
from wayloop.business.api import HolidayCalendar, Span
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.contracts.work import CaseColumns
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.kernel.testing import announced
from wayloop.ledger import api as ledger
from wayloop.work.queries.cases import CaseFilter, board, count_cases, list_cases
from wayloop.work.rules import Sight, WorkRefused
from wayloop.work.services import moving, writing
from wayloop.work.services.moving import CaseMovedOn
from wayloop.work.services.opening import open_cases
from wayloop.work.services.playbooks import PlaybookChanged, PlaybookDetails, archive_stage, change_playbook
from wayloop.work.services.writing import CaseChanged
from wayloop.work.testing import Case, CaseEntry, CaseStep, Cause, Playbook, Stage, let_pass, move_to, playbook, start

# A Monday, eleven o'clock in Kyiv.
MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = (Span(9 * 60, 13 * 60), Span(14 * 60, 18 * 60))
ALL = Sight(EVERYTHING)


@pytest.fixture(autouse=True)
def _in_may(owner_member: Member) -> Any:
    with clock.standing_at(MAY):
        keep_hours(OFFICE)
        yield


def keep_hours(day: tuple[Span, ...]) -> None:
    business.change_hours(
        location=None, valid_from=None, week=(day,) * 5 + ((), ()), calendar=HolidayCalendar(), by=None
    )


def told(person: int) -> list[str]:
    page = ledger.timeline_page(handles=[person], scope=EVERYTHING, kinds=None, before=None, limit=40)
    return [event.kind.removeprefix("case.") for event in reversed(page.events)]


def holds() -> list[tuple[int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id, ended_at IS NULL FROM privacy_hold ORDER BY id")
        return list(cursor.fetchall())


def columns(*abouts: str, people: list[int | None], **more: Any) -> CaseColumns:
    return CaseColumns("survey", abouts, people, [f"about {about}" for about in abouts], **more)


def worker(name: str, role: Role = Role.AGENT, places: list[int] | None = None) -> int:
    mail = f"{name.lower()}@example.com"
    return create_member(name=name, email=mail, password=PASSWORD, role=role, location_ids=places).id


def test_what_is_told_again_opens_no_second_case() -> None:
    anna, boris = see("1", "Anna"), see("2", "Boris")
    book = playbook(steps=["Call", "Apologise"], deadline_minutes=240, limit=20000, recovery_survey=7)
    first = open_cases(columns=columns("a:1", "a:2", "a:1", people=[anna, boris, anna]), playbook_id=book.pk)
    again = open_cases(columns=columns("a:2", "a:3", "", people=[boris, None, None]), playbook_id=book.pk)
    assert [sorted(first.new), sorted(again.new)] == [[0, 1], [1, 2]]
    assert (first.ids[0], again.ids[0]) == (first.ids[2], first.ids[1])
    assert [told(one) for one in (anna, boris)] == [["opened"], ["opened"]]
    assert (CaseStep.objects.count(), len(announced("work.case_opened")), len(holds())) == (8, 4, 2)
    case = Case.objects.get(pk=first.ids[0])
    # Eleven till one and two till four.
    assert (case.deadline_at, case.limit, case.currency, case.recovery_survey) == (MAY + 5 * HOUR, 20000, "UAH", 7)


def test_columns_that_cannot_be_open_nothing() -> None:
    broken = (
        CaseColumns("survey", ["a"], [None], ["one", "two"]),
        CaseColumns("survey", ["a"], [None], [" "]),
        CaseColumns("survey", ["a"], [None], ["one"], said=["\0"]),
    )
    for one in broken:
        with pytest.raises(WorkRefused):
            open_cases(columns=one)
    assert Case.objects.count() == 0


def test_each_move_is_an_event_a_fact_and_a_line_of_the_history(owner_member: Member) -> None:
    anna = see("1", "Anna")
    case = start(anna)
    for hours, state in enumerate(("working", "waiting", "solved", "working", "unsolved"), 1):
        with clock.standing_at(MAY + hours * HOUR):
            move_to(case, state, owner_member.pk)
    case.refresh_from_db()
    changes = [(one.change.value, one.state, one.by == owner_member.pk) for one in announced("work.case_moved")]
    assert told(anna) == ["opened", "moved", "moved", "solved", "reopened", "unsolved"]
    assert changes == [
        ("moved", "working", True),
        ("moved", "waiting", True),
        ("solved", "solved", True),
        ("reopened", "working", True),
        ("unsolved", "unsolved", True),
    ]
    assert (case.state, case.closed_at, case.times_reopened) == ("unsolved", MAY + 5 * HOUR, 1)
    # Eleven till one, two till four: the hour of lunch counts for nobody, one of them we waited.
    assert (case.spent_seconds, case.waited_seconds) == (4 * 3600, 0)


def test_offers_keep_away_from_a_customer_until_the_case_is_closed() -> None:
    anna = see("1", "Anna")
    case, nobody = start(anna), start(None)
    move_to(nobody, "solved")
    found = [holds()]
    for state in ("solved", "working"):
        move_to(case, state)
        found.append(holds())
    undone = moving.undo_move(entry_id=CaseEntry.objects.latest("pk").pk)
    number = case.pk
    assert found == [[(number, True)], [(number, False)], [(number, False), (number, True)]]
    assert (undone, holds()) == (True, [(number, False), (number, False)])


def test_of_two_members_the_second_is_told_and_nothing_is_lost(owner_member: Member) -> None:
    case = start(see("1", "Anna"))
    new, working, solved = (Stage.objects.get(state=one).pk for one in ("new", "working", "solved"))
    moving.move_case(case_id=case.pk, stage_id=working, seen_stage_id=new, by=owner_member.pk)
    with pytest.raises(CaseMovedOn) as refusal:
        moving.move_case(case_id=case.pk, stage_id=solved, seen_stage_id=new)
    again = moving.move_case(case_id=case.pk, stage_id=working, seen_stage_id=new)
    case.refresh_from_db()
    assert (refusal.value.entry.member, case.stage_id, again) == (owner_member, working, None)


def test_moves_are_undone_from_the_last_to_the_first() -> None:
    anna = see("1", "Anna")
    case = start(anna)
    first, second = move_to(case, "working"), move_to(case, "solved")
    assert first is not None
    assert second is not None
    opening = CaseEntry.objects.earliest("pk")
    answers = [moving.undo_move(entry_id=one.pk) for one in (first, second, second, first, opening, opening)]
    assert (answers, told(anna)) == ([False, True, False, True, True, False], [])
    assert count_cases(sight=ALL, wanted=CaseFilter("all")).number == 0
    assert {is_open for _case, is_open in holds()} == {False}


def test_the_clock_stands_still_while_we_wait_and_while_it_is_closed() -> None:
    case = start(see("1", "Anna"), deadline_minutes=360)
    found = []
    # Two hours before lunch; from two o'clock on until the same time two days later we wait.
    for later, state in ((3 * HOUR, "waiting"), (2 * DAY + 3 * HOUR, "working"), (2 * DAY + 4 * HOUR, "solved"),
                         (9 * DAY, "working")):  # fmt: skip
        with clock.standing_at(MAY + later):
            move_to(case, state)
        case.refresh_from_db()
        found.append(case.deadline_at)
    # At two o'clock four of the six hours are left: until six. Closed at three with three left, opened anew at eleven.
    assert found == [None, MAY + 2 * DAY + 7 * HOUR, MAY + 2 * DAY + 7 * HOUR, MAY + 9 * DAY + 4 * HOUR]


def test_an_overdue_case_is_told_once_for_each_deadline() -> None:
    anna = see("1", "Anna")
    case = start(anna, deadline_minutes=60)
    for later in (HOUR - timedelta(seconds=1), HOUR, 2 * HOUR):
        with clock.standing_at(MAY + later):
            let_pass()
    with clock.standing_at(MAY + 2 * HOUR):
        given = {"title": "Cold soup", "said": "", "kind": "complaint", "severity": "high", "location_id": None}
        writing.change_case(case_id=case.pk, seen=1, promised_minutes=180, **given)
        let_pass()
    with clock.standing_at(MAY + DAY):
        let_pass()
        let_pass()
        late = count_cases(sight=ALL, wanted=CaseFilter("late")).number
    facts = [one.deadline for one in announced("work.case_overdue")]
    assert (told(anna), facts, late) == (["opened", "overdue", "overdue"], [MAY + HOUR, MAY + 4 * HOUR], 1)


def test_a_calendar_that_changes_later_moves_nothing() -> None:
    closed, running = start(None, deadline_minutes=480), start(None, deadline_minutes=480)
    with clock.standing_at(MAY + DAY):
        move_to(closed, "solved")
        keep_hours((Span(0, 1440),))
        business.add_special_days(
            location=None,
            special=business.NewSpecial(date(2026, 5, 4), date(2026, 5, 6), Localised(), business.NEVER),
            by=None,
        )
        later = start(None, deadline_minutes=480)
    with clock.standing_at(MAY + DAY + HOUR):
        move_to(running, "waiting")
    with clock.standing_at(MAY + DAY + 2 * HOUR):
        move_to(running, "working")
        move_to(running, "solved")
    for one in (closed, running, later):
        one.refresh_from_db()
    assert (closed.deadline_at, closed.spent_seconds) == (MAY + DAY, 8 * 3600)
    # By the hours it began with: eight and two more, of which it waited for one.
    assert (running.spent_seconds, running.waited_seconds) == (10 * 3600, 3600)
    # By the new ones: the first open day is Thursday, from midnight on.
    assert later.deadline_at == datetime(2026, 5, 7, 5, tzinfo=UTC)


def test_cases_go_round_among_those_who_see_the_location(near_location: int, far_location: int) -> None:
    everywhere, near, far = worker("Ada"), worker("Nina", places=[near_location]), worker("Fred", places=[far_location])
    worker("Mara", Role.MANAGER)
    book = playbook(owner_rule="turns", owner_role="agent")
    places = [near_location, near_location, near_location, far_location, None, None, None]
    got = open_cases(columns=columns(*"abcdefg", people=[None] * 7, location_ids=places), playbook_id=book.pk)
    owners = dict(Case.objects.values_list("pk", "member"))
    more = open_cases(columns=columns("h", people=[None], location_ids=[near_location]), playbook_id=book.pk)
    assert [owners[one] for one in got.ids] == [everywhere, near, everywhere, everywhere, everywhere, near, far]
    assert Case.objects.get(pk=more.ids[0]).member_id == near


def test_a_fixed_owner_gets_what_they_may_see_and_nobody_else_does(near_location: int, far_location: int) -> None:
    near = worker("Nina", places=[near_location])
    book = playbook(owner_rule="member", owner_id=near)
    got = open_cases(
        columns=columns("a", "b", people=[None] * 2, location_ids=[near_location, far_location]), playbook_id=book.pk
    )
    assert [Case.objects.get(pk=one).member_id for one in got.ids] == [near, None]


def test_a_case_is_given_taken_and_given_back(owner_member: Member, near_location: int, far_location: int) -> None:
    far = worker("Fred", places=[far_location])
    case = start(None, location_id=near_location)
    entry = writing.give_case(case_id=case.pk, member_id=owner_member.pk, seen=0)
    assert entry is not None
    for member, seen, refusal in ((None, 0, CaseChanged), (far, None, WorkRefused), (10**9, None, WorkRefused)):
        with pytest.raises(refusal):
            writing.give_case(case_id=case.pk, member_id=member, seen=seen)
    answers = [writing.undo_entry(entry_id=entry.pk) for _again in range(2)]
    case.refresh_from_db()
    assert (answers, case.member_id) == ([True, False], None)
    assert [one.member for one in announced("work.case_given")] == [owner_member.pk, None]


def test_no_more_is_given_than_the_playbook_allows() -> None:
    anna = see("1", "Anna")
    case = start(anna, by_playbook=playbook(limit=20000))
    entry = writing.compensate(case_id=case.pk, amount=15000, cost=6000, what="A free delivery")
    for number, amount in ((case.pk, 5001), (case.pk, 0), (start(None).pk, 100)):
        with pytest.raises(WorkRefused):
            writing.compensate(case_id=number, amount=amount)
    writing.compensate(case_id=case.pk, amount=5000)
    case.refresh_from_db()
    both = (case.given, case.cost)
    writing.undo_entry(entry_id=entry.pk)
    case.refresh_from_db()
    assert (both, case.given, case.cost, told(anna)) == ((20000, 11000), 5000, 5000, ["opened", "compensated"])


def test_notes_causes_and_steps_are_written_and_taken_back(owner_member: Member) -> None:
    case = start(None, by_playbook=playbook(steps=["Call", " ", "Apologise"]))
    note = writing.note_case(case_id=case.pk, text=" Called <b>twice\r\n", by=owner_member.pk)
    first, second = Cause.objects.order_by("pk")[:2]
    for cause in (first, second, second):
        writing.name_cause(case_id=case.pk, cause_id=cause.pk)
    step = CaseStep.objects.order_by("position")[0]
    for _again in range(2):
        writing.tick_step(case_id=case.pk, step_id=step.pk, is_done=True, by=owner_member.pk)
    writing.undo_entry(entry_id=CaseEntry.objects.filter(kind="cause").latest("pk").pk)
    case.refresh_from_db()
    step.refresh_from_db()
    assert (note.said, writing.undo_entry(entry_id=note.pk), case.cause) == ("Called <b>twice", True, first)
    assert (step.done_at, step.done_by, CaseStep.objects.count()) == (MAY, owner_member, 2)
    with pytest.raises(WorkRefused):
        writing.note_case(case_id=case.pk, text=" ")


def test_what_somebody_else_wrote_meanwhile_is_not_lost() -> None:
    case, book = start(None), playbook()
    given = {"said": "", "kind": "complaint", "severity": "high", "location_id": None, "promised_minutes": None}
    writing.change_case(case_id=case.pk, seen=1, title="Warm beer", **given)
    with pytest.raises(CaseChanged):
        writing.change_case(case_id=case.pk, seen=1, title="Flat beer", **given)
    details = PlaybookDetails(book.name, script="Say sorry")
    change_playbook(playbook_id=book.pk, details=details, seen=1)
    with pytest.raises(PlaybookChanged):
        change_playbook(playbook_id=book.pk, details=PlaybookDetails(book.name), seen=1)
    assert (Case.objects.get().title, Playbook.objects.get().script) == ("Warm beer", "Say sorry")


def test_a_stage_in_which_cases_stand_is_not_put_away() -> None:
    start(None)
    for state in ("new", "solved", "unsolved"):
        with pytest.raises(WorkRefused):
            archive_stage(stage_id=Stage.objects.get(state=state).pk)
    assert archive_stage(stage_id=Stage.objects.get(state="waiting").pk).archived_at == MAY


def test_lists_show_what_somebody_may_see_in_its_order(near_location: int, far_location: int) -> None:
    ada = worker("Ada")
    start(None, "slow", deadline_minutes=600, location_id=near_location)
    start(None, "quick", deadline_minutes=60, location_id=far_location, member_id=ada)
    start(None, "whenever", location_id=far_location)
    ended = start(None, "ended 100%", deadline_minutes=60)
    move_to(ended, "solved", at=MAY + 2 * HOUR)

    def titles(sight: Sight = ALL, **wanted: Any) -> list[str]:
        return [row.title for row in list_cases(sight=sight, wanted=CaseFilter(**wanted)).rows]

    assert titles() == ["quick", "slow", "whenever"]
    assert (titles(which="free"), titles(which="closed")) == (["slow", "whenever"], ["ended 100%"])
    assert titles(Sight(Scope((near_location,))), which="all") == ["ended 100%", "slow"]
    assert titles(Sight(EVERYTHING, own=ada), which="all") == ["quick"]
    assert [titles(which="all", text=text) for text in ("END", "100", "slo qui", "%", str(ended.number))] == [
        ["ended 100%"], ["ended 100%"], [], [], ["ended 100%"],
    ]  # fmt: skip
    # As the number stands on the page, in each language; a title with the number in it is found as well.
    ways = [form.format(ended.number) for form in ("№ {}", "#{}", "No. {}", "no {}")]
    assert [titles(which="all", text=way) for way in ways] == [["ended 100%"]] * 4
    assert (titles(which="all", text="100 №"), titles(which="all", text="№")) == (["ended 100%"], [])
    assert [titles(cause=0), titles(location=far_location, member=ada)] == [["quick", "slow", "whenever"], ["quick"]]
    walked, after = [], None
    while True:
        page = list_cases(sight=ALL, wanted=CaseFilter(), after=after, limit=1)
        walked += [row.title for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert walked == ["quick", "slow", "whenever"]


def test_the_board_shows_open_cases_and_what_ended_lately() -> None:
    start(None, "one"), start(None, "two", deadline_minutes=60)
    for title, at in (("old", MAY - 8 * DAY), ("fresh", MAY - DAY)):
        move_to(start(None, title), "solved", at=at)
    stages = {one.state: one.pk for one in Stage.objects.all()}
    ends = [stages["solved"], stages["unsolved"]]
    found = board(sight=ALL, open_stages=[stages["new"]], ends=ends, wanted=CaseFilter("all"))
    assert [[row.title for row in found[stages[one]].rows] for one in ("new", "solved")] == [["two", "one"], ["fresh"]]
    assert found[stages["solved"]].total == 1
