"""Wakes the senders."""

from datetime import datetime

from wayloop.kernel import clock, jobs
from wayloop.kernel.due import table
from wayloop.messaging.enums import SEND, WAKE
from wayloop.privacy.api import Channel

# So many messages of a channel are on their way at once, each sender with a connection of its own.
LANES = 2


def wake(*, channel: str) -> None:
    """Lets the senders of a channel look for messages, once the caller's transaction is committed."""
    place = list(Channel).index(Channel(channel))
    for number in range(LANES):
        lane = place * LANES + number
        word = f"{SEND} {lane}"
        jobs.enqueue(SEND, lock=word, once=word, priority=jobs.Priority.SERVICE, lane=lane)


def wake_at(*, channel: str, moment: datetime) -> None:
    """The same, at a time."""
    place = list(Channel).index(Channel(channel))
    table.schedule(WAKE, channel, max(moment, clock.now()), place=place)


def channel_of(*, lane: int) -> str:
    """The channel of a sender."""
    return list(Channel)[lane // LANES].value
