"""Stages, root causes and playbooks as lists and choices."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from wayloop.kernel.localised import Localised
from wayloop.work.enums import CLOSED_STATES, State
from wayloop.work.models import Case, Cause, Playbook, Stage


@dataclass(frozen=True)
class StageInfo:
    """One stage; `state`: what standing in it means."""

    id: int
    name: Localised
    state: State
    is_archived: bool

    @property
    def is_end(self) -> bool:
        """Whether a case that stands in it is closed."""
        return self.state in CLOSED_STATES

    @property
    def is_solved(self) -> bool:
        return self.state == State.SOLVED


def stages() -> tuple[StageInfo, ...]:
    """All stages in the order of the board, those put away too: by their states, then as the business put them."""
    order = list(State)
    rows = [
        StageInfo(row.pk, row.name, State(row.state), row.archived_at is not None)
        for row in Stage.objects.order_by("position", "pk")
    ]
    return tuple(sorted(rows, key=lambda one: order.index(one.state)))


def standing() -> dict[int, int]:
    """Stage → how many open cases stand in it, whoever may see them."""
    rows = Case.objects.filter(closed_at=None, removed_at=None).values("stage").annotate(number=Count("pk"))
    return {row["stage"]: row["number"] for row in rows}


def causes(*, with_archived: bool = False) -> tuple[Cause, ...]:
    """Root causes in the order of the business."""
    rows = Cause.objects.order_by("position", "pk")
    return tuple(rows if with_archived else rows.filter(archived_at=None))


def causes_for(playbook: Playbook | None, kept: int | None = None) -> list[Cause]:
    """Those to choose from for a case of this playbook; `kept`: the one it has stays a choice."""
    wanted = set(playbook.cause_ids) if playbook else set()
    return [
        cause
        for cause in causes(with_archived=True)
        if cause.pk == kept or (cause.archived_at is None and (not wanted or cause.pk in wanted))
    ]


def playbooks(*, with_archived: bool = False) -> tuple[Playbook, ...]:
    """Playbooks in the order of the business, with their fixed owners."""
    rows = Playbook.objects.select_related("owner").order_by("position", "pk")
    return tuple(rows if with_archived else rows.filter(archived_at=None))


def playbook_names(ids: Sequence[int]) -> dict[int, Localised]:
    """Playbook → its name, also of those put away."""
    return dict(Playbook.objects.filter(pk__in=ids).values_list("pk", "name"))
