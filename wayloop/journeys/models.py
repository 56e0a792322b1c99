"""Guides, research notes with their marks, and quotes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from wayloop.journeys.enums import Consent, Tone, Way
from wayloop.kernel.localised import LocalisedField


class Guide(models.Model):
    """What is asked or looked at each time: `points` in their order, a text each. `is_scored`: each gets 0 to 10."""

    name = LocalisedField()
    way = models.CharField(max_length=12, choices=Way)
    points = models.JSONField(default=list)
    is_scored = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)


class Note(models.Model):
    """One interview, group, observation or visit. `text`: what was seen and heard, in the words of who was there.

    `handle`: the customer it was with, when they are known here; `people`: how many took part. `scored` of `possible`:
    what the checklist came to, both 0 without one. `version` counts changes.
    """

    uuid = models.UUIDField(unique=True)
    way = models.CharField(max_length=12, choices=Way)
    title = models.CharField(max_length=160)
    happened_on = models.DateField()
    location_id = models.BigIntegerField(null=True)
    guide = models.ForeignKey(Guide, models.PROTECT, null=True, related_name="+")
    handle = models.BigIntegerField(null=True)
    people = models.PositiveSmallIntegerField(default=1)
    consent = models.CharField(max_length=12, choices=Consent)
    text = models.TextField(blank=True)
    scored = models.PositiveIntegerField(default=0)
    possible = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-happened_on", "-id"], condition=Q(removed_at=None), name="journeys_note_newest"),
            models.Index(fields=["handle"], condition=Q(handle__isnull=False), name="journeys_note_person"),
        ]


class Mark(models.Model):
    """One point of the guide as it was answered in a note. `given`: 0 to 10, null: not looked at."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=160)
    given = models.PositiveSmallIntegerField(null=True)
    remark = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "position"], name="journeys_mark_once"),
            models.CheckConstraint(condition=Q(given=None) | Q(given__lte=10), name="journeys_mark_of_ten"),
        ]


class Quote(models.Model):
    """Something that was said or seen, word for word: evidence for maps and personas. `who`: by whom, in a word."""

    uuid = models.UUIDField(unique=True)
    note = models.ForeignKey(Note, models.CASCADE, related_name="+")
    text = models.TextField()
    who = models.CharField(max_length=80, blank=True)
    tone = models.SmallIntegerField(choices=Tone, default=Tone.NEUTRAL)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex(fields=["tags"], name="journeys_quote_tags")]
