"""What the doctor asks the stream. Django must be ready."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from wayloop.contracts.doctor import Check, Finding, broken, good, notice
from wayloop.kernel.stream import health
from wayloop.kernel.stream.parking import parked_rows
from wayloop.operations.processes import is_locked
from wayloop.operations.queries import has_table

OLD_HORIZON, BROKEN_HORIZON = timedelta(seconds=30), timedelta(minutes=10)
FAR_BEHIND = timedelta(minutes=1)


def horizon() -> Finding:
    """No transaction holds all listeners back."""
    holder = health.horizon_holder()
    if holder is None or (holder.age is not None and holder.age < OLD_HORIZON):
        return good(_("nobody holds the listeners back"))
    age = _("of unknown age") if holder.age is None else _("open for %(time)s") % {"time": _seconds(holder.age)}
    text = _("a transaction of %(who)s in database %(database)s (process %(process)s), %(age)s") % {
        "who": holder.who,
        "database": holder.database,
        "process": holder.process,
        "age": age,
    }
    if holder.age is None or holder.age < BROKEN_HORIZON:
        return notice(_("%(text)s, delays all listeners") % {"text": text})
    return broken(
        _("%(text)s, stops all listeners: end it with pg_terminate_backend(%(process)s)")
        % {"text": text, "process": holder.process}
    )


def listeners() -> Finding:
    """Every listener keeps up and none fails."""
    if not has_table("kernel_parkedrow"):
        return good(_("none yet"))
    cursors = health.cursors()
    slowest = max(cursors, key=lambda one: one.behind, default=None)
    failing = [one for one in cursors if one.error and one.is_known]
    unknown = sorted({one.listener for one in cursors if not one.is_known})
    text = _("%(count)s cursors, %(time)s behind at most") % {
        "count": len(cursors),
        "time": _seconds(slowest.behind if slowest else timedelta()),
    }
    stopped = health.stopped_listeners()
    if stopped:
        return broken(
            _("%(text)s; %(names)s does not run: its parts changed, and it needs another name")
            % {"text": text, "names": ", ".join(stopped)}
        )
    if failing:
        return broken(
            _("%(text)s; %(name)s fails and tries again: %(error)s")
            % {"text": text, "name": failing[0].listener, "error": failing[0].error}
        )
    if slowest and slowest.behind > FAR_BEHIND:
        if is_locked(settings.HOME.run / "up.lock"):
            return broken(_("%(text)s: see logs/worker.log of the home") % {"text": f"{text} ({slowest.listener})"})
        return notice(_("%(text)s: done as soon as `wayloop up` runs") % {"text": f"{text} ({slowest.listener})"})
    if unknown:
        return notice(_("%(text)s; nobody reads as %(names)s any more") % {"text": text, "names": ", ".join(unknown)})
    return good(text)


def parked() -> Finding:
    """No row of the stream waits for somebody to look at it."""
    if not has_table("kernel_parkedrow"):
        return good(_("none yet"))
    count = health.parked_count()
    if not count:
        return good(_("none"))
    (first,) = parked_rows(limit=1)
    told = f"{first.listener}, {first.row.kind}, {first.error}"
    return broken(
        _("could not be digested: %(count)s (first: %(told)s): mend the cause, then replay them")
        % {"count": count, "told": told}
    )


def _seconds(age: timedelta) -> str:
    return _("%(n)s s") % {"n": f"{age.total_seconds():.0f}"}


CHECKS = (
    Check("horizon", horizon),
    Check("listeners", listeners),
    Check("parked rows", parked),
)
