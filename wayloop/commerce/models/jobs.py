"""Service jobs, their kinds with ordered stages, and who moved which job when."""

from datetime import UTC, datetime

from django.db import models
from django.db.models.functions import Coalesce

from wayloop.commerce.enums import Outcome
from wayloop.commerce.models.agreements import Agreement
from wayloop.commerce.models.products import Product
from wayloop.kernel.localised import LocalisedField

# Jobs nobody promised a time for stand behind all others.
NO_PROMISE = datetime(9999, 1, 1, tzinfo=UTC)


class JobKind(models.Model):
    """What the business does for its customers in stages: repairs, appointments, installations.

    `usual_hours`: the promised time that a new job proposes, from now on; None: none.
    """

    name = LocalisedField()
    icon = models.CharField(max_length=40, default="wrench")
    usual_hours = models.PositiveIntegerField(null=True)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)


class JobStage(models.Model):
    """One stage of a kind. With an `outcome` it is an end: done well or not; a job that reaches it is closed."""

    kind = models.ForeignKey(JobKind, on_delete=models.CASCADE, related_name="+")
    name = LocalisedField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)


class Job(models.Model):
    """Something that is done for a customer, and the stage it stands in since `stage_since`.

    `item`: the thing itself, as its owner or its plate calls it. `closed_at` and `outcome` are those of an end stage.
    `price`: the estimate, in minor units of `currency`. `late_told` is the promise the ledger was told of as missed.
    `version` counts changes of what is written; moves are guarded by the stage they start from.
    """

    uuid = models.UUIDField(unique=True)
    number = models.PositiveIntegerField(unique=True)
    kind = models.ForeignKey(JobKind, on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(JobStage, on_delete=models.PROTECT, related_name="+")
    stage_since = models.DateTimeField()
    handle = models.BigIntegerField()
    title = models.CharField(max_length=200)
    item = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="+")
    location_id = models.BigIntegerField(null=True)
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    promised_at = models.DateTimeField(null=True)
    late_told = models.DateTimeField(null=True)
    price = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The board: a column of it, the most urgent first; and the open ones over all columns.
            models.Index(
                "stage",
                Coalesce("promised_at", models.Value(NO_PROMISE)),
                "id",
                condition=models.Q(closed_at=None, removed_at=None),
                name="commerce_job_board",
            ),
            models.Index(
                Coalesce("promised_at", models.Value(NO_PROMISE)),
                "id",
                condition=models.Q(closed_at=None, removed_at=None),
                name="commerce_job_open",
            ),
            models.Index(
                fields=["stage", "-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False, removed_at=None),
                name="commerce_job_ends",
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False, removed_at=None),
                name="commerce_job_closed",
            ),
            models.Index(fields=["handle"], name="commerce_job_person"),
        ]


class JobMove(models.Model):
    """A job went into a stage; the first one, without a `from_stage`, opened it. None as `member`: the program."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    from_stage = models.ForeignKey(JobStage, null=True, on_delete=models.PROTECT, related_name="+")
    to_stage = models.ForeignKey(JobStage, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.CharField(max_length=40)
