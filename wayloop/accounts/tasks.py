"""What the members' tables do now and then."""

from datetime import time

from wayloop.accounts.enums import FORGET_INVITATIONS, FORGET_LINES
from wayloop.accounts.services.audit import forget_old_lines
from wayloop.accounts.services.invitations import forget_old_invitations
from wayloop.kernel import clock
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily
from wayloop.kernel.due.table import schedule


@due(FORGET_LINES, misfires=Misfires.LATEST)
def forget_lines(tick: Tick) -> None:
    """Removes lines of the trail that are older than it is kept; while there are more, it is due again at once."""
    if forget_old_lines():
        schedule(FORGET_LINES, "more", clock.now())


@due(FORGET_INVITATIONS, misfires=Misfires.LATEST)
def forget_invitations(tick: Tick) -> None:
    """Removes invitations of people who never came."""
    forget_old_invitations()


periodic(FORGET_LINES, Daily(time(4, 20), "UTC"))
periodic(FORGET_INVITATIONS, Daily(time(4, 30), "UTC"))
