"""The page of backups: for owners only, in red when it should be, and nothing of it says the code by chance."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from wayloop.contracts.doctor import State
from wayloop.kernel import clock, sending
from wayloop.operations import backup_checks, queries, services
from wayloop.operations.backup.making import key_of
from wayloop.operations.enums import RunKind, RunState
from wayloop.operations.models import BackupPlan, BackupRun
from wayloop.operations.offers import BackupAttention

pytestmark = pytest.mark.django_db
PAGE = "/settings/backup/"
POSTS = ("now/", "try/", "stop/", "code/", "code/kept/", "sending/release/", "sending/hold/")
FORM = {"kind": "folder", "keep_days": "30", "at": "02:30"}


@pytest.fixture
def place(make_folder: Callable[[str], Path]) -> Path:
    return make_folder("place") / "backups"


def begin(place: Path, *, hours: float = 0) -> None:
    """Chooses a place, so many hours ago, with a backup that was made then."""
    services.choose_place(kind="folder", folder=str(place))
    then = clock.now() - timedelta(hours=hours)
    BackupPlan.objects.update(chosen_at=then, reached_at=then)
    BackupRun.objects.update(state=RunState.DONE, began_at=then, ended_at=then)


@pytest.mark.parametrize("post", ["", *POSTS])
def test_only_owners_may(reader: Client, stranger: Client, post: str, place: Path) -> None:
    begin(place)
    for client, status in ((reader, 403), (stranger, 302)):
        answer = client.post(PAGE + post, FORM | {"folder": str(place / "other")})
        assert (answer.status_code, key_of(settings.HOME).code in answer.content.decode()) == (status, False)
    assert (reader.get(PAGE).status_code, stranger.get(PAGE).status_code, queries.plan().folder) == (
        403,
        302,
        str(place),
    )


@pytest.mark.parametrize("post", POSTS)
def test_looking_changes_nothing(owner: Client, post: str) -> None:
    assert owner.get(PAGE + post).status_code == 405


def test_choosing_a_folder_begins_the_first_backup(owner: Client, place: Path) -> None:
    page = owner.get(PAGE).content.decode()
    assert ("nothing is backed up" in page, "Back up now" in page) == (True, False)
    assert owner.post(PAGE, FORM | {"folder": str(place)}).url == PAGE
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs")
        jobs = cursor.fetchall()
        cursor.execute("SELECT name, rule FROM kernel_due WHERE name LIKE 'operations.%' ORDER BY 1")
        rows = cursor.fetchall()
    assert (jobs, rows) == (
        [("operations.make_backup",)],
        [("operations.make_backup", "daily 02:30"), ("operations.try_backup", "weekly 7 02:30")],
    )
    assert [path.name for path in place.iterdir()] == ["wayloop-backup.json"]
    page = owner.get(PAGE).content.decode()
    assert ("A backup is about to begin" in page, f"wayloop restore {place} --key" in page) == (True, True)
    # Asked for once more while it waits, there is still one.
    owner.post(PAGE + "now/")
    assert BackupRun.objects.count() == 1


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("", "This is needed."),
        ("backups", "give the whole path"),
        ("HOME/files/backups", "inside the home"),
        ("/proc/backups", "cannot be used"),
    ],
)
def test_a_folder_that_cannot_be_is_told_at_its_field(owner: Client, folder: str, told: str) -> None:
    answer = owner.post(PAGE, FORM | {"folder": folder.replace("HOME", str(settings.HOME.path))})
    assert (answer.status_code, told in answer.content.decode(), BackupPlan.objects.count()) == (422, True, 0)


def test_the_secret_of_a_storage_is_sealed_and_never_shown_again(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.Repository, "make", lambda place, key: None)
    storage = FORM | {"kind": "storage", "endpoint": "https://s3.example.com", "bucket": "shop", "region": "eu"}
    without = owner.post(PAGE, storage | {"access_key": "AK"})
    assert without.status_code == 422
    assert owner.post(PAGE, storage | {"access_key": "AK", "secret": "very-secret-key"}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_key FROM operations_backupplan")
        (kept,) = cursor.fetchone()
    page = owner.get(PAGE).content.decode()
    assert (b"very-secret-key" in bytes(kept), "very-secret-key" in page) == (False, False)
    assert "wayloop restore &#x27;s3://AK@s3.example.com/shop?region=eu&#x27;" in page
    # Left empty, the secret that is there stays.
    assert owner.post(PAGE, storage | {"access_key": "AK", "bucket": "other"}).status_code == 302


@pytest.mark.parametrize(
    ("hours", "problem", "state", "lines"),
    [
        (0, "", State.GOOD, []),
        (0, "its disk is away", State.NOTICE, []),
        (31, "", State.BROKEN, ["The backup is too old"]),
    ],
)
def test_a_backup_that_is_too_old_is_red_everywhere(
    owner: Client, owner_member: Any, place: Path, hours: float, problem: str, state: State, lines: list[str]
) -> None:
    begin(place, hours=hours)
    BackupPlan.objects.update(problem=problem)
    page = owner.get(PAGE).content.decode()
    assert (
        backup_checks.backup().state,
        [line.text for line in BackupAttention().lines(owner_member)],
        "too old" in page,
        problem in page,
    ) == (state, lines, hours > 30, True)


def test_without_a_place_home_says_so(owner_member: Any) -> None:
    assert [line.text for line in BackupAttention().lines(owner_member)] == ["Nothing is backed up yet"]


def test_a_trial_that_failed_is_told(
    owner: Client, owner_member: Any, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(place)
    monkeypatch.setattr(queries, "is_embedded", lambda: True)
    BackupRun.objects.create(
        kind=RunKind.TRIAL, state=RunState.FAILED, began_at=clock.now(), problem="2 tables came back otherwise: a, b."
    )
    assert [line.text for line in BackupAttention().lines(owner_member)] == ["The backup could not be brought back"]
    assert backup_checks.trial().state == State.BROKEN
    assert "2 tables came back otherwise" in owner.get(PAGE).content.decode()


def test_the_code_is_shown_on_demand_and_the_reminder_goes_when_it_is_kept(owner: Client, place: Path) -> None:
    begin(place)
    code = key_of(settings.HOME).code
    page = owner.get(PAGE).content.decode()
    shown = owner.post(PAGE + "code/")
    assert (code in page, "Keep the recovery code elsewhere" in page, code in shown.content.decode()) == (
        False,
        True,
        True,
    )
    assert "no-store" in shown.headers["Cache-Control"]
    owner.post(PAGE + "code/kept/")
    assert "Keep the recovery code elsewhere" not in owner.get(PAGE).content.decode()


def test_held_sending_is_shown_released_and_taken_back(owner: Client, owner_member: Any) -> None:
    sending.hold_sending(restored_to=clock.now())
    assert "Nothing is being sent" in owner.get(PAGE).content.decode()
    assert backup_checks.held_sending().state == State.NOTICE
    assert "Nothing is being sent" in [line.text for line in BackupAttention().lines(owner_member)]
    owner.post(PAGE + "sending/release/")
    assert sending.held() is None
    owner.post(PAGE + "sending/hold/")
    assert sending.held() is not None


def test_stopping_takes_it_off_the_table(owner: Client, place: Path) -> None:
    begin(place)
    owner.post(PAGE + "stop/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_due WHERE name LIKE 'operations.%'")
        assert (cursor.fetchone(), queries.plan().kind) == ((0,), "")
