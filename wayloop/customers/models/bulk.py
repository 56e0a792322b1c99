"""Changes of many customers at once, written down so exactly that they can go on after any stop and be taken back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wayloop.customers.enums import BulkKind


class BulkAction(models.Model):
    """One change of many customers. Whom it concerns was fixed when the button was pressed: see `BulkStep`.

    `detail`: ids and codes of what is done (tag, trait and value). `work` and `undo_work` are the kernel's progress of
    doing it and of taking it back.
    """

    kind = models.CharField(max_length=8, choices=BulkKind)
    detail = models.JSONField(default=dict)
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    total = models.PositiveIntegerField()
    pressed_at = models.DateTimeField()
    work = models.BigIntegerField()
    undo_work = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member", "-id"], name="customers_bulk_member")]


class BulkStep(models.Model):
    """Some of the people of an action: what is done, and taken back, in one transaction.

    `changed`: what this step really changed, as the kind of the action needs it to put it back; null before.
    """

    pk = models.CompositePrimaryKey("action_id", "number")
    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    people = ArrayField(models.BigIntegerField())
    changed = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True)
