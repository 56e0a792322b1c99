"""What is due is done once, at its time, in one transaction with what it does."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from wayloop.kernel import clock
from wayloop.kernel.due import checks, runner
from wayloop.kernel.due.handlers import Misfires, Tick, due, due_many, only, periodic
from wayloop.kernel.due.rules import Daily, Every, Local
from wayloop.kernel.due.runner import TRIES, Runner, follow_zones
from wayloop.kernel.due.table import cancel, parked, parked_count, release_parked, schedule, schedule_many
from wayloop.kernel.models import Due, StoredFile

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_other_handlers() -> Iterator[None]:
    with only(), clock.standing_at(NOON):
        yield


@pytest.fixture
def done() -> list[Tick]:
    """Binds “remind”; holds what it did."""
    ticks: list[Tick] = []
    due("remind")(ticks.append)
    return ticks


def work(at: datetime = NOON) -> int:
    """Does everything that is due at this time; answers how many rows were taken."""
    worker, taken = Runner(), 0
    with clock.standing_at(at):
        while rows := worker.turn():
            taken += rows
    return taken


def write_row(number: int) -> None:
    StoredFile.objects.create(sha256=str(number), size=0, name="", created_at=NOON)


def test_it_is_done_at_its_time_and_not_before(db: None, done: list[Tick]) -> None:
    schedule("remind", 7, NOON + HOUR, booking_id=7)
    assert (work(NOON), done) == (0, [])
    assert work(NOON + HOUR) == 1
    assert done == [Tick("remind", "7", NOON + HOUR, {"booking_id": 7})]
    assert (work(NOON + 9 * HOUR), Due.objects.count()) == (0, 0)


def test_late_work_is_caught_up_and_knows_the_time_it_was_meant_for(db: None, done: list[Tick]) -> None:
    schedule("remind", 7, NOON + HOUR)
    work(NOON + timedelta(days=90))
    assert [tick.due_at for tick in done] == [NOON + HOUR]


def test_scheduling_again_replaces(db: None, done: list[Tick]) -> None:
    schedule("remind", "a", NOON, booking_id=1)
    schedule("remind", "a", NOON + HOUR, booking_id=2)
    assert (work(NOON), work(NOON + HOUR), [tick.ids for tick in done]) == (0, 1, [{"booking_id": 2}])


def test_what_is_cancelled_is_not_done(db: None, done: list[Tick]) -> None:
    schedule("remind", "a", NOON)
    assert (cancel("remind", "a"), cancel("remind", "a"), work()) == (True, False, 0)


def test_a_schedule_of_a_transaction_that_rolls_back_never_existed(db: None) -> None:
    with transaction.atomic():
        schedule("remind", "a", NOON)
        transaction.set_rollback(True)
    assert Due.objects.count() == 0


def test_a_local_time_keeps_what_the_wall_shows(db: None) -> None:
    schedule("remind", "a", Local(datetime.fromisoformat("2026-07-01 09:00"), "Europe/Kyiv"))
    row = Due.objects.get()
    assert (row.due_at, row.local_at, row.zone) == (
        datetime(2026, 7, 1, 6, tzinfo=UTC),
        "2026-07-01T09:00:00",
        "Europe/Kyiv",
    )


def test_when_a_zone_changes_its_rules_the_wall_counts(db: None) -> None:
    schedule("remind", "a", Local(datetime.fromisoformat("2026-07-01 09:00"), "Europe/Kyiv"))
    Due.objects.update(due_at=NOON + HOUR, run_at=NOON + HOUR)
    assert (follow_zones(), follow_zones()) == (1, 0)
    assert Due.objects.get().run_at == datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["anna@example.org", 1.5, True, None, {"a": 1}])
def test_only_ids_are_kept(db: None, wrong: Any) -> None:
    with pytest.raises(TypeError):
        schedule("remind", "a", NOON, person=wrong)


def test_uuids_are_ids(db: None, done: list[Tick]) -> None:
    uuid = UUID("01890000-0000-7000-8000-000000000001")
    schedule("remind", uuid, NOON, booking=uuid)
    work()
    assert (done[0].key, done[0].ids) == (str(uuid), {"booking": str(uuid)})


def test_a_naive_time_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="zone"):
        schedule("remind", "a", datetime(2026, 5, 4))  # noqa: DTZ001


def test_what_nobody_knows_waits(db: None, done: list[Tick]) -> None:
    schedule("of a newer program", "a", NOON)
    assert (work(), Due.objects.count()) == (0, 1)


def test_every_missed_time_of_a_rule_is_caught_up(db: None, done: list[Tick]) -> None:
    schedule("remind", "", Daily(time(9), "Europe/Kyiv"))
    assert work(NOON + timedelta(days=3)) == 1
    assert [f"{tick.due_at:%d %H:%M}" for tick in done] == ["05 06:00", "06 06:00", "07 06:00"]
    assert Due.objects.get().due_at == datetime(2026, 5, 8, 6, tzinfo=UTC)


def test_or_only_the_latest_where_that_is_enough(db: None) -> None:
    ticks: list[Tick] = []
    due("tidy", misfires=Misfires.LATEST)(ticks.append)
    schedule("tidy", "", Every(60))
    assert work(NOON + 10 * HOUR) == 1
    assert [(tick.due_at, tick.missed) for tick in ticks] == [(NOON + 10 * HOUR, 9)]
    assert Due.objects.get().due_at == NOON + 11 * HOUR


def test_the_same_rule_again_loses_no_missed_time(db: None, done: list[Tick]) -> None:
    schedule("remind", "", Every(60))
    with clock.standing_at(NOON + 3 * HOUR):
        schedule("remind", "", Every(60))
    work(NOON + 3 * HOUR)
    assert [tick.due_at for tick in done] == [NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]


def test_another_rule_begins_anew(db: None, done: list[Tick]) -> None:
    schedule("remind", "", Every(60))
    schedule("remind", "", Every(30))
    assert Due.objects.get().due_at == NOON + HOUR / 2


def test_what_the_program_declares_is_planned_when_the_worker_starts(db: None, done: list[Tick]) -> None:
    periodic("remind", Every(60))
    for _ in range(2):
        Runner().settle_in()
    assert list(Due.objects.values_list("name", "rule", "due_at")) == [("remind", "every 60", NOON + HOUR)]


def test_a_handler_may_plan_its_own_next_time(db: None) -> None:
    @due("again")
    def again(tick: Tick) -> None:
        schedule("again", tick.key, tick.due_at + HOUR)

    schedule("again", "a", NOON)
    assert (work(), Due.objects.get().due_at) == (1, NOON + HOUR)


def test_a_thousand_rows_need_few_statements(db: None, django_assert_max_num_queries: Any) -> None:
    sizes: list[int] = []

    @due_many("count")
    def count(ticks: Sequence[Tick]) -> None:
        sizes.append(len(ticks))

    schedule_many("count", [(number, NOON, {"row_id": number}) for number in range(1000)])
    with django_assert_max_num_queries(60):
        assert work() == 1000
    assert (sum(sizes), len(sizes)) == (1000, 10)


def test_one_that_fails_spoils_nothing_but_itself(db: None) -> None:
    @due("write")
    def write(tick: Tick) -> None:
        write_row(tick.ids["n"])  # type: ignore[arg-type]
        if tick.ids["n"] == 5:
            raise RuntimeError("no")

    schedule_many("write", [(number, NOON, {"n": number}) for number in range(10)])
    work()
    assert sorted(int(row.sha256) for row in StoredFile.objects.all()) == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    row = Due.objects.get()
    assert (row.key, row.attempts, row.problem.split(" at ")[0], row.run_at) == (
        "5",
        1,
        "RuntimeError",
        NOON + timedelta(seconds=10),
    )


def test_failures_are_tried_at_growing_distance_and_then_parked_for_a_person(db: None) -> None:
    tried: list[datetime] = []

    @due("fail")
    def fail(tick: Tick) -> None:
        tried.append(clock.now())
        raise RuntimeError("anna@example.org is not known")

    schedule("fail", "a", NOON)
    for _ in range(20):
        work(Due.objects.get().run_at)
    distances = [round((later - sooner).total_seconds()) for sooner, later in pairwise(tried)]
    assert distances == [10, 30, 90, 270, 810, 2430, 7290]
    row = Due.objects.get()
    assert (len(tried), row.parked_at is not None, "anna" in row.problem) == (TRIES, True, False)
    health = checks.due_health()
    assert (health.parked, health.parked_names, health.overdue) == (1, ("fail",), 0)
    (given_up,) = parked()
    assert (given_up.name, given_up.key, parked_count()) == ("fail", "a", 1)
    assert (release_parked(given_up.number), release_parked(given_up.number), parked()) == (True, False, [])
    assert work() == 1


def test_the_doctor_is_told_of_what_is_overdue(db: None) -> None:
    schedule("remind", "a", NOON)
    with clock.standing_at(NOON + HOUR):
        assert (checks.due_health().overdue, checks.due_health().oldest) == (1, "remind a")


def test_a_zombie_changes_nothing(db: None, done: list[Tick]) -> None:
    """One worker claims and freezes; another one takes over when the lease has ended; the first wakes up."""
    schedule("remind", "a", NOON)
    zombie = Runner()
    claimed = zombie._claim()
    assert work(NOON + HOUR / 60) == 1
    zombie._do(runner.HANDLERS["remind"], claimed)
    assert len(done) == 1


def test_a_zombie_that_wakes_before_the_other_has_finished_changes_nothing(db: None, done: list[Tick]) -> None:
    schedule("remind", "a", Every(60))
    with clock.standing_at(NOON + HOUR):
        zombie, other = Runner(), Runner()
        old = zombie._claim()
    with clock.standing_at(NOON + HOUR + runner.LEASE):
        new = other._claim()
        zombie._do(runner.HANDLERS["remind"], old)
        assert done == []
        other._do(runner.HANDLERS["remind"], new)
        zombie._give_back(old)
    assert ([tick.due_at for tick in done], Due.objects.get().run_at) == ([NOON + HOUR], NOON + 2 * HOUR)


def test_what_keeps_killing_the_worker_is_done_alone_and_then_parked(db: None, done: list[Tick]) -> None:
    schedule_many("remind", [(number, NOON, {}) for number in range(3)])
    at = NOON
    for _ in range(runner.SUSPECT):
        with clock.standing_at(at):
            assert len(Runner()._claim()) == 3  # and dies
        at += runner.LEASE
    # From now on only the first of them is held when the worker dies.
    deaths = 0
    while Due.objects.get(key="0").parked_at is None:
        worker = Runner()
        with clock.standing_at(at):
            rows = worker._claim()
            first = next(row for row in rows if row.attempts > runner.SUSPECT)
            worker._give_back([row for row in rows if row is not first])
            if first.attempts > TRIES:
                worker._park(first, "the worker ended each time it was done")
        deaths, at = deaths + 1, at + runner.LEASE
        assert deaths < 20
    work(at)
    assert sorted(tick.key for tick in done) == ["1", "2"]


def test_two_workers_share_the_work_and_do_nothing_twice(committed: None) -> None:
    seen: list[str] = []

    @due("count")
    def count(tick: Tick) -> None:
        seen.append(tick.key)

    schedule_many("count", [(number, NOON, {}) for number in range(400)])

    def both() -> None:
        worker = Runner()
        while worker.turn():
            pass
        connection.close()

    threads = [threading.Thread(target=both) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, seen)) == list(range(400))


def test_a_handler_that_waits_for_somebodys_lock_gives_way(committed: None) -> None:
    write_row(1)

    @due("touch")
    def touch(tick: Tick) -> None:
        StoredFile.objects.filter(sha256="1").update(size=5)

    schedule("touch", "a", NOON)
    held, ready = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            StoredFile.objects.filter(sha256="1").update(size=1)
            ready.set()
            held.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    ready.wait(10)
    assert work() == 1
    row = Due.objects.get()
    assert (row.attempts, row.problem, row.run_at) == (0, "", NOON + timedelta(seconds=2))
    held.set()
    holder.join()
    assert (work(NOON + HOUR), StoredFile.objects.get().size) == (1, 5)


def test_a_lost_connection_is_taken_up_where_it_was(committed: None) -> None:
    """The database throws the worker out in the middle of a handler; the next round does it at once."""
    calls: list[int] = []

    @due("break")
    def break_off(tick: Tick) -> None:
        calls.append(tick.attempt)
        write_row(len(calls))
        if len(calls) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    schedule("break", "a", NOON)
    worker = Runner()
    with pytest.raises(Exception, match=r"terminat|closed"):
        worker.turn()
    connection.close()
    worker.settle_in()
    assert worker.turn() == 1
    assert (calls, [row.sha256 for row in StoredFile.objects.all()], Due.objects.count()) == ([1, 1], ["2"], 0)
