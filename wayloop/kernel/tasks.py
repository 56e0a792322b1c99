"""What the kernel itself does now and then: it cleans up. The due-table says when, the queue does what takes long."""

from datetime import time
from importlib import import_module

from django.conf import settings

from wayloop.kernel import files, jobs, progress
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily, Every
from wayloop.kernel.stream import parking

CLEAN_SESSIONS = "kernel.clean_sessions"
CLEAN_JOBS = "kernel.clean_jobs"
CLEAN_FILES = "kernel.clean_files"
CLEAN_PARKED = "kernel.clean_parked"
CLEAN_ALL_JOBS = "kernel.clean_all_jobs"
CLEAN_PROGRESS = "kernel.clean_progress"
REMOVE_ORPHANS = "kernel.remove_orphans"


@due(CLEAN_SESSIONS, misfires=Misfires.LATEST)
def clean_sessions(tick: Tick) -> None:
    """Removes sessions that nobody can use any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@due(CLEAN_JOBS, misfires=Misfires.LATEST)
def clean_jobs(tick: Tick) -> None:
    """Removes jobs that ended long ago; where there are very many, the queue removes the others."""
    if jobs.forget_old() >= jobs.AT_ONCE:
        jobs.enqueue(CLEAN_ALL_JOBS, once=CLEAN_ALL_JOBS, priority=jobs.Priority.MARKETING)


@jobs.job(CLEAN_ALL_JOBS)
def clean_all_jobs() -> None:
    """Removes all jobs that ended long ago, some thousands at once."""
    while jobs.forget_old() >= jobs.AT_ONCE:
        pass


@due(CLEAN_PARKED, misfires=Misfires.LATEST)
def clean_parked(tick: Tick) -> None:
    """Removes events that were set aside and settled long ago."""
    parking.forget_settled()


@due(CLEAN_PROGRESS, misfires=Misfires.LATEST)
def clean_progress(tick: Tick) -> None:
    """Removes progress of work that ended long ago."""
    progress.forget_old()


@due(CLEAN_FILES, misfires=Misfires.LATEST)
def clean_files(tick: Tick) -> None:
    """Hands the look at the disk to the queue."""
    jobs.enqueue(REMOVE_ORPHANS, once=REMOVE_ORPHANS, priority=jobs.Priority.MARKETING)


@jobs.job(REMOVE_ORPHANS)
def remove_orphans() -> None:
    """Removes files without a row."""
    files.remove_orphans()


periodic(CLEAN_JOBS, Every(60))
periodic(CLEAN_SESSIONS, Daily(time(3, 10), "UTC"))
periodic(CLEAN_PROGRESS, Daily(time(3, 20), "UTC"))
periodic(CLEAN_PARKED, Daily(time(3, 25), "UTC"))
periodic(CLEAN_FILES, Daily(time(3, 30), "UTC"))
