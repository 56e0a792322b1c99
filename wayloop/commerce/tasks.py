"""What commerce does when its time has come."""

from collections.abc import Sequence

from wayloop.commerce.enums import AGREEMENT_DATES, JOB_PROMISES
from wayloop.commerce.services.agreements import settle_agreements
from wayloop.commerce.services.jobs import settle_promises
from wayloop.kernel.due.handlers import Tick, due_many


@due_many(AGREEMENT_DATES)
def agreement_dates(ticks: Sequence[Tick]) -> None:
    """Terms that follow, ends that come near, ends."""
    settle_agreements(agreement_ids=[int(tick.ids["agreement"]) for tick in ticks])


@due_many(JOB_PROMISES)
def job_promises(ticks: Sequence[Tick]) -> None:
    """Promised times that are over."""
    settle_promises(job_ids=[int(tick.ids["job"]) for tick in ticks])
