"""Kinds of service jobs and their stages: made, named, put in order, put away and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.commerce.enums import Outcome
from wayloop.commerce.models import Job, JobKind, JobStage
from wayloop.commerce.rules import CommerceRefused
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised

MOST_KINDS, MOST_STAGES = 40, 20


@dataclass(frozen=True)
class NewStage:
    """A stage of a new kind; `outcome` empty while a job in it is still open."""

    name: Localised
    outcome: Outcome | str = ""


@transaction.atomic
def add_kind(
    *, name: Localised, stages: Sequence[NewStage], icon: str = "wrench", usual_hours: int | None = None
) -> JobKind:
    """Makes a kind of jobs with its stages in their order.

    Raises `CommerceRefused` when no job could begin or end in them, or there are 40 kinds already.
    """
    if JobKind.objects.count() >= MOST_KINDS:
        raise CommerceRefused(_("There are 40 kinds of jobs already. That is more than anybody can tell apart."))
    if {"", Outcome.DONE} - {stage.outcome for stage in stages}:
        raise CommerceRefused(_("A kind needs a stage to begin in and one that means done."))
    last = JobKind.objects.aggregate(last=Max("position"))["last"] or 0
    kind = JobKind.objects.create(name=name, icon=icon, usual_hours=usual_hours, position=last + 1)
    JobStage.objects.bulk_create(
        JobStage(kind=kind, name=stage.name, outcome=stage.outcome, position=place)
        for place, stage in enumerate(stages[:MOST_STAGES], 1)
    )
    return kind


@transaction.atomic
def change_kind(*, kind_id: int, name: Localised, icon: str, usual_hours: int | None) -> JobKind:
    """Gives a kind another name, icon and usual time. Raises `JobKind.DoesNotExist`."""
    kind = JobKind.objects.select_for_update().get(pk=kind_id)
    kind.name, kind.icon, kind.usual_hours = name, icon, usual_hours
    kind.save()
    return kind


@transaction.atomic
def archive_kind(*, kind_id: int) -> JobKind:
    """Puts a kind away: no new jobs of it; what is open goes on to its end. Raises `JobKind.DoesNotExist`."""
    return _set_archived(kind_id, is_archived=True)


@transaction.atomic
def restore_kind(*, kind_id: int) -> JobKind:
    """Takes a kind back into use. Raises `JobKind.DoesNotExist`."""
    return _set_archived(kind_id, is_archived=False)


@transaction.atomic
def move_kind(*, kind_id: int, is_up: bool) -> None:
    """Swaps a kind with its neighbour; at the end of the list nothing happens."""
    _swap(list(JobKind.objects.select_for_update().filter(archived_at=None).order_by("position", "pk")), kind_id, is_up)


@transaction.atomic
def add_stage(*, kind_id: int, name: Localised, outcome: Outcome | str = "") -> JobStage:
    """Adds a stage: an open one behind the last open one, an end stage behind all. Raises `CommerceRefused`."""
    stages = _stages(kind_id)
    if len(stages) >= MOST_STAGES:
        raise CommerceRefused(_("A kind has 20 stages at most: nobody reads a wider board."))
    stage = JobStage(kind_id=kind_id, name=name, outcome=outcome, position=0)
    stages.insert(len(stages) if outcome else _after_last_open(stages), stage)
    for place, one in enumerate(stages, 1):
        one.position = place
        one.save()
    return stage


@transaction.atomic
def rename_stage(*, stage_id: int, name: Localised) -> JobStage:
    """Gives a stage another name, also in what is told of jobs that were in it. Raises `JobStage.DoesNotExist`."""
    stage = JobStage.objects.select_for_update().get(pk=stage_id)
    stage.name = name
    stage.save(update_fields=["name"])
    return stage


@transaction.atomic
def move_stage(*, stage_id: int, is_up: bool) -> None:
    """Swaps a stage with its neighbour; at the end of the list nothing happens."""
    kind_id = JobStage.objects.get(pk=stage_id).kind_id
    _swap([one for one in _stages(kind_id) if one.archived_at is None], stage_id, is_up)


@transaction.atomic
def archive_stage(*, stage_id: int) -> JobStage:
    """Puts a stage away; jobs that ended in it keep it.

    Raises `CommerceRefused` while open jobs stand in it, and for the last stage to begin in or to be done in.
    """
    kind_id = JobStage.objects.get(pk=stage_id).kind_id
    stages = [one for one in _stages(kind_id) if one.archived_at is None]
    stage = next((one for one in stages if one.pk == stage_id), None)
    if stage is None:
        return JobStage.objects.get(pk=stage_id)
    standing = Job.objects.filter(stage=stage, closed_at=None, removed_at=None).count()
    if standing:
        raise CommerceRefused(
            ngettext(
                "%(number)s job stands in “%(stage)s”. Move it to another stage first.",
                "%(number)s jobs stand in “%(stage)s”. Move them to another stage first.",
                standing,
            )
            % {"number": standing, "stage": stage.name}
        )
    others = {one.outcome for one in stages if one.pk != stage_id}
    if {"", Outcome.DONE} - others:
        raise CommerceRefused(_("A kind needs a stage to begin in and one that means done."))
    stage.archived_at = clock.now()
    stage.save(update_fields=["archived_at"])
    return stage


@transaction.atomic
def restore_stage(*, stage_id: int) -> JobStage:
    """Takes a stage back into use, where it stood. Raises `JobStage.DoesNotExist`."""
    stage = JobStage.objects.select_for_update().get(pk=stage_id)
    stage.archived_at = None
    stage.save(update_fields=["archived_at"])
    return stage


def _stages(kind_id: int) -> list[JobStage]:
    return list(JobStage.objects.select_for_update().filter(kind_id=kind_id).order_by("position", "pk"))


def _after_last_open(stages: Sequence[JobStage]) -> int:
    return max((place for place, one in enumerate(stages, 1) if not one.outcome), default=0)


def _swap(rows: Sequence[JobKind] | Sequence[JobStage], row_id: int, is_up: bool) -> None:
    place = next((place for place, row in enumerate(rows) if row.pk == row_id), None)
    other = None if place is None else place + (-1 if is_up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return
    rows[place].position, rows[other].position = rows[other].position, rows[place].position
    for row in (rows[place], rows[other]):
        row.save(update_fields=["position"])


def _set_archived(kind_id: int, *, is_archived: bool) -> JobKind:
    kind = JobKind.objects.select_for_update().get(pk=kind_id)
    kind.archived_at = (kind.archived_at or clock.now()) if is_archived else None
    kind.save(update_fields=["archived_at"])
    return kind
