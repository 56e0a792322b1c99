"""Tables of the surveys."""

from django.db import models
from django.db.models import F, Q

from wayloop.surveys.enums import Feel, ScoreMetric


class Score(models.Model):
    """One score that somebody gave, with the scale it was given on; never changed.

    `key`: what makes it this score, see `services.scores`. `handle` is None where nobody knows who gave it; `order_id`
    where there is no such order here, `order_number` is what the source called it. `happened_at`: when it was given, or
    asked for where the source counts from that; `offset_minutes`: the UTC offset it was told in.
    """

    key = models.UUIDField(unique=True)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120, blank=True)
    metric = models.CharField(max_length=8, choices=ScoreMetric)
    scale_low = models.SmallIntegerField()
    scale_high = models.SmallIntegerField()
    lower_is_better = models.BooleanField(default=False)
    value = models.DecimalField(max_digits=6, decimal_places=2)
    feel = models.SmallIntegerField(choices=Feel)
    comment = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    happened_at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField()
    answered_at = models.DateTimeField(null=True)
    handle = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=120, blank=True)
    location_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40, blank=True)
    batch = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scale_low__lt=F("scale_high"), value__gte=F("scale_low"), value__lte=F("scale_high")),
                name="surveys_score_on_its_scale",
            )
        ]
        indexes = [
            models.Index(F("happened_at").desc(), F("id").desc(), name="surveys_score_time"),
            models.Index(F("metric"), F("happened_at").desc(), F("id").desc(), name="surveys_score_metric"),
            models.Index(F("feel"), F("happened_at").desc(), F("id").desc(), name="surveys_score_feel"),
            models.Index(fields=["handle", "-happened_at"], name="surveys_score_person"),
            models.Index(fields=["order_id"], condition=Q(order_id__isnull=False), name="surveys_score_order"),
            models.Index(fields=["batch", "id"], condition=~Q(batch=""), name="surveys_score_batch"),
        ]
