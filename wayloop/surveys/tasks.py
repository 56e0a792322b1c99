"""What the surveys do now and then."""

from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Every
from wayloop.kernel.jobs import Priority, enqueue, job
from wayloop.surveys.enums import ASK_DAYS, ASK_DUE, ASK_STEP, FILL_STEP, FOLD_ANSWERS, SETTLE_LEFT
from wayloop.surveys.services.asking import fill_run, note_days
from wayloop.surveys.services.folding import fold_all
from wayloop.surveys.services.responses import settle_left
from wayloop.surveys.services.sending import ask_all_due, wake_asking


@due(SETTLE_LEFT, misfires=Misfires.LATEST)
def settle(tick: Tick) -> None:
    """Makes scores of responses that nobody goes on with."""
    settle_left()


@due(ASK_DUE, misfires=Misfires.LATEST)
def ask_due(tick: Tick) -> None:
    """Has those asked whose time has come."""
    wake_asking()


@due(ASK_DAYS, misfires=Misfires.LATEST)
def ask_days(tick: Tick) -> None:
    """Writes down whose day has come."""
    note_days()


@due(FOLD_ANSWERS, misfires=Misfires.LATEST)
def ask_to_fold(tick: Tick) -> None:
    """Hands the folding of answers to the queue: after an import there are many."""
    enqueue(FOLD_ANSWERS, once=FOLD_ANSWERS, priority=Priority.MARKETING)


@job(FOLD_ANSWERS)
def fold() -> None:
    """Folds answers into the sets that results are counted from."""
    fold_all()


@job(ASK_STEP)
def ask_step() -> None:
    """Asks and reminds whoever is due."""
    ask_all_due()


@job(FILL_STEP)
def fill_step(*, rule: int) -> None:
    """Looks up everybody a run means, then has them asked."""
    fill_run(rule_id=rule)
    wake_asking()


periodic(SETTLE_LEFT, Every(5))
periodic(ASK_DUE, Every(1))
periodic(ASK_DAYS, Every(120))
periodic(FOLD_ANSWERS, Every(5))
