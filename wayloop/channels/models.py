"""Tables of channels."""

from django.db import models
from django.db.models import Q

from wayloop.channels.enums import Security
from wayloop.kernel.secrets import SealedField


class MailServer(models.Model):
    """One row: the server that takes our mail. `trouble`: why the last try failed; empty when it did not.

    `per_minute`: how many letters it takes in a minute; 0: as many as go. `may_be_local`: an owner allowed it to stand
    in the house.
    """

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=10, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=254, blank=True)
    password = SealedField(null=True)
    may_be_local = models.BooleanField(default=False)
    per_minute = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    trouble = models.CharField(max_length=300, blank=True)
    trouble_since = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="channels_mailserver_one_row"),
            models.CheckConstraint(
                condition=~Q(security=Security.NONE) | Q(may_be_local=True), name="channels_mailserver_open_only_local"
            ),
        ]


class Sender(models.Model):
    """Who writes in the name of a brand; without `brand_id` in that of the business, and of brands without their own.

    `postal`: the name and address that stand under every letter.
    """

    brand_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True)
    postal = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id"], name="channels_sender_once", nulls_distinct=False),
        ]


class SigningKey(models.Model):
    """The DKIM key of a domain. It signs once an owner says that its line stands in the DNS."""

    domain = models.CharField(max_length=253, unique=True)
    selector = models.CharField(max_length=63)
    private = SealedField(null=True)
    public = models.TextField()
    is_on = models.BooleanField(default=False)
    made_at = models.DateTimeField()
