"""What is done about telling and thanking when its time has come."""

from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Every
from wayloop.kernel.jobs import enqueue, job
from wayloop.voice.enums import TELL_DUE, TELL_STEP
from wayloop.voice.queries import is_anybody_due
from wayloop.voice.services.telling import tell_some
from wayloop.voice.services.thanks import thank_some


@job(TELL_STEP)
def tell_step() -> None:
    """Tells and thanks whoever is due, in steps that each commit; a killed one goes on where it was."""
    while tell_some():
        pass
    while thank_some():
        pass


@due(TELL_DUE, misfires=Misfires.LATEST)
def tell_due(tick: Tick) -> None:
    """Lets the worker look at those whose time has come."""
    if is_anybody_due():
        enqueue(TELL_STEP, once=TELL_STEP)


periodic(TELL_DUE, Every(10))
