"""Goals in the words of the reader."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wayloop.accounts.api import names_of
from wayloop.business import api as business
from wayloop.metrics import aims, words
from wayloop.metrics.enums import GoalKind, Standing
from wayloop.metrics.models import Goal
from wayloop.metrics.pictures import Figure
from wayloop.metrics.queries.goals import Judged
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.services.goals import AHEAD, USUAL

TONES = {Standing.REACHED: "good", Standing.CLOSE: "warn", Standing.MISSED: "bad", Standing.UNKNOWN: ""}
# What needs somebody stands first.
ORDER = (Standing.MISSED, Standing.CLOSE, Standing.UNKNOWN, Standing.REACHED)


@dataclass(frozen=True)
class GoalCard:
    """A goal as the page shows it."""

    goal: Goal
    figure: Figure
    place: str
    owner: str
    goal_text: str
    target: str
    baseline: str
    norm: str
    period: str
    standing: str
    since: datetime | None
    tone: str


def ten_goals(taken: Collection[str]) -> list[tuple[str, str, str, str]]:
    """The ten goals businesses set most often: number, goal, the metric it is set for where it has none yet, and what
    it still waits for where it cannot be counted. `taken`: metrics that have a goal."""
    currency = business.profile().currency
    found = []
    for one in USUAL:
        metric = BY_NAME[one.metric]
        period = business.named_period(one.period)
        aim = aims.read(metric, one.kind, one.aim, currency)
        told = aims.goal_text(metric, one.kind, aim, str(period.label) if period else "", currency)
        found.append((str(metric.label), told, "" if one.metric in taken else one.metric, ""))
    return found + [(str(label), str(aim), "", str(why)) for label, aim, why in AHEAD]


def goal_cards(found: Sequence[Judged]) -> list[GoalCard]:
    """These goals, what needs somebody first."""
    owners = names_of([one.goal.owner_id for one in found if one.goal.owner_id])
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    return [_card(one, owners, places) for standing in ORDER for one in found if one.standing == standing]


def _card(one: Judged, owners: Mapping[int, str], places: Mapping[int, object]) -> GoalCard:
    goal, metric, unit = one.goal, one.figure.metric, one.figure.reading.unit
    period = business.named_period(goal.period)
    name = str(period.label) if period else ""
    is_plain = goal.kind == GoalKind.VALUE
    return GoalCard(
        goal=goal,
        figure=one.figure,
        place=str(places.get(goal.location_id, "")) if goal.location_id is not None else "",
        owner=owners.get(goal.owner_id or 0, "") or goal.owner_name,
        goal_text=aims.goal_text(metric, goal.kind, goal.aim, name, unit),
        target="" if is_plain or one.target is None else words.value_text(metric, one.target, unit),
        baseline=words.value_text(metric, goal.baseline, goal.baseline_unit) if goal.baseline is not None else "",
        norm=words.value_text(metric, goal.norm, unit) if goal.norm is not None else "",
        period=name,
        standing=str(one.standing.label),
        since=goal.stands_since if goal.standing == one.standing else None,
        tone=TONES[one.standing],
    )
