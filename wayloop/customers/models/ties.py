"""Who belongs to whom."""

from django.db import models
from django.db.models import F, Q


class Relation(models.Model):
    """What one customer is to another: `handle` is `kind` to `other`, from one day to another.

    Either side keeps the handle it was told for. `role` is the position in a company. A removed one stays, so that the
    removal can be undone, and is shown nowhere. `is_imported`: imports told it, and no member has changed it.
    """

    handle = models.BigIntegerField()
    other = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    role = models.CharField(max_length=80, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    source = models.CharField(max_length=80, blank=True)
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    is_imported = models.BooleanField(db_default=False, default=False)

    class Meta:
        indexes = [
            models.Index(fields=["handle"], name="customers_relation_handle"),
            models.Index(fields=["other"], name="customers_relation_other"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["handle", "other", "kind"],
                condition=Q(removed_at=None, until=None),
                name="customers_relation_once",
            ),
            models.CheckConstraint(condition=~Q(handle=F("other")), name="customers_relation_of_two"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="customers_relation_dates"
            ),
        ]
