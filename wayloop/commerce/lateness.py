"""When a service job is late: one rule, in Python for a page and in SQL for lists and counts.

A job is late when its promised time passed before it reached an end: an open one now, a closed one for ever. A job
nobody promised a time for is never late.
"""

from datetime import datetime

# For open jobs; `j` is the job, `now` a parameter.
LATE_AND_OPEN = "(j.closed_at IS NULL AND j.promised_at < %(now)s)"


def is_late(promised_at: datetime | None, closed_at: datetime | None, now: datetime) -> bool:
    """The rule. All instants are aware."""
    return promised_at is not None and promised_at < (closed_at or now)
