"""The face of the work for other contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wayloop.contracts.work import CaseColumns, OpenedCases
from wayloop.kernel.localised import Localised
from wayloop.work.enums import CaseKind, OwnerRule, Severity, State
from wayloop.work.models import Case
from wayloop.work.queries.settings import causes, playbooks, stages
from wayloop.work.rules import WorkRefused
from wayloop.work.services.moving import move_case
from wayloop.work.services.opening import open_cases
from wayloop.work.services.playbooks import PlaybookDetails, add_cause, add_playbook
from wayloop.work.services.todos import TaskDetails, add_task, finish_task
from wayloop.work.services.writing import compensate, name_cause, note_case, note_recovery, tick_step

__all__ = [
    "CaseColumns",
    "CaseInfo",
    "CaseKind",
    "CauseInfo",
    "OpenedCases",
    "OwnerRule",
    "PlaybookDetails",
    "PlaybookInfo",
    "Severity",
    "State",
    "TaskDetails",
    "WorkRefused",
    "add_cause",
    "add_playbook",
    "add_task",
    "cases_about",
    "cases_by_id",
    "causes_in_use",
    "compensate",
    "finish_task",
    "move_case",
    "name_cause",
    "note_case",
    "note_recovery",
    "open_cases",
    "playbooks_in_use",
    "stages",
    "tick_step",
]


@dataclass(frozen=True)
class PlaybookInfo:
    """A playbook as a rule of another context may name it."""

    id: int
    name: Localised
    kind: CaseKind
    recovery_survey: int | None


@dataclass(frozen=True)
class CauseInfo:
    """A root cause to choose."""

    id: int
    name: Localised


@dataclass(frozen=True)
class CaseInfo:
    """What others may know of a case. `state`: what its stage means; `recovery_survey`: what asks afterwards."""

    id: int
    uuid: UUID
    number: int
    about: str | None
    handle: int | None
    location_id: int | None
    stage_id: int
    state: State
    opened_at: datetime
    deadline_at: datetime | None
    closed_at: datetime | None
    recovery_survey: int | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.closed_at is None


def playbooks_in_use() -> tuple[PlaybookInfo, ...]:
    """Those a rule can name, in the order of the business."""
    return tuple(PlaybookInfo(row.pk, row.name, CaseKind(row.kind), row.recovery_survey) for row in playbooks())


def causes_in_use(*, with_archived: bool = False) -> tuple[CauseInfo, ...]:
    """Root causes in the order of the business."""
    return tuple(CauseInfo(row.pk, row.name) for row in causes(with_archived=with_archived))


def cases_by_id(case_ids: Sequence[int]) -> dict[int, CaseInfo]:
    """Case → what may be known of it; those that were taken back are left out. One read."""
    return {row.pk: _info(row) for row in Case.objects.filter(pk__in=case_ids, removed_at=None)}


def cases_about(abouts: Sequence[str]) -> dict[str, CaseInfo]:
    """What it is about ("answer:512") → the case that was opened for it. One read."""
    rows = Case.objects.filter(about__in=[one for one in abouts if one], removed_at=None)
    return {row.about: _info(row) for row in rows if row.about}


def _info(row: Case) -> CaseInfo:
    return CaseInfo(
        id=row.pk,
        uuid=row.uuid,
        number=row.number,
        about=row.about,
        handle=row.handle,
        location_id=row.location_id,
        stage_id=row.stage_id,
        state=State(row.state),
        opened_at=row.opened_at,
        deadline_at=row.deadline_at,
        closed_at=row.closed_at,
        recovery_survey=row.recovery_survey,
    )
