"""Orders and returns with their lines."""

from django.db import models
from django.db.models import Q

from wayloop.commerce.enums import OrderStatus
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
    """A purchase, at the time it was placed.

    An order whose source tells no status is a completed one. `paid` is what was paid for it so far, less what was given
    back, in minor units; None when nobody tells of payments: neither its source (`tells_payments`) nor a member.
    `balance` is what follows: above zero the customer owes it, below zero we do; None when it cannot be known. Both are
    written when the order is, and by `services.payments.settle_orders`.
    """

    status = models.CharField(
        max_length=10, choices=OrderStatus, default=OrderStatus.COMPLETED, db_default=OrderStatus.COMPLETED
    )
    tells_payments = models.BooleanField(default=False, db_default=False)
    paid = models.BigIntegerField(null=True)
    balance = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="commerce_order_once")]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="commerce_order_time"),
            models.Index(fields=["handle", "-happened_at"], name="commerce_order_person"),
            # What an import brought is taken back by it; what comes live costs no entry.
            models.Index(fields=["batch"], condition=~Q(batch=""), name="commerce_order_batch"),
            # Few orders are open, cancelled or unsettled; the lists of those never walk through all the others.
            models.Index(
                fields=["status", "-happened_at", "-id"],
                condition=~Q(status="completed"),
                name="commerce_order_status",
            ),
            models.Index(
                fields=["-happened_at", "-id"],
                condition=Q(balance__gt=0) | Q(balance__lt=0),
                name="commerce_order_owed",
            ),
        ]


class Return(Deal):
    """Goods or money given back, dated by itself; totals are positive. `order` is known when the source says so."""

    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="commerce_return_once")]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="commerce_return_time"),
            models.Index(fields=["handle", "-happened_at"], name="commerce_return_person"),
            models.Index(fields=["batch"], condition=~Q(batch=""), name="commerce_return_batch"),
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

    # The index below leads to the product's lines too.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="commerce_orderline_once")]
        # The latest orders of a product, page by page.
        indexes = [models.Index(fields=["product", "-order"], name="commerce_orderline_product")]


class ReturnLine(Line):
    """One line of a return."""

    back = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["back", "position"], name="commerce_returnline_once")]
