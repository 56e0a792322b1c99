"""The editor of hours: what stands in its fields, what its buttons do to it, and the week it reads as.

Everything happens here and not in the browser: a button sends the form, and the same form comes back changed. Nothing
is kept before somebody saves.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.business.api import Span, Week

CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
MOST = 6
DAY = 1440
NEW_DAY = ("09:00", "18:00")
COMMAND = re.compile(r"(add|split|drop|copy):([0-6])(?::(\w+))?")
Slot = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """One day on the screen. `is_night`: its last opening ends on the next day."""

    number: int
    name: str
    slots: Sequence[Slot]
    problem: str
    is_night: bool
    may_split: bool


@dataclass
class WeekDraft:
    """The fields of each day, as they were typed: seven days, Monday first, or one that stands for all."""

    days: list[list[Slot]]
    problems: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, week: Week, *, single: bool = False) -> "WeekDraft":
        """A week as it is filled in; `single`: its Monday only."""
        days = [[(_text(span.start), _text(span.end % DAY)) for span in day] for day in week]
        return cls(days[:1] if single else days)

    @classmethod
    def read(cls, data: Mapping[str, str], *, single: bool = False) -> "WeekDraft":
        """What was sent; fields that are both empty are none."""
        days = []
        for number in range(1 if single else 7):
            pairs = (
                (str(data.get(f"d{number}_{slot}_from", "")).strip(), str(data.get(f"d{number}_{slot}_to", "")).strip())
                for slot in range(MOST)
            )
            days.append([pair for pair in pairs if any(pair)])
        return cls(days)

    def do(self, command: str) -> None:
        """What a button asks for; anything unknown changes nothing.

        `add:2` opens a day, `split:2` puts a break into it, `drop:2:1` takes one opening away, `copy:2:all` (or
        `work`, or the number of a day) gives its hours to other days.
        """
        found = COMMAND.fullmatch(command)
        if not found or int(found[2]) >= len(self.days):
            return
        deed, number, more = found[1], int(found[2]), found[3] or ""
        day = self.days[number]
        if deed == "add" and len(day) < MOST:
            day.append(self._like_the_day_before(number) if not day else ("", ""))
        elif deed == "split":
            self.days[number] = _with_break(day)
        elif deed == "drop" and more.isdecimal() and int(more) < len(day):
            del day[int(more)]
        elif deed == "copy":
            for other in _targets(more, len(self.days)):
                self.days[other] = list(day)

    def week(self) -> Week | None:
        """The week these fields mean; None when a day cannot be read, told by `problems`."""
        read = [_spans(day) for day in self.days]
        self.problems = {
            number: business.problem_text(number, "order") for number, spans in enumerate(read) if spans is None
        }
        days = [spans or () for spans in read]
        week: Week = tuple(days) if len(days) == 7 else (days[0],) * 7
        for number, problem in business.week_problems(week).items():
            if number < len(self.days):
                self.problems.setdefault(number, business.problem_text(number, problem))
        return None if self.problems else week

    def rows(self) -> list[Row]:
        """The days for the screen."""
        rows = []
        for number, day in enumerate(self.days):
            spans = _spans(day)
            lasts = bool(spans) and max(span.end for span in spans or ()) > DAY
            rows.append(
                Row(
                    number=number,
                    name=_("Each day") if len(self.days) == 1 else business.day_name(number),
                    slots=day,
                    problem=self.problems.get(number, ""),
                    is_night=lasts,
                    may_split=len(day) == 1 and bool(spans) and _with_break(day) != day,
                )
            )
        return rows

    def _like_the_day_before(self, number: int) -> Slot:
        open_days = [day for day in self.days[:number] if day and all(map(all, day))]
        return (open_days[-1][0][0], open_days[-1][-1][1]) if open_days else NEW_DAY


def _spans(day: Sequence[Slot]) -> tuple[Span, ...] | None:
    """The openings of a day; None when one of them is no pair of times."""
    spans = []
    for begin, end in day:
        start, stop = _minutes(begin), _minutes(end)
        if start is None or stop is None or start >= DAY:
            return None
        # Ten to two is ten in the evening until two at night.
        spans.append(Span(start, stop if stop > start else stop + DAY))
    return tuple(sorted(spans))


def _minutes(text: str) -> int | None:
    found = CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes = int(found[1]), int(found[2])
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= DAY else None


def _text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _with_break(day: list[Slot]) -> list[Slot]:
    """An hour's break in the middle of a day of one opening that is long enough for it."""
    spans = _spans(day)
    if not spans or len(spans) != 1 or spans[0].end - spans[0].start < 4 * 60:
        return day
    middle = (spans[0].start + spans[0].end) // 2 // 60 * 60
    return [(day[0][0], _text(middle % DAY)), (_text((middle + 60) % DAY), day[0][1])]


def _targets(more: str, count: int) -> range:
    if more == "work":
        return range(min(5, count))
    if more.isdecimal() and int(more) < count:
        return range(int(more), int(more) + 1)
    return range(count) if more == "all" else range(0)
