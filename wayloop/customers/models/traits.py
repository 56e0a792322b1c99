"""What is known of customers, value by value."""

from django.db import models

from wayloop.customers.enums import Trait


class TraitValue(models.Model):
    """One value of a trait, with where it comes from and since when it is so. Never changed; a newer one follows."""

    handle = models.BigIntegerField()
    trait = models.CharField(max_length=40, choices=Trait)
    value = models.CharField(max_length=254)
    source = models.CharField(max_length=80)
    valid_from = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["handle", "trait", "valid_from"], name="customers_traitvalue_history")]
        constraints = [
            models.UniqueConstraint(
                fields=["handle", "trait", "valid_from", "value", "source"], name="customers_traitvalue_once"
            )
        ]
