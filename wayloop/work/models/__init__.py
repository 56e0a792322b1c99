"""Tables of the work, one module per topic."""

from wayloop.work.models.cases import NO_DEADLINE, Case, CaseEntry, CaseStep
from wayloop.work.models.playbooks import Cause, Playbook, Stage, Turn
from wayloop.work.models.todos import Task

__all__ = ["NO_DEADLINE", "Case", "CaseEntry", "CaseStep", "Cause", "Playbook", "Stage", "Task", "Turn"]
