"""The business itself, and the zones it lived in."""

from django.db import models

from wayloop.business.enums import Trade


class Business(models.Model):
    """The one business of this installation: a single row.

    `country`: ISO 3166, empty when its zone belongs to none; phone numbers and holidays begin there.
    """

    name = models.CharField(max_length=120)
    trade = models.CharField(max_length=20, choices=Trade)
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3)
    content_languages = models.JSONField(default=list)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="business_business_one_row")]


class ZoneVersion(models.Model):
    """The zone of the business from an instant on; the first one, without an instant, from the beginning of time."""

    starts_at = models.DateTimeField(null=True)
    zone = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="business_zone_once", nulls_distinct=False),
        ]
