"""Small things to do, by themselves or for a case."""

from django.db import models
from django.db.models.functions import Coalesce

from wayloop.work.models.cases import NO_DEADLINE, Case, CaseStep


class Task(models.Model):
    """Something one member is to do. `due_at` None: whenever. `overdue_told`: the time that was told as missed.

    `step`: the point of the case's checklist that is ticked with it. `version` counts changes.
    """

    uuid = models.UUIDField(unique=True)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    step = models.ForeignKey(CaseStep, null=True, on_delete=models.SET_NULL, related_name="+")
    handle = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    overdue_told = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                "member",
                Coalesce("due_at", models.Value(NO_DEADLINE)),
                "id",
                condition=models.Q(done_at=None, removed_at=None),
                name="work_task_of_member",
            ),
            models.Index(
                Coalesce("due_at", models.Value(NO_DEADLINE)),
                "id",
                condition=models.Q(done_at=None, removed_at=None),
                name="work_task_open",
            ),
            models.Index(
                fields=["-done_at", "-id"],
                condition=models.Q(done_at__isnull=False, removed_at=None),
                name="work_task_done",
            ),
            models.Index(fields=["case"], condition=models.Q(removed_at=None), name="work_task_of_case"),
        ]
