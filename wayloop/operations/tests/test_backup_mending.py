"""What the backup does by itself when something is amiss, and before the tables change."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wayloop.kernel import clock
from wayloop.operations import queries, schema, services
from wayloop.operations.backup.choosing import LogBroken
from wayloop.operations.backup.places import Memory
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.sealing import BackupDamaged, Key
from wayloop.operations.enums import RunKind, RunState
from wayloop.operations.errors import OperationError
from wayloop.operations.models import BackupPlan, BackupRun

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 10, 0, 30, tzinfo=UTC)


class Nothing:
    """A backup that has nothing to continue."""

    def bring(self) -> datetime | None:
        return None


@pytest.fixture
def place(make_folder: Callable[[str], Path]) -> Path:
    folder = make_folder("mending") / "backups"
    services.choose_place(kind="folder", folder=str(folder))
    BackupRun.objects.all().delete()
    return folder


def runs() -> list[tuple[str, str]]:
    return list(BackupRun.objects.order_by("id").values_list("kind", "state"))


@pytest.mark.parametrize(
    ("trouble", "left"),
    [
        (BackupDamaged("blobs/ab/abcd"), ["blobs/ef/efgh"]),
        (BackupDamaged("lives/a/bases/b", is_missing=True), ["blobs/ab/abcd", "blobs/ef/efgh"]),
        (LogBroken("the log of the backup is broken"), ["blobs/ab/abcd", "blobs/ef/efgh"]),
    ],
)
def test_what_a_trial_finds_damaged_is_made_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch, trouble: OperationError, left: list[str]
) -> None:
    def fails(*_: Any) -> None:
        raise trouble

    memory = Memory()
    repository = Repository.make(memory, Key.make())
    for name in ("blobs/ab/abcd", "blobs/ef/efgh"):
        memory.put(name, b"bits")
    monkeypatch.setattr(services, "try_restore", fails)
    monkeypatch.setattr(services.Repository, "open", lambda *_: repository)
    run = BackupRun.objects.create(kind=RunKind.TRIAL, state=RunState.WAITING, began_at=clock.now())
    services.try_backup(run=run.pk)
    assert ([found.name for found in memory.names("blobs/")], runs()) == (
        left,
        [("trial", "failed"), ("base", "waiting")],
    )
    assert BackupRun.objects.get(id=run.pk).hindrance == str(trouble)


@pytest.mark.parametrize(
    ("state", "ago", "asked"),
    [
        (None, timedelta(0), 1),
        (RunState.DONE, timedelta(hours=1), 1),
        (RunState.FAILED, timedelta(minutes=10), 0),
        (RunState.RUNNING, timedelta(hours=3), 0),
        # Left behind by a machine that is no more: what was brought back says it still runs.
        (RunState.RUNNING, timedelta(days=3), 1),
    ],
)
def test_with_nothing_to_continue_a_full_backup_is_asked_for_once(
    place: Path, state: RunState | None, ago: timedelta, asked: int
) -> None:
    if state is not None:
        BackupRun.objects.create(kind=RunKind.BASE, state=state, began_at=clock.now() - ago)
    for _ in range(3):
        services.bring_up_to_date(backups=Nothing())  # type: ignore[arg-type]
    assert runs().count(("base", "waiting")) == asked


@pytest.mark.parametrize(
    ("answer", "told", "saved"),
    [
        (MOMENT, ["backed up to 2026-11-22T10:00:30Z; the tables are brought up to date…"], "2026-11-22T10:00:30Z"),
        (None, [], ""),
        (
            OperationError("the backup folder /mnt is not there."),
            ["the tables are changed without a backup of this moment: the backup folder /mnt is not there…"],
            "",
        ),
    ],
)
def test_before_the_tables_change_the_backup_reaches_up_to_then(
    monkeypatch: pytest.MonkeyPatch, answer: datetime | OperationError | None, told: list[str], saved: str
) -> None:
    def reach_now() -> datetime | None:
        if isinstance(answer, OperationError):
            raise answer
        return answer

    monkeypatch.setattr(services, "reach_now", reach_now)
    lines: list[str] = []
    assert (schema._back_up_before(lines.append), lines) == (saved, told)


def test_a_database_that_is_not_ours_is_dumped_before_its_tables_change(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def dump(home: object, url: str, repository: Repository) -> SimpleNamespace:
        asked.append(repository.place.label)
        return SimpleNamespace(base=SimpleNamespace(ended=MOMENT))

    monkeypatch.setattr(queries, "is_embedded", lambda: False)
    monkeypatch.setattr(services, "dump", dump)
    assert (services.reach_now(), asked) == (MOMENT, [str(place)])
    BackupPlan.objects.update(kind="")
    assert (services.reach_now(), len(asked)) == (None, 1)


def test_a_share_that_answers_nobody_does_not_keep_the_program_from_starting(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = threading.Event()

    def hangs(*_: object) -> None:
        ending.wait(30)

    monkeypatch.setattr(services.Repository, "open", hangs)
    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0.01)
    lines: list[str] = []
    assert schema._back_up_before(lines.append) == ""
    ending.set()
    assert lines == [f"the tables are changed without a backup of this moment: {place} gives no answer…"]
