"""What commerce does when its time has come, and now and then."""

from collections.abc import Sequence

from wayloop.commerce.enums import ABANDON_CARTS, AGREEMENT_DATES, HOLD_BACK, JOB_PROMISES
from wayloop.commerce.services.agreements import settle_agreements
from wayloop.commerce.services.carts import STEP, abandon_carts
from wayloop.commerce.services.holding import hold_back
from wayloop.commerce.services.jobs import settle_promises
from wayloop.kernel import jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due, due_many, periodic
from wayloop.kernel.due.rules import Every


@due_many(AGREEMENT_DATES)
def agreement_dates(ticks: Sequence[Tick]) -> None:
    """Terms that follow, ends that come near, ends."""
    settle_agreements(agreement_ids=[int(tick.ids["agreement"]) for tick in ticks])


@due_many(JOB_PROMISES)
def job_promises(ticks: Sequence[Tick]) -> None:
    """Promised times that are over."""
    settle_promises(job_ids=[int(tick.ids["job"]) for tick in ticks])


@due(ABANDON_CARTS, misfires=Misfires.LATEST)
def sweep_carts(tick: Tick) -> None:
    """Marks carts whose time is over; when there are many, the queue goes on."""
    if abandon_carts() == STEP:
        jobs.enqueue(ABANDON_CARTS, once=ABANDON_CARTS)


@due(HOLD_BACK, misfires=Misfires.LATEST)
def hold_people_back(tick: Tick) -> None:
    """Whoever waits for us is not asked how it was."""
    hold_back()


@jobs.job(ABANDON_CARTS)
def abandon_the_rest() -> None:
    """Goes on in steps of a transaction each."""
    while abandon_carts() == STEP:
        pass


periodic(ABANDON_CARTS, Every(1))
periodic(HOLD_BACK, Every(1))
