"""Long work shows how far it is, and stops when a member says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from wayloop.kernel import clock, progress
from wayloop.kernel.models import Progress, StoredFile
from wayloop.kernel.progress import Stage, at_work

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def state(work_id: int) -> tuple[Stage, int, int | None]:
    shown = progress.show(work_id)
    assert shown is not None
    return shown.state, shown.done, shown.total


def export(work_id: int, stop_after: int = 99, fail_at: int = 99) -> int:
    """Ten steps, one row each; answers how many it did this time."""
    did = 0
    with at_work(work_id) as work:
        if work is None:
            return 0
        for step in range(work.done, 10):
            with transaction.atomic():
                if not work.keep_going(done=1, total=10):
                    break
                StoredFile.objects.create(sha256=str(step), size=0, name="", created_at=NOW)
            did += 1
            if did == stop_after:
                progress.stop(work_id)
            if did == fail_at:
                raise RuntimeError("full")
    return did


def test_it_goes_from_waiting_to_done(db: None) -> None:
    work_id = progress.begin("customers.export", total=10, started_by=3)
    assert state(work_id) == (Stage.WAITING, 0, 10)
    assert (export(work_id), state(work_id)) == (10, (Stage.DONE, 10, 10))


def test_a_member_stops_it_and_what_is_done_stays(db: None) -> None:
    work_id = progress.begin("customers.export")
    assert (export(work_id, stop_after=4), state(work_id)) == (4, (Stage.STOPPED, 4, 10))
    assert (StoredFile.objects.count(), progress.stop(work_id), export(work_id)) == (4, False, 0)


def test_it_can_be_stopped_before_it_began(db: None) -> None:
    work_id = progress.begin("customers.export")
    assert (progress.stop(work_id), export(work_id), state(work_id)) == (True, 0, (Stage.STOPPED, 0, None))


def test_a_failed_one_is_taken_up_where_it_was(db: None) -> None:
    work_id = progress.begin("customers.export")
    with pytest.raises(RuntimeError):
        export(work_id, fail_at=3)
    assert state(work_id) == (Stage.FAILED, 3, 10)
    assert (export(work_id), state(work_id), StoredFile.objects.count()) == (7, (Stage.DONE, 10, 10), 10)


def test_a_zombie_stops_when_another_took_over(db: None) -> None:
    work_id = progress.begin("customers.export")
    with at_work(work_id) as zombie:
        assert zombie is not None
        assert zombie.keep_going(done=1)
        with at_work(work_id) as other:
            assert other is not None
            assert (zombie.keep_going(done=1), other.keep_going(done=1)) == (False, True)
        zombie.end(Stage.FAILED)
    assert state(work_id) == (Stage.DONE, 2, None)


def test_a_stop_whose_worker_died_takes_effect_at_the_next_try(db: None) -> None:
    work_id = progress.begin("customers.export")
    Progress.objects.update(state=Stage.STOPPING)
    assert (export(work_id), state(work_id)) == (0, (Stage.STOPPED, 0, None))


def test_what_ended_a_week_ago_is_cleaned_up(db: None) -> None:
    with clock.standing_at(NOW):
        export(progress.begin("customers.export"))
        running = progress.begin("customers.export")
    with clock.standing_at(NOW + timedelta(days=8)):
        assert progress.forget_old() == 1
    assert list(Progress.objects.values_list("id", flat=True)) == [running]
