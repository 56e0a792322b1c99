"""Tables of the ledger. The real definitions, with partitions and the position, are in the first migration."""

from django.db import models


class Event(models.Model):
    """What a customer did. Append-only; a correction is a new row that points to the old one.

    (epoch, xid, id) is the position in the stream; `key` the 128-bit hash of source and message id.
    """

    id = models.BigIntegerField(primary_key=True)
    epoch = models.IntegerField()
    kind = models.TextField()
    version = models.SmallIntegerField()
    handle = models.BigIntegerField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField()
    received_at = models.DateTimeField()
    channel = models.TextField()
    location_id = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    properties = models.JSONField()
    source = models.TextField()
    batch = models.TextField()
    is_news = models.BooleanField()
    corrects = models.BigIntegerField(null=True)
    key = models.UUIDField()

    class Meta:
        managed = False
        db_table = "ledger_event"


class EventKey(models.Model):
    """Which messages are known: decides what is new. Kept for ever, holds no personal data."""

    key = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = "ledger_eventkey"
