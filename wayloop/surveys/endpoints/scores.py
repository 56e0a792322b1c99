"""Scores over the API."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import EXPORTED, Permission, audit, caller_of
from wayloop.business import api as business
from wayloop.contracts.surveys import ScoreColumns
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.rest.batches import check_past, is_news
from wayloop.kernel.rest.pages import PageGiven, key_in, next_link
from wayloop.kernel.rest.problems import Fault, Problem
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import (
    Chosen,
    DecimalText,
    Given,
    Instant,
    RefusedItem,
    Told,
    TotalTold,
    plain_decimal,
)
from wayloop.surveys.queries import ScoreFilter, ScoreRow, count_scores, list_scores, score_keys
from wayloop.surveys.services.scores import record_scores

routes = Routes("Scores")
MOST = 1000
Feel = Literal["bad", "neutral", "good"]
FEELS: Mapping[int, Feel] = {-1: "bad", 0: "neutral", 1: "good"}
Metric = Literal["csat", "nps", "ces", "rating"]


class ScoreTold(Chosen):
    """One score on its own scale. `customer` null: nobody is known, or nobody this key sees."""

    id: UUID
    metric: Metric
    value: str
    scale_low: int
    scale_high: int
    feel: Feel
    comment: str
    happened_at: Instant
    customer: UUID | None
    order_number: str
    location: int | None
    channel: str


class ScoresTold(Told):
    """A page of scores, the newest first."""

    items: list[ScoreTold]
    next: str | None
    total: TotalTold | None = None


class ScoresAsked(PageGiven):
    """Which scores."""

    metric: Metric | None = None
    feel: Feel | None = None
    customer: Annotated[UUID | None, Field(description="Of this customer.")] = None
    location: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    since: Annotated[Instant | None, Field(description="From this instant on.")] = None
    until: Annotated[Instant | None, Field(description="Before this instant.")] = None
    has_comment: bool = False


class ScoreGiven(Given):
    """One score. `scale` from the worst to the best, as "1-5"; empty: the usual one of the metric."""

    metric: Metric
    value: DecimalText
    happened_at: Instant
    number: Annotated[str, Field(max_length=120, description="Of the answer at the source.")] = ""
    scale: Annotated[str, Field(max_length=20, examples=["1-5"])] = ""
    comment: Annotated[str, Field(max_length=10_000)] = ""
    language: Annotated[str, Field(max_length=8, pattern="^[a-z]{0,3}$")] = ""
    customer: UUID | None = None
    order_number: Annotated[str, Field(max_length=120, description="Of the order at the same source.")] = ""
    location: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    channel: Annotated[str, Field(max_length=40, pattern="^[a-z0-9_]*$")] = ""


class ScoreBatch(Given):
    """Up to 1,000 scores of one source."""

    source: Annotated[str, Field(min_length=1, max_length=40, pattern="^[a-z0-9_.-]+$", examples=["shop"])]
    is_history: Annotated[bool, Field(description="Nothing is triggered by them.")] = False
    items: Annotated[list[ScoreGiven], Field(min_length=1, max_length=MOST)]


class ScoreBatchTold(Told):
    """What came of it: new ones, those that were here already, and those that did not come in."""

    written: int
    known: int
    refused: list[RefusedItem]


@routes.get("scores", needs=Permission.SCORES_VIEW, answer=ScoresTold, problems=())
def list_all_scores(request: HttpRequest, asked: Query[ScoresAsked]) -> ScoresTold:
    """A page of scores, the newest first."""
    scope = caller_of(request).scope
    person = None
    if asked.customer is not None:
        person = identity.person_by_uuid(asked.customer)
        if person is None or not customers.titles_of([person], scope):
            raise Problem("invalid", faults=[Fault(_("There is no such customer."), parameter="customer")])
    wanted = ScoreFilter(
        metric=asked.metric or "",
        feel=asked.feel or "",
        start=asked.since,
        end=asked.until,
        person=person,
        location=asked.location,
        has_comment=asked.has_comment,
    )
    page = list_scores(scope=scope, wanted=wanted, after=key_in(request, asked.cursor), limit=asked.limit)
    total = None
    if asked.total:
        total = TotalTold.of(count_scores(scope=scope, wanted=wanted))
    if page.rows:
        audit(act=EXPORTED, details={"what": "scores", "rows": len(page.rows)})
    return ScoresTold(items=_told(request, page.rows), next=next_link(request, page.next_key), total=total)


@routes.post("scores", needs=Permission.CUSTOMERS_CHANGE, answer=ScoreBatchTold, status=200)
def record_many_scores(request: HttpRequest, batch: ScoreBatch) -> ScoreBatchTold:
    """Records scores, each number once; those that cannot be taken are told by their place, the others come in."""
    scope = caller_of(request).scope
    people = customers.people_by_uuid([one.customer for one in batch.items if one.customer], scope)
    places = {one.id for one in business.locations(scope=scope, with_archived=True)}
    refused: list[RefusedItem] = []
    good: list[int] = []
    for index, one in enumerate(batch.items):
        try:
            _check(one, people, places)
            good.append(index)
        except ValueError as why:
            refused.append(RefusedItem(index=index, detail=str(why)))
    written = known = 0
    for are_news in (True, False):
        mine = [
            index for index in good if is_news(batch.items[index].happened_at, is_history=batch.is_history) is are_news
        ]
        if not mine:
            continue
        outcome = record_scores(
            columns=_columns(batch.source, [batch.items[index] for index in mine], people, is_news=are_news)
        )
        written += len(outcome.written)
        known += len(outcome.known)
        for places_of, detail in (
            (outcome.conflicting, _("A score with this number is already here with another value.")),
            (outcome.off_scale, _("The value does not lie on the scale.")),
        ):
            refused += [RefusedItem(index=mine[place], detail=detail) for place in places_of]
    return ScoreBatchTold(written=written, known=known, refused=sorted(refused, key=lambda one: one.index))


def _check(one: ScoreGiven, people: Mapping[UUID, tuple[int, str]], places: set[int]) -> None:
    if one.customer is not None and one.customer not in people:
        raise ValueError(_("There is no such customer."))
    if one.location is not None and one.location not in places:
        raise ValueError(_("There is no such location."))
    check_past(one.happened_at)


def _columns(
    source: str, rows: Sequence[ScoreGiven], people: Mapping[UUID, tuple[int, str]], *, is_news: bool
) -> ScoreColumns:
    return ScoreColumns(
        source=source,
        batch="",
        is_news=is_news,
        numbers=[one.number for one in rows],
        metrics=[one.metric for one in rows],
        scales=[one.scale for one in rows],
        values=[Decimal(one.value) for one in rows],
        comments=[one.comment for one in rows],
        languages=[one.language for one in rows],
        happened_at=[one.happened_at for one in rows],
        offset_minutes=[clock.offset_minutes(one.happened_at) for one in rows],
        answered_at=[None] * len(rows),
        handles=[people[one.customer][0] if one.customer else None for one in rows],
        order_numbers=[one.order_number for one in rows],
        location_ids=[one.location for one in rows],
        channels=[one.channel for one in rows],
    )


def _told(request: HttpRequest, rows: Sequence[ScoreRow]) -> list[ScoreTold]:
    titles = customers.titles_of([row.person for row in rows if row.person is not None], caller_of(request).scope)
    keys = score_keys([row.id for row in rows])
    return [
        ScoreTold(
            id=keys[row.id],
            metric=row.metric,  # type: ignore[arg-type]
            value=plain_decimal(row.value),
            scale_low=row.scale_low,
            scale_high=row.scale_high,
            feel=FEELS[row.feel],
            comment=row.comment,
            happened_at=row.happened_at.astimezone(UTC),
            customer=titles[row.person].uuid if row.person in titles else None,
            order_number=row.order_number,
            location=row.location_id,
            channel=row.channel,
        )
        for row in rows
    ]
