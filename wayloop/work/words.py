"""Sentences about cases and tasks, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.kernel import clock
from wayloop.ui import formats
from wayloop.work.enums import (
    CASE_COMPENSATED,
    CASE_MOVED,
    CASE_OPENED,
    CASE_OVERDUE,
    CASE_REOPENED,
    CASE_SOLVED,
    CASE_UNSOLVED,
    EntryKind,
    State,
)
from wayloop.work.models import CaseEntry


@dataclass(frozen=True)
class EntryWords:
    """A line of the history as it is shown: icon, tone, what happened, who did it, what they wrote."""

    entry: CaseEntry
    icon: str
    tone: str
    text: str
    who: str
    quote: str = ""
    end: str = ""


def case_name(number: int) -> str:
    """What a case is called in a sentence and in crumbs."""
    return _("Case %(number)s") % {"number": number}


def event_words(kind: str, number: int, title: str, stage: str, properties: Mapping[str, Any]) -> tuple[str, str]:
    """Title and detail of an event on the timeline."""
    name = {"case": case_name(number), "stage": stage}
    sentence = {
        CASE_OPENED: _("%(case)s is open"),
        CASE_MOVED: _("%(case)s: %(stage)s"),
        CASE_SOLVED: _("%(case)s is solved"),
        CASE_UNSOLVED: _("%(case)s is closed without a solution"),
        CASE_REOPENED: _("%(case)s is open anew"),
        CASE_OVERDUE: _("%(case)s is overdue"),
        CASE_COMPENSATED: _("Compensation given for %(case)s"),
    }[kind]
    detail = title
    if kind == CASE_SOLVED and properties.get("minutes"):
        detail = _("%(title)s · took %(time)s") % {"title": title, "time": business_time(properties["minutes"] * 60)}
    return sentence % name, detail


def deadline_words(moment: datetime) -> str:
    """A deadline inside a sentence."""
    return formats.relative(timezone.localtime(moment), timezone.localtime(clock.now()))


def business_time(seconds: float) -> str:
    """A length of business time: in hours, never in days, since nobody knows how long a business day is."""
    if seconds < 3600:
        return formats.duration(int(seconds))
    hours = seconds / 3600
    return _("%(hours)s h") % {"hours": formats.number(round(hours, 1) if hours < 100 else round(hours))}


def cases_overdue(number: int) -> str:
    """How many cases of yours are overdue."""
    text = ngettext("%(number)s case of yours is overdue", "%(number)s cases of yours are overdue", number)
    return text % {"number": formats.number(number)}


def share_words(part: int, whole: int) -> str:
    """A share in percent; a dash where there is nothing to share."""
    return formats.percent(part / whole) if whole else "–"


def entry_words(entry: CaseEntry, currency: str) -> EntryWords:
    """A line of the history; `currency` is that of the case."""
    who = entry.member.name if entry.member else _("by itself")
    if entry.kind == EntryKind.MOVED and entry.to_stage:
        if entry.from_stage_id is None:
            return EntryWords(entry, "life-buoy", "warn", _("The case is open"), who)
        tone = {State.SOLVED: "good", State.UNSOLVED: "warn"}.get(State(entry.to_stage.state), "brand")
        icon = {State.SOLVED: "circle-check", State.UNSOLVED: "circle-x"}.get(
            State(entry.to_stage.state), "arrow-right"
        )
        return EntryWords(entry, icon, tone, str(entry.to_stage.name), who)
    if entry.kind == EntryKind.GIVEN:
        name = entry.to_member.name if entry.to_member else ""
        told = _("%(name)s has the case") % {"name": name} if name else _("Nobody has the case")
        return EntryWords(entry, "user-check", "", told, who)
    if entry.kind == EntryKind.COMPENSATION:
        cost = (
            ""
            if entry.cost == entry.amount
            else _("costs us %(cost)s") % {"cost": formats.money(entry.cost or 0, currency)}
        )
        end = formats.money(entry.amount or 0, currency)
        words = " · ".join(one for one in (who, cost) if one)
        return EntryWords(entry, "gift", "good", _("Compensation given"), words, entry.said, end)
    if entry.kind == EntryKind.CAUSE:
        told = (
            _("Root cause: %(cause)s") % {"cause": entry.cause.name} if entry.cause else _("Root cause: not known yet")
        )
        return EntryWords(entry, "search", "", told, who)
    if entry.kind == EntryKind.DEADLINE:
        told = _("Another deadline") if entry.moment else _("No deadline any more")
        return EntryWords(entry, "clock", "", told, who)
    if entry.kind == EntryKind.OVERDUE:
        return EntryWords(entry, "timer", "bad", _("The deadline is over"), "")
    if entry.kind == EntryKind.RECOVERY:
        answers = {True: _("Content again"), False: _("Still not content"), None: _("Asked whether all is well")}
        tones = {True: "good", False: "bad", None: ""}
        return EntryWords(entry, "heart-handshake", tones[entry.is_recovered], answers[entry.is_recovered], "")
    return EntryWords(entry, "message-square", "", _("Note"), who, entry.said)
