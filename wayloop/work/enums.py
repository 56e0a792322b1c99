"""States, kinds and names of the work."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Rows of the due-table.
CASE_DEADLINES, TASK_TIMES = "work.case_deadlines", "work.task_times"
# Kinds of events in the ledger.
CASE_OPENED, CASE_MOVED, CASE_SOLVED, CASE_UNSOLVED = "case.opened", "case.moved", "case.solved", "case.unsolved"
CASE_REOPENED, CASE_OVERDUE, CASE_COMPENSATED = "case.reopened", "case.overdue", "case.compensated"


class State(TextChoices):
    """What it means to stand in a stage."""

    NEW = "new", pgettext_lazy("state of a case", "new")
    WORKING = "working", pgettext_lazy("state of a case", "in work")
    WAITING = "waiting", pgettext_lazy("state of a case", "waiting for the customer")
    SOLVED = "solved", pgettext_lazy("state of a case", "closed, solved")
    UNSOLVED = "unsolved", pgettext_lazy("state of a case", "closed without a solution")


OPEN_STATES = (State.NEW, State.WORKING, State.WAITING)
CLOSED_STATES = (State.SOLVED, State.UNSOLVED)


class CaseKind(TextChoices):
    """What a case came from."""

    COMPLAINT = "complaint", _("Complaint")
    SCORE = "score", _("Bad score")
    OTHER = "other", pgettext_lazy("kind of a case", "Something else")


class Severity(TextChoices):
    """How bad it is."""

    HIGH = "high", pgettext_lazy("severity", "High")
    NORMAL = "normal", pgettext_lazy("severity", "Normal")
    LOW = "low", pgettext_lazy("severity", "Low")


class OwnerRule(TextChoices):
    """Who gets a new case of a playbook."""

    NOBODY = "nobody", _("Nobody: it waits in the list until somebody takes it")
    MEMBER = "member", _("Always the same member")
    TURNS = "turns", _("By turns, among those of a role who see the location")


class EntryKind(TextChoices):
    """What a line of the history tells."""

    MOVED = "moved", _("Stage")
    NOTE = "note", _("Note")
    GIVEN = "given", _("Responsible")
    DEADLINE = "deadline", _("Deadline")
    COMPENSATION = "compensation", _("Compensation")
    CAUSE = "cause", _("Root cause")
    STEP = "step", pgettext_lazy("of a checklist", "Step")
    OVERDUE = "overdue", _("Overdue")
    RECOVERY = "recovery", _("Recovery survey")
