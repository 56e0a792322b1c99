"""What somebody has chosen and not ordered yet."""

from django.db import models
from django.db.models import Q

from wayloop.commerce.enums import CartStatus
from wayloop.commerce.models.deals import Line, Order


class Cart(models.Model):
    """The cart of a customer or visitor, under its number in the shop it comes from; as it was last seen.

    `is_news` is that of the last update: what an import brings triggers nothing later on. An ordered cart is closed.
    """

    uuid = models.UUIDField(unique=True)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120)
    handle = models.BigIntegerField()
    channel = models.CharField(max_length=40, blank=True)
    location_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=CartStatus, default=CartStatus.OPEN)
    offset_minutes = models.SmallIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    abandoned_at = models.DateTimeField(null=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    is_news = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="commerce_cart_once")]
        indexes = [
            models.Index(fields=["handle", "-updated_at"], name="commerce_cart_person"),
            models.Index(fields=["updated_at"], condition=Q(status="open"), name="commerce_cart_open"),
        ]


class CartLine(Line):
    """One line of a cart."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "position"], name="commerce_cartline_once")]
