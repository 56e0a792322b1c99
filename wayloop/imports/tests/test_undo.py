"""An import is taken back as a whole, leaves no trace, and the file can come again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from wayloop.contracts.imports import BatchUndo
from wayloop.imports import api, attending, queries, services, undoing
from wayloop.imports.enums import RUN_IMPORT, RUN_UNDO, ImportState
from wayloop.imports.models import Import
from wayloop.imports.queries import import_by_id
from wayloop.imports.rules import ImportRefused
from wayloop.imports.testing import as_csv, bring_in, started
from wayloop.imports.tests.test_reading import bring
from wayloop.imports.tests.twin import rows, twins
from wayloop.kernel.testing import offered_instead

MANY = "Номер\n" + "".join(f"{n}\n" for n in range(10, 17))


@pytest.fixture(autouse=True)
def both(db: None) -> Iterator[None]:
    with twins():
        yield


def undone(import_id: int, **others: Any) -> Import:
    undoing.undo_import(import_id=import_id, in_worker=False)
    return undoing.run_undo(import_id=import_id, **others)


def test_what_came_in_is_gone_and_the_same_file_comes_in_again_with_the_same_result() -> None:
    first = bring(MANY)
    before = rows("number")
    row = undone(first.pk)
    assert (row.state, row.rows_undone, rows("number"), row.problem) == (ImportState.UNDONE, 7, [], "")
    again = import_by_id(bring(MANY).pk)
    assert again
    assert (again.counts, rows("number")) == ({"new": 7, "known": 0}, before)


def test_only_what_this_import_brought_is_taken_back() -> None:
    bring("Номер\n10\n11\n")
    undone(bring(MANY).pk)
    assert rows("number") == [("10",), ("11",)]


def test_killed_at_any_step_it_goes_on_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "STEPS", (2, 2))
    ended = []
    for kill in range(1, 5):
        run = bring(MANY)
        undoing.undo_import(import_id=run.pk, in_worker=False)
        steps = []

        def die(row: Import, kill: int = kill, steps: list[int] = steps) -> None:
            steps.append(row.rows_undone)
            if len(steps) == kill:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            undoing.run_undo(import_id=run.pk, tell=die)
        row = undoing.run_undo(import_id=run.pk)
        ended.append((row.state, row.rows_undone, rows("number"), steps))
    assert ended == [(ImportState.UNDONE, 7, [], [2, 4, 6, 7][:kill]) for kill in range(1, 5)]


def test_of_two_that_take_back_the_older_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "STEPS", (2, 2))
    run = bring(MANY)
    undoing.undo_import(import_id=run.pk, in_worker=False)
    ended: list[Import] = []

    def second_comes(_row: Import) -> None:
        if not ended:
            ended.append(undoing.run_undo(import_id=run.pk))

    first = undoing.run_undo(import_id=run.pk, tell=second_comes)
    assert (ended[0].state, first.state, first.rows_undone) == (ImportState.UNDONE, ImportState.UNDONE, 7)


def waiting(text: str) -> int:
    """The same file once more, which nobody has begun with."""
    return services.start_import(
        files=queries.files_of(bring(text, is_trial=True).pk),
        mapping="m",
        content=Import.objects.latest("id").content,
    )


def jobs() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, (args ->> 'import_id')::int FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_the_same_file_waits_until_all_of_it_is_taken_back_and_is_whole_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "STEPS", (2, 2))
    first, second = bring(MANY), waiting(MANY)
    before, states = rows("number"), []

    def second_comes(row: Import) -> None:
        if row.state == ImportState.UNDOING:
            states.append(services.run_import(import_id=second).state)

    undoing.undo_import(import_id=first.pk, in_worker=False)
    undoing.run_undo(import_id=first.pk, tell=second_comes)
    # Its turn has come, and the worker hears of it.
    assert (states, jobs()) == ([ImportState.QUEUED] * 4, [(RUN_IMPORT, second)] * 2)
    services.run_import(import_id=second)
    again = import_by_id(second)
    assert again
    assert (again.state, again.counts, rows("number")) == (ImportState.DONE, {"new": 7, "known": 0}, before)


def test_what_is_to_be_taken_back_waits_until_the_file_that_comes_in_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = bring(MANY), waiting("Номер\n16\n17\n")
    undoing.undo_import(import_id=first.pk, in_worker=False)
    Import.objects.filter(pk=second).update(state=ImportState.READING)
    assert (undoing.run_undo(import_id=first.pk).rows_undone, attending.take_up_left()) == (0, 0)
    assert services.run_import(import_id=second).state == ImportState.DONE
    assert jobs()[-1] == (RUN_UNDO, first.pk)
    assert (undoing.run_undo(import_id=first.pk).state, rows("number")) == (ImportState.UNDONE, [("17",)])


def test_a_command_does_not_wait_for_others(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(MANY)
    first, content = bring(MANY), Import.objects.get().content
    Import.objects.update(state=ImportState.UNDOING)
    with pytest.raises(ImportRefused) as refusal:
        api.import_path(path=file, mapping="m", content=content)
    assert str(refusal.value) == "“a.csv” is being taken back. Try again when that is over."
    Import.objects.update(state=ImportState.WRITING)
    with pytest.raises(ImportRefused) as refusal:
        api.take_back(import_id=first.pk)
    assert str(refusal.value) == "“a.csv” is being brought in. Try again when that is over."


def test_who_hangs_on_others_goes_first() -> None:
    order: list[str] = []

    class Noted:
        def __init__(self, name: str, rank: int) -> None:
            self.name, self.rank = name, rank

        def undo_step(self, *, batch: str, limit: int) -> int:
            order.append(self.name)
            return 0

    with offered_instead(BatchUndo, [Noted("below", 9), Noted("above", 1), Noted("between", 5)]):
        undone(bring(MANY).pk)
    assert order == ["above", "between", "below"]


@pytest.mark.parametrize("state", [ImportState.QUEUED, ImportState.READING, ImportState.WRITING, ImportState.STOPPING])
def test_what_still_runs_is_not_taken_back(state: ImportState) -> None:
    import_id = started(as_csv())
    Import.objects.update(state=state)
    with pytest.raises(ImportRefused) as refusal:
        undoing.undo_import(import_id=import_id)
    assert str(refusal.value) == "This import still runs. Stop it first, then take it back."


@pytest.mark.parametrize("is_trial", [True, False])
def test_there_is_nothing_to_take_back_of_a_trial_or_of_none(is_trial: bool) -> None:
    import_id = services.run_import(import_id=started(as_csv(), is_trial=True)).pk if is_trial else 0
    with pytest.raises(ImportRefused) as refusal:
        undoing.undo_import(import_id=import_id)
    assert str(refusal.value) == f"There is no import {import_id}."


def test_once_begun_it_cannot_go_on_and_nobody_writes_any_more() -> None:
    run = bring(MANY)
    Import.objects.update(state=ImportState.STOPPED)
    undoing.undo_import(import_id=run.pk)
    undoing.undo_import(import_id=run.pk)
    services.resume_import(import_id=run.pk)
    assert services.run_import(import_id=run.pk).state == ImportState.UNDOING
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'import_id' FROM procrastinate_jobs WHERE task_name = 'imports.run_undo'")
        assert cursor.fetchall() == [(str(run.pk),)]
    Import.objects.update(state=ImportState.FAILED)
    services.resume_import(import_id=run.pk)
    found = import_by_id(run.pk)
    assert found
    assert (found.state, found.can_be_resumed, found.can_be_undone) == (ImportState.FAILED, False, True)


def test_orders_leave_no_trace_and_come_again(fingerprints: Callable[..., dict[str, str]]) -> None:
    # The ledger only grows: what is taken back is told there as such.
    apart = ("imports_", "kernel_storedfile", "procrastinate_")
    bring_in(as_csv([]))
    before = fingerprints(without=apart)
    first = bring_in(as_csv())
    between = fingerprints(without=apart)
    assert between != before
    row = undone(first.pk)
    left = {name for name, value in fingerprints(without=apart).items() if value != before.get(name)}
    assert (row.state, left) == (
        ImportState.UNDONE,
        {"ledger_event_2010_12", "ledger_retraction", "ledger_seen", "ledger_void"},
    )
    again = import_by_id(bring_in(as_csv()).pk)
    assert again
    assert (again.counts["orders"], again.counts["orders_known"], again.counts["returns"]) == (2, 0, 1)
