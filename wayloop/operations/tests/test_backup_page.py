"""The page of backups: for owners only, in red when it should be, and nothing of it says the code by chance."""

import ast
import errno
import inspect
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from wayloop.contracts.doctor import State
from wayloop.kernel import clock, http, sending
from wayloop.operations import backup_checks, queries, services
from wayloop.operations.backup import making, places, storage, trial
from wayloop.operations.backup.making import key_of
from wayloop.operations.backup.places import Folder, PlaceUnreachable
from wayloop.operations.backup.storage import SILENCES
from wayloop.operations.enums import RunKind, RunState
from wayloop.operations.errors import OperationError
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
        ("backups", "Give the whole path"),
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
        problem[1:] in page,
    ) == (state, lines, hours > 30, True)


TOLD = {
    "en": (
        "The backup folder /mnt/gone cannot be used: its disk is full.",
        "These tables came back otherwise: people, orders.",
    ),
    "ru": (
        "Папку для копий /mnt/gone использовать нельзя: на диске нет места.",
        "После восстановления отличаются таблицы: people, orders.",
    ),
    "uk": (
        "Теку для копій /mnt/gone використати не можна: на диску немає місця.",
        "Після відновлення відрізняються таблиці: people, orders.",
    ),
}


@pytest.mark.parametrize("language", TOLD)
def test_what_hinders_it_is_told_in_the_language_of_whoever_looks(
    owner: Client, owner_member: Any, place: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    begin(place, hours=31)
    monkeypatch.setattr(queries, "is_embedded", lambda: True)
    full, other = full_disk(), OperationError("these tables came back otherwise: %(tables)s.", tables="people, orders")

    class Away:
        def bring(self) -> None:
            raise full

    def fails(*_: object) -> None:
        raise other

    services.bring_up_to_date(backups=cast("Any", Away()))
    monkeypatch.setattr(services, "try_restore", fails)
    services.try_backup(
        run=BackupRun.objects.create(kind=RunKind.TRIAL, state=RunState.WAITING, began_at=clock.now()).pk
    )
    owner_member.language = language
    owner_member.save()
    page = owner.get(PAGE).content.decode()
    with translation.override(language):
        (line,) = BackupAttention().lines(owner_member)
        found = backup_checks.backup(), backup_checks.trial()
    assert [one in page for one in TOLD[language]] == [True, True]
    assert (line.detail, [told[1:] in one.text for one, told in zip(found, TOLD[language], strict=True)]) == (
        TOLD[language][0],
        [True, True],
    )


def full_disk() -> PlaceUnreachable:
    return Folder(Path("/mnt/gone"))._trouble(OSError(errno.ENOSPC, "No space left on device"))


def test_every_reason_of_a_storage_has_words() -> None:
    # A storage is never asked by mail.
    assert set(SILENCES) == set(http.Reason) - {http.Reason.MAIL_PORT}


def test_nothing_is_told_on_the_page_that_is_not_in_the_catalogues() -> None:
    # Modules whose errors reach the page; those of the command line alone are English.
    unmarked = [
        f"{module.__name__}:{node.lineno}"
        for module in (places, storage, making, trial, services)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and is_plain(node.exc)
    ]
    assert unmarked == [f"{storage.__name__}:{inspect.getsource(storage).splitlines().index(ADDRESS) + 1}"]


# What is typed on the command line only.
ADDRESS = '            raise OperationError("a storage is written like s3://ACCESSKEY@s3.example.com/bucket/folder?region=eu.")'


def is_plain(call: ast.Call) -> bool:
    is_ours = isinstance(call.func, ast.Name) and call.func.id in ("OperationError", "PlaceUnreachable")
    return is_ours and not isinstance(call.args[0], ast.Call | ast.Name)


@pytest.mark.parametrize(("hours", "state", "is_shown", "count"), [
    (29, RunState.WAITING, True, 1), (31, RunState.WAITING, False, 2), (31, RunState.RUNNING, False, 2),
])  # fmt: skip
def test_a_run_whose_job_was_given_up_hinders_no_other(
    owner: Client, place: Path, hours: float, state: RunState, is_shown: bool, count: int
) -> None:
    begin(place)
    then = clock.now() - timedelta(hours=hours)
    BackupRun.objects.update(state=state, began_at=then, ended_at=None)
    shown = queries.backups().now_running is not None
    services.ask_for_backup()
    assert (shown, BackupRun.objects.filter(kind=RunKind.BASE).count()) == (is_shown, count)


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


def test_the_doctor_tells_moments_by_the_clock_of_the_business_as_the_page_does(
    owner: Client, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(place)
    monkeypatch.setattr(queries, "is_embedded", lambda: True)
    then = clock.now() - timedelta(days=1)
    BackupRun.objects.create(kind=RunKind.TRIAL, state=RunState.DONE, began_at=then, ended_at=then, tables=3)
    moment = f"yesterday, {then.astimezone(ZoneInfo('Europe/Kyiv')):%H:%M}"
    assert moment in owner.get(PAGE).content.decode()
    timezone.deactivate()
    assert backup_checks.trial().text == f"tried {moment}, 3 tables the same"


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
