"""Queue entries of imports."""

from wayloop.imports import services, undoing, watching
from wayloop.imports.enums import RUN_IMPORT, RUN_UNDO, WATCH
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Every
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
    enqueue(WATCH, once=WATCH, lock=WATCH)


@job(WATCH)
def watch() -> None:
    """Takes files from the watched folder, and puts away what is over."""
    watching.look_at_inbox()


periodic(WATCH, Every(60))
