"""Tables of the mechanism."""

from django.db import models


class StreamEpoch(models.Model):
    """One row: how often this stream was restored or moved to another database. Part of every position."""

    epoch = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="kernel_streamepoch_one_row")]


class StoredFile(models.Model):
    """A file of the business, addressed by its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    created_at = models.DateTimeField()
