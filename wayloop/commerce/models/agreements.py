"""Agreements with customers, and the documents that belong to them."""

from datetime import date

from django.db import models

from wayloop.commerce.enums import AGREEMENT_ENDING, AGREEMENT_EXPIRED, AgreementKind, PricePeriod, Renewal
from wayloop.commerce.models.products import Product

# Where there is no last day: a date that sorts behind all others.
NO_END = date(9999, 12, 31)


class Agreement(models.Model):
    """A contract, a subscription or a warranty: from which day on, until when, what a period of it costs.

    Its status is nowhere kept: it follows from the dates (`commerce.terms`). `ends_on` is the last day as agreed, None
    for no end; `cancelled_from` the first day on which it no longer holds because somebody cancelled it. `last_on` is
    the last day it holds, whatever the reason, `NO_END` when there is none: lists sort and filter by it. `price` in
    minor units of `currency` for each `period`. `notice_days` before its end the ledger learns that it ends:
    `told_end` is the end it was told of, `expired_on` the end that was written as over. `version` counts changes.
    `batch` names the import that brought it.
    """

    uuid = models.UUIDField(unique=True)
    number = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=AgreementKind.choices)
    title = models.CharField(max_length=200)
    handle = models.BigIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    location_id = models.BigIntegerField(null=True)
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    last_on = models.DateField()
    cancelled_from = models.DateField(null=True)
    price = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    period = models.CharField(max_length=8, choices=PricePeriod.choices, blank=True)
    renewal = models.CharField(max_length=8, choices=Renewal.choices, default=Renewal.NONE)
    term_months = models.PositiveSmallIntegerField(null=True)
    notice_days = models.PositiveSmallIntegerField(default=30)
    note = models.TextField(blank=True)
    told_end = models.DateField(null=True)
    expired_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    batch = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["batch"], condition=~models.Q(batch=""), name="commerce_agreement_batch"),
            models.Index(fields=["last_on", "id"], condition=models.Q(removed_at=None), name="commerce_agreement_end"),
            models.Index(fields=["handle"], name="commerce_agreement_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="commerce_agreement_dates",
            ),
        ]


class AgreementStep(models.Model):
    """Something that happened to an agreement. `event`: the kind it bears in the ledger; None as `member`: the program.

    `before`: columns as they were, for the way back; `properties`: those of the event.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=40)
    at = models.DateTimeField()
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["agreement", "-id"], name="commerce_agreement_steps")]

    @property
    def is_by_itself(self) -> bool:
        """Whether it followed from the dates, and no member did it."""
        return self.event in (AGREEMENT_ENDING, AGREEMENT_EXPIRED) or bool(self.properties.get("by_itself"))


class AgreementDocument(models.Model):
    """A file of an agreement. A removed one stays, so that the removal can be undone, and is shown nowhere."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    member = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
