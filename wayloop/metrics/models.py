"""Goals of numbers, alerts over them, letters with reviews. Numbers are counted anew each time and kept nowhere."""

from django.db import models

from wayloop.business.api import PERIODS
from wayloop.metrics.enums import GoalKind, Standing

LONGEST_LINE, LONGEST_TEXT = 200, 2000


class Goal(models.Model):
    """What a number should come to, what is done for it, and who sees to it.

    `aim`: of kind `VALUE` the value itself, in the unit of the metric's readings (money in minor units, shares of 1);
    of `BASELINE` the change as a share of the baseline; of `GROWTH` how much more than in the time before, in the
    metric's unit. `currency`: of money, in which the aim is told, or of kind `BASELINE` the baseline. `baseline`: the
    reading when the goal was set, in its own unit, since money may be told in another currency later; and its last
    day. The last six: how it stood when it was looked at last, since when it stands so, and whether it was within its
    band since the last alert: what never was there cannot leave it.
    """

    metric = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=GoalKind.choices)
    aim = models.FloatField()
    period = models.CharField(max_length=4, choices=[(one.key, one.label) for one in PERIODS if one.days])
    location_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    baseline = models.FloatField(null=True)
    baseline_unit = models.CharField(max_length=12, blank=True)
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
    was_within = models.BooleanField(default=False)

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


class Alert(models.Model):
    """A number left the band of its goal beyond doubt, or the share of a `theme` grew (then there is no goal).

    One stands open per goal or theme, until the number is back.

    `value`, `target`: what the number was and should have been then, in `unit` as of a reading, from `n` rows;
    `before`: what it was in the time before, null where that was clearly no other. `cut`, `part`: the part that drew it
    out most and what it is cut by, empty when none stood out; `part_value` and `part_n`: its own number. `taken_by`:
    the member who sees to it. `theme`: the root cause of cases (its id as text); of `usual_n` cases of the time before
    it had `usual_hits`.
    """

    goal = models.ForeignKey(Goal, models.CASCADE, null=True, related_name="+")
    theme = models.CharField(max_length=40, blank=True)
    usual_hits = models.BigIntegerField(null=True)
    usual_n = models.BigIntegerField(null=True)
    raised_at = models.DateTimeField()
    value = models.FloatField()
    target = models.FloatField()
    unit = models.CharField(max_length=12)
    n = models.BigIntegerField()
    before = models.FloatField(null=True)
    cut = models.CharField(max_length=12, blank=True)
    part = models.CharField(max_length=200, blank=True)
    part_value = models.FloatField(null=True)
    part_n = models.BigIntegerField(null=True)
    taken_by = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("goal",), condition=models.Q(settled_at=None), name="metrics_alert_one_open_per_goal"
            ),
            models.UniqueConstraint(
                fields=("theme",),
                condition=models.Q(settled_at=None, goal=None),
                name="metrics_alert_one_open_per_theme",
            ),
            models.CheckConstraint(
                condition=models.Q(goal=None, usual_n__isnull=False) & ~models.Q(theme="")
                | models.Q(goal__isnull=False, theme=""),
                name="metrics_alert_over_a_goal_or_a_theme",
            ),
        )


class ReviewLetter(models.Model):
    """The review of a quarter, sent to a member: asked for once by the calendar, and again by the member.

    `quarter`: its key, as 2026-Q3. `key`: of the latest letter, the same for every try of it. `said`: what the mail
    server said when it did not take it.
    """

    quarter = models.CharField(max_length=7)
    member_id = models.BigIntegerField()
    key = models.UUIDField()
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("quarter", "member_id"), name="metrics_review_once_per_member"),)


class Annotation(models.Model):
    """What happened on a day, so that a course of numbers is read rightly: a price, a strike, a new menu.

    `location_id`: where; null for the whole business. One that was taken away can be brought back.
    """

    day = models.DateField()
    text = models.CharField(max_length=LONGEST_LINE)
    location_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("day", "id"), name="metrics_annotation_day"),)
