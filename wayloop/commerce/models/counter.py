"""What the front desk is asked to do when a guest comes."""

from django.db import models

from wayloop.kernel.localised import LocalisedField


class GreetingPoint(models.Model):
    """One sentence of the greeting, ticked when it was done. For one location, one brand, or (neither) everywhere."""

    text = LocalisedField()
    location_id = models.BigIntegerField(null=True)
    brand_id = models.BigIntegerField(null=True)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(location_id=None) | models.Q(brand_id=None), name="commerce_greeting_one_place"
            )
        ]
