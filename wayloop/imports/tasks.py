"""Queue entries of imports."""

from wayloop.imports import services, undoing
from wayloop.imports.enums import RUN_IMPORT, RUN_UNDO
from wayloop.kernel.jobs import job


@job(RUN_IMPORT)
def run_import(import_id: int) -> None:
    """Goes on with one import."""
    services.run_import(import_id=import_id)


@job(RUN_UNDO)
def run_undo(import_id: int) -> None:
    """Goes on taking one import back."""
    undoing.run_undo(import_id=import_id)
