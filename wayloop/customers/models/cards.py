"""The current state of customers."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from wayloop.customers.enums import CustomerKind
from wayloop.customers.titles import title_of


class Card(models.Model):
    """The current state of one customer: a row a list can be made of.

    `sort_key` orders names by the alphabet; `traits` holds the current values (history: `TraitValue`), `computed` those
    that other rows lead to, as of `computed_at`; `location_ids` are the places they were seen at, empty when seen
    nowhere in particular; `seen_at` is their latest event.
    """

    person = models.BigIntegerField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(max_length=200, blank=True)
    # When the name was told: history that comes in later does not bring an old name back.
    named_at = models.DateTimeField(null=True)
    # A member wrote the name: what sources tell does not replace it.
    is_name_kept = models.BooleanField(default=False)
    # What stands on the screen where there is no name: the number or address they are known by.
    handle_text = models.CharField(max_length=254)
    sort_key = models.BinaryField()
    traits = models.JSONField(default=dict)
    computed = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True)
    location_ids = ArrayField(models.BigIntegerField(), default=list)
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    search = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(F("seen_at").desc(), F("person").desc(), name="customers_card_seen"),
            models.Index(F("first_seen_at").desc(), F("person").desc(), name="customers_card_first"),
            models.Index(fields=["sort_key", "person"], name="customers_card_name"),
            # Without a list of pending entries, which every search would have to read through.
            GinIndex(fields=["search"], name="customers_card_search", fastupdate=False),
            GinIndex(fields=["location_ids"], name="customers_card_locations", fastupdate=False),
        ]

    @property
    def title(self) -> str:
        """The name, or what they are known by."""
        return title_of(self.name, self.handle_text)
