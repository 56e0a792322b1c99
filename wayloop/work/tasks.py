"""What the work does when its time has come."""

from collections.abc import Sequence

from wayloop.kernel.due.handlers import Tick, due_many
from wayloop.work.enums import CASE_DEADLINES, TASK_TIMES
from wayloop.work.services.moving import settle_deadlines
from wayloop.work.services.todos import settle_tasks


@due_many(CASE_DEADLINES)
def case_deadlines(ticks: Sequence[Tick]) -> None:
    """Deadlines that are over."""
    settle_deadlines(case_ids=[int(tick.ids["case"]) for tick in ticks])


@due_many(TASK_TIMES)
def task_times(ticks: Sequence[Tick]) -> None:
    """Tasks that were to be done by now."""
    settle_tasks(task_ids=[int(tick.ids["task"]) for tick in ticks])
