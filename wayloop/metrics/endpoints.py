"""Metrics over the API: the same answers as `wayloop metrics --json`."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query
from pydantic import ConfigDict, Field

from wayloop.accounts.api import Permission, caller_of
from wayloop.customers.api import TraitCut, trait_cuts
from wayloop.kernel.rest.problems import Fault, Problem, missing
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import Day, Given, Told
from wayloop.metrics.asking import QuestionRefused, question_of, with_labels
from wayloop.metrics.dimensions import TRAIT
from wayloop.metrics.enums import GoalKind, Standing
from wayloop.metrics.queries.goals import Judged, judge, open_goals
from wayloop.metrics.queries.readings import read
from wayloop.metrics.registry import BY_NAME, METRICS
from wayloop.metrics.telling import aim_as_json, as_json, plain, reading_as_json

routes = Routes("Metrics")


class MetricTold(Told):
    """What a number means, and what it can be cut by."""

    name: str
    version: int
    label: str
    definition: str
    kind: str
    dimensions: list[str]


class MetricsTold(Told):
    """Every number there is."""

    items: list[MetricTold]


class ReadingTold(Told):
    """A number: `value` null when there are no rows; `n` what it stands on; `enough` whether it may be trusted.

    Further members tell of the kind of number: a mean, a median, a scale.
    """

    model_config = ConfigDict(extra="allow")

    metric: str
    version: int
    definition: str
    value: float | None
    n: int
    unit: str
    interval: list[float | None] | None
    enough: bool
    left_out: dict[str, int]
    rows: list[dict[str, Any]] | None = None


class GoalSaid(Told):
    """A goal: its number now, what the number should come to, and how it stands by rule.

    `aim` is told as it was set: of kind value in the unit of the number, of kind baseline as a share of the number when
    the goal was set, of kind growth as how much more than in the time before. Money is in whole units.
    """

    id: int
    metric: str
    location_id: int | None
    period: str
    kind: GoalKind
    aim: float
    target: float | None
    standing: Standing
    since: datetime | None
    action: str
    due_on: date | None
    reading: dict[str, Any]


class GoalsTold(Told):
    """Every goal that was not put away."""

    items: list[GoalSaid]


class MetricAsked(Given):
    """Which part of the rows, cut by what."""

    where: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Field(max_length=20, description="FIELD=VALUE; the same field again means any of its values."),
    ] = []
    by: Annotated[
        str, Field(max_length=60, description="One row for each location, channel, month, trait.KEY of the customer…")
    ] = ""
    since: Annotated[Day | None, Field(description="First day, in the business's zone.")] = None
    until: Annotated[Day | None, Field(description="First day that no longer counts.")] = None


@routes.get("metrics", needs=Permission.METRICS_VIEW, answer=MetricsTold, problems=())
def list_metrics(request: HttpRequest) -> MetricsTold:
    """Every number there is."""
    return MetricsTold(
        items=[
            MetricTold(
                name=one.name,
                version=one.version,
                label=str(one.label),
                definition=str(one.definition),
                kind=one.kind,
                dimensions=list(one.dimensions),
            )
            for one in METRICS
        ]
    )


@routes.get("metrics/{name}", needs=Permission.METRICS_VIEW, answer=ReadingTold, exclude_unset=True)
def read_metric(request: HttpRequest, name: str, asked: Query[MetricAsked]) -> ReadingTold:
    """One number, over what this key sees."""
    metric = BY_NAME.get(name)
    if metric is None:
        raise missing()
    try:
        question = question_of(
            metric=metric,
            scope=caller_of(request).scope,
            where=asked.where,
            by=asked.by,
            first=asked.since,
            end=asked.until,
            traits=_traits(request) if asked.by.startswith(TRAIT) or any(TRAIT in one for one in asked.where) else (),
        )
    except QuestionRefused as refused:
        raise Problem("invalid", faults=[Fault(str(refused), parameter=_culprit(asked))]) from None
    (answer,) = read([name], question)
    return ReadingTold.model_validate(as_json(answer, with_labels(question, answer.rows), question))


def _traits(request: HttpRequest) -> list[TraitCut]:
    caller = caller_of(request)
    # A key without the right to see customers sees none of their traits.
    return trait_cuts(caller.member.role, caller.scope) if caller.may(Permission.CUSTOMERS_VIEW) else []


def _culprit(asked: MetricAsked) -> str:
    if asked.since and asked.until and asked.since >= asked.until:
        return "until"
    return "where" if asked.where else "by"


@routes.get("goals", needs=Permission.METRICS_VIEW, answer=GoalsTold, problems=())
def list_goals(request: HttpRequest) -> GoalsTold:
    """The scorecard: every goal that this key sees, with its number now."""
    goals = open_goals(caller_of(request).scope).order_by("metric", "id")
    return GoalsTold(items=[_goal(one) for one in judge(goals, with_series=False)])


def _goal(one: Judged) -> GoalSaid:
    goal, reading = one.goal, one.figure.reading
    return GoalSaid(
        id=goal.pk,
        metric=goal.metric,
        location_id=goal.location_id,
        period=goal.period,
        kind=GoalKind(goal.kind),
        aim=aim_as_json(reading, goal.kind, goal.aim),
        target=plain(reading, one.target),
        standing=one.standing,
        since=goal.stands_since if goal.standing == one.standing else None,
        action=goal.action,
        due_on=goal.due_on,
        reading=reading_as_json(reading),
    )
