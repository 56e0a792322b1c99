"""Queue entries of imports."""

from datetime import time

from wayloop.imports import attending, drafting, inbox, services, undoing, watching
from wayloop.imports.enums import CLEAN_DRAFTS, RUN_IMPORT, RUN_UNDO, TAKE_UP, WATCH
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily, Every
from wayloop.kernel.jobs import enqueue, job


@job(RUN_IMPORT)
def run_import(import_id: int) -> None:
    """Goes on with one import."""
    services.run_import(import_id=import_id)


@job(RUN_UNDO)
def run_undo(import_id: int) -> None:
    """Goes on taking one import back."""
    undoing.run_undo(import_id=import_id)


@due(WATCH, misfires=Misfires.LATEST)
def hand_over_watch(tick: Tick) -> None:
    """Hands the look at the watched folder to the queue: files are read there, which takes its time."""
    if inbox.has_work():
        enqueue(WATCH, once=WATCH, lock=WATCH)


@job(WATCH)
def watch() -> None:
    """Takes files from the watched folder, and puts away what is over."""
    watching.look_at_inbox()


@due(TAKE_UP, misfires=Misfires.LATEST)
def take_up(tick: Tick) -> None:
    """Lets runs go on whose process is gone."""
    attending.take_up_left()


@due(CLEAN_DRAFTS, misfires=Misfires.LATEST)
def clean_drafts(tick: Tick) -> None:
    """Forgets files that somebody looked at and left."""
    drafting.forget_drafts()


periodic(WATCH, Every(1))
periodic(TAKE_UP, Every(1))
periodic(CLEAN_DRAFTS, Daily(time(3, 25), "UTC"))
