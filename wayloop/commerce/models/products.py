"""What is sold."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q, Value

from wayloop.commerce.enums import ProductKind
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import LocalisedField


class Category(models.Model):
    """What products are grouped by. `code` is how products and files name it, `name` what people read."""

    code = models.CharField(max_length=120, unique=True)
    name = LocalisedField()

    @property
    def title(self) -> str:
        """The name for the reader, else the code."""
        return str(self.name) or self.code


class Product(models.Model):
    """Something that is sold, a thing or a service, under its code in the system it comes from.

    `price` is what one unit costs the customer today, in `currency`; None when it has no list price. What it costs us
    is known either as `cost` per unit or as `margin`, the percentage of the price that stays; both None: not known.
    Archived ones are no longer offered, and stay in what was sold. `sort_keys`: language → the sort key of the name in
    it, as hexadecimal digits; under the empty language that of the name or code that readers of others see. `batch`
    names the import that made it known.
    """

    uuid = models.UUIDField(unique=True, default=uuid7, db_default=RandomUUID())
    source = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=ProductKind, default=ProductKind.PRODUCT, db_default="product")
    name = LocalisedField()
    category = models.CharField(max_length=120, blank=True)
    price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    cost = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    margin = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    archived_at = models.DateTimeField(null=True)
    sort_keys = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    batch = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["batch"], condition=~Q(batch=""), name="commerce_product_batch")]
        constraints = [
            models.UniqueConstraint(fields=["source", "code"], name="commerce_product_once"),
            models.CheckConstraint(condition=Q(cost=None) | Q(margin=None), name="commerce_product_one_of_both"),
        ]

    @property
    def title(self) -> str:
        """The name for the reader, else the code."""
        return str(self.name) or self.code


class ProductBefore(models.Model):
    """What a product was before an import told something else of it: columns `before` and `after`, for the way back."""

    batch = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "product"], name="commerce_productbefore_once")]
