"""What tests of the work and of those above it need to arrange: stages, playbooks, cases."""

from typing import Any

from wayloop.kernel.due.runner import Runner
from wayloop.kernel.localised import Localised
from wayloop.work.models import Case, CaseEntry, CaseStep, Cause, Playbook, Stage, Task
from wayloop.work.services.moving import move_case
from wayloop.work.services.opening import CaseDetails, open_case
from wayloop.work.services.playbooks import PlaybookDetails, add_playbook

__all__ = [
    "Case", "CaseEntry", "CaseStep", "Cause", "Playbook", "Stage", "Task", "let_pass", "move_to", "playbook", "start",
]  # fmt: skip


def playbook(name: str = "Bad score", **more: Any) -> Playbook:
    """A playbook of this name."""
    return add_playbook(details=PlaybookDetails(Localised.of(name, "en"), **more))


def start(person: int | None, title: str = "Cold soup", *, by_playbook: Playbook | None = None, **more: Any) -> Case:
    """A case, opened by hand."""
    chosen = by_playbook.pk if by_playbook else None
    return open_case(person=person, details=CaseDetails(title, **more), playbook_id=chosen, by=None)


def move_to(case: Case, state: str, by: int | None = None, **more: Any) -> CaseEntry | None:
    """Moves a case into the stage of this state that came with the program."""
    seen = Case.objects.get(pk=case.pk).stage_id
    stage = Stage.objects.filter(state=state).order_by("pk")[0]
    return move_case(case_id=case.pk, stage_id=stage.pk, seen_stage_id=seen, by=by, **more)


def let_pass() -> None:
    """Does what is due by now."""
    worker = Runner()
    while worker.turn():
        pass
