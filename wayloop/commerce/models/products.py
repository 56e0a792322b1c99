"""What is sold."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from wayloop.commerce.enums import ProductKind
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import LocalisedField


class Product(models.Model):
    """Something that is sold, a thing or a service, under its code in the system it comes from.

    `price` is what one unit costs today, in `currency`; None when it has no list price. Archived ones are no longer
    offered, and stay in what was sold.
    """

    uuid = models.UUIDField(unique=True, default=uuid7, db_default=RandomUUID())
    source = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=ProductKind, default=ProductKind.PRODUCT, db_default="product")
    name = LocalisedField()
    category = models.CharField(max_length=120, blank=True)
    price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="commerce_product_once")]

    @property
    def title(self) -> str:
        """The name for the reader, else the code."""
        return str(self.name) or self.code
