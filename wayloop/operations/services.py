"""Backups: where to, making one, keeping it up to the minute, trying it."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from wayloop.business import api as business
from wayloop.kernel import clock, jobs, progress
from wayloop.kernel.due.rules import Daily, Weekly
from wayloop.kernel.due.table import cancel, schedule
from wayloop.kernel.secrets import Place as SecretPlace
from wayloop.kernel.secrets import seal, unseal
from wayloop.operations import queries
from wayloop.operations.backup.choosing import LogBroken, reachable
from wayloop.operations.backup.logical import dump
from wayloop.operations.backup.making import Backups, key_of
from wayloop.operations.backup.places import Folder, Place
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.sealing import BackupDamaged
from wayloop.operations.backup.storage import Access, Storage
from wayloop.operations.backup.trial import try_restore
from wayloop.operations.enums import BACKUP_WORK, MAKE_BACKUP, TRY_BACKUP, PlaceKind, RunKind, RunState
from wayloop.operations.errors import OperationError
from wayloop.operations.errors import gettext_noop as sentence
from wayloop.operations.models import BackupPlan, BackupRun
from wayloop.operations.postgres import Server

STEP = 32_000_000  # bytes between two notes of progress
TRIAL_DAY = 7  # Sunday
KEEP_RUNS = timedelta(days=90)
AGAIN = timedelta(minutes=30)
PATIENCE_SECONDS = 30.0
PLACE = ("kind", "folder", "endpoint", "bucket", "prefix", "region", "access_key", "secret_key")
logger = logging.getLogger("wayloop.backup")


def choose_place(
    *,
    kind: str,
    folder: str = "",
    access: dict[str, str] | None = None,
    secret: str = "",
    keep_days: int = 30,
    at: Any = None,
) -> None:
    """Decides where backups go, and asks for the first one. The place is opened before anything is kept.

    `folder` is a path on this machine; `access` has endpoint, bucket, prefix, region and access_key, `secret` the
    secret key (empty: the one that is kept stays). Raises `OperationError` when the place cannot be used.
    """
    found = queries.plan()
    before = (found.kind, found.folder, found.endpoint, found.bucket, found.prefix)
    found.kind, found.keep_days, found.at = kind, keep_days, at or found.at
    if kind == PlaceKind.FOLDER:
        found.folder = str(Path(folder).expanduser())
    for name, value in (access or {}).items():
        setattr(found, name, value)
    if secret:
        found.secret_key = seal(secret, SecretPlace.of(found, "secret_key"))
    Repository.make(_place(found, make=True), key_of(settings.HOME))
    with transaction.atomic():
        if before != (found.kind, found.folder, found.endpoint, found.bucket, found.prefix):
            found.chosen_at, found.reached_at, found.begins_at = clock.now(), None, None
            found.problem, found.problem_values, found.problem_since, found.place_bytes = "", {}, None, 0
        found.save()
        zone = business.profile().zone
        schedule(MAKE_BACKUP, "", Daily(found.at, zone))
        schedule(TRY_BACKUP, "", Weekly((TRIAL_DAY,), found.at, zone))
        if found.reached_at is None:
            ask_for_backup()


@transaction.atomic
def forget_place() -> None:
    """Stops backing up. What lies at the place stays there; the worker lets the database forget its log."""
    plan = BackupPlan.objects.filter(id=1)
    plan.update(kind="", chosen_at=None, reached_at=None, problem="", problem_values={}, problem_since=None)
    cancel(MAKE_BACKUP, "")
    cancel(TRY_BACKUP, "")


@transaction.atomic
def note_code_kept() -> None:
    """Notes that the owner keeps the recovery code elsewhere."""
    BackupPlan.objects.filter(id=1).update(code_kept_at=clock.now())


@transaction.atomic
def ask_for_backup(*, member: int | None = None) -> int:
    """Lets the worker make a base backup now; answers the run, the one that is waiting already when there is one."""
    return _ask(RunKind.BASE, MAKE_BACKUP, member)


@transaction.atomic
def ask_for_trial(*, member: int | None = None) -> int:
    """Lets the worker try a restore now; answers the run."""
    return _ask(RunKind.TRIAL, TRY_BACKUP, member)


def make_backup_here() -> BackupRun:
    """Makes a base backup to the place of the plan in this process; answers how it went."""
    run = BackupRun.objects.create(
        kind=RunKind.BASE, state=RunState.WAITING, work_id=progress.begin(BACKUP_WORK), began_at=clock.now()
    )
    make_backup(run=run.pk)
    run.refresh_from_db()
    return run


def _ask(kind: RunKind, job: str, member: int | None) -> int:
    # One that waits for longer has lost its job: somebody left it out.
    since = clock.now() - queries.LATE_BASE
    waiting = BackupRun.objects.filter(kind=kind, state=RunState.WAITING, began_at__gt=since).first()
    if waiting is not None:
        return waiting.pk
    work = progress.begin(BACKUP_WORK, started_by=member) if kind == RunKind.BASE else None
    run = BackupRun.objects.create(
        kind=kind, state=RunState.WAITING, work_id=work, asked_by=member, began_at=clock.now()
    )
    jobs.enqueue(job, lock="operations.backup", run_id=run.pk)
    return run.pk


def make_backup(*, run: int) -> None:
    """Makes the base backup of this run, removes what is older than the plan says, and notes how it went.

    A run that was interrupted is done again and finds what is there already.
    """

    def work(row: BackupRun, found: BackupPlan) -> None:
        with progress.at_work(row.work_id or 0) as shown:
            if shown is None:
                raise OperationError(sentence("the backup was stopped."))
            shown.keep_going(total=_database_bytes())
            noted = _Noted(shown)
            repository = Repository.open(_place(found), key_of(settings.HOME))
            zone = business.profile().zone
            if queries.is_embedded():
                made = Backups(Server(settings.HOME), repository).make(noted=noted.add, zone=zone)
            else:
                made = dump(
                    settings.HOME, settings.ENVIRONMENT.database_url or "", repository, noted=noted.add, zone=zone
                )
            row.read, row.written = made.read, made.written
            Backups(Server(settings.HOME), repository).prune(keep=timedelta(days=found.keep_days))
            begins = min((begin for begin, _ in reachable(repository)), default=None)
            size = sum(one.size for one in repository.place.names(""))
            BackupPlan.objects.filter(id=1).update(place_bytes=size, begins_at=begins)
        _note_health(None, up_to=made.base.ended)
        if queries.is_embedded() and not BackupRun.objects.filter(kind=RunKind.TRIAL).exists():
            ask_for_trial()

    _do(run, work)
    BackupRun.objects.filter(began_at__lt=clock.now() - KEEP_RUNS).delete()


def try_backup(*, run: int) -> None:
    """Brings the newest backup back beside the home, compares every table, and notes how it went."""

    def work(row: BackupRun, found: BackupPlan) -> None:
        server = Server(settings.HOME)
        repository = Repository.open(_place(found), key_of(settings.HOME))
        try:
            tried = try_restore(server, Backups(server, repository), repository)
        except (BackupDamaged, LogBroken) as error:
            _mend(repository, error)
            raise
        row.read, row.tables = tried.bytes, tried.same
        if tried.different:
            names = ", ".join(name.removeprefix("public.") for name in tried.different[:5])
            raise OperationError(sentence("these tables came back otherwise: %(tables)s."), tables=names)

    _do(run, work)


def bring_up_to_date(*, backups: Backups) -> None:
    """Brings away what was written since the last time, and notes up to when the backup reaches or what hinders it."""
    try:
        until = backups.bring()
    except OperationError as error:
        _note_health(error)
        return
    if until is not None:
        _note_health(None, up_to=until)
    elif not queries.is_being_made(since=clock.now() - AGAIN):
        # Nothing to continue: brought back, another server, a gap in the log. The night would be too late.
        ask_for_backup()


def reach_now() -> datetime | None:
    """Lets the backup of the plan reach up to this moment: by its log, or (of a server that is not ours) by a dump.

    Answers the moment; None when there is no backup to continue. It asks for columns that were there from the
    beginning: the tables may be those of an older program. Raises `OperationError`.
    """
    found = BackupPlan.objects.only(*PLACE).filter(id=1).first()
    if found is None or not found.kind:
        return None
    repository = _open_soon(_place(found))
    if queries.is_embedded():
        return Backups(Server(settings.HOME), repository).bring()
    return dump(settings.HOME, settings.ENVIRONMENT.database_url or "", repository).base.ended


def _open_soon(place: Place) -> Repository:
    """Opens what lies at a place, unless that takes too long: a share whose machine is away answers nobody ever, and
    somebody waits for the program to start. Raises `OperationError`.
    """
    found: list[Repository | OperationError] = []
    key = key_of(settings.HOME)

    def open_it() -> None:
        try:
            found.append(Repository.open(place, key))
        except OperationError as error:
            found.append(error)

    thread = threading.Thread(target=open_it, name="open the backup", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    if not found:
        raise OperationError(sentence("%(place)s gives no answer."), place=place.label)
    if isinstance(found[0], OperationError):
        raise found[0]
    return found[0]


def _mend(repository: Repository, error: BackupDamaged | LogBroken) -> None:
    """A backup is begun that does not need what is damaged: a content would be taken for whole while it lies there."""
    if isinstance(error, BackupDamaged) and error.name.startswith("blobs/"):
        repository.place.delete(error.name)
    ask_for_backup()


def backups_of_plan() -> Backups | None:
    """The continued backup of the embedded database as the plan says; None when there is nothing to continue.

    Raises `OperationError` when the place cannot be opened; that is noted.
    """
    found = queries.plan()
    if not found.kind or not queries.is_embedded():
        return None
    try:
        return Backups(Server(settings.HOME), Repository.open(_place(found), key_of(settings.HOME)))
    except OperationError as error:
        _note_health(error)
        raise


def _do(run: int, work: Callable[[BackupRun, BackupPlan], None]) -> None:
    """Does the work of a run and notes its end; a run that has ended is not done again."""
    row = BackupRun.objects.get(id=run)
    if row.state in (RunState.DONE, RunState.FAILED):
        return
    began = clock.now()
    BackupRun.objects.filter(id=run).update(state=RunState.RUNNING, began_at=began)
    try:
        found = queries.plan()
        if not found.kind:
            raise OperationError(sentence("there is no place for backups any more."))
        work(row, found)
        row.state, row.problem, row.problem_values = RunState.DONE, "", {}
    except OperationError as error:
        logger.warning("%s failed: %s", row.kind, error)
        row.state, row.problem, row.problem_values = RunState.FAILED, error.sentence[:300], error.values
        if row.kind == RunKind.BASE:
            _note_health(error)
    row.began_at, row.ended_at = began, clock.now()
    row.seconds = (row.ended_at - began).total_seconds()
    row.save()


def _note_health(error: OperationError | None, *, up_to: Any = None) -> None:
    plan = BackupPlan.objects.filter(id=1)
    if error is None:
        plan.update(problem="", problem_values={}, problem_since=None, reached_at=up_to)
        return
    plan.filter(problem_since=None).update(problem_since=clock.now())
    plan.update(problem=error.sentence[:300], problem_values=error.values)


def _place(found: BackupPlan, *, make: bool = False) -> Place:
    if found.kind == PlaceKind.FOLDER:
        path = Path(found.folder)
        if not path.is_absolute():
            raise OperationError(sentence("give the whole path of the folder, beginning with /."))
        if path.resolve().is_relative_to(settings.HOME.path.resolve()):
            raise OperationError(sentence("the folder lies inside the home itself; choose one on another disk."))
        return Folder.make(path) if make else Folder(path)
    if found.secret_key is None:
        raise OperationError(sentence("the secret key of the storage is missing."))
    secret = unseal(found.secret_key, SecretPlace.of(found, "secret_key")).reveal()
    return Storage(Access(found.endpoint, found.bucket, found.region, found.access_key, secret, found.prefix))


def _database_bytes() -> int:
    # app ready: only here is the size of the database of interest
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_database_size(oid)) FROM pg_database")
        return int(cursor.fetchone()[0])


class _Noted:
    """Notes progress now and then: a row that is written for each content would cost more than the content."""

    def __init__(self, work: progress.Work) -> None:
        self._work = work
        self._since = 0

    def add(self, size: int) -> None:
        """Adds bytes. Raises `OperationError` when a member stopped the work."""
        self._since += size
        if self._since >= STEP:
            done, self._since = self._since, 0
            if not self._work.keep_going(done=done):
                raise OperationError(sentence("the backup was stopped."))
