"""What the doctor asks the stream. Django must be ready."""

from datetime import timedelta

from django.conf import settings
from django.db import connection

from wayloop.contracts.doctor import Check, Finding, broken, good, notice
from wayloop.kernel.stream import health
from wayloop.kernel.stream.parking import parked_rows
from wayloop.operations.processes import is_locked

OLD_HORIZON, BROKEN_HORIZON = timedelta(seconds=30), timedelta(minutes=10)
FAR_BEHIND = timedelta(minutes=1)


def _has_tables() -> bool:
    # The doctor also looks at a database whose tables are not made yet.
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('kernel_parkedrow') IS NOT NULL")
        return bool(cursor.fetchone() == (True,))


def horizon() -> Finding:
    """No transaction holds all listeners back."""
    holder = health.horizon_holder()
    if holder is None or (holder.age is not None and holder.age < OLD_HORIZON):
        return good("nobody holds the listeners back")
    age = "of unknown age" if holder.age is None else f"open for {_seconds(holder.age)}"
    text = f"a transaction of {holder.who} in database {holder.database} (process {holder.process}), {age}"
    if holder.age is None or holder.age < BROKEN_HORIZON:
        return notice(f"{text}, delays all listeners")
    return broken(f"{text}, stops all listeners: end it with pg_terminate_backend({holder.process})")


def listeners() -> Finding:
    """Every listener keeps up and none fails."""
    if not _has_tables():
        return good("none yet")
    cursors = health.cursors()
    slowest = max(cursors, key=lambda one: one.behind, default=None)
    failing = [one for one in cursors if one.error and one.is_known]
    unknown = sorted({one.listener for one in cursors if not one.is_known})
    text = f"{len(cursors)} cursors, {_seconds(slowest.behind) if slowest else '0 s'} behind at most"
    if failing:
        return broken(f"{text}; {failing[0].listener} fails and tries again: {failing[0].error}")
    if slowest and slowest.behind > FAR_BEHIND:
        if is_locked(settings.HOME.run / "up.lock"):
            return broken(f"{text} ({slowest.listener}): see logs/worker.log of the home")
        return notice(f"{text} ({slowest.listener}): done as soon as `wayloop up` runs")
    if unknown:
        return notice(f"{text}; nobody reads as {', '.join(unknown)} any more")
    return good(text)


def parked() -> Finding:
    """No row of the stream waits for somebody to look at it."""
    if not _has_tables():
        return good("none yet")
    count = health.parked_count()
    if not count:
        return good("none")
    (first,) = parked_rows(limit=1)
    told = f"first: {first.listener}, {first.row.kind}, {first.error}"
    return broken(f"{count} rows could not be digested ({told}): mend the cause, then replay them")


def _seconds(age: timedelta) -> str:
    return f"{age.total_seconds():.0f} s"


CHECKS = (
    Check("horizon", horizon),
    Check("listeners", listeners),
    Check("parked rows", parked),
)
