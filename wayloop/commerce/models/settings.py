"""What the business decides about its commerce."""

from django.db import models

CART_HOURS = 1


class Settings(models.Model):
    """A single row; while there is none, the defaults count.

    `cart_hours`: a cart nobody touched for so long is abandoned.
    """

    cart_hours = models.PositiveSmallIntegerField(default=CART_HOURS)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="commerce_settings_one_row")]
