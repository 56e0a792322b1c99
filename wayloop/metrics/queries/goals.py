"""Goals with what their numbers say now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from wayloop.business import api as business
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.metrics import times
from wayloop.metrics.dimensions import Question
from wayloop.metrics.enums import Standing
from wayloop.metrics.figures import figures_of
from wayloop.metrics.models import Goal
from wayloop.metrics.pictures import Figure
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.standing import stands, target_of


@dataclass(frozen=True)
class Judged:
    """A goal, its number now, what the number should come to, and how it stands."""

    goal: Goal
    figure: Figure
    target: float | None
    standing: Standing


def open_goals(scope: Scope) -> QuerySet[Goal]:
    """Goals that were not put away. Whoever sees some locations only sees the goals of these, not of the business."""
    goals = Goal.objects.filter(archived_at=None, metric__in=BY_NAME)
    return goals if scope.locations is None else goals.filter(location_id__in=scope.locations)


def goal_by_id(number: int, scope: Scope) -> Goal | None:
    """A goal that the scope lets see, also one that was put away."""
    seen = Q() if scope.locations is None else Q(location_id__in=scope.locations)
    return Goal.objects.filter(seen, pk=number, metric__in=BY_NAME).first()


def judge(goals: Iterable[Goal], *, with_series: bool = True) -> list[Judged]:
    """What each goal's number says now. Numbers of one period and place are read together."""
    wanted = list(goals)
    asked: dict[tuple[str, int | None], set[str]] = {}
    for goal in wanted:
        asked.setdefault((goal.period, goal.location_id), set()).add(goal.metric)
    questions = {period: _asked(period) for period in {goal.period for goal in wanted}}
    series = None if with_series else ()
    found = {}
    for (period, place), names in asked.items():
        named, question = questions[period]
        here = times.of_location(question, place)
        found[period, place] = figures_of(sorted(names), here, named, series_of=series)
    return [judged(goal, found[goal.period, goal.location_id][goal.metric]) for goal in wanted]


def judged(goal: Goal, figure: Figure) -> Judged:
    """How one number stands to its goal."""
    reading, gap = figure.reading, figure.change.gap
    if reading.metric.kind == "money" and reading.unit != goal.currency:
        # Aim and number are told in different currencies: nobody can say.
        return Judged(goal, figure, None, Standing.UNKNOWN)
    before = reading.value - gap if reading.value is not None and gap is not None else None
    target = target_of(goal.kind, goal.aim, goal.baseline, before)
    return Judged(goal, figure, target, stands(reading, target))


def figure_of(metric: str, period: str, location_id: int | None) -> Figure:
    """One number over the latest time of that length, of the whole business or of one location."""
    named, question = _asked(period)
    return figures_of([metric], times.of_location(question, location_id), named, series_of=())[metric]


def turn_of(goal: Goal) -> Question:
    """The question of a goal with the time before, as for `read_change`."""
    named, question = _asked(goal.period)
    turn = times.turned(times.of_location(question, goal.location_id), named)
    if turn is None:
        raise ValueError(f"{goal.period} has no time before")
    return turn


def _asked(period: str) -> tuple[business.NamedPeriod, Question]:
    named = business.named_period(period)
    if named is None:
        raise ValueError(f"{period} is no period")
    return named, times.question_for(named, EVERYTHING)
