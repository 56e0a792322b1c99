"""Periods on pages: the time before, the grain of a picture, and how parts of time are written."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_skeleton
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.metrics.dimensions import Question
from wayloop.metrics.grains import following
from wayloop.metrics.queries.scores import KINDS
from wayloop.ui import formats

GRAIN_OF = {"30d": "day", "90d": "week", "12m": "month"}
# Of one day nobody can say who came again, and few are asked on it.
SHORTEST = dict.fromkeys(
    (
        "retention",
        "churn",
        "loyal_customers",
        "cases_open",
        "complaint_share",
        "response_rate",
        "repeat_purchase",
        "purchase_frequency",
        *KINDS,
        "late_share",
        "returns_share",
        "resolution_time",
        "sla_met",
        "first_contact",
        "recovery_rate",
    ),
    "week",
)
# The longest time, in days, that is still shown by this grain.
LONGEST = (("day", 70), ("week", 300), ("month", 1200), ("quarter", 4000))


def question_for(period: business.NamedPeriod, scope: Scope) -> Question:
    """The question for a named period, of all that the scope lets see."""
    days = business.report_clock()
    return Question(scope, business.profile().currency, days, *business.borders(period, days))


def of_location(question: Question, location_id: int | None) -> Question:
    """The same of one location; None: unchanged."""
    return question if location_id is None else replace(question, where=(("location", (str(location_id),)),))


def turned(question: Question, period: business.NamedPeriod) -> Question | None:
    """The question with the time before; None for all time. What is not over is compared with as much of it as there
    was at the same hour then."""
    if period.days is None or question.start is None:
        return None
    days = question.days
    length = timedelta(days=period.days)
    if period.first is not None:
        # The quarter before may be a day or two shorter.
        length = timedelta(days=business.quarter(period.first - timedelta(days=1)).days or 0)
    before = days.start_of(days.day_of(question.start) - length)
    return replace(question, start=before, turn=(question.start, min(question.start, clock.now() - length)))


def grain_of(name: str, period: business.NamedPeriod, first: datetime | None, last: datetime | None) -> str:
    """By what a picture of a metric in the period is drawn."""
    found = _grain_of(period, first, last)
    return SHORTEST.get(name, found) if found == "day" else found


def _grain_of(period: business.NamedPeriod, first: datetime | None, last: datetime | None) -> str:
    if period.key in GRAIN_OF:
        return GRAIN_OF[period.key]
    if first is None or last is None:
        return "month"
    length = (last - first).days
    return next((grain for grain, longest in LONGEST if length <= longest), "year")


def parse(grain: str, key: str) -> date:
    """The first day of a part, by its key."""
    if grain == "week":
        return date.fromisoformat(f"{key}-1")
    if grain == "quarter":
        return date(int(key[:4]), int(key[-1]) * 3 - 2, 1)
    return date.fromisoformat((key + "-01-01")[:10])


def part_name(grain: str, key: str, *, is_short: bool = False) -> str:
    """A part of time in words: 3 Nov, 3 Nov – 9 Nov, Dec 2010, quarter 4 of 2010, 2010."""
    first = parse(grain, key)
    locale = formats.locale_of()
    if grain == "day" or (grain == "week" and is_short):
        skeleton = "MMMd" if is_short else "yMMMd"
        return str(format_skeleton(skeleton, datetime(first.year, first.month, first.day), locale=locale))  # noqa: DTZ001
    if grain == "week":
        last = first + timedelta(days=6)
        return f"{_day(first)} – {_day(last)}"
    if grain == "month":
        return str(format_date(first, "LLL yyyy" if not is_short else "LLL yy", locale=locale))
    if grain == "quarter":
        return _("Q%(quarter)s %(year)s") % {"quarter": (first.month + 2) // 3, "year": first.year}
    return str(first.year)


def _day(day: date) -> str:
    return str(format_skeleton("MMMd", datetime(day.year, day.month, day.day), locale=formats.locale_of()))  # noqa: DTZ001


def is_over(grain: str, key: str, question: Question) -> bool:
    """Whether the part lies behind us."""
    return question.days.start_of(following(grain, parse(grain, key))) <= clock.now()


def is_whole(grain: str, key: str, question: Question) -> bool:
    """Whether the period holds the whole part, and the part is over."""
    first = parse(grain, key)
    days = question.days
    begins, ends = days.start_of(first), days.start_of(following(grain, first))
    if not is_over(grain, key, question):
        return False
    return (question.start is None or begins >= question.start) and (question.end is None or ends <= question.end)
