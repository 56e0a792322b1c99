"""What privacy does now and then."""

from datetime import time

from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily
from wayloop.privacy.enums import FORGET_REFUSALS
from wayloop.privacy.services.keeping import AT_ONCE, forget_refusals


@due(FORGET_REFUSALS, misfires=Misfires.LATEST)
def forget(tick: Tick) -> None:
    """Refusals of more than a year ago are forgotten."""
    while forget_refusals() == AT_ONCE:
        pass


periodic(FORGET_REFUSALS, Daily(time(3, 50), "UTC"))
