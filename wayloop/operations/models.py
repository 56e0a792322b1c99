"""Where backups go, and what became of them."""

from datetime import time

from django.db import models

from wayloop.kernel.secrets import SealedField
from wayloop.operations.enums import RunKind, RunState
from wayloop.operations.words import said


class Hindered(models.Model):
    """What stands in the way, if anything: the sentence of an `OperationError`, and what fills its places."""

    problem = models.CharField(max_length=300, blank=True)
    problem_values = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def hindrance(self) -> str:
        """That in the language of whoever looks."""
        return said(self.problem, self.problem_values)


class BackupPlan(Hindered):
    """One row: the place, when, and for how long. `kind` is empty while nothing is backed up."""

    kind = models.CharField(max_length=10, blank=True)
    folder = models.CharField(max_length=500, blank=True)
    endpoint = models.CharField(max_length=300, blank=True)
    bucket = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=60, blank=True)
    access_key = models.CharField(max_length=200, blank=True)
    secret_key = SealedField(null=True)
    keep_days = models.PositiveSmallIntegerField(default=30)
    at = models.TimeField(default=time(2, 30))
    chosen_at = models.DateTimeField(null=True)
    # The code was shown, and somebody said that it is kept elsewhere.
    code_kept_at = models.DateTimeField(null=True)
    # Up to which moment everything is at the place; what stands in the way since when.
    reached_at = models.DateTimeField(null=True)
    begins_at = models.DateTimeField(null=True)
    place_bytes = models.BigIntegerField(default=0)
    problem_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="operations_backupplan_one_row")]


class BackupRun(Hindered):
    """One base backup or one trial: how it went. Times in seconds, sizes in bytes."""

    kind = models.CharField(max_length=10, choices=RunKind.choices)
    state = models.CharField(max_length=10, choices=RunState.choices)
    work_id = models.BigIntegerField(null=True)
    asked_by = models.BigIntegerField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    read = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    tables = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["kind", "-began_at"], name="operations_backuprun_kind")]
