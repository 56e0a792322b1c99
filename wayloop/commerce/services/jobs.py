"""Service jobs: opened, written anew, moved from stage to stage, found late.

Each move is an event of the ledger. A move says which stage it starts from: when somebody else was quicker, it is
refused and they are named, and nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.commerce.enums import (
    JOB_DONE,
    JOB_LATE,
    JOB_MOVED,
    JOB_NOT_DONE,
    JOB_OPENED,
    JOB_PROMISED,
    JOB_PROMISES,
    JOB_REOPENED,
    Outcome,
)
from wayloop.commerce.models import Job, JobMove, JobStage
from wayloop.commerce.rules import LARGEST, CommerceRefused
from wayloop.commerce.services.told import Told, tell, untell
from wayloop.kernel import clock
from wayloop.kernel.due.table import cancel, schedule
from wayloop.kernel.ids import uuid7

SUBJECT = "job"
LONGEST_NOTE = 4000
NUMBER = "SELECT nextval('commerce_job_number')"
WRITTEN = ("title", "item", "note", "product_id", "agreement_id", "location_id", "member_id", "promised_at", "price",
           "currency")  # fmt: skip


class JobChanged(Exception):
    """Somebody has written the job anew since it was shown."""


class JobMovedOn(Exception):
    """Somebody else has moved the job since it was shown; `move` is the latest one."""

    def __init__(self, move: JobMove) -> None:
        super().__init__("moved on")
        self.move = move


@dataclass(frozen=True)
class JobDetails:
    """What is done for the customer. `item`: the thing itself; `promised_at`: aware; `price`: minor units, an estimate.

    `agreement_id`: the contract or warranty it is done under.
    """

    title: str
    item: str = ""
    note: str = ""
    product_id: int | None = None
    agreement_id: int | None = None
    location_id: int | None = None
    member_id: int | None = None
    promised_at: datetime | None = None
    price: int | None = None
    currency: str = ""


@transaction.atomic
def open_job(
    *, person: int, kind_id: int, details: JobDetails, by: int | None = None, at: datetime | None = None
) -> JobMove:
    """Opens a job in the first stage of its kind; answers the move that opened it.

    `at`: when it was accepted, aware, where it is noted afterwards, which is history; None is now. Raises
    `CommerceRefused` with one line when it cannot be.
    """
    _check(details)
    moment = at or clock.now()
    first = (
        JobStage.objects.select_for_update()
        .filter(kind_id=kind_id, kind__archived_at=None, archived_at=None, outcome="")
        .order_by("position", "pk")
        .first()
    )
    if first is None:
        raise CommerceRefused(_("This kind of job is put away. Choose another one."))
    job = Job(
        uuid=uuid7(), number=_number(), kind_id=kind_id, stage=first, stage_since=moment, handle=person,
        opened_at=moment, **_columns(details),
    )  # fmt: skip
    job.save()
    move = JobMove.objects.create(job=job, to_stage=first, at=moment, member_id=by, event=JOB_OPENED)
    tell(
        kind=JOB_OPENED, subject_kind=SUBJECT, events=[_told(move, promised=job.promised_at)], is_history=at is not None
    )
    _watch(job)
    return move


@transaction.atomic
def change_job(*, job_id: int, details: JobDetails, seen: int, by: int | None = None) -> Job:
    """Writes what is known of a job anew; another promise is an event.

    `seen`: the version the member saw. Raises `JobChanged` when there is a newer one, `CommerceRefused` when the
    details cannot be.
    """
    _check(details)
    job = Job.objects.select_for_update().get(pk=job_id, removed_at=None)
    wanted = _columns(details)
    if all(getattr(job, name) == wanted[name] for name in WRITTEN):
        return job
    if job.version != seen:
        raise JobChanged
    is_promised_anew = job.promised_at != details.promised_at
    for name, value in wanted.items():
        setattr(job, name, value)
    job.version += 1
    job.save()
    if is_promised_anew:
        now = clock.now()
        told = _event(job, f"{job.pk}:{job.version}", now, promised=job.promised_at)
        tell(kind=JOB_PROMISED, subject_kind=SUBJECT, events=[told])
        _watch(job)
    return job


@transaction.atomic
def move_job(
    *, job_id: int, stage_id: int, seen_stage_id: int, by: int | None = None, at: datetime | None = None
) -> JobMove | None:
    """Moves a job into another stage of its kind; an end stage closes it. Answers None when it stands there already.

    `seen_stage_id`: where the member saw it; `at`: as in `open_job`. Raises `JobMovedOn` when it stands elsewhere by
    now, `CommerceRefused` for a stage that is put away or of another kind, `Job.DoesNotExist`.
    """
    job = Job.objects.select_for_update(of=("self",)).select_related("stage").get(pk=job_id, removed_at=None)
    if job.stage_id == stage_id:
        return None
    if job.stage_id != seen_stage_id:
        raise JobMovedOn(JobMove.objects.filter(job=job).select_related("member", "to_stage").latest("pk"))
    # Its lock keeps the stage from being put away at the same moment.
    stage = JobStage.objects.select_for_update().filter(pk=stage_id, kind=job.kind_id, archived_at=None).first()
    if stage is None:
        raise CommerceRefused(_("This stage is gone. Load the page again and choose another one."))
    moment = at or clock.now()
    event = _event_of(job.stage, stage)
    move = JobMove.objects.create(job=job, from_stage=job.stage, to_stage=stage, at=moment, member_id=by, event=event)
    _stand_in(job, stage, moment)
    told = _told(move, came_from=move.from_stage_id, to=stage.pk)
    tell(kind=event, subject_kind=SUBJECT, events=[told], is_history=at is not None)
    return move


@transaction.atomic
def undo_move(*, move_id: int) -> bool:
    """Takes the latest move of a job back: it stands where it stood, and the event no longer counts.

    Of the move that opened a job, this takes the job itself away, with the event of a missed promise. Answers False
    when the job was moved since, or the move is undone already; of the one that opened it, also when the job was
    written anew since: that would be lost, and what was told of it would stay behind.
    """
    found = JobMove.objects.filter(pk=move_id).values_list("job_id", flat=True)
    job = Job.objects.select_for_update().filter(pk__in=found, removed_at=None).first()
    moves = list(JobMove.objects.filter(job=job).select_related("to_stage").order_by("-pk")[:2]) if job else []
    if job is None or not moves or moves[0].pk != move_id:
        return False
    last = moves[0]
    if len(moves) == 1 and job.version > 1:
        return False
    untell(kind=last.event, message=str(last.pk), handle=job.handle, at=last.at)
    if len(moves) == 1:
        if job.late_told is not None:
            untell(kind=JOB_LATE, message=_late_message(job, job.late_told), handle=job.handle, at=job.late_told)
        job.removed_at = clock.now()
        job.save(update_fields=["removed_at"])
        cancel(JOB_PROMISES, job.pk)
        return True
    last.delete()
    _stand_in(job, moves[1].to_stage, moves[1].at)
    return True


@transaction.atomic
def settle_promises(*, job_ids: Sequence[int]) -> None:
    """Writes for each of these that is open and whose promised time is over that it is late, once for each promise."""
    now = clock.now()
    late = [
        job
        for job in Job.objects.select_for_update().filter(
            pk__in=job_ids, closed_at=None, removed_at=None, promised_at__lte=now
        ).order_by("pk")
        if job.late_told != job.promised_at and job.promised_at is not None
    ]  # fmt: skip
    for job in late:
        job.late_told = job.promised_at
    Job.objects.bulk_update(late, ["late_told"])
    events = [
        _event(job, _late_message(job, job.promised_at), job.promised_at, promised=job.promised_at)
        for job in late
        if job.promised_at is not None
    ]
    tell(kind=JOB_LATE, subject_kind=SUBJECT, events=events)


def _late_message(job: Job, promised_at: datetime) -> str:
    return f"{job.pk}:{promised_at.isoformat()}"


def _stand_in(job: Job, stage: JobStage, since: datetime) -> None:
    job.stage, job.stage_since, job.outcome = stage, since, stage.outcome
    job.closed_at = since if stage.outcome else None
    job.save(update_fields=["stage", "stage_since", "outcome", "closed_at"])
    _watch(job)


def _watch(job: Job) -> None:
    """The due-table knows when the promise of an open job is over, unless that was told already."""
    if job.closed_at is None and job.promised_at is not None and job.late_told != job.promised_at:
        schedule(JOB_PROMISES, job.pk, job.promised_at, job=job.pk)
    else:
        cancel(JOB_PROMISES, job.pk)


def _event_of(before: JobStage, after: JobStage) -> str:
    if after.outcome:
        return JOB_DONE if after.outcome == Outcome.DONE else JOB_NOT_DONE
    return JOB_REOPENED if before.outcome else JOB_MOVED


def _told(move: JobMove, **properties: Any) -> Told:
    return _event(move.job, str(move.pk), move.at, **properties)


def _event(job: Job, message: str, at: datetime, **properties: Any) -> Told:
    return Told(
        message=message,
        handle=job.handle,
        subject=job.pk,
        at=at,
        location_id=job.location_id,
        product_id=job.product_id,
        properties=properties,
    )


def _columns(details: JobDetails) -> dict[str, Any]:
    found = {name: getattr(details, name) for name in WRITTEN}
    found["title"], found["item"] = details.title.strip(), details.item.strip()
    found["note"] = details.note.replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    if details.price is None:
        found["currency"] = ""
    return found


def _check(details: JobDetails) -> None:
    if not details.title.strip() or "\0" in details.title + details.item + details.note:
        raise CommerceRefused(_("Write what is to be done."))
    if details.price is not None and not (0 <= details.price < LARGEST * 100 and details.currency):
        raise CommerceRefused(_("The estimate lies below ten million."))


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
        (number,) = cursor.fetchone()
    return int(number)
