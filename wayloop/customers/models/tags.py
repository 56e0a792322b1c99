"""Tags and stars: what members put on customers by hand."""

from django.db import models


class Tag(models.Model):
    """A word members put on customers. `folded` is the form in which two names are the same.

    A tag merged into another keeps its rows and counts as that one, so that undoing needs no trace of who had it.
    An archived tag stays on the customers and is shown nowhere. `is_imported`: only imports have made and used it.
    """

    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=60)
    colour = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    is_imported = models.BooleanField(db_default=False, default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folded"],
                condition=models.Q(archived_at=None, merged_into=None),
                name="customers_tag_name_once",
            )
        ]


class Tagging(models.Model):
    """A tag on a customer. `handle` is who got it and stays; `person` is who that is today, as in identity's map.

    `is_imported`: imports brought it, and no member.
    """

    pk = models.CompositePrimaryKey("tag_id", "person", "handle")
    # The key begins with the tag.
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.BigIntegerField()
    handle = models.BigIntegerField()
    added_at = models.DateTimeField()
    added_by = models.BigIntegerField(null=True)
    is_imported = models.BooleanField(db_default=False, default=False)

    class Meta:
        indexes = [models.Index(fields=["person"], name="customers_tagging_person")]


class Star(models.Model):
    """A customer a member keeps at hand. `handle` and `person` as in `Tagging`."""

    pk = models.CompositePrimaryKey("member_id", "person", "handle")
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.BigIntegerField()
    handle = models.BigIntegerField()
    starred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="customers_star_person")]
