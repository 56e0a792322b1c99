"""Goals are set, changed, put away, and looked at once a day."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.business import api as business
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import clock
from wayloop.kernel.clock import is_in_our_time
from wayloop.metrics import aims
from wayloop.metrics.aims import trouble_with
from wayloop.metrics.enums import GoalKind
from wayloop.metrics.models import Goal
from wayloop.metrics.queries.goals import Judged, figure_of, judge, judged, open_goals
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.services.alerts import WITHIN, follow_goal, settle_alerts


class GoalRefused(Exception):
    """The goal cannot be set; the text is one line that says what to do. `field`: which part of it is wrong."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class GoalTold:
    """A goal as a member states it. See `Goal` for units."""

    metric: str
    kind: str
    aim: float
    period: str
    location_id: int | None = None
    action: str = ""
    owner_id: int | None = None
    owner_name: str = ""
    due_on: date | None = None
    roi_link: str = ""
    example: str = ""
    risk: str = ""
    note: str = ""
    norm: float | None = None
    norm_source: str = ""
    norm_day: date | None = None


@dataclass(frozen=True)
class Usual:
    """A goal that is usual in the field, to begin with."""

    metric: str
    kind: GoalKind
    aim: Decimal
    period: str


# What the field sets itself most often, as far as we measure it; aims as people write them.
USUAL = (
    Usual("csat", GoalKind.VALUE, Decimal(85), "90d"),
    Usual("first_contact", GoalKind.VALUE, Decimal(70), "90d"),
    Usual("nps", GoalKind.VALUE, Decimal(50), "90d"),
    Usual("retention", GoalKind.VALUE, Decimal(60), "12m"),
    Usual("average_order_value", GoalKind.BASELINE, Decimal(12), "90d"),
    Usual("resolution_time", GoalKind.VALUE, Decimal(4), "90d"),
    Usual("net_revenue", GoalKind.GROWTH, Decimal(25_000), "90d"),
    Usual("churn", GoalKind.VALUE, Decimal(8), "90d"),
)


# The others of the ten: what they are, what the field aims at, and what has to be here before they can be counted.
AHEAD = (
    (gettext_lazy("Conversion"), gettext_lazy("at least 3.5%"), gettext_lazy("Counted from visits of your site.")),
    (
        gettext_lazy("Satisfaction of the team"),
        gettext_lazy("at least 90%"),
        gettext_lazy("Counted from a survey of your own people."),
    ),
)


@transaction.atomic
def set_goal(*, told: GoalTold, number: int | None = None) -> Goal:
    """Sets a goal, or changes the one with this number; its number is judged at once.

    The baseline is what the number is when the goal is set; it stays until another number, time or place is chosen.
    Raises `GoalRefused`, also when the same goal is set already, and `Goal.DoesNotExist` when there is no such goal.
    """
    _check(told)
    goal = Goal(created_at=clock.now())
    if number is not None:
        goal = Goal.objects.select_for_update().get(pk=number)
    _refuse_twice(told, number)
    measured, watched = (goal.metric, goal.period, goal.location_id), _watched(goal)
    for part in fields(told):
        setattr(goal, part.name, getattr(told, part.name))
    goal.changed_at = clock.now()
    figure = figure_of(goal.metric, goal.period, goal.location_id)
    reading = figure.reading
    if goal.baseline is None or measured != (goal.metric, goal.period, goal.location_id):
        goal.baseline = reading.value if reading.is_enough else None
        goal.baseline_unit, goal.baseline_day = reading.unit, business.report_clock().day_of(clock.now())
    if BY_NAME[goal.metric].kind == "money":
        goal.currency = goal.baseline_unit if goal.kind == GoalKind.BASELINE else business.profile().currency
    if goal.kind == GoalKind.BASELINE and goal.baseline is None:
        raise GoalRefused("kind", _("There is not enough data yet to begin from. Set a value instead, or wait."))
    _note(judged(goal, figure))
    if watched != _watched(goal):
        goal.was_within = goal.standing in WITHIN
    goal.save()
    if watched != _watched(goal):
        settle_alerts(goal=goal)
    return goal


@transaction.atomic
def begin_with_usual() -> int:
    """Sets the goals that are usual in the field, of those whose number has none yet; answers how many."""
    taken = set(open_goals(EVERYTHING).values_list("metric", flat=True))
    currency = business.profile().currency
    made = 0
    for one in USUAL:
        if one.metric in taken:
            continue
        aim = aims.read(BY_NAME[one.metric], one.kind, one.aim, currency)
        try:
            set_goal(told=GoalTold(one.metric, one.kind, aim, one.period))
        except GoalRefused:
            # Nothing to begin from: whoever wants it sets it later.
            continue
        made += 1
    return made


@transaction.atomic
def archive_goal(*, number: int, back: bool = False) -> Goal | None:
    """Puts a goal away, or takes it back; None when there is none.

    Raises `GoalRefused` when it shall come back and the same was set again meanwhile.
    """
    goal = Goal.objects.select_for_update().filter(pk=number).first()
    if goal is not None:
        if back:
            _refuse_twice(goal, number)
        goal.archived_at = None if back else clock.now()
        goal.save(update_fields=["archived_at"])
    return goal


@transaction.atomic
def look_at_goals() -> int:
    """Judges every goal anew, remembers since when it stands so, and raises and settles alerts; answers how many
    changed their standing."""
    goals = list(open_goals(EVERYTHING).select_for_update())
    changed = 0
    for one in judge(goals, with_series=False):
        changed += _note(one)
        follow_goal(one=one)
    Goal.objects.bulk_update(goals, ["standing", "stands_since", "stood_at", "should_be", "unit", "was_within"])
    return changed


def _refuse_twice(told: GoalTold | Goal, number: int | None) -> None:
    """Raises `GoalRefused` when another goal says the same of the same number, time and place."""
    # Two who set it at once wait for each other here.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('metrics.goal'))")
    same = open_goals(EVERYTHING).filter(
        metric=told.metric, kind=told.kind, aim=told.aim, period=told.period, location_id=told.location_id
    )
    if same.exclude(pk=number or 0).exists():
        raise GoalRefused("aim", _("This goal is set already. Change its value, its time or its place."))


def _watched(goal: Goal) -> tuple[object, ...]:
    """What an alert is about: when one of these is changed, watching begins anew."""
    return goal.metric, goal.period, goal.location_id, goal.kind, goal.aim


def _note(one: Judged) -> bool:
    """Writes into the goal how it stands; answers whether that changed."""
    goal, reading = one.goal, one.figure.reading
    goal.stood_at, goal.should_be, goal.unit = reading.value, one.target, reading.unit
    if goal.standing == one.standing and goal.stands_since is not None:
        return False
    goal.standing, goal.stands_since = one.standing, clock.now()
    return True


def _check(told: GoalTold) -> None:
    metric = BY_NAME.get(told.metric)
    if metric is None:
        raise GoalRefused("metric", _("Choose a number."))
    wrong = trouble_with(metric, told.kind, told.aim)
    wrong_norm = "" if told.norm is None else trouble_with(metric, GoalKind.VALUE, told.norm)
    checks: tuple[tuple[bool, str, Any], ...] = (
        (told.kind in GoalKind.values, "kind", _("Choose what the goal is measured against.")),
        (not wrong, "aim", wrong),
        (not wrong_norm, "norm", wrong_norm),
        (is_in_our_time(told.due_on), "due_on", _("Days lie between 1970 and 2199.")),
        (is_in_our_time(told.norm_day), "norm_day", _("Days lie between 1970 and 2199.")),
        (
            told.norm is None or bool(told.norm_source and told.norm_day),
            "norm",
            _("A norm of the field needs its source and its day."),
        ),
    )
    for is_well, field, text in checks:
        if not is_well:
            raise GoalRefused(field, text)
