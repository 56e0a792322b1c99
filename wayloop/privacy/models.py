"""Tables of privacy."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wayloop.kernel import clock
from wayloop.privacy.enums import Channel, ConsentAct, HoldReason, Purpose, Suppression


def _needing_consent() -> list[str]:
    return [Purpose.MARKETING.value, Purpose.REVIEW.value]


class ConsentText(models.Model):
    """The words somebody read when they agreed, in one language. Another wording is another version."""

    purpose = models.CharField(max_length=12, choices=Purpose)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    body = models.TextField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="privacy_consenttext_once")
        ]


class Consent(models.Model):
    """One word about being contacted, with its proof; append-only. `purpose` and `channel` are empty for all of them.

    `point`: the contact point it is about, which belongs to no person: merging cannot widen it. `handle`: who said it.
    """

    point = models.BigIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    act = models.CharField(max_length=10, choices=ConsentAct)
    handle = models.BigIntegerField(null=True)
    text_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=40)
    proof = models.JSONField(default=dict)
    member = models.BigIntegerField(null=True)
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["point", "id"], name="privacy_consent_point"),
            models.Index(fields=["handle", "id"], condition=Q(handle__isnull=False), name="privacy_consent_handle"),
        ]


class Standing(models.Model):
    """What counts today of the words about a contact point: the newest one for each purpose and channel."""

    point = models.BigIntegerField()
    purpose = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    act = models.CharField(max_length=10, choices=ConsentAct)
    said_at = models.DateTimeField()
    consent_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["point", "purpose", "channel"], name="privacy_standing_once")]


class Suppressed(models.Model):
    """An address that is not written to, whatever anybody agreed to."""

    point = models.BigIntegerField(primary_key=True)
    reason = models.CharField(max_length=10, choices=Suppression)
    since = models.DateTimeField()


class Hold(models.Model):
    """Something open between us and somebody, for as long as `ended_at` is empty and `until` has not come."""

    handle = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=HoldReason)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reason", "subject_kind", "subject_id", "handle"],
                condition=Q(ended_at__isnull=True),
                name="privacy_hold_once",
            )
        ]
        indexes = [models.Index(fields=["handle", "-since"], name="privacy_hold_handle")]


class Contact(models.Model):
    """A contact that was allowed. It counts from `at` on, unless whoever asked gave it back."""

    key = models.UUIDField(unique=True)
    handle = models.BigIntegerField()
    point = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    channel = models.CharField(max_length=10, choices=Channel)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["handle", "-at"], name="privacy_contact_handle"),
            models.Index(F("at").desc(), F("id").desc(), name="privacy_contact_time"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="privacy_contact_subject"),
        ]


class Refusal(models.Model):
    """A wish for a contact that was refused, with all reasons; asked again, the newest answer stands."""

    key = models.UUIDField(unique=True)
    handle = models.BigIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    channel = models.CharField(max_length=10, choices=Channel)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    reasons = ArrayField(models.CharField(max_length=16))
    later = models.DateTimeField(null=True)
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["handle", "-at"], name="privacy_refusal_handle"),
            models.Index(fields=["at"], name="privacy_refusal_time"),
        ]


class Reservation(models.Model):
    """A place in somebody's budget kept for one subject: until it is used, given up, or its time is over."""

    handle = models.BigIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "handle"], name="privacy_reservation_once")
        ]
        indexes = [models.Index(fields=["handle", "until"], name="privacy_reservation_handle")]


class Limit(models.Model):
    """At most so many contacts in so many days. Empty `purpose`: all but service messages; empty `channel`: any."""

    purpose = models.CharField(max_length=12, choices=Purpose, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    most = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=366, most__lte=100), name="privacy_limit_bounds"),
            models.UniqueConstraint(fields=["purpose", "channel", "days"], name="privacy_limit_once"),
        ]


class Pace(models.Model):
    """One row: how contacts follow each other, when nobody is disturbed, and what needs a consent before."""

    gap_hours = models.PositiveSmallIntegerField(default=20)
    quiet_from = models.TimeField(default=time(21))
    quiet_to = models.TimeField(default=time(9))
    consent_needed = ArrayField(models.CharField(max_length=12, choices=Purpose), default=_needing_consent)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="privacy_pace_one_row")]


class Turn(models.Model):
    """A person whose contacts are being decided: the row is the lock, so that two senders cannot both be the last."""

    person = models.BigIntegerField(primary_key=True)
