"""Tables of the mechanism."""

from django.db import models


class StreamEpoch(models.Model):
    """One row: how often this stream was restored or moved to another database. Part of every position.

    `place` names the server, its history and the database this was last seen in; another place means a move.
    """

    epoch = models.PositiveIntegerField(default=1)
    place = models.TextField(default="", db_default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="kernel_streamepoch_one_row")]


class StoredFile(models.Model):
    """A file of the business, addressed by its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    created_at = models.DateTimeField()
