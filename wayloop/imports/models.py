"""Tables of imports."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wayloop.imports.enums import ImportState
from wayloop.kernel.models import StoredFile


class SavedMapping(models.Model):
    """A mapping somebody made here. `content` is what its file would say; see `rules.parse_mapping`."""

    name = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    content = models.JSONField()
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()


class Import(models.Model):
    """One run of files that belong together with one mapping.

    `content` is the mapping as it was when the run began, with what was chosen for it. `is_trial`: nothing of it stays.
    `undone_at`: when somebody began to take it back; from then on it cannot go on.
    `attempt` fences: a worker writes only while its attempt is the newest. The numbers are sums over its tables.
    """

    file_name = models.CharField(max_length=255)
    mapping = models.CharField(max_length=60)
    content = models.JSONField(default=dict)
    is_trial = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_undone = models.PositiveBigIntegerField(default=0)
    # For a person: why it is not possible, or empty.
    problem = models.TextField(blank=True)
    errors = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="en")
    started_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    # The name under which the watched folder keeps its file, or empty.
    taken_as = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="imports_import_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["taken_as"], condition=~models.Q(taken_as=""), name="imports_import_taken_once"
            )
        ]


class ImportFile(models.Model):
    """One of the files of a run, in the order in which they were given."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="imports_importfile_once")]


class ImportTable(models.Model):
    """What one table of the mapping brought.

    `position` counts the tables in the order in which they come in. `cursor` is the last group of rows that was
    written, in the order of the prepared file. `counts` are totals by name, as the entity counts them. `told` says how
    its columns were understood, and for a trial which rows were refused and what the first good ones became.
    """

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    entity = models.CharField(max_length=60)
    cursor = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="imports_importtable_once")]


class RefusedRow(models.Model):
    """A row that its entity refused while it was written; rows refused before that are in the prepared files.

    `row` is the number of the line in its table: without joins the row of the file.
    """

    table = models.ForeignKey(ImportTable, on_delete=models.CASCADE, related_name="+")
    row = models.BigIntegerField()
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="imports_refusedrow_one")]


class BroughtThings(models.Model):
    """What stands behind a counter of a table: the things one step wrote, found or moved, in their order.

    `group`: as in `contracts.imports.CountTold`; `kind`: what the ids are ids of. As many as the step counted, so the
    number on the page and what it opens are the same.
    """

    table = models.ForeignKey(ImportTable, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [models.Index(fields=["table", "group", "id"], name="imports_brought_group")]


class ImportDraft(models.Model):
    """Files somebody looks at before they come in: nothing of them is written yet.

    `files`: id and name of each. `heads`: their beginnings, as in `proposal.Head`, so that a change of the mapping does
    not open them again; `unread`: name → why it is no table. `content`: what the mapping says so far, as in
    `SavedMapping`, but it may lack what is needed. `mapping`: the name of the one it began with, or empty. `run`: the
    newest trial or import made of it.
    """

    files = models.JSONField()
    heads = models.JSONField()
    unread = models.JSONField(default=dict)
    content = models.JSONField()
    mapping = models.CharField(max_length=60, blank=True)
    run = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
