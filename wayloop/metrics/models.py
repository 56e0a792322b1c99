"""Goals of numbers. The numbers themselves are counted anew each time and kept nowhere."""

from django.db import models

from wayloop.business.api import PERIODS
from wayloop.metrics.enums import GoalKind, Standing

LONGEST_LINE, LONGEST_TEXT = 200, 2000


class Goal(models.Model):
    """What a number should come to, what is done for it, and who sees to it.

    `aim`: of kind `VALUE` the value itself, in the unit of the metric's readings (money in minor units, shares of 1);
    of `BASELINE` the change as a share of the baseline; of `GROWTH` how much more than in the time before, in the
    metric's unit. `currency`: of money, in which the aim is told, or of kind `BASELINE` the baseline. `baseline`: the
    reading when the goal was set, with how many rows it stood on and its last day. The last five: how it stood when it
    was looked at last, and since when it stands so.
    """

    metric = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=GoalKind.choices)
    aim = models.FloatField()
    period = models.CharField(max_length=4, choices=[(one.key, one.label) for one in PERIODS if one.days])
    location_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    baseline = models.FloatField(null=True)
    baseline_n = models.PositiveIntegerField(default=0)
    baseline_day = models.DateField(null=True)

    action = models.CharField(max_length=LONGEST_LINE, blank=True)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=100, blank=True)
    due_on = models.DateField(null=True)
    roi_link = models.URLField(max_length=500, blank=True)
    example = models.TextField(max_length=LONGEST_TEXT, blank=True)
    risk = models.TextField(max_length=LONGEST_TEXT, blank=True)
    note = models.TextField(max_length=LONGEST_TEXT, blank=True)
    norm = models.FloatField(null=True)
    norm_source = models.CharField(max_length=LONGEST_LINE, blank=True)
    norm_day = models.DateField(null=True)

    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.UNKNOWN)
    stands_since = models.DateTimeField(null=True)
    stood_at = models.FloatField(null=True)
    should_be = models.FloatField(null=True)
    unit = models.CharField(max_length=12, blank=True)

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(norm=None) | ~models.Q(norm_source="") & models.Q(norm_day__isnull=False),
                name="metrics_goal_norm_has_a_source",
            ),
        )
