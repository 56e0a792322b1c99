"""What members write down about customers."""

from django.db import models


class Note(models.Model):
    """A note about one customer. `version` counts its texts; `location_id` hides it from members of other places.

    A removed one stays, so that the removal can be undone, and is shown nowhere. `key` and `is_imported`: of a note
    that came from a file, and that no member has written on.
    """

    handle = models.BigIntegerField()
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    location_id = models.BigIntegerField(null=True)
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    key = models.UUIDField(null=True, unique=True)
    is_imported = models.BooleanField(db_default=False, default=False)

    class Meta:
        indexes = [models.Index(fields=["handle", "-created_at", "-id"], name="customers_note_person")]


class NoteVersion(models.Model):
    """A text that a note had before it was edited."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "version"], name="customers_noteversion_once")]
