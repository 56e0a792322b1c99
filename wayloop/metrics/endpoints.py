"""Metrics over the API: the same answers as `wayloop metrics --json`."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import AfterValidator, ConfigDict, Field

from wayloop.accounts.api import Permission, caller_of
from wayloop.kernel.rest.problems import Fault, Problem, missing
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import FIRST_YEAR, LAST_YEAR, Given, Told
from wayloop.metrics.asking import QuestionRefused, question_of, with_labels
from wayloop.metrics.queries.readings import read
from wayloop.metrics.registry import BY_NAME, METRICS
from wayloop.metrics.telling import as_json

routes = Routes("Metrics")


def _our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_("This should be a date, as in 2026-05-04."))
    return day


Day = Annotated[date, AfterValidator(_our_time)]


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


class MetricAsked(Given):
    """Which part of the rows, cut by what."""

    where: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Field(max_length=20, description="FIELD=VALUE; the same field again means any of its values."),
    ] = []
    by: Annotated[str, Field(max_length=40, description="One row for each location, channel, product, month…")] = ""
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
        )
    except QuestionRefused as refused:
        raise Problem("invalid", faults=[Fault(str(refused), parameter=_culprit(asked))]) from None
    (answer,) = read([name], question)
    return ReadingTold.model_validate(as_json(answer, with_labels(question, answer.rows), question))


def _culprit(asked: MetricAsked) -> str:
    if asked.since and asked.until and asked.since >= asked.until:
        return "until"
    return "where" if asked.where else "by"
