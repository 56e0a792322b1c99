"""What messaging does in the queue, and now and then."""

from datetime import time

from wayloop.kernel import jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily, Every
from wayloop.messaging.enums import SEND, STRIP, WAKE, WATCH
from wayloop.messaging.services.keeping import AT_ONCE, strip_messages
from wayloop.messaging.services.leaving import send_waiting, wake_waiting
from wayloop.messaging.services.waking import wake
from wayloop.privacy.api import Channel


@jobs.job(SEND)
def send(lane: int) -> None:
    """Hands messages over, for some seconds."""
    send_waiting(lane=lane)


@due(WAKE, misfires=Misfires.LATEST)
def wake_senders(tick: Tick) -> None:
    """The time of a message that waited has come."""
    wake(channel=list(Channel)[int(tick.ids["place"])])


@due(WATCH, misfires=Misfires.LATEST)
def look_for_waiting(tick: Tick) -> None:
    """Sees to it that nothing waits in vain: as when a channel was set up since."""
    wake_waiting()


@due(STRIP, misfires=Misfires.LATEST)
def strip(tick: Tick) -> None:
    """What was written to people a month ago is forgotten; that it was written stays."""
    while strip_messages() == AT_ONCE:
        pass


periodic(WATCH, Every(1))
periodic(STRIP, Daily(time(3, 40), "UTC"))
