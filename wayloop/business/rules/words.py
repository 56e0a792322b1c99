"""Hours in words, as people write them on a door, in the active language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from babel.dates import get_day_names
from django.utils.translation import gettext as _

from wayloop.business.rules.week import DAY, ROUND_THE_CLOCK, Day, Span, Week, join_spans
from wayloop.ui import formats

# A pause as long as this is a break; a longer one parts the day in two.
LONGEST_BREAK = 120


@dataclass(frozen=True)
class Sentence:
    """Days that have the same hours, and those hours: "Monday – Friday", "09:00–18:00, break 13:00–14:00"."""

    days: str
    hours: str
    is_closed: bool


def week_sentences(week: Week) -> tuple[Sentence, ...]:
    """The week in as few lines as it takes, those of Monday first, closed days last."""
    groups: dict[Day, list[int]] = {}
    for number, day in enumerate(week):
        groups.setdefault(join_spans(day), []).append(number)
    ordered = sorted(groups.items(), key=lambda pair: (not pair[0], pair[1]))
    return tuple(Sentence(_days_text(days), day_text(day), not day) for day, days in ordered)


def day_text(day: Sequence[Span]) -> str:
    """The hours of one day."""
    spans = join_spans(day)
    if not spans:
        return _("closed")
    if spans == ROUND_THE_CLOCK:
        return _("round the clock")
    if len(spans) == 2 and spans[1].start - spans[0].end <= LONGEST_BREAK:
        return _("%(hours)s, break %(break)s") % {
            "hours": span_text(Span(spans[0].start, spans[1].end)),
            "break": _plain(spans[0].end, spans[1].start),
        }
    return ", ".join(map(span_text, spans))


def span_text(span: Span) -> str:
    """From when until when; says when the end lies on the next day."""
    text = _plain(span.start, span.end)
    return _("%(hours)s the next day") % {"hours": text} if span.end > DAY else text


def problem_text(number: int, problem: str) -> str:
    """What is wrong with a day of a week (see `week_problems`), and what to do."""
    day = day_name(number)
    return {
        "order": _("%(day)s: every opening needs a start and an end."),
        "many": _("%(day)s: at most six openings in a day."),
        "overlap": _("%(day)s: hours overlap. Let one end before the next begins."),
        "night": _("%(day)s: it opens before the night hours of the day before are over."),
    }[problem] % {"day": day}


def day_name(number: int, *, is_short: bool = False) -> str:
    """The name of a day of the week (0 is Monday), with a capital letter as at the beginning of a line."""
    names = get_day_names("abbreviated" if is_short else "wide", context="stand-alone", locale=formats.locale_of())
    name = str(names[number])
    return name[:1].upper() + name[1:]


def _days_text(days: Sequence[int]) -> str:
    if len(days) == 7:
        return _("Every day")
    runs: list[list[int]] = []
    for number in days:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = []
    for run in runs:
        names = [day_name(number) for number in (run if len(run) < 3 else (run[0], run[-1]))]
        parts.append(" – ".join(names) if len(run) > 2 else ", ".join(names))
    text = ", ".join(parts)
    # Inside a line names of days are small in Russian and Ukrainian, but not in English.
    return text if formats.locale_of().language == "en" else text[:1] + text[1:].lower()


def _plain(start: int, end: int) -> str:
    return f"{_clock(start)}–{_clock(end)}"


def _clock(minutes: int) -> str:
    if minutes == DAY:
        return "24:00"
    return time(minutes % DAY // 60, minutes % 60).strftime("%H:%M")
