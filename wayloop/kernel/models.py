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
    """A file of the business, addressed by its content. `created_at`: when it was last given.

    Whatever keeps one points to it by a protecting foreign key: what nobody points to is forgotten after a while.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    created_at = models.DateTimeField()


class Due(models.Model):
    """Something that has to happen at a time.

    `due_at` is the time it was meant for, `run_at` the time from which somebody may take it: a claim moves that forward
    by the lease, a failure by the pause. `fence` grows with every claim and change; only who knows it may finish.
    """

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    run_at = models.DateTimeField()
    # What the wall showed, and where: the instant follows from them when the rules of a zone change.
    local_at = models.CharField(max_length=26, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=40, blank=True)
    ids = models.JSONField(default=dict)
    fence = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="kernel_due_once")]
        indexes = [
            models.Index(fields=["run_at"], condition=models.Q(parked_at=None), name="kernel_due_waiting"),
            models.Index(fields=["parked_at"], condition=models.Q(parked_at__isnull=False), name="kernel_due_parked"),
        ]


class StalledJob(models.Model):
    """How often a job was found without its worker; the third time it is parked. The id is the job's."""

    strikes = models.PositiveIntegerField(default=0)
    parked_at = models.DateTimeField(null=True)


class Progress(models.Model):
    """How far a long piece of work has come. `attempt` fences: only the newest may go on."""

    name = models.CharField(max_length=60)
    state = models.CharField(max_length=10)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)
    started_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class SendingHold(models.Model):
    """A time in which nothing may be sent to people outside; open while `released_at` is empty.

    `restored_to`: the moment a restored installation was brought back to, when that is the reason.
    """

    since = models.DateTimeField()
    restored_to = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.BigIntegerField(null=True)


class OutgoingAddress(models.Model):
    """A server that the outbound client went to; see `kernel.http.record`."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "port"], name="kernel_outgoingaddress_once")]
