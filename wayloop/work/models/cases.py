"""Cases, their checklists, and what happened to them."""

from datetime import UTC, datetime

from django.db import models
from django.db.models.functions import Coalesce

from wayloop.work.enums import CaseKind, EntryKind, Severity, State
from wayloop.work.models.playbooks import Cause, Playbook, Stage

# Cases nobody promised a time for stand behind all others.
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)


class Case(models.Model):
    """The work on one complaint or bad score, and the stage it stands in since `stage_since`.

    `about`: what makes it this case; once for ever where there is one. `promised_minutes`: business minutes from
    opening until the deadline, which is null while we wait for the customer. `hours_as_of`: business hours count as
    they were known then, so a calendar that changes later moves nothing. Of closed cases `spent_seconds` are the
    business seconds from opening to the last closing, `waited_seconds` those of them that we waited for the customer.
    `overdue_told`: the deadline that was told as missed. Money in minor units of `currency`: `limit` that may be given
    (null: nothing), `given` to the customer, `cost` to us. `recovery`: the response of the recovery survey,
    `is_recovered` what it said. `version` counts changes of what is written; moves are guarded by the stage they start
    from.
    """

    uuid = models.UUIDField(unique=True)
    number = models.PositiveIntegerField(unique=True)
    about = models.CharField(max_length=120, null=True, unique=True)
    handle = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=CaseKind.choices)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    title = models.CharField(max_length=200)
    said = models.TextField(blank=True)
    playbook = models.ForeignKey(Playbook, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    stage_since = models.DateTimeField()
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    promised_minutes = models.PositiveIntegerField(null=True)
    hours_as_of = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    overdue_told = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    spent_seconds = models.BigIntegerField(null=True)
    waited_seconds = models.BigIntegerField(null=True)
    times_reopened = models.PositiveSmallIntegerField(default=0)
    cause = models.ForeignKey(Cause, null=True, on_delete=models.PROTECT, related_name="+")
    limit = models.BigIntegerField(null=True)
    given = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    recovery_survey = models.BigIntegerField(null=True)
    recovery = models.BigIntegerField(null=True)
    is_recovered = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The board, a column of it; all open ones; those of a member: each with the most urgent first.
            models.Index(
                "stage",
                Coalesce("deadline_at", models.Value(NO_DEADLINE)),
                "id",
                condition=models.Q(closed_at=None, removed_at=None),
                name="work_case_board",
            ),
            models.Index(
                Coalesce("deadline_at", models.Value(NO_DEADLINE)),
                "id",
                condition=models.Q(closed_at=None, removed_at=None),
                name="work_case_open",
            ),
            models.Index(
                "member",
                Coalesce("deadline_at", models.Value(NO_DEADLINE)),
                "id",
                condition=models.Q(closed_at=None, removed_at=None),
                name="work_case_of_member",
            ),
            models.Index(
                fields=["stage", "-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False, removed_at=None),
                name="work_case_ends",
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False, removed_at=None),
                name="work_case_closed",
            ),
            models.Index(fields=["handle"], name="work_case_person"),
        ]


class CaseStep(models.Model):
    """One point of a case's checklist. `done_by` None while it is to do, or when the program did it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["case", "position"], name="work_step_of_case")]


class CaseEntry(models.Model):
    """Something that happened to a case; the one that opened it moved it from no stage. None as `member`: the program.

    `amount` and `cost` in minor units of the case's currency. `said`: a note, or what an amount was given for.
    `moment`: a deadline. `event`: the kind that was told to the ledger.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    at = models.DateTimeField()
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    from_stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+")
    to_stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+")
    to_member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    said = models.TextField(blank=True)
    cause = models.ForeignKey(Cause, null=True, on_delete=models.PROTECT, related_name="+")
    is_recovered = models.BooleanField(null=True)
    amount = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    moment = models.DateTimeField(null=True)
    event = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="work_entry_of_case")]
