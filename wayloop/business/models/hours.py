"""When the business is open, with everything that was ever said about it.

Rows are never changed: a correction withdraws one and writes another, so that what was known at a moment can be asked
for later. A deadline keeps the hours as they were known when it began.
"""

from django.db import models

from wayloop.business.models.places import Location
from wayloop.kernel.localised import LocalisedField


class Known(models.Model):
    """What was held true from `recorded_at` until `withdrawn_at`. `location` null: the business as a whole."""

    location = models.ForeignKey(Location, null=True, on_delete=models.CASCADE, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class HoursVersion(Known):
    """The week from a day on (null: always); see `rules.hours.Regular`. `week` null: as the whole business."""

    valid_from = models.DateField(null=True)
    week = models.JSONField(null=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=40, blank=True)
    works_on = models.JSONField(default=list)
    rests_on = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location", "valid_from"],
                name="business_hours_once",
                condition=models.Q(withdrawn_at=None),
                nulls_distinct=False,
            ),
        ]


class SpecialDays(Known):
    """Other hours on some days; see `rules.hours.Special`."""

    first_day = models.DateField()
    last_day = models.DateField()
    title = LocalisedField()
    week = models.JSONField()
    is_yearly = models.BooleanField(default=False)
    is_week = models.BooleanField(default=False)
    holidays_too = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="business_special_days_in_order"
            ),
        ]
