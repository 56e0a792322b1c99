"""Tables of identity."""

from django.db import models

from wayloop.identity.enums import IdentifierKind


class Person(models.Model):
    """One handle, minted at the first sight of an identifier; never changed, never reused.

    Rows of all contexts keep the handle they were recorded for. `person` says who that is today: itself, or the person
    it was merged into; merge and undo write this column only. `ordinal` is dense and given when the person is known.
    """

    handle = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField()
    uuid = models.UUIDField(unique=True)
    ordinal = models.PositiveIntegerField(null=True, unique=True)
    minted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="identity_person_person")]


class Identifier(models.Model):
    """What a handle was seen by, in normal form. `namespace` is the system a number comes from, else empty."""

    kind = models.CharField(max_length=10, choices=IdentifierKind)
    namespace = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=254)
    handle = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "namespace", "value"], name="identity_identifier_once")]
        indexes = [
            models.Index(fields=["handle"], name="identity_identifier_handle"),
            models.Index(fields=["value"], name="identity_identifier_prefix", opclasses=["varchar_pattern_ops"]),
        ]


class OrdinalCounter(models.Model):
    """One row: the next ordinal. A locked counter, not a sequence, because a sequence leaves holes."""

    next_ordinal = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="identity_ordinalcounter_one_row")]
