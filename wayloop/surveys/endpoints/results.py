"""Surveys and their results over the API: the same figures as the page, its files and its print."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from wayloop.accounts.api import KeyInfo, Permission, caller_of
from wayloop.business import api as business
from wayloop.contracts.metrics import Interval, Reading
from wayloop.kernel.rest.problems import Fault, Problem, missing
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import Day, Given, Instant, Told
from wayloop.surveys.document.shape import Document
from wayloop.surveys.models import Survey
from wayloop.surveys.results import Counts, counts_of_surveys
from wayloop.surveys.standing import promise_of, published
from wayloop.surveys.tally.drivers import Drivers, drivers_of
from wayloop.surveys.tally.figures import Cell, Mean, QuestionTold
from wayloop.surveys.tally.funnel import Funnel, funnel_of
from wayloop.surveys.tally.page import Headline, results
from wayloop.surveys.tally.promised import ToldApart, batches_of, told, within
from wayloop.surveys.tally.shelf import take_down
from wayloop.surveys.tally.wanted import LONGEST, MOST_ANSWERS, Wanted, read_answers, time_before

routes = Routes("Surveys")
PLACES = r"^(none|[1-9][0-9]{0,16})?$"


class SurveyTold(Told):
    """One survey. `version`: the one that is asked now, null before it was published."""

    id: UUID
    name: str
    version: int | None
    state: Literal["draft", "asked", "closed", "archived"]
    location: int | None
    begun: int
    completed: int
    last_answer_at: Instant | None


class SurveysTold(Told):
    """Every survey this key sees, the one changed last first."""

    items: list[SurveyTold]


class ResultsAsked(Given):
    """Which answers; without a time all of them. A value `none` means: not stated."""

    period: Annotated[Literal["30d", "90d", "12m", "all"] | None, Field(description="Whole days, today included.")] = (
        None
    )
    since: Annotated[Day | None, Field(description="First day, in the business's zone.")] = None
    until: Annotated[Day | None, Field(description="First day that no longer counts.")] = None
    location: Annotated[str, Field(pattern=PLACES, description="A location by its id.")] = ""
    channel: Annotated[str, Field(max_length=LONGEST, pattern=r"^[a-z0-9_]*$")] = ""
    language: Annotated[str, Field(max_length=10, pattern=r"^[A-Za-z-]*$")] = ""
    version: Annotated[int | None, Field(ge=1, le=99_999)] = None
    answer: Annotated[
        list[Annotated[str, Field(max_length=LONGEST)]],
        Field(
            max_length=MOST_ANSWERS,
            description="QUESTION:VALUE, as q1:9 or q1:bad; several questions hold together, several values either.",
        ),
    ] = []


class NumberTold(Told):
    """A number of the registry over the answers: `value` null when it stands on too few to be shown (`enough`)."""

    metric: str
    value: float | None
    n: int
    interval: list[float] | None
    enough: bool


class MeanTold(Told):
    """A mean on its own scale."""

    value: float
    n: int
    interval: list[float] | None


class CellTold(Told):
    """One value: `answer` as the filter names it, `share` of those who answered with its interval of 95%."""

    answer: str
    label: str
    count: int
    share: float
    interval: list[float] | None = None


class MatrixLineTold(Told):
    """One line of a matrix, or one thing of a ranking."""

    label: str
    mean: MeanTold
    cells: list[CellTold]


class QuestionAnswersTold(Told):
    """One question. `together`: answers that a promise does not let be told apart; of such a survey little more is
    told. `seconds`: the middle time to answer; `earlier`: answers of people who answered again since.
    """

    key: str
    type: str
    text: str
    answered: int
    reached: int | None = None
    left_out: int | None = None
    went_away: int | None = None
    earlier: int | None = None
    seconds: int | None = None
    number: NumberTold | None = None
    mean: MeanTold | None = None
    quartiles: list[str] | None = None
    cells: list[CellTold] = []
    lines: list[MatrixLineTold] = []
    in_words: int | None = None
    together: int | None = None


class HeadlineTold(Told):
    """The number that stands first, and its change against the same time before: changed, same or unknown."""

    question: str
    number: NumberTold
    before: NumberTold | None
    verdict: Literal["changed", "same", "unknown"]
    gap: float | None
    gap_interval: list[float] | None
    mostly_from: str


class FunnelTold(Told):
    """Of those invited: to whom it was delivered, who saw it, began, answered to the end; and who was not asked."""

    invited: int
    delivered: int
    seen: int
    begun: int
    answered: int
    held_back: int
    without_address: int
    response_rate: float
    interval: list[float] | None


class DriverTold(Told):
    """What has clearly more bad marks than the rest, corrected for having looked at many."""

    what: str
    label: str
    answer: str
    share: float
    other_share: float
    gap: float
    interval: list[float]
    n: int


class ResultsTold(Told):
    """The results of a survey. `least_shown`: a promise that no group under so many people is told; 0: none was made.

    `answered`: responses the filter leaves; `begun` to `answering`: of those that began in the time.
    """

    survey: UUID
    name: str
    version: int | None
    since: Instant | None
    until: Instant | None
    least_shown: int
    answered: int
    begun: int | None = None
    completed: int | None = None
    went_away: int | None = None
    answering: int | None = None
    headline: HeadlineTold | None = None
    funnel: FunnelTold | None = None
    drivers: list[DriverTold] | None = None
    questions: list[QuestionAnswersTold]


@routes.get("surveys", needs=Permission.SCORES_VIEW, answer=SurveysTold, problems=())
def list_surveys(request: HttpRequest) -> SurveysTold:
    """Every survey with how many answered it."""
    scope = caller_of(request).scope
    counts = counts_of_surveys(scope=scope)
    return SurveysTold(
        items=[
            _survey(one, counts.get(one.pk, Counts()))
            for one in _surveys(caller_of(request)).order_by("-changed_at", "-pk")
        ]
    )


@routes.get("surveys/{uuid:survey}/results", needs=Permission.SCORES_VIEW, answer=ResultsTold)
def read_results(request: HttpRequest, survey: UUID, asked: Query[ResultsAsked]) -> ResultsTold:
    """What was answered, as a filter leaves it."""
    caller = caller_of(request)
    found = _surveys(caller).filter(uuid=survey).first()
    if found is None:
        raise missing()
    if asked.version is not None and asked.version > (found.current or 0):
        raise Problem("invalid", faults=[Fault(_("There is no such version."), parameter="version")])
    document = published(found.pk, asked.version or found.current)
    start, end = _time(asked)
    least = promise_of(found.pk)
    frame: dict[str, Any] = {
        "survey": found.uuid, "name": str(found.name), "version": asked.version or found.current, "since": start,
        "until": end, "least_shown": least,
    }  # fmt: skip
    if least:
        return _promised(found, document, asked, least, frame, caller)
    wanted = Wanted(
        start, end, location=asked.location, channel=asked.channel, language=asked.language, version=asked.version,
        answers=read_answers(asked.answer, document),
    )  # fmt: skip
    if sum(len(one.values) for one in wanted.answers) != len(set(asked.answer)):
        raise Problem("invalid", faults=[Fault(_("There is no such answer to this survey."), parameter="answer")])
    told_all = results(
        survey_id=found.pk, document=document, wanted=wanted, before=time_before(wanted), scope=caller.scope
    )
    way, head = told_all.way, told_all.headline
    return ResultsTold(
        **frame,
        answered=told_all.answered,
        begun=way.begun,
        completed=way.done,
        went_away=way.left,
        answering=way.now,
        headline=_headline(head) if head else None,
        funnel=_funnel(funnel_of(found.pk, wanted, caller.scope)),
        drivers=_drivers(drivers_of(told_all.selection, head.question)) if head else None,
        questions=[_question(one) for one in told_all.questions],
    )


def _promised(
    survey: Survey, document: Document, asked: ResultsAsked, least: int, frame: dict[str, Any], caller: KeyInfo
) -> ResultsTold:
    """Nothing but sums of groups over whole batches, as on the page."""
    crossed = [
        name
        for name, value in (("channel", asked.channel), ("language", asked.language), ("answer", asked.answer))
        if value
    ]
    if crossed or asked.location == "none":
        detail = _("This survey promised not to tell anybody apart: only time and location narrow it.")
        raise Problem("invalid", faults=[Fault(detail, parameter=name) for name in crossed or ["location"]])
    found = within(
        batches_of(take_down(survey.pk), document, least),
        start=frame["since"],
        end=frame["until"],
        location=int(asked.location) if asked.location else None,
        scope=caller.scope,
    )
    questions = [_apart(one) for one in told(found, document)] if found else []
    return ResultsTold(**frame, answered=sum(one.n for one in found), questions=questions)


def _surveys(caller: KeyInfo) -> Any:
    rows, places = Survey.objects.all(), caller.scope.locations
    return rows if places is None else rows.filter(Q(location_id=None) | Q(location_id__in=places))


def _survey(row: Survey, counts: Counts) -> SurveyTold:
    state: Literal["draft", "asked", "closed", "archived"] = "asked"
    if row.archived_at is not None:
        state = "archived"
    elif row.current is None:
        state = "draft"
    elif row.closed_at is not None:
        state = "closed"
    return SurveyTold(
        id=row.uuid, name=str(row.name), version=row.current, state=state, location=row.location_id, begun=counts.begun,
        completed=counts.completed, last_answer_at=counts.last_at,
    )  # fmt: skip


def _time(asked: ResultsAsked) -> tuple[datetime | None, datetime | None]:
    clock = business.report_clock()
    if asked.period is not None:
        if asked.since or asked.until:
            detail = _("Send a period, or days of your own, not both.")
            raise Problem("invalid", faults=[Fault(detail, parameter="period")])
        period = business.named_period(asked.period)
        return business.borders(period, clock) if period else (None, None)
    if asked.since and asked.until and asked.since >= asked.until:
        raise Problem("invalid", faults=[Fault(_("The end lies before the beginning."), parameter="until")])
    return (
        clock.start_of(asked.since) if asked.since else None,
        clock.start_of(asked.until) if asked.until else None,
    )


def _number(one: Reading) -> NumberTold:
    return NumberTold(
        metric=one.metric.name,
        value=one.value if one.is_enough else None,
        n=one.n,
        interval=_ends(one.interval) if one.is_enough else None,
        enough=one.is_enough,
    )


def _ends(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def _headline(one: Headline) -> HeadlineTold:
    return HeadlineTold(
        question=one.question.key,
        number=_number(one.reading),
        before=_number(one.before) if one.before else None,
        verdict=one.change.verdict,
        gap=one.change.gap,
        gap_interval=_ends(one.change.interval),
        mostly_from=one.mostly,
    )


def _funnel(one: Funnel) -> FunnelTold:
    return FunnelTold(
        invited=one.invited, delivered=one.delivered, seen=one.seen, begun=one.begun, answered=one.answered,
        held_back=one.refused, without_address=one.unreachable, response_rate=one.share, interval=_ends(one.rate),
    )  # fmt: skip


def _drivers(found: Drivers) -> list[DriverTold]:
    return [
        DriverTold(
            what=one.thing.name, label=one.thing.label, answer=one.thing.token, share=one.compared.share,
            other_share=one.compared.other_share, gap=one.compared.gap,
            interval=[one.compared.interval.low, one.compared.interval.high], n=one.compared.n,
        )
        for one in found.found
    ]  # fmt: skip


def _mean(one: Mean) -> MeanTold:
    return MeanTold(value=one.value, n=one.n, interval=_ends(one.interval))


def _cells(cells: Sequence[Cell]) -> list[CellTold]:
    return [
        CellTold(answer=one.token, label=one.label, count=one.count, share=one.share, interval=_ends(one.interval))
        for one in cells
    ]


def _question(one: QuestionTold) -> QuestionAnswersTold:
    return QuestionAnswersTold(
        key=one.question.key,
        type=one.question.type.value,
        text=one.question.told,
        answered=one.answered,
        reached=one.reached,
        left_out=one.left_out,
        went_away=one.stopped,
        earlier=one.earlier,
        seconds=one.seconds,
        number=_number(one.reading) if one.reading else None,
        mean=_mean(one.mean) if one.mean else None,
        quartiles=[f"{value.normalize():f}" for value in one.middle]
        if one.middle
        else [day.isoformat() for day in one.days]
        if one.days
        else None,
        cells=_cells(one.cells),
        lines=[MatrixLineTold(label=line.label, mean=_mean(line.mean), cells=_cells(line.cells)) for line in one.lines],
        in_words=one.words,
    )


def _apart(one: ToldApart) -> QuestionAnswersTold:
    labels = {option.key: str(option.label) for option in one.question.options}
    return QuestionAnswersTold(
        key=one.question.key,
        type=one.question.type.value,
        text=one.question.told,
        answered=one.n,
        cells=[
            CellTold(
                answer=f"{one.question.key}:{cell}", label=labels.get(cell, cell), count=count, share=count / one.n
            )
            for cell, count in one.cells.items()
        ],
        together=one.together,
    )
