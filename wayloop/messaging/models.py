"""Tables of messaging."""

from django.db import models
from django.db.models import F, Q

from wayloop.messaging.enums import State


class LetterText(models.Model):
    """What is written, in one language; kept once, however many it went to. `digest` is that of its content."""

    digest = models.UUIDField(unique=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=400)
    blocks = models.JSONField()
    made_at = models.DateTimeField()


class Run(models.Model):
    """Messages that a member sends together, watches, and may stop. `url` leads to what they are about."""

    title = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    url = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(F("id").desc(), name="messaging_run_newest"),
            models.Index(fields=["subject_kind", "subject_id"], name="messaging_run_subject"),
        ]


class Message(models.Model):
    """One message to one person. It holds no address: that is looked up when it leaves.

    `fence` counts the claims: whoever holds an older one may not move it any more. `lane`: the sender that has it in
    hand. `values` are what the letter's names stand for; they are emptied 30 days after its end. `reason`: why it was
    refused, or why it came back after it was sent; `detail`: the other side's own words.
    """

    key = models.UUIDField(unique=True)
    handle = models.BigIntegerField()
    point = models.BigIntegerField()
    purpose = models.CharField(max_length=12)
    channel = models.CharField(max_length=10)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    contact_key = models.CharField(max_length=200)
    about_kind = models.CharField(max_length=24)
    about_id = models.BigIntegerField()
    letter = models.ForeignKey(LetterText, on_delete=models.PROTECT, related_name="+", db_index=False)
    values = models.JSONField(default=dict)
    zone = models.CharField(max_length=64, blank=True)
    brand_id = models.BigIntegerField(null=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=16, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    lane = models.PositiveSmallIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[State.CLAIMED, State.LEAVING], lane__isnull=False)
                | (~Q(state__in=[State.CLAIMED, State.LEAVING]) & Q(lane__isnull=True)),
                name="messaging_message_in_hand",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.SENT, State.REFUSED], ended_at__isnull=False)
                | (~Q(state__in=[State.SENT, State.REFUSED]) & Q(ended_at__isnull=True)),
                name="messaging_message_ended",
            ),
        ]
        indexes = [
            models.Index(
                "channel", F("priority").desc(), "next_at", "id", condition=Q(state=State.WAITING),
                name="messaging_message_waiting",
            ),
            models.Index(fields=["lane"], condition=Q(lane__isnull=False), name="messaging_message_lane"),
            models.Index(fields=["id"], condition=Q(state=State.DOUBTFUL), name="messaging_message_doubtful"),
            models.Index(fields=["about_kind", "about_id"], name="messaging_message_about"),
            models.Index(fields=["subject_kind", "subject_id", "state"], name="messaging_message_subject"),
            models.Index(fields=["run", "state"], condition=Q(run__isnull=False), name="messaging_message_run"),
            models.Index(fields=["handle", "-id"], name="messaging_message_handle"),
            models.Index(
                fields=["ended_at"], condition=~Q(values={}) & Q(ended_at__isnull=False), name="messaging_message_full"
            ),
        ]  # fmt: skip

    @property
    def which(self) -> tuple[int, int, str, str, str, int]:
        """What every fact tells of a message."""
        return self.pk, self.handle, self.purpose, self.channel, self.about_kind, self.about_id
