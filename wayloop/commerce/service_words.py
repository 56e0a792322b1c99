"""Agreements and service jobs in sentences: for the timeline, the history of one, the panels of the card."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.commerce.enums import (
    AGREEMENT_CANCELLED,
    AGREEMENT_CHANGED,
    AGREEMENT_ENDING,
    AGREEMENT_EXPIRED,
    AGREEMENT_MADE,
    AGREEMENT_RENEWED,
    JOB_DONE,
    JOB_LATE,
    JOB_NOT_DONE,
    JOB_OPENED,
    JOB_PROMISED,
    JOB_REOPENED,
    AgreementKind,
)
from wayloop.commerce.models import AgreementStep
from wayloop.kernel import clock
from wayloop.ui import formats

AGREEMENT_EVENTS = (
    AGREEMENT_MADE, AGREEMENT_CHANGED, AGREEMENT_ENDING, AGREEMENT_RENEWED, AGREEMENT_CANCELLED, AGREEMENT_EXPIRED,
)  # fmt: skip
Words = tuple[str, str]
T = TypeVar("T")


def step_words(step: AgreementStep) -> Words:
    """What happened to an agreement, on its own page: title and detail."""
    told = step.properties
    ends = day_words(told.get("ends"))
    if step.event == AGREEMENT_RENEWED:
        return _("Renewed until %(day)s") % {"day": ends}, _("by itself") if told.get("by_itself") else ""
    if step.event == AGREEMENT_CANCELLED:
        return _("Cancelled"), _("does not hold from %(day)s") % {"day": day_words(told.get("since"))}
    if step.event == AGREEMENT_ENDING:
        return days_left_words(int(told["days"]), renews=bool(told.get("renews"))), ""
    if step.event == AGREEMENT_EXPIRED:
        return _("Ended"), _("last day %(day)s") % {"day": ends}
    title = _("Made") if step.event == AGREEMENT_MADE else _("Other terms")
    return title, span_words(told.get("starts"), told.get("ends"))


def agreement_words(kind: str, title: str, told: Mapping[str, Any]) -> Words:
    """The same for the timeline of the customer, where the agreement must be named."""
    named = {"title": title, "day": day_words(told.get("ends"))}
    if kind == AGREEMENT_MADE:
        label = AgreementKind(told["what"]).label
        return f"{label}: {title}", span_words(told.get("starts"), told.get("ends"))
    if kind == AGREEMENT_RENEWED:
        words = _("“%(title)s” is renewed until %(day)s") % named
        return words, _("by itself") if told.get("by_itself") else ""
    if kind == AGREEMENT_CANCELLED:
        since = _("does not hold from %(day)s") % {"day": day_words(told.get("since"))}
        return _("“%(title)s” is cancelled") % named, since
    if kind == AGREEMENT_ENDING:
        left = days_left_words(int(told["days"]), renews=bool(told.get("renews")))
        return f"{left}: {title}", _("last day %(day)s") % named
    if kind == AGREEMENT_EXPIRED:
        return _("“%(title)s” has ended") % named, _("last day %(day)s") % named
    return _("“%(title)s” has other terms") % named, span_words(told.get("starts"), told.get("ends"))


def days_left_words(days: int, *, renews: bool) -> str:
    """How soon an agreement ends, or goes on by itself."""
    if not days:
        return _("Renews tomorrow") if renews else _("Ends today")
    if renews:
        words = ngettext("Renews in %(number)s day", "Renews in %(number)s days", days)
    else:
        words = ngettext("Ends in %(number)s day", "Ends in %(number)s days", days)
    return words % {"number": days}


def span_words(starts: Any, ends: Any) -> str:
    """From when until when."""
    if not ends:
        return _("from %(start)s, no end") % {"start": day_words(starts)}
    return _("from %(start)s until %(end)s") % {"start": day_words(starts), "end": day_words(ends)}


def job_word(kind: object, number: int) -> str:
    """What a job is called."""
    return _("%(kind)s %(number)s") % {"kind": kind, "number": number}


def job_words(kind: str, job: str, title: str, stage: object, told: Mapping[str, Any]) -> Words:
    """What happened to a job. `job`: what it is called; `stage`: the one it went into, where it went into one."""
    promised = told.get("promised")
    by = _("promised by %(when)s") % {"when": promise_words(promised)} if promised else ""
    named = {"job": job, "title": title, "stage": stage, "promise": by}
    if kind == JOB_OPENED:
        return _("%(job)s: %(title)s") % named, by
    if kind == JOB_DONE:
        return _("%(job)s: done") % named, title
    if kind == JOB_NOT_DONE:
        return _("%(job)s: not done, “%(stage)s”") % named, title
    if kind == JOB_REOPENED:
        return _("%(job)s: worked on again, “%(stage)s”") % named, title
    if kind == JOB_PROMISED:
        return (_("%(job)s: %(promise)s") if by else _("%(job)s: no promised time any more")) % named, title
    if kind == JOB_LATE:
        return _("%(job)s: late") % named, by
    return _("%(job)s: now “%(stage)s”") % named, title


def promise_words(moment: datetime) -> str:
    """A promised time; only the day when it is the end of it."""
    local, today = timezone.localtime(moment), timezone.localtime(clock.now()).date()
    day = formats.plain_date(local.date(), today)
    is_day_only = local.time().replace(second=0, microsecond=0) == time(23, 59)
    return day if is_day_only else f"{day}, {formats.clock(local)}"


def by_day(rows: Iterable[T], moment_of: Callable[[T], datetime]) -> list[tuple[date, list[T]]]:
    """Rows that stand in the order of their moments, under the days of the reader they belong to."""
    days: dict[date, list[T]] = {}
    for row in rows:
        days.setdefault(timezone.localtime(moment_of(row)).date(), []).append(row)
    return list(days.items())


def day_words(value: Any) -> str:
    """A day of the business, from a date or its ISO form; empty for none."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return formats.plain_date(day, timezone.localtime(clock.now()).date())
