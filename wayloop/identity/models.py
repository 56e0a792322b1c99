"""Tables of identity."""

from django.db import models

from wayloop.identity.enums import CONTACTABLE, IdentifierKind


class Person(models.Model):
    """One handle, minted at the first sight of an identifier; never changed, never reused.

    Rows of all contexts keep the handle they were recorded for. `person` says who that is today: itself, or the person
    it was merged into; merge and undo write this column only. `ordinal` is dense and given when the person is known:
    by anything but a cookie.
    """

    handle = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField()
    uuid = models.UUIDField(unique=True)
    ordinal = models.PositiveIntegerField(null=True, unique=True)
    minted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="identity_person_person")]


class ContactPoint(models.Model):
    """An address somebody can be reached at, known by its keyed digest only.

    What must outlive the address hangs here: consents, suppression, bounces. It belongs to no person, so that merging
    cannot widen a consent, and it stays when the identifier is erased, so that the same address is known again.
    """

    kind = models.CharField(
        max_length=10, choices=[(kind, kind.label) for kind in IdentifierKind if kind in CONTACTABLE]
    )
    digest = models.UUIDField(unique=True)
    seen_at = models.DateTimeField()


class Identifier(models.Model):
    """What a handle was seen by, in normal form. `namespace` is the system a number comes from, else empty.

    A value leads to one handle, the first that had it; further handles keep it too (a family's phone), without leading
    to them. `found_by` is the form that search compares.
    """

    kind = models.CharField(max_length=10, choices=IdentifierKind)
    namespace = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=254)
    found_by = models.CharField(max_length=254)
    handle = models.BigIntegerField()
    leads = models.BooleanField(default=True)
    contact_point = models.ForeignKey(
        ContactPoint, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "namespace", "value"], condition=models.Q(leads=True), name="identity_identifier_leads"
            ),
            models.UniqueConstraint(
                fields=["kind", "namespace", "value", "handle"],
                condition=models.Q(leads=False),
                name="identity_identifier_shared",
            ),
        ]
        indexes = [
            models.Index(fields=["handle"], name="identity_identifier_handle"),
            models.Index(fields=["contact_point"], name="identity_identifier_point"),
            models.Index(fields=["found_by"], name="identity_identifier_begin", opclasses=["varchar_pattern_ops"]),
            # The migration makes one more over the reversed form, for what people tell by its last digits.
        ]


class OrdinalCounter(models.Model):
    """One row: the next ordinal. A locked counter, not a sequence, because a sequence leaves holes."""

    next_ordinal = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="identity_ordinalcounter_one_row")]
