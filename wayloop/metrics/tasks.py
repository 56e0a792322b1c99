"""What metrics do by themselves: goals are looked at once a day."""

from datetime import time as wall

from wayloop.kernel import jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily
from wayloop.metrics.enums import LOOK_AT_GOALS
from wayloop.metrics.services.goals import look_at_goals


@jobs.job(LOOK_AT_GOALS)
def look() -> None:
    """Judges every goal anew."""
    look_at_goals()


@due(LOOK_AT_GOALS, misfires=Misfires.LATEST)
def ask_to_look(tick: Tick) -> None:
    """Hands the look to the queue: over millions of orders it takes a minute."""
    jobs.enqueue(LOOK_AT_GOALS, once=LOOK_AT_GOALS, priority=jobs.Priority.MARKETING)


periodic(LOOK_AT_GOALS, Daily(wall(4, 30), "UTC"))
