"""Orders and returns with their lines."""

from django.db import models

from wayloop.commerce.models.products import Product


class Deal(models.Model):
    """What orders and returns have in common.

    `number` is unique within its source. Amounts are minor units: `total` of the order's own currency, `total_base` of
    the business's, by the `rate` of its time. `fingerprint` is a hash of the lines: the same number with other
    contents is noticed. `batch` names the import that brought it. Without a rate there is no `total_base`: the number
    is shown in its own currency, or named as left out.
    """

    uuid = models.UUIDField(unique=True)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120)
    handle = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField()
    channel = models.CharField(max_length=40, blank=True)
    location_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=9, null=True)
    total = models.BigIntegerField()
    total_base = models.BigIntegerField(null=True)
    line_count = models.PositiveIntegerField()
    fingerprint = models.UUIDField()
    batch = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


class Order(Deal):
    """A purchase, at the time it was placed."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="commerce_order_once")]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="commerce_order_time"),
            models.Index(fields=["handle", "-happened_at"], name="commerce_order_person"),
        ]


class Return(Deal):
    """Goods or money given back, dated by itself; totals are positive. `order` is known when the source says so."""

    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="commerce_return_once")]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="commerce_return_time"),
            models.Index(fields=["handle", "-happened_at"], name="commerce_return_person"),
        ]


class Line(models.Model):
    """What order lines and return lines have in common. `amount` is rounded once, in minor units of the deal."""

    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount = models.BigIntegerField()

    class Meta:
        abstract = True


class OrderLine(Line):
    """One line of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="commerce_orderline_once")]


class ReturnLine(Line):
    """One line of a return."""

    back = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["back", "position"], name="commerce_returnline_once")]
