"""What metrics do by themselves: goals are looked at once a day, and a quarter that is over is told by mail."""

from datetime import time as wall

from wayloop.kernel import jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily
from wayloop.metrics.enums import LOOK_AT_GOALS, SEND_REVIEW
from wayloop.metrics.services.alerts import follow_themes
from wayloop.metrics.services.goals import look_at_goals
from wayloop.metrics.services.reviews import ask_for_reviews, send_review


@jobs.job(LOOK_AT_GOALS)
def look() -> None:
    """Judges every goal and every theme anew."""
    look_at_goals()
    follow_themes()


@due(LOOK_AT_GOALS, misfires=Misfires.LATEST)
def ask_to_look(tick: Tick) -> None:
    """Hands the look to the queue: over millions of orders it takes a minute."""
    jobs.enqueue(LOOK_AT_GOALS, once=LOOK_AT_GOALS, priority=jobs.Priority.MARKETING)


@jobs.job(SEND_REVIEW)
def send(*, letter: int) -> None:
    """Hands one review over."""
    send_review(number=letter)


@due(SEND_REVIEW, misfires=Misfires.LATEST)
def ask_to_send(tick: Tick) -> None:
    """Asks for the letters of the quarter that is over, once."""
    ask_for_reviews()


periodic(LOOK_AT_GOALS, Daily(wall(4, 30), "UTC"))
# After the look of the night, so that goals stand as the quarter left them.
periodic(SEND_REVIEW, Daily(wall(6, 0), "UTC"))
