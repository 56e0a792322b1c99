"""Queue entries of imports."""

from wayloop.imports import services
from wayloop.imports.enums import RUN_IMPORT
from wayloop.kernel.jobs import job


@job(RUN_IMPORT)
def run_import(import_id: int) -> None:
    """Goes on with one import."""
    services.run_import(import_id=import_id)
