"""The life of an order after it was placed: its status, and the money that came for it."""

from django.db import models

from wayloop.commerce.enums import OrderStatus, PaymentMethod
from wayloop.commerce.models.deals import Order


class StatusChange(models.Model):
    """One step in the life of an order: from which status to which, when, and by which member (None: a system).

    What was entered by mistake is taken back and stays here with the time of that. `batch` names the import that told
    of it.
    """

    uuid = models.UUIDField(unique=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    former = models.CharField(max_length=10, choices=OrderStatus)
    status = models.CharField(max_length=10, choices=OrderStatus)
    happened_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    batch = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["batch"], condition=~models.Q(batch=""), name="commerce_status_batch"),
        ]


class Payment(models.Model):
    """Money that came for an order, or went back. Amounts are positive minor units.

    `amount` is what was handed over, in its own `currency`; `counted` is what it came to in the currency of the order,
    at the rate of its time. What is paid on the spot belongs to the order's own event and writes none (`is_told` is
    False). `uuid` is the key of the form or system it came from: the same one again is the same money.
    `batch` names the import that brought it, empty where it came with its order.
    """

    uuid = models.UUIDField(unique=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    is_refund = models.BooleanField(default=False)
    method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    counted = models.BigIntegerField()
    happened_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    is_told = models.BooleanField(default=True, db_default=True)
    taken_back_at = models.DateTimeField(null=True)
    batch = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["batch"], condition=~models.Q(batch=""), name="commerce_payment_batch"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0, counted__gte=0), name="commerce_payment_positive")
        ]


class Kept(models.Model):
    """A row that stayed when its import was taken back, since somebody has worked on it since.

    `what`: see `services.undoing`; `row`: its id. `is_told`: the ledger, which took all events of the import back, has
    been told of it anew.
    """

    batch = models.CharField(max_length=40)
    what = models.CharField(max_length=10)
    row = models.BigIntegerField()
    is_told = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "what", "row"], name="commerce_kept_once")]
