"""Queue entries of the customers, and what they do now and then."""

import time
from datetime import time as wall

from wayloop.customers.enums import COMPUTE_TRAITS, REFRESH_TRAITS, TEND_TRAIT_INDEXES
from wayloop.customers.services import computed, indexes
from wayloop.kernel import jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily, Every

# A job that goes on for longer gives way and queues up again.
AT_A_STRETCH = 30.0


@jobs.job(COMPUTE_TRAITS)
def compute_traits() -> None:
    """Computes the traits of everybody who is marked."""
    end = time.monotonic() + AT_A_STRETCH
    while computed.compute_marked():
        if time.monotonic() > end:
            jobs.enqueue(COMPUTE_TRAITS, once=COMPUTE_TRAITS, priority=jobs.Priority.MARKETING)
            return


@jobs.job(TEND_TRAIT_INDEXES)
def tend_trait_indexes() -> None:
    """Makes the indexes of traits that want one, removes those that nobody wants."""
    indexes.tend_trait_indexes()


@due(REFRESH_TRAITS, misfires=Misfires.LATEST)
def refresh_traits(tick: Tick) -> None:
    """Finds those whose computed traits are old."""
    computed.mark_stale()


@due(TEND_TRAIT_INDEXES, misfires=Misfires.LATEST)
def look_after_indexes(tick: Tick) -> None:
    """Hands indexes that are not as they should be to the queue; so a killed build leaves no half one for ever."""
    indexes.ask_for_tending()


periodic(REFRESH_TRAITS, Daily(wall(3, 40), "UTC"))
periodic(TEND_TRAIT_INDEXES, Every(15))
