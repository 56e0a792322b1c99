"""Queue entries of the customers, and what they do now and then."""

import time
from datetime import time as wall
from datetime import timedelta

from wayloop.customers.enums import (
    COMPUTE_TRAITS,
    COUNT_WORDS,
    FORGET_BULKS,
    LOOK_FOR_TRAITS,
    REFRESH_TRAITS,
    RUN_BULK,
    TEND_TRAIT_INDEXES,
    UNDO_BULK,
)
from wayloop.customers.services import bulk, computed, indexes, words
from wayloop.kernel import clock, jobs
from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Daily, Every

# A job that goes on for longer gives way and queues up again.
AT_A_STRETCH = 30.0
# So long a change of many customers can be taken back.
KEEP_BULKS = timedelta(days=30)


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


@jobs.job(RUN_BULK)
def run_bulk(action_id: int) -> None:
    """Goes on with a change of many customers."""
    bulk.run_bulk(action_id=action_id)


@jobs.job(UNDO_BULK)
def undo_bulk(action_id: int) -> None:
    """Goes on with taking one back."""
    bulk.take_back_bulk(action_id=action_id)


@jobs.job(COUNT_WORDS)
def count_words() -> None:
    """Counts the words of names, forgets those that nobody has."""
    words.count_words()


@due(COUNT_WORDS, misfires=Misfires.LATEST)
def ask_for_counting(tick: Tick) -> None:
    """Hands the count to the queue: over millions of names it takes a minute."""
    jobs.enqueue(COUNT_WORDS, once=COUNT_WORDS, priority=jobs.Priority.MARKETING)


@due(FORGET_BULKS, misfires=Misfires.LATEST)
def forget_bulks(tick: Tick) -> None:
    """Removes the notes of changes made long ago."""
    bulk.forget_old_bulks(before=clock.now() - KEEP_BULKS)


@due(LOOK_FOR_TRAITS, misfires=Misfires.LATEST)
def look_for_traits(tick: Tick) -> None:
    """Hands those who are marked to the queue."""
    computed.ask_for_computing()


@due(REFRESH_TRAITS, misfires=Misfires.LATEST)
def refresh_traits(tick: Tick) -> None:
    """Finds those whose computed traits are old."""
    computed.mark_stale()


@due(TEND_TRAIT_INDEXES, misfires=Misfires.LATEST)
def look_after_indexes(tick: Tick) -> None:
    """Hands indexes that are not as they should be to the queue; so a killed build leaves no half one for ever."""
    indexes.ask_for_tending()


periodic(LOOK_FOR_TRAITS, Every(1))
periodic(REFRESH_TRAITS, Daily(wall(3, 40), "UTC"))
periodic(TEND_TRAIT_INDEXES, Every(5))
periodic(FORGET_BULKS, Daily(wall(3, 50), "UTC"))
periodic(COUNT_WORDS, Daily(wall(4, 10), "UTC"))
