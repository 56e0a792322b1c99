"""What the kernel cleans up by itself, and that it is planned."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from wayloop.kernel import clock, files
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.models import Due

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


class _Home:
    def __init__(self, path: Path) -> None:
        self.files = path


def test_the_cleaning_is_planned_in_every_installation(db: None) -> None:
    Runner().settle_in()
    assert set(Due.objects.values_list("name", "rule")) >= {
        ("kernel.clean_jobs", "every 60"),
        ("kernel.clean_sessions", "daily 03:10"),
        ("kernel.clean_progress", "daily 03:20"),
        ("kernel.clean_parked", "daily 03:25"),
        ("kernel.clean_files", "daily 03:30"),
    }


def test_sessions_that_nobody_can_use_go_and_everything_is_planned_again(db: None) -> None:
    with clock.standing_at(NOW):
        Runner().settle_in()
    real = datetime.now(UTC)
    for key, days in (("old", -1), ("living", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=real + timedelta(days=days))
    with clock.standing_at(NOW + timedelta(days=1)):
        while Runner().turn():
            pass
        ours = Due.objects.filter(name__startswith="kernel.")
        assert (ours.filter(due_at__lte=clock.now()).count(), ours.exclude(problem="").count()) == (0, 0)
    assert [session.session_key for session in Session.objects.all()] == ["living"]


def test_files_without_a_row_go_after_a_day(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wayloop.kernel.files.settings", type("Settings", (), {"HOME": _Home(tmp_path)}))
    kept: Any = files.path_of(files.store([b"kept"], "kept.csv"))
    orphan, young, draft = tmp_path / "ab" / "abc", tmp_path / "ab" / "abd", tmp_path / ".draft-1"
    (tmp_path / "ab").mkdir()
    for path in (orphan, young, draft):
        path.touch()
    for path in (orphan, draft, kept):
        os.utime(path, (0, 0))
    assert files.remove_orphans() == 2
    assert (kept.exists(), young.exists(), orphan.exists(), draft.exists()) == (True, True, False, False)
