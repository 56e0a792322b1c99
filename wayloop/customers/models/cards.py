"""The current state of customers."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

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


class Told(models.Model):
    """What one import told of a card, so that the card can be made again without it.

    Written once an import has told of somebody: a row for each import, and one (`batch` empty) for what everybody else
    has told. A card without such rows knows of no import. `told_at`: since when the name is so; `turn` orders names of
    one instant. Nobody was seen where `seen_at` is null: somebody told of them, that is all.
    """

    handle = models.BigIntegerField()
    batch = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=200, blank=True)
    named_at = models.DateTimeField(null=True)
    turn = models.BigIntegerField(default=0)
    known_as = models.CharField(max_length=254)
    told_at = models.DateTimeField()
    first_seen_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    location_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handle", "batch"], name="customers_told_once")]
        indexes = [models.Index(fields=["batch", "handle"], condition=~Q(batch=""), name="customers_told_batch")]


class Brought(models.Model):
    """That an import brought a tag, a note or a tie of somebody; several may have brought the same one.

    `thing`: word (a tag that was made), tag (on a customer), note, tie. `row`: the id of the tag, note or tie.
    """

    batch = models.CharField(max_length=80)
    thing = models.CharField(max_length=4)
    row = models.BigIntegerField()
    handle = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "row", "handle", "batch"], name="customers_brought_once")
        ]
        indexes = [
            models.Index(fields=["batch", "handle"], name="customers_brought_batch"),
        ]
