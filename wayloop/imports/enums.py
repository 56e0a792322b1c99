"""States of an import and names of its jobs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wayloop.contracts import imports as contracts

RUN_IMPORT = "imports.run_import"


class ImportState(TextChoices):
    """Where an import stands."""

    QUEUED = "queued", _("Waiting")
    READING = "reading", _("Reading the file")
    WRITING = "writing", _("Bringing in")
    STOPPING = "stopping", _("Stopping")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not possible")


UNFINISHED = (ImportState.QUEUED, ImportState.READING, ImportState.WRITING, ImportState.STOPPING)
# States in which a worker may go on with an import.
RUNNABLE = (ImportState.QUEUED, ImportState.READING, ImportState.WRITING)


class Refusal(TextChoices):
    """Why a row cannot come in, before its entity has seen it; the field's label is put into the sentence."""

    MISSING = "missing", _("There is no value in “%(field)s”.")
    UNREADABLE = contracts.UNREADABLE, _("The value in “%(field)s” cannot be read.")
    NOT_ABOVE = "not_above", _("The value in “%(field)s” must be above %(border)s.")
