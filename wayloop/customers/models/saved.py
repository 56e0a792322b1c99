"""Lists that somebody wants to see again."""

from django.db import models


class SavedView(models.Model):
    """A list under a name: a condition (as `conditions.as_json` writes it), an order, columns.

    `owner`: who made it and may change it; the team sees it when `is_shared`. Pinned ones stand in the list's head.
    """

    owner = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=True)
    condition = models.JSONField(default=dict)
    sort = models.CharField(max_length=60, blank=True)
    columns = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
