"""Days, weeks, months, quarters and years: where each begins, and how it is written in addresses and answers."""

from collections.abc import Iterator
from datetime import date, timedelta

GRAINS = ("day", "week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def start_of(grain: str, day: date) -> date:
    """The first day of what `day` lies in; weeks begin on Monday."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    months = MONTHS[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def following(grain: str, first: date) -> date:
    """The first day of the next one."""
    if grain in ("day", "week"):
        return first + timedelta(days=7 if grain == "week" else 1)
    months = first.year * 12 + first.month - 1 + MONTHS[grain]
    return date(months // 12, months % 12 + 1, 1)


def run(grain: str, first: date, last: date) -> Iterator[date]:
    """The beginnings from `first` to `last`, both included."""
    day = start_of(grain, first)
    while day <= last:
        yield day
        day = following(grain, day)


def written(grain: str, first: date) -> str:
    """2010-12-01, 2010-W48, 2010-12, 2010-Q4 or 2010."""
    if grain == "week":
        year, week, _day = first.isocalendar()
        return f"{year}-W{week:02}"
    return {
        "day": first.isoformat(),
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
        "year": str(first.year),
    }[grain]
