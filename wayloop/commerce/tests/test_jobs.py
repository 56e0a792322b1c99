"""Service jobs: moved from stage to stage by one member at a time, late by one rule; their kinds and stages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wayloop.accounts.testing import Member
from wayloop.commerce.enums import Outcome
from wayloop.commerce.lateness import is_late
from wayloop.commerce.models import Job, JobKind, JobMove, JobStage
from wayloop.commerce.queries.jobs import JobFilter, board, count_jobs, list_jobs, open_jobs_of
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import job_kinds, jobs
from wayloop.commerce.services.jobs import JobChanged, JobDetails, JobMovedOn
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger

MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
STAGES = (("accepted", ""), ("in work", ""), ("ready", Outcome.DONE), ("refused", Outcome.NOT_DONE))


def repairs(name: str = "Repair", stages: tuple[tuple[str, str], ...] = STAGES) -> JobKind:
    return job_kinds.add_kind(
        name=Localised.of(name, "en"),
        stages=[job_kinds.NewStage(Localised.of(stage, "en"), outcome) for stage, outcome in stages],
    )


def stage(name: str, kind: JobKind | None = None) -> int:
    found = JobStage.objects.filter(name__texts__en=name)
    return (found.filter(kind=kind) if kind else found).get().pk


def accept(person: int, title: str = "Grinder", kind: JobKind | None = None, **details: Any) -> Job:
    chosen = kind or JobKind.objects.first() or repairs()
    return jobs.open_job(person=person, kind_id=chosen.pk, details=JobDetails(title, **details)).job


def move(job: Job, to: str, seen: str, by: int | None = None) -> JobMove | None:
    return jobs.move_job(job_id=job.pk, stage_id=stage(to), seen_stage_id=stage(seen), by=by)


def told(person: int) -> list[str]:
    page = ledger.timeline_page(handles=[person], scope=EVERYTHING, kinds=None, before=None, limit=40)
    return [event.kind.removeprefix("job.") for event in reversed(page.events)]


def pass_until(moment: datetime) -> None:
    worker = Runner()
    with clock.standing_at(moment):
        while worker.turn():
            pass


def test_each_move_is_an_event_with_its_stages_and_a_line_of_the_history(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        job = accept(anna)
    for hours, (to, seen) in enumerate((("in work", "accepted"), ("ready", "in work"), ("accepted", "ready"),
                                        ("refused", "accepted")), 1):  # fmt: skip
        with clock.standing_at(MAY + hours * HOUR):
            move(job, to, seen, owner_member.pk)
    job.refresh_from_db()
    history = list(JobMove.objects.order_by("pk").values_list("from_stage", "to_stage", "member", "at"))
    owner = owner_member.pk
    assert told(anna) == ["opened", "moved", "done", "reopened", "not_done"]
    assert history == [
        (None, stage("accepted"), None, MAY),
        (stage("accepted"), stage("in work"), owner, MAY + HOUR),
        (stage("in work"), stage("ready"), owner, MAY + 2 * HOUR),
        (stage("ready"), stage("accepted"), owner, MAY + 3 * HOUR),
        (stage("accepted"), stage("refused"), owner, MAY + 4 * HOUR),
    ]
    assert (job.outcome, job.closed_at, job.stage_since) == ("not_done", MAY + 4 * HOUR, MAY + 4 * HOUR)


def test_of_two_members_the_second_is_told_and_nothing_is_lost(owner_member: Member) -> None:
    anna = see("1", "Anna")
    job = accept(anna)
    move(job, "in work", "accepted", owner_member.pk)
    with pytest.raises(JobMovedOn) as refusal:
        move(job, "ready", "accepted")
    job.refresh_from_db()
    assert (refusal.value.move.member, refusal.value.move.to_stage_id) == (owner_member, stage("in work"))
    assert (job.stage_id, told(anna)) == (stage("in work"), ["opened", "moved"])


def test_a_move_sent_twice_counts_once(owner_member: Member) -> None:
    anna = see("1", "Anna")
    job = accept(anna)
    answers = [move(job, "in work", "accepted") is None for _again in range(2)]
    assert (answers, told(anna), JobMove.objects.count()) == ([False, True], ["opened", "moved"], 2)


def test_a_move_is_undone_unless_another_followed(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        job = accept(anna)
    first, second = move(job, "in work", "accepted"), move(job, "ready", "in work")
    assert first is not None
    assert second is not None
    answers = [jobs.undo_move(move_id=one.pk) for one in (first, second, second, first)]
    job.refresh_from_db()
    assert (answers, told(anna)) == ([False, True, False, True], ["opened"])
    assert (job.stage_id, job.closed_at, job.outcome, job.stage_since) == (stage("accepted"), None, "", MAY)


def test_a_job_opened_by_mistake_is_gone_with_its_event(owner_member: Member) -> None:
    anna = see("1", "Anna")
    job = accept(anna, promised_at=clock.now() + HOUR)
    answers = [jobs.undo_move(move_id=JobMove.objects.get().pk) for _again in range(2)]
    pass_until(clock.now() + 2 * HOUR)
    shown = list_jobs(scope=EVERYTHING, wanted=JobFilter("all")).rows
    assert (answers, told(anna), shown, Job.objects.get().pk) == ([True, False], [], (), job.pk)


def test_what_was_told_of_a_missed_promise_goes_with_a_job_opened_by_mistake(owner_member: Member) -> None:
    anna = see("1", "Anna")
    accept(anna, promised_at=MAY + HOUR)
    pass_until(MAY + 2 * HOUR)
    before = told(anna)
    assert jobs.undo_move(move_id=JobMove.objects.get().pk)
    assert (set(before), told(anna)) == ({"opened", "late"}, [])


def test_a_job_that_was_written_anew_since_is_not_taken_away(owner_member: Member) -> None:
    anna = see("1", "Anna")
    job = accept(anna)
    jobs.change_job(job_id=job.pk, details=JobDetails("Grinder", promised_at=clock.now() + HOUR), seen=1)
    assert not jobs.undo_move(move_id=JobMove.objects.get().pk)
    assert (told(anna), Job.objects.get().removed_at) == (["opened", "promised"], None)


@pytest.mark.parametrize(
    ("promised", "closed", "late"),
    [
        (None, None, False),
        (MAY + HOUR, None, False),
        (MAY - HOUR, None, True),
        (MAY - HOUR, MAY - 2 * HOUR, False),
        (MAY - 2 * HOUR, MAY - HOUR, True),
    ],
)
def test_late_is_what_was_not_ended_by_its_promised_time(
    promised: datetime | None, closed: datetime | None, late: bool
) -> None:
    assert is_late(promised, closed, MAY) is late


def test_a_missed_promise_is_told_once_and_a_new_one_again(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        job = accept(anna, promised_at=MAY + HOUR)
    pass_until(MAY + HOUR - timedelta(seconds=1))
    before = told(anna)
    for _again in range(2):
        pass_until(MAY + 2 * HOUR)
    late = told(anna)
    with clock.standing_at(MAY + 3 * HOUR):
        jobs.change_job(job_id=job.pk, details=JobDetails("Grinder", promised_at=MAY + 5 * HOUR), seen=1)
    pass_until(MAY + 6 * HOUR)
    assert (before, late, told(anna)) == (["opened"], ["opened", "late"], ["opened", "late", "promised", "late"])


def test_what_was_done_in_time_is_never_late(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        job = accept(anna, promised_at=MAY + HOUR)
        move(job, "ready", "accepted")
    pass_until(MAY + 9 * HOUR)
    assert told(anna) == ["opened", "done"]


def test_a_job_written_by_somebody_else_meanwhile_is_not_overwritten(owner_member: Member) -> None:
    job = accept(see("1", "Anna"))
    jobs.change_job(job_id=job.pk, details=JobDetails("Mine"), seen=1)
    jobs.change_job(job_id=job.pk, details=JobDetails("Mine"), seen=1)
    with pytest.raises(JobChanged):
        jobs.change_job(job_id=job.pk, details=JobDetails("Theirs"), seen=1)
    job.refresh_from_db()
    assert (job.title, job.version) == ("Mine", 2)


def test_a_job_goes_into_stages_of_its_own_kind_that_are_in_use(owner_member: Member) -> None:
    anna = see("1", "Anna")
    job = accept(anna, kind=repairs())
    repairs("Visit", (("booked", ""), ("came", Outcome.DONE)))
    job_kinds.archive_stage(stage_id=stage("refused"))
    for other in ("came", "refused"):
        with pytest.raises(CommerceRefused):
            move(job, other, "accepted")
    assert told(anna) == ["opened"]


def test_lists_show_the_most_urgent_first_and_only_what_may_be_seen(
    owner_member: Member, near_location: int, far_location: int
) -> None:
    anna, boris, kind = see("1", "Anna"), see("2", "Boris"), repairs()
    with clock.standing_at(MAY):
        for title, person, details in (
            ("no promise", anna, {}),
            ("tomorrow", anna, {"promised_at": MAY + 24 * HOUR, "location_id": near_location}),
            ("late", boris, {"promised_at": MAY - HOUR, "member_id": owner_member.pk}),
            ("today", boris, {"promised_at": MAY + HOUR, "location_id": far_location, "item": "SN 42"}),
            ("done", boris, {"promised_at": MAY - HOUR}),
        ):
            job = accept(person, title, kind, **details)
        move(job, "ready", "accepted")
        far = Scope((far_location,))
        states = {state: _all_pages(EVERYTHING, JobFilter(state)) for state in ("open", "late", "closed", "all")}
        seen = [_all_pages(far, JobFilter("open")), [row.title for row in open_jobs_of(anna, scope=far, limit=9)]]
        by = [
            _all_pages(EVERYTHING, JobFilter("all", member=owner_member.pk)),
            _all_pages(EVERYTHING, JobFilter("all", location=near_location)),
            _all_pages(EVERYTHING, JobFilter("all", stage=stage("ready"))),
            _all_pages(EVERYTHING, JobFilter("all", text="sn 4")),
            _all_pages(EVERYTHING, JobFilter("all", text="%")),
        ]
        counts = [count_jobs(scope=scope, wanted=JobFilter("open")).number for scope in (EVERYTHING, far)]
    assert states == {
        "open": ["late", "today", "tomorrow", "no promise"],
        "late": ["late"],
        "closed": ["done"],
        "all": ["done", "today", "late", "tomorrow", "no promise"],
    }
    assert seen == [["late", "today", "no promise"], ["no promise"]]
    assert (by, counts) == ([["late"], ["tomorrow"], ["done"], ["today"], []], [4, 3])


def _all_pages(scope: Scope, wanted: JobFilter) -> list[str]:
    titles, after = [], None
    while True:
        page = list_jobs(scope=scope, wanted=wanted, after=after, limit=1)
        titles += [row.title for row in page.rows]
        after = page.next_key
        if after is None:
            return titles


def test_the_board_shows_its_columns_with_what_ended_lately(
    owner_member: Member, near_location: int, far_location: int
) -> None:
    anna, kind = see("1", "Anna"), repairs()
    with clock.standing_at(MAY - timedelta(days=8)):
        move(accept(anna, "ended long ago", kind), "ready", "accepted")
    with clock.standing_at(MAY):
        accept(anna, "later", kind)
        accept(anna, "urgent", kind, promised_at=MAY, location_id=near_location)
        for title in ("ended first", "ended last"):
            move(accept(anna, title, kind), "ready", "accepted")
        open_stages, ends = [stage("accepted"), stage("in work")], [stage("ready"), stage("refused")]
        found = {
            scope.locations: {
                column.stage_id: ([row.title for row in column.rows], column.total)
                for column in board(scope=scope, open_stages=open_stages, ends=ends, wanted=JobFilter("all")).values()
            }
            for scope in (EVERYTHING, Scope((far_location,)))
        }
    ready = (["ended last", "ended first"], 2)
    assert found[None] == {
        stage("accepted"): (["urgent", "later"], 2),
        stage("in work"): ([], 0),
        stage("ready"): ready,
        stage("refused"): ([], 0),
    }
    assert found[far_location,][stage("accepted")] == (["later"], 1)


def test_a_stage_in_which_jobs_stand_cannot_be_put_away(owner_member: Member) -> None:
    job = accept(see("1", "Anna"), kind=repairs())
    move(job, "in work", "accepted")
    with pytest.raises(CommerceRefused, match="1 job stands in “in work”"):
        job_kinds.archive_stage(stage_id=stage("in work"))
    move(job, "ready", "in work")
    job_kinds.archive_stage(stage_id=stage("in work"))
    job_kinds.archive_stage(stage_id=stage("refused"))
    # Jobs must begin somewhere, and be done somewhere.
    for last in ("accepted", "ready"):
        with pytest.raises(CommerceRefused):
            job_kinds.archive_stage(stage_id=stage(last))
    job_kinds.restore_stage(stage_id=stage("in work"))
    assert in_order() == ["accepted", "in work", "ready"]


def in_order() -> list[str]:
    return [str(one.name) for one in JobStage.objects.filter(archived_at=None).order_by("position")]


def test_stages_are_put_in_order_and_new_open_ones_come_before_the_ends(owner_member: Member) -> None:
    kind = repairs()
    job_kinds.add_stage(kind_id=kind.pk, name=Localised.of("checked", "en"))
    job_kinds.add_stage(kind_id=kind.pk, name=Localised.of("lost", "en"), outcome=Outcome.NOT_DONE)
    added = in_order()
    steps: list[Callable[[], None]] = [
        lambda: job_kinds.move_stage(stage_id=stage("checked"), is_up=True),
        lambda: job_kinds.move_stage(stage_id=stage("lost"), is_up=False),
        lambda: job_kinds.move_stage(stage_id=stage("accepted"), is_up=True),
    ]
    for step in steps:
        step()
    assert added == ["accepted", "in work", "checked", "ready", "refused", "lost"]
    assert in_order() == ["accepted", "checked", "in work", "ready", "refused", "lost"]


def test_a_kind_put_away_takes_no_new_jobs_and_lets_open_ones_end(owner_member: Member) -> None:
    anna = see("1", "Anna")
    job = accept(anna, kind=repairs())
    job_kinds.archive_kind(kind_id=job.kind_id)
    with pytest.raises(CommerceRefused):
        accept(anna)
    move(job, "ready", "accepted")
    job_kinds.restore_kind(kind_id=job.kind_id)
    accept(anna)
    assert told(anna) == ["opened", "done", "opened"]


def test_a_kind_without_a_beginning_or_an_end_is_refused(db: None) -> None:
    for stages in ((("a", ""),), (("b", Outcome.DONE),), (("a", ""), ("c", Outcome.NOT_DONE))):
        with pytest.raises(CommerceRefused):
            repairs("X", stages)
    assert JobKind.objects.count() == 0
