"""What is known of the backups. Asks the database only: the place may be slow or away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q

from wayloop.kernel import clock, progress
from wayloop.operations.enums import PlaceKind, RunKind, RunState
from wayloop.operations.models import BackupPlan, BackupRun
from wayloop.operations.postgres import Server

LATE = timedelta(minutes=20)  # the log comes away every four
LATE_BASE = timedelta(hours=30)
LATE_TRIAL = timedelta(days=16)
SHOWN, LOOKED_AT = 10, 60


@dataclass(frozen=True)
class Backups:
    """Everything the page, the doctor and Home say about backups."""

    plan: BackupPlan
    is_embedded: bool
    last: BackupRun | None
    last_trial: BackupRun | None
    now_running: BackupRun | None
    work: progress.Shown | None
    runs: list[BackupRun]

    @property
    def is_set_up(self) -> bool:
        """Whether there is a place."""
        return bool(self.plan.kind)

    @property
    def reached_at(self) -> datetime | None:
        """Up to which moment everything could be brought back."""
        if self.is_embedded:
            return self.plan.reached_at
        return self.last.began_at if self.last else None

    @property
    def is_late(self) -> bool:
        """Whether it is older than it should be: after the first quarter of an hour there has to be one."""
        now = clock.now()
        begun = self.plan.chosen_at or now
        if now - begun < LATE:
            return False
        if self.is_embedded and now - (self.reached_at or begun) > LATE:
            return True
        return now - (self.last.ended_at if self.last and self.last.ended_at else begun) > LATE_BASE

    @property
    def is_same_disk(self) -> bool:
        """Whether the place is a folder on the disk of the home: a disk that dies takes both along."""
        if self.plan.kind != PlaceKind.FOLDER:
            return False
        try:
            from_home = settings.HOME.path.stat().st_dev
            return bool((settings.HOME.path.parent / self.plan.folder).stat().st_dev == from_home)
        except OSError:
            return False

    @property
    def is_untried(self) -> bool:
        """Whether no trial went well for too long, or the last one failed."""
        if not self.is_embedded:
            return False
        if self.last_trial is None:
            return clock.now() - (self.plan.chosen_at or clock.now()) > LATE_TRIAL
        return self.last_trial.state == RunState.FAILED or clock.now() - self.last_trial.began_at > LATE_TRIAL


def plan() -> BackupPlan:
    """The plan as it is, or an empty one that is not saved."""
    return BackupPlan.objects.filter(id=1).first() or BackupPlan(id=1)


def backups() -> Backups:
    """What is known now."""
    found = plan()
    runs = list(BackupRun.objects.order_by("-began_at", "-id")[:LOOKED_AT]) if found.kind else []
    ended = [run for run in runs if run.state not in (RunState.WAITING, RunState.RUNNING)]
    # One that takes longer was given up with its job, which the page Health shows.
    running = next((run for run in runs if run not in ended and run.began_at > clock.now() - LATE_BASE), None)
    return Backups(
        plan=found,
        is_embedded=is_embedded(),
        last=next((run for run in ended if (run.kind, run.state) == (RunKind.BASE, RunState.DONE)), None),
        last_trial=next((run for run in ended if run.kind == RunKind.TRIAL), None),
        now_running=running,
        work=progress.show(running.work_id) if running and running.work_id else None,
        runs=ended[:SHOWN],
    )


def is_being_made(*, since: datetime) -> bool:
    """Whether a full backup is under way or waits, or one was begun since that moment."""
    under_way = Q(state__in=(RunState.WAITING, RunState.RUNNING), began_at__gt=clock.now() - LATE_BASE)
    return BackupRun.objects.filter(under_way | Q(began_at__gt=since), kind=RunKind.BASE).exists()


def is_embedded() -> bool:
    """Whether the database in use is the one of this home."""
    used = connection.settings_dict
    server = Server(settings.HOME)
    found = server.running() if server.data.exists() else None
    return bool(found and str(found.port) == str(used["PORT"]) and used["HOST"] == "127.0.0.1")


def has_table(name: str) -> bool:
    """Whether a table is there: the doctor also looks at a database whose tables are not made yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone() == (True,))


def has_plan_table() -> bool:
    """Whether the tables of this version are there."""
    return has_table("operations_backupplan")
