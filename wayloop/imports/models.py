"""Tables of imports."""

from django.db import models

from wayloop.imports.enums import ImportState
from wayloop.kernel.models import StoredFile


class Import(models.Model):
    """One run of one file with one mapping.

    `attempt` fences: a worker writes only while its attempt is the newest. `cursor` is the last group of rows that was
    written, in the order of the prepared file. `counts` are totals by name, as the entity counts them.
    """

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    mapping = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    cursor = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    # For a person: why it is not possible, or empty.
    problem = models.TextField(blank=True)
    errors = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="en")
    started_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="imports_import_time")]


class RefusedRow(models.Model):
    """A row that its entity refused while it was written; rows refused before that are in the prepared files."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    row = models.BigIntegerField()
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="imports_refusedrow_once")]
