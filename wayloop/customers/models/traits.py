"""What can be known of customers, and what is known, value by value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Cast

from wayloop.customers.defaults import SHIPPED, ShippedWords
from wayloop.customers.enums import About, Sight, TraitGroup, TraitType
from wayloop.kernel.localised import Localised, LocalisedField

NO_WORDS = ShippedWords("")


@dataclass(frozen=True)
class Option:
    """One value of a list: its code, what it is called, and whether it is offered no more."""

    code: str
    label: str
    is_archived: bool = False


class TraitDefinition(models.Model):
    """Something that can be known of a customer. What code and files call it is its `key`, which never changes.

    Shipped ones find their words in `defaults.py` as long as the business has written none. `options`: the list of
    values, each `{"code", "label" (a stored Localised, or nothing), "archived"}`. Computed ones are filled by a
    `TraitSource` and edited by nobody. An index exists, or is being made, while `is_searchable` or `is_sortable`.
    """

    key = models.CharField(max_length=40, unique=True)
    label = LocalisedField()
    unit = LocalisedField()
    group = models.CharField(max_length=10, choices=TraitGroup, default=TraitGroup.OTHER)
    type = models.CharField(max_length=10, choices=TraitType)
    options = models.JSONField(default=list)
    takes_several = models.BooleanField(default=False)
    about = models.CharField(max_length=8, choices=About, default=About.ALL)
    sight = models.CharField(max_length=10, choices=Sight, default=Sight.STAFF)
    is_searchable = models.BooleanField(default=False)
    is_sortable = models.BooleanField(default=False)
    keeps_history = models.BooleanField(default=True)
    is_shipped = models.BooleanField(default=False)
    is_computed = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return str(self.label) or str(self._shipped.label) or self.key

    def counted(self, figure: str, number: int | float) -> str:
        """A number with its unit, in the reader's language."""
        if not str(self.unit) and self._shipped.counted:
            return str(self._shipped.counted % {"number": number})
        return f"{figure}\N{NO-BREAK SPACE}{self.unit}" if str(self.unit) else figure

    @property
    def is_list(self) -> bool:
        """Whether values come from the list."""
        return self.type in (TraitType.CHOICE, TraitType.CHOICES)

    @property
    def has_many(self) -> bool:
        """Whether a customer may have several values at once."""
        return self.takes_several or self.type == TraitType.CHOICES

    @property
    def wants_index(self) -> bool:
        """Whether there should be an index for it."""
        return (self.is_searchable or self.is_sortable) and self.archived_at is None

    @property
    def column(self) -> str:
        """The column of the card that holds its current values."""
        return "computed" if self.is_computed else "traits"

    @property
    def choices(self) -> list[Option]:
        """The list of values in the reader's language, archived ones too."""
        return [
            Option(one["code"], self._option_label(one), bool(one.get("archived")))
            for one in self.options
            if isinstance(one, Mapping)
        ]

    def _option_label(self, one: Mapping[str, Any]) -> str:
        code = str(one["code"])
        return str(Localised.from_json(one.get("label"))) or str(self._shipped.options.get(code, code))

    @property
    def _shipped(self) -> ShippedWords:
        return SHIPPED.get(self.key, NO_WORDS) if self.is_shipped else NO_WORDS


class TraitValue(models.Model):
    """One value of a trait, with where it comes from and since when it is so. Never changed; a newer one follows.

    `value`: JSON as `rules.values` describes it; null says that a member took the former value away. `source` is the
    system that told it; empty when a member wrote it on the card. One that was undone stays, with `retracted_at`, and
    counts no more. `batch` is the import that brought it. `is_repeat`: its source had said the same before, so it is no
    news; it is kept because it counts when the import that said it first is taken back.
    """

    handle = models.BigIntegerField()
    trait = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    source = models.CharField(max_length=80, blank=True)
    # Without an index: nobody looks for the values of a member.
    member = models.ForeignKey(
        "accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    valid_from = models.DateTimeField()
    recorded_at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)
    batch = models.CharField(max_length=80, blank=True, db_default="", default="")
    is_repeat = models.BooleanField(db_default=False, default=False)

    class Meta:
        indexes = [
            models.Index(fields=["handle", "trait", "valid_from"], name="customers_traitvalue_history"),
            models.Index(fields=["batch", "handle"], condition=~Q(batch=""), name="customers_traitvalue_batch"),
        ]
        constraints = [
            models.UniqueConstraint(
                F("handle"),
                F("trait"),
                F("valid_from"),
                F("source"),
                F("batch"),
                MD5(Cast("value", models.TextField())),
                name="customers_traitvalue_once",
            )
        ]


class TraitsDue(models.Model):
    """Somebody whose computed traits may be others by now."""

    person = models.BigIntegerField(primary_key=True)
