"""States of an import and names of its jobs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wayloop.contracts import imports as contracts

RUN_IMPORT = "imports.run_import"
RUN_UNDO = "imports.run_undo"
WATCH = "imports.watch"
TAKE_UP = "imports.take_up"
CLEAN_DRAFTS = "imports.clean_drafts"


class ImportState(TextChoices):
    """Where an import stands."""

    QUEUED = "queued", _("Waiting")
    READING = "reading", _("Reading the file")
    WRITING = "writing", _("Bringing in")
    STOPPING = "stopping", _("Stopping")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not possible")
    UNDOING = "undoing", _("Taking back")
    UNDONE = "undone", _("Taken back")


UNFINISHED = (
    ImportState.QUEUED,
    ImportState.READING,
    ImportState.WRITING,
    ImportState.STOPPING,
    ImportState.UNDOING,
)
# States in which a worker may go on with an import.
RUNNABLE = (ImportState.QUEUED, ImportState.READING, ImportState.WRITING)
# Who waits for whom: rows that are going away are known and gone a moment later, so nothing comes in meanwhile.
WAITS_FOR = {
    ImportState.QUEUED: (ImportState.UNDOING,),
    ImportState.UNDOING: (ImportState.READING, ImportState.WRITING, ImportState.STOPPING),
}
# States that can be taken back: something may be in, and nobody writes.
UNDOABLE = (ImportState.STOPPED, ImportState.DONE, ImportState.FAILED)


class Refusal(TextChoices):
    """Why a row cannot come in, before its entity has seen it; the field's label is put into the sentence."""

    MISSING = "missing", _("There is no value in “%(field)s”.")
    UNREADABLE = contracts.UNREADABLE, _("The value in “%(field)s” cannot be read.")
    NOT_ABOVE = "not_above", _("The value in “%(field)s” must be above %(border)s.")
    NO_CHOICE = "no_choice", _("The word in “%(field)s” is not among those of the mapping.")
    TWO_WAYS = "two_ways", _("The value in “%(field)s” can be read in two ways.")
    BROKEN = "broken", _("Letters in “%(field)s” are broken: they are in another encoding than the rest.")


# A row that is no row of its table at all: it has more or fewer cells than there are columns.
UNEVEN = "uneven"
UNEVEN_TOLD = _("It has %(found)s cells instead of %(expected)s.")
