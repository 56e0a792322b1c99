"""Changes and who is told, thanks and testimonials."""

from django.db import models
from django.db.models import Q

from wayloop.kernel.localised import LocalisedField
from wayloop.voice.enums import Told


class Change(models.Model):
    """Something the business changed because customers said so. `text` is what they are told.

    `happened_on`: the day from which it is so. `location_id`: where, None everywhere. `telling_since`: from when people
    behind it are told, `run` the number of that in messaging; `stopped_at`: nobody more. `version` counts changes.
    """

    uuid = models.UUIDField(unique=True)
    title = LocalisedField()
    text = LocalisedField()
    happened_on = models.DateField()
    location_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    telling_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    run = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-happened_on", "-id"], condition=Q(removed_at=None), name="voice_change_newest"),
        ]

    @property
    def is_told(self) -> bool:
        """Whether people behind it are told now."""
        return self.telling_since is not None and self.stopped_at is None and self.removed_at is None


class Behind(models.Model):
    """One thing somebody said that a change stands on: `thing` of the source `source`."""

    change = models.ForeignKey(Change, models.CASCADE, related_name="+")
    source = models.CharField(max_length=20)
    thing = models.BigIntegerField()
    handle = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "source", "thing"], name="voice_behind_once")]
        indexes = [models.Index(fields=["handle"], name="voice_behind_person")]


class Telling(models.Model):
    """That somebody is told of a change, once; `person` as known when it was written down.

    `reasons`: values of the contact rules where those held it back.
    """

    change = models.ForeignKey(Change, models.CASCADE, related_name="+")
    person = models.BigIntegerField()
    handle = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=Told, default=Told.WAITING)
    reasons = models.JSONField(default=list)
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "person"], name="voice_telling_once")]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="voice_telling_due")]


class Thanking(models.Model):
    """How the business thanks those who would recommend it; one row. `text` empty: the usual words.

    `tag`: the tag of customers that ambassadors get, made when it is first needed. `reward`: what a friend gets who
    comes by the code, and who sent them; `link`: where friends go, the code is added to it. Both may be empty.
    """

    is_on = models.BooleanField(default=False)
    text = LocalisedField()
    reward = LocalisedField()
    link = models.CharField(max_length=300, blank=True)
    asks_words = models.BooleanField(default=True)
    invites_friends = models.BooleanField(default=True)
    tags_ambassadors = models.BooleanField(default=True)
    tag = models.BigIntegerField(null=True)


class Thanks(models.Model):
    """Thanks to one person for one score. `code` is what they pass on to friends; `came`: how many came by it.

    `quote`: what they allowed to be shown, as `shown_name`, since `allowed_at`; taken back at `withdrawn_at`.
    """

    uuid = models.UUIDField(unique=True)
    score = models.BigIntegerField(unique=True)
    handle = models.BigIntegerField()
    person = models.BigIntegerField()
    location_id = models.BigIntegerField(null=True)
    point = models.BigIntegerField(null=True)
    code = models.CharField(max_length=8, unique=True)
    came = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, choices=Told, default=Told.WAITING)
    reasons = models.JSONField(default=list)
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    quote = models.TextField(blank=True)
    shown_name = models.CharField(max_length=80, blank=True)
    allowed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="voice_thanks_due"),
            models.Index(fields=["person", "-id"], name="voice_thanks_person"),
            models.Index(fields=["-allowed_at", "-id"], condition=Q(allowed_at__isnull=False), name="voice_words"),
        ]
