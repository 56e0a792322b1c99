"""A quarter on paper: every number with what it was before, how goals stood at its end, and what was told in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wayloop.business import api as business
from wayloop.contracts.metrics import Reading
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.metrics import pictures, times
from wayloop.metrics.models import Alert, ReviewLetter
from wayloop.metrics.pictures import Figure
from wayloop.metrics.queries.alerts import alerts_seen
from wayloop.metrics.queries.annotations import Happened, annotations_between
from wayloop.metrics.queries.goals import Judged, judge, open_goals
from wayloop.metrics.queries.readings import read, read_change
from wayloop.metrics.registry import BY_NAME


@dataclass(frozen=True)
class Line:
    """One number of a quarter: `before` the quarter before, `year_ago` the same quarter of the year before."""

    figure: Figure
    before: Reading
    year_ago: Reading


@dataclass(frozen=True)
class Review:
    """A quarter. `lines`: name → number; `goals` as they stood at its end; `alerts` that were raised in it;
    `happened`: what was written down of its days."""

    quarter: business.NamedPeriod
    is_over: bool
    lines: dict[str, Line]
    goals: Sequence[Judged]
    alerts: Sequence[Alert]
    happened: Sequence[Happened]


def quarter_of(key: str) -> business.NamedPeriod | None:
    """The quarter of an address, as 2026-Q3; None for one that has not begun, and for what is none."""
    found = business.named_period(key)
    if found is None or found.first is None or found.first > _today():
        return None
    return found


def latest_quarter() -> business.NamedPeriod:
    """The last one that is over."""
    return before(business.quarter(_today()))


def before(quarter: business.NamedPeriod, *, count: int = 1) -> business.NamedPeriod:
    """The quarter so many before it."""
    for _step in range(count):
        quarter = business.quarter(first_of(quarter) - timedelta(days=1))
    return quarter


def following(quarter: business.NamedPeriod) -> business.NamedPeriod | None:
    """The next quarter, or None when it has not begun."""
    return quarter_of(business.quarter(first_of(quarter) + timedelta(days=quarter.days or 0)).key)


def first_of(quarter: business.NamedPeriod) -> date:
    """The first day of a quarter."""
    if quarter.first is None:
        raise ValueError(f"{quarter.key} is no quarter")
    return quarter.first


def review_of(quarter: business.NamedPeriod, scope: Scope) -> Review:
    """What the quarter says of what the scope lets see. Goals are judged as of its end, or of now while it runs."""
    names = list(BY_NAME)
    question = times.question_for(quarter, scope)
    turn = times.turned(question, quarter)
    if turn is None:
        raise ValueError(f"{quarter.key} has no time before")
    found = read_change(names, turn)
    earlier = before(quarter, count=4)
    start, end = business.borders(earlier, question.days)
    year_ago = read(names, replace(question, start=start, end=end), with_medians=False)
    # So that every number opens the rows of its quarter.
    lines = {
        one.now.metric.name: Line(pictures.figure(one, quarter, question), one.before, last.whole)
        for one, last in zip(found, year_ago, strict=True)
    }
    first, last_moment = question.borders
    ends = min(last_moment - timedelta.resolution, clock.now())
    with clock.standing_at(ends):
        goals = judge(open_goals(scope).filter(created_at__lte=ends).order_by("metric", "id"), with_series=False)
    alerts = alerts_seen(scope).filter(raised_at__gte=first, raised_at__lt=last_moment).order_by("raised_at", "id")
    days = question.days
    happened = annotations_between(scope, days.day_of(first), days.day_of(last_moment))
    return Review(quarter, last_moment <= clock.now(), lines, goals, list(alerts), happened)


def letter_of(quarter: str, member: int) -> ReviewLetter | None:
    """The letter with this quarter (its key) to a member (id), when there is one."""
    return ReviewLetter.objects.filter(quarter=quarter, member_id=member).first()


def _today() -> date:
    return business.report_clock().day_of(clock.now())
