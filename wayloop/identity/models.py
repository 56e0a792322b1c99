"""Tables of identity."""

from django.db import models
from django.db.models import Q

from wayloop.identity.enums import CONTACTABLE, IdentifierKind


class Person(models.Model):
    """One handle, minted at the first sight of an identifier; never changed, never reused.

    Rows of all contexts keep the handle they were recorded for. `person` says who that is today: itself, or the person
    it was merged into; merge and undo write this column only. `ordinal` is dense and given when the person is known:
    by anything but a cookie. `batch` is the import that minted it, empty as soon as anybody else has seen them.
    """

    handle = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField()
    uuid = models.UUIDField(unique=True)
    ordinal = models.PositiveIntegerField(null=True, unique=True)
    minted_at = models.DateTimeField()
    batch = models.CharField(max_length=80, blank=True, db_default="", default="")

    class Meta:
        indexes = [
            models.Index(fields=["person"], name="identity_person_person"),
            models.Index(fields=["batch", "handle"], condition=~Q(batch=""), name="identity_person_batch"),
        ]


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
    # The import that brought it, as long as nobody else has named it.
    batch = models.CharField(max_length=80, blank=True, db_default="", default="")


class Identifier(models.Model):
    """What a handle was seen by, in normal form. `namespace` is the system a number comes from, else empty.

    A value leads to one handle, the first that had it; further handles keep it too (a family's phone), without leading
    to them. `found_by` is the form that search compares. `batch` is the import that told it first, empty as soon as
    anybody told it who is no import; further imports that told it too are `Claim`s.
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
    batch = models.CharField(max_length=80, blank=True, db_default="", default="")

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
            models.Index(fields=["batch", "handle"], condition=~Q(batch=""), name="identity_identifier_batch"),
            # The migration makes one more over the reversed form, for what people tell by its last digits.
        ]


class Claim(models.Model):
    """An import that told an identifier another import had told first: it stays when the first one is taken back.

    Its id comes from the numbers of identifiers, so that it tells who had it first when it takes the first one's place.
    """

    id = models.BigIntegerField(primary_key=True)
    identifier = models.BigIntegerField(db_index=False)
    batch = models.CharField(max_length=80)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identifier", "batch"], name="identity_claim_once")]
        indexes = [models.Index(fields=["batch", "id"], name="identity_claim_batch")]


class OrdinalCounter(models.Model):
    """One row: the next ordinal. A locked counter, not a sequence, because a sequence leaves holes."""

    next_ordinal = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="identity_ordinalcounter_one_row")]
