"""The clock of a case: business time from opening, standing still while we wait for the customer. Pure.

Everything is found anew from when the case was opened, when it waited, and hours as they were known at one moment;
nothing counts along, so nothing can drift.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from wayloop.business.api import Hours, Interval, add_business_time, business_time_between, open_intervals

NOTHING = timedelta()
# From an instant until another, in order, none overlapping; None as the end: it still waits.
Wait = tuple[datetime, datetime | None]


def deadline_of(hours: Hours, opened_at: datetime, promised: timedelta, waits: Sequence[Wait] = ()) -> datetime | None:
    """When the promised business time is over. None while it waits, and for who is never open so long."""
    start, left = opened_at, promised
    for begun, ended in waits:
        passed = business_time_between(hours, start, begun)
        if left <= passed:
            break
        if ended is None:
            return None
        start, left = max(ended, start), left - passed
    return add_business_time(hours, start, left)


def time_spent(hours: Hours, opened_at: datetime, ended_at: datetime) -> timedelta:
    """The business time from opening to an end, waiting included."""
    return business_time_between(hours, opened_at, ended_at)


def time_waited(hours: Hours, opened_at: datetime, ended_at: datetime, waits: Sequence[Wait]) -> timedelta:
    """The business time of it in which we waited for the customer."""
    return sum(
        (
            business_time_between(hours, max(begun, opened_at), min(ended or ended_at, ended_at))
            for begun, ended in waits
            if begun < ended_at
        ),
        NOTHING,
    )


def counted(
    hours: Hours, opened_at: datetime, until: datetime, waits: Sequence[Wait] = (), *, most: int = 60
) -> list[Interval]:
    """The times that counted towards the deadline, in order: what a deadline opens into. At most so many."""
    found = []
    for start, end in _running(opened_at, until, waits):
        found += open_intervals(hours, start, end)
        if len(found) >= most:
            break
    return found[:most]


def _running(opened_at: datetime, until: datetime, waits: Sequence[Wait]) -> Iterator[tuple[datetime, datetime]]:
    start = opened_at
    for begun, ended in waits:
        if begun >= until:
            break
        if begun > start:
            yield start, begun
        if ended is None:
            return
        start = max(start, ended)
    if start < until:
        yield start, until
