"""Kinds of service jobs with their stages."""

from dataclasses import dataclass

from django.db.models import Count

from wayloop.commerce.models import Job, JobKind, JobStage
from wayloop.kernel.localised import Localised


@dataclass(frozen=True)
class StageInfo:
    """One stage; `outcome` empty while a job in it is open."""

    id: int
    kind: int
    name: Localised
    outcome: str
    is_archived: bool


@dataclass(frozen=True)
class KindInfo:
    """One kind with its stages in their order, archived ones too."""

    id: int
    name: Localised
    icon: str
    usual_hours: int | None
    is_archived: bool
    stages: tuple[StageInfo, ...]

    @property
    def in_use(self) -> tuple[StageInfo, ...]:
        """The stages a job can be moved into."""
        return tuple(stage for stage in self.stages if not stage.is_archived)


def kinds_with_stages() -> tuple[KindInfo, ...]:
    """All kinds in the order the business gave them, archived ones too: they name what was. Two reads."""
    stages: dict[int, list[StageInfo]] = {}
    for row in JobStage.objects.order_by("position", "pk"):
        info = StageInfo(row.pk, row.kind_id, row.name, row.outcome, row.archived_at is not None)
        stages.setdefault(row.kind_id, []).append(info)
    return tuple(
        KindInfo(
            row.pk, row.name, row.icon, row.usual_hours, row.archived_at is not None, tuple(stages.get(row.pk, ()))
        )
        for row in JobKind.objects.order_by("position", "pk")
    )


def standing_in(kind_id: int) -> dict[int, int]:
    """Stage → how many open jobs stand in it, over all locations."""
    rows = Job.objects.filter(kind_id=kind_id, closed_at=None, removed_at=None)
    return dict(rows.values_list("stage_id").annotate(jobs=Count("pk")))
