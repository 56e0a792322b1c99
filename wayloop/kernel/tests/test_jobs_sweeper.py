"""Jobs whose worker died are given back one by one; ids only; who goes first; old ones go."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from procrastinate.contrib.django import app

from wayloop.kernel import clock, jobs, tasks
from wayloop.kernel.due import checks
from wayloop.kernel.due.handlers import Tick
from wayloop.kernel.jobs import Priority
from wayloop.kernel.models import StalledJob

UUID7 = UUID("01890000-0000-7000-8000-000000000001")


def rows(columns: str = "id, status::text") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM procrastinate_jobs ORDER BY id")  # noqa: S608
        return list(cursor.fetchall())


def add(status: str = "doing", once: str | None = None, name: str = "kernel.sample") -> int:
    """A job; one that runs has no worker any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock) "
            "VALUES ('default', %s, %s::procrastinate_job_status, %s) RETURNING id",
            [name, status, once],
        )
        (job_id,) = cursor.fetchone()
    return int(job_id)


def states() -> dict[int, str]:
    return dict(rows())


def sweep(**others: Any) -> int:
    return jobs.sweep(stalled_seconds=30, **others)


@pytest.mark.parametrize("wrong", ["anna@example.org", 1.5, True, None, {"a": 1}, [1, "a"], [UUID7], b"x"])
def test_only_ids_are_put_into_the_queue(db: None, wrong: Any) -> None:
    with pytest.raises(TypeError):
        jobs.enqueue("kernel.sample", person=wrong)
    assert rows() == []


def test_ids_arrive_as_they_were_given(db: None) -> None:
    got: list[dict[str, Any]] = []

    def take(**ids: Any) -> None:
        got.append(ids)

    name = "kernel.sample_arrival"
    jobs.job(name)(take)
    try:
        jobs.enqueue(name, number=1, uuid=UUID7, many=[1, 2])
        ((arguments,),) = rows("args::text")
        app.tasks[name](**json.loads(arguments))
    finally:
        app.tasks.pop(name)
    assert got == [{"number": 1, "uuid": UUID7, "many": [1, 2]}]


def test_every_job_is_retried(db: None) -> None:
    ours = [task for name, task in app.tasks.items() if not name.startswith(("builtin:", "procrastinate."))]
    assert ([task.name for task in ours if task.retry_strategy is None], len(ours) >= 2) == ([], True)


def test_what_customers_wait_for_goes_first(db: None) -> None:
    jobs.enqueue("kernel.sample", priority=Priority.MARKETING, n=1)
    jobs.enqueue("kernel.sample", n=2)
    jobs.enqueue("kernel.sample", priority=Priority.SERVICE, n=3)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        order = []
        for _ in range(3):
            cursor.execute("SELECT args->>'n' FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
            order.append(cursor.fetchone()[0])
    assert order == ["3", "2", "1"]


def test_of_a_job_that_is_wanted_once_only_one_waits_and_the_transaction_goes_on(db: None) -> None:
    with transaction.atomic():
        added = [jobs.enqueue("kernel.sample", once="tidy", n=n) for n in (1, 2)]
        jobs.enqueue("kernel.other", n=3)
    assert (added, rows("args->>'n'")) == ([True, False], [("1",), ("3",)])


def test_a_job_without_its_worker_goes_back(db: None) -> None:
    job = add()
    assert (sweep(), states()) == (1, {job: "todo"})


def test_a_job_that_this_process_still_runs_is_left_alone(db: None) -> None:
    job = add()
    assert (sweep(running=[job]), states()) == (0, {job: "doing"})


def worker(silent_seconds: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) "
            "RETURNING id",
            [silent_seconds],
        )
        (number,) = cursor.fetchone()
    return int(number)


def give(number: int, *to: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET worker_id = %s WHERE id = ANY (%s)", [number, list(to)])


def test_a_job_that_its_living_worker_knows_nothing_of_goes_back_and_is_not_blamed(db: None) -> None:
    mine, others = worker(), worker()
    lost, elsewhere, runs, again = add(), add(), add(), add()
    give(mine, lost, runs, again)
    give(others, elsewhere)
    held = jobs.held_by([mine])
    assert held == {(lost, 0), (runs, 0), (again, 0)}
    # This one ended and began anew meanwhile: the attempts tell it from the one that was seen.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 1 WHERE id = %s", [again])
    assert (sweep(), sweep(lost=held, running=[runs])) == (0, 1)
    assert states() == {lost: "todo", elsewhere: "doing", runs: "doing", again: "doing"}
    assert not StalledJob.objects.exists()


def test_a_worker_that_takes_no_jobs_any_more_lives_as_long_as_its_last_one_runs(db: None) -> None:
    leaving, dead = worker(silent_seconds=60), worker(silent_seconds=60)
    runs, stalled = add(), add()
    give(leaving, runs)
    give(dead, stalled)
    jobs.keep_alive([leaving])
    assert (sweep(), states()) == (1, {runs: "doing", stalled: "todo"})


def test_a_waiting_twin_does_the_work_and_the_others_are_still_given_back(db: None) -> None:
    first, stalled, twin, last = add(), add(once="tidy"), add("todo", once="tidy"), add()
    assert sweep() == 3
    assert states() == {first: "todo", stalled: "aborted", twin: "todo", last: "todo"}


def test_two_stalled_twins_become_one(db: None) -> None:
    one, two = add(once="tidy"), add(once="tidy")
    sweep()
    assert states() == {one: "todo", two: "aborted"}


def stall_again(job: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])


def test_a_job_that_kills_its_worker_three_times_is_parked_with_an_alarm(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    job = add()
    for _ in range(2):
        sweep()
        stall_again(job)
    sweep()
    assert (states(), "given up" in caplog.text) == ({job: "failed"}, True)
    health = checks.job_health()
    assert (health.parked, health.parked_names, health.failed) == (1, ("kernel.sample",), 0)
    out = StringIO()
    call_command("parked", "--retry", stdout=out)
    assert (out.getvalue(), states()) == (f"job   kernel.sample {job}: its worker ended each time\n", {job: "todo"})


def test_a_job_that_was_given_up_is_done_again_or_left_out_and_that_is_taken_back(db: None) -> None:
    first, second = add("failed"), add("failed")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 8")
    assert [(one.number, one.name, one.is_deadly) for one in jobs.given_up()] == [
        (first, "kernel.sample", False),
        (second, "kernel.sample", False),
    ]
    deeds = (jobs.do_again(first), jobs.do_again(first), jobs.leave_out(second), jobs.leave_out(second))
    assert (deeds, states()) == ((True, False, True, False), {first: "todo", second: "cancelled"})
    # It has all its tries again: the first failure is not the last one at once.
    assert rows("id, attempts") == [(first, 0), (second, 8)]
    assert (jobs.given_up_count(), jobs.take_back_leaving_out(second), jobs.given_up_count()) == (0, True, 1)


def test_a_job_whose_twin_waits_needs_not_be_done_again(db: None) -> None:
    given_up, twin = add("failed", once="tidy"), add("todo", once="tidy")
    assert (jobs.do_again(given_up), states()) == (True, {given_up: "cancelled", twin: "todo"})


def test_a_job_that_only_lost_its_database_is_never_parked(db: None) -> None:
    job = add()
    for _ in range(10):
        sweep(ended=[job])
        stall_again(job)
    assert states() == {job: "doing"}


def test_very_many_old_jobs_go_all_the_same(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    monkeypatch.setattr(jobs.forget_old, "__kwdefaults__", {"most": 2})
    for _ in range(5):
        add("succeeded")
    tasks.clean_jobs(Tick(tasks.CLEAN_JOBS, "", clock.now()))
    assert rows("task_name") == [("kernel.sample",)] * 3 + [(tasks.CLEAN_ALL_JOBS,)]
    tasks.clean_all_jobs()
    assert rows("task_name") == [(tasks.CLEAN_ALL_JOBS,)]


def test_old_jobs_go_and_failed_ones_stay_longer(db: None) -> None:
    def ended(state: str, days: int) -> int:
        job = add(state)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', %s)",
                [job, clock.now() - timedelta(days=days)],
            )
        return job

    ended("succeeded", 4)
    ended("failed", 31)
    kept = [ended("succeeded", 2), ended("failed", 4), ended("todo", 90)]
    assert (jobs.forget_old(), list(states())) == (2, kept)
