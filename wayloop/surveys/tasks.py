"""What the surveys do now and then."""

from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Every
from wayloop.surveys.enums import SETTLE_LEFT
from wayloop.surveys.services.responses import settle_left


@due(SETTLE_LEFT, misfires=Misfires.LATEST)
def settle(tick: Tick) -> None:
    """Makes scores of responses that nobody goes on with."""
    settle_left()


periodic(SETTLE_LEFT, Every(5))
