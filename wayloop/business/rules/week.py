"""Hours of a day and of a week, as times on the wall. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

DAY = 1440  # minutes
MOST_SPANS = 6


@dataclass(frozen=True, order=True)
class Span:
    """Open from `start` to `end`, in minutes after midnight. An end above 1440 lies on the next day."""

    start: int
    end: int


Day = tuple[Span, ...]
# Monday first.
Week = tuple[Day, ...]
CLOSED: Day = ()
ROUND_THE_CLOCK: Day = (Span(0, DAY),)
ALWAYS: Week = (ROUND_THE_CLOCK,) * 7
NEVER: Week = (CLOSED,) * 7


def span_problem(span: Span) -> str:
    """Why this cannot be hours: "order" (a start outside of its day, an end not after it, more than a day); or ""."""
    return "" if 0 <= span.start < DAY and span.start < span.end <= span.start + DAY else "order"


def week_problems(week: Week) -> dict[int, str]:
    """Day of the week (0 is Monday) → what is wrong with it: "order", "many", "overlap", or "night" when the hours of
    the night before reach into it. Empty when all is well.
    """
    found: dict[int, str] = {}
    for number, day in enumerate(week):
        if any(map(span_problem, day)):
            found[number] = "order"
        if len(day) > MOST_SPANS:
            found[number] = "many"
        if any(later.start < earlier.end for earlier, later in pairwise(sorted(day))):
            found.setdefault(number, "overlap")
    for number, day in enumerate(week):
        before = week[number - 1]
        if day and before and number not in found and max(span.end for span in before) - DAY > min(day).start:
            found[number] = "night"
    return found


def join_spans(day: Sequence[Span]) -> Day:
    """The same hours, sorted, without borders in between that close nothing."""
    joined: list[Span] = []
    for span in sorted(day):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def week_to_json(week: Week) -> list[list[list[int]]]:
    """The stored form."""
    return [[[span.start, span.end] for span in day] for day in week]


def week_from_json(value: Any) -> Week:
    """From the stored form."""
    return tuple(tuple(Span(start, end) for start, end in day) for day in value)
