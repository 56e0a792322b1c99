"""When backups are made, and the loop that keeps them up to the minute."""

import threading
import time

from django.conf import settings

from wayloop.kernel import jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due
from wayloop.operations import queries, services
from wayloop.operations.backup.making import SWITCH_SECONDS, Backups
from wayloop.operations.backup.trial import clear
from wayloop.operations.enums import MAKE_BACKUP, TRY_BACKUP
from wayloop.operations.errors import OperationError
from wayloop.operations.postgres import Server
from wayloop.operations.processes import LockTaken, locked

LOOK_SECONDS = 5


@due(MAKE_BACKUP, misfires=Misfires.LATEST)
def backup_is_due(tick: Tick) -> None:
    """Asks for the base backup of the day."""
    services.ask_for_backup()


@due(TRY_BACKUP, misfires=Misfires.LATEST)
def trial_is_due(tick: Tick) -> None:
    """Asks for the trial of the week. What a foreign server holds is not tried: there is no room beside it."""
    if queries.is_embedded():
        services.ask_for_trial()


@jobs.job(MAKE_BACKUP)
def make_backup(run_id: int) -> None:
    """Makes the backup of a run."""
    services.make_backup(run=run_id)


@jobs.job(TRY_BACKUP)
def try_backup(run_id: int) -> None:
    """Tries a restore."""
    services.try_backup(run=run_id)


def keep_backup(ending: threading.Event) -> None:
    """The loop beside the jobs: brings the log away every few minutes, and ends what is no longer wanted."""
    _clear_trial()
    known, backups, next_time = "", None, 0.0
    while not ending.wait(LOOK_SECONDS):
        plan = queries.plan()
        place = f"{plan.kind} {plan.folder} {plan.endpoint} {plan.bucket} {plan.prefix} {plan.chosen_at}"
        if place == known and time.monotonic() < next_time:
            continue
        next_time = time.monotonic() + SWITCH_SECONDS
        if place != known or backups is None:
            known, backups = place, None
            _forget_log(is_wanted=bool(plan.kind))
            try:
                backups = services.backups_of_plan()
            except OperationError:
                continue
        if backups is not None:
            services.bring_up_to_date(backups=backups)


def _forget_log(*, is_wanted: bool) -> None:
    """Without a place the database must not keep its log for us: it would fill the disk."""
    if not is_wanted and (settings.HOME.path / "backup.json").exists() and queries.is_embedded():
        Backups.stop(Server(settings.HOME))


def _clear_trial() -> None:
    try:
        with locked(settings.HOME.run / "backup-trial.lock", wait=False):
            clear(settings.HOME)
    except LockTaken:
        pass
