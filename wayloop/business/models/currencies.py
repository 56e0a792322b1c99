"""Currencies the business takes, and what they were worth."""

from django.db import models


class UsedCurrency(models.Model):
    """A currency beside the business's own that prices and orders may be in."""

    code = models.CharField(max_length=3, primary_key=True)


class Rate(models.Model):
    """Units of the business's currency for one unit of `currency`, from this day on until the next entered one."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=9)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="business_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="business_rate_above_zero"),
        ]
