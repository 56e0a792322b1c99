"""How orders reach their customers."""

from django.db import models
from django.db.models import Q

from wayloop.commerce.enums import DeliveryStatus, DeliveryWay
from wayloop.commerce.models.deals import Order


class Delivery(models.Model):
    """One delivery, or pick-up, of an order.

    The promise is the window `promised_from` … `promised_to` as it stands; `due_at` is the end that lateness counts
    from: it moves along with the promise, but no longer once it has passed. `sent_at` and `ended_at` are what really
    happened. `number`: the carrier's own, for tracking. The address is not kept here. `zone`: where its times were
    told, by whose calendar a day was kept or not; empty: at the offset of the order. `batch` names the import that
    brought it; `by_hand`: a member moved it on or changed its promise, so it stays when that is taken back.
    """

    uuid = models.UUIDField(unique=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=DeliveryWay)
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PLANNED)
    promised_from = models.DateTimeField(null=True)
    promised_to = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=80, blank=True)
    zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    batch = models.CharField(max_length=40, blank=True, default="", db_default="")
    by_hand = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_from=None) | Q(promised_to=None) | Q(promised_from__lte=models.F("promised_to")),
                name="commerce_delivery_window",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="commerce_delivery_due"),
            models.Index(fields=["batch"], condition=~Q(batch=""), name="commerce_delivery_batch"),
        ]


class DeliveryBefore(models.Model):
    """What a delivery was before an import moved it on: for the way back. `after_…`: what the import made of it."""

    batch = models.CharField(max_length=40)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=DeliveryStatus)
    promised_to = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=80, blank=True)
    after_status = models.CharField(max_length=10, choices=DeliveryStatus)
    after_promised_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "delivery"], name="commerce_deliverybefore_once")]
