"""Tables of the business."""

from django.db import models

from wayloop.business.enums import Trade
from wayloop.kernel.localised import LocalisedField


class Business(models.Model):
    """The one business of this installation: a single row."""

    name = models.CharField(max_length=120)
    trade = models.CharField(max_length=20, choices=Trade)
    zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    content_languages = models.JSONField(default=list)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="business_business_one_row")]


class Location(models.Model):
    """A place where customers and business meet: a shop, a salon, the web shop."""

    name = LocalisedField()
    zone = models.CharField(max_length=64)
    town = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
