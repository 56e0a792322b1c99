"""Kinds and states of backups, names of their jobs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MAKE_BACKUP = "operations.make_backup"
TRY_BACKUP = "operations.try_backup"
BACKUP_WORK = "operations.backup"


class PlaceKind(TextChoices):
    """Where backups lie."""

    FOLDER = "folder", _("A folder: another disk or a network share")
    STORAGE = "storage", _("Object storage (S3)")


class RunKind(TextChoices):
    """What was done."""

    BASE = "base", _("Backup")
    TRIAL = "trial", _("Restore tried")


class RunState(TextChoices):
    """How it went."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
