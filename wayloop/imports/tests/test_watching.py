"""Files laid into the watched folder come in once, and go to where people find them again."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wayloop.imports import inbox as inbox_of
from wayloop.imports import services, watching
from wayloop.imports.enums import ImportState
from wayloop.imports.models import Import
from wayloop.imports.testing import as_csv


@pytest.fixture
def inbox(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Nobody waits a minute here; what is younger than that is told by the test.
    monkeypatch.setattr(inbox_of, "QUIET_SECONDS", -5)
    folder = home / "inbox" / "online-retail"
    folder.mkdir(parents=True)
    yield folder
    watching.shutil.rmtree(home / "inbox")


def run_all() -> list[Import]:
    return [services.run_import(import_id=row.pk) for row in Import.objects.order_by("id")]


def inside(folder: Path) -> list[str]:
    """Names without the time before them."""
    return sorted(each.name[18:] for each in folder.iterdir()) if folder.exists() else []


def test_a_finished_file_comes_in_once_and_goes_to_done_with_its_refused_rows(inbox: Path) -> None:
    (inbox / "may.csv").write_bytes(as_csv())
    assert [watching.look_at_inbox() for _time in range(3)] == [1, 0, 0]
    (run,) = run_all()
    assert (run.state, run.file_name, run.started_by, run.rows_done) == (
        ImportState.DONE,
        "may.csv",
        "Watched folder",
        4,
    )
    assert watching.look_at_inbox() == 0
    assert (inside(inbox / "done"), inside(inbox / ".taken")) == (["may.csv", "may.csv.refused.csv"], [])


def test_a_file_that_is_still_written_waits(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_of, "QUIET_SECONDS", 60)
    (inbox / "may.csv").write_bytes(as_csv())
    assert (watching.look_at_inbox(), (inbox / "may.csv").exists()) == (0, True)


def test_killed_after_it_was_taken_aside_it_comes_in_all_the_same(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "may.csv").write_bytes(as_csv())
    with monkeypatch.context() as patch:
        patch.setattr(watching, "_go_on", lambda *_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            watching.look_at_inbox()
    assert ((inbox / "may.csv").exists(), watching.look_at_inbox(), Import.objects.count()) == (False, 1, 1)


def test_what_cannot_be_goes_to_refused_with_the_reason_beside_it(inbox: Path) -> None:
    (inbox / "broken.csv").write_bytes(b"a,b\n1,2\n")
    stranger = inbox.parent / "no such mapping"
    stranger.mkdir()
    (stranger / "x.csv").write_bytes(as_csv())
    assert watching.look_at_inbox() == 1
    run_all()
    watching.look_at_inbox()
    assert [inside(inbox / "refused"), inside(stranger / "refused")] == [
        ["broken.csv", "broken.csv.why.txt"],
        ["x.csv", "x.csv.why.txt"],
    ]
    why = next((inbox / "refused").glob("*.why.txt")).read_text()
    assert why == "The file has no column “InvoiceNo”. It has: a, b.\n"


def test_a_folder_comes_in_as_one_and_links_stay_where_they_are(inbox: Path, tmp_path: Path) -> None:
    (inbox / "may").mkdir()
    (inbox / "may" / "1.csv").write_bytes(as_csv())
    (tmp_path / "secret.csv").write_bytes(as_csv())
    os.symlink(tmp_path / "secret.csv", inbox / "link.csv")
    assert watching.look_at_inbox() == 1
    (run,) = run_all()
    watching.look_at_inbox()
    assert (run.file_name, inside(inbox / "done"), (inbox / "link.csv").is_symlink()) == (
        "may",
        ["may", "may.refused.csv"],
        True,
    )
