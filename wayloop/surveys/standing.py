"""Where a respondent stands: read from what was answered, the same for the page, the services and the results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from wayloop.surveys.document.answers import Part, Reply
from wayloop.surveys.document.codec import document_from
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.document.walk import Way, go, in_order
from wayloop.surveys.doors import Door
from wayloop.surveys.models import Answer, Response, SurveyVersion
from wayloop.surveys.rules import Scale


class AnswerRow(NamedTuple):
    """One piece of an answer as it is stored; see `models.Answer`."""

    question: str
    part: str
    number: Decimal | None
    choice: str
    text: str
    day: date | None
    file_id: int | None
    scale_low: int | None
    scale_high: int | None
    lower_is_better: bool
    is_empty: bool
    sent: int


def answer_rows(told: Iterable[Sequence[Any]]) -> tuple[AnswerRow, ...]:
    """Pieces in the order they were written in, as JSON tells them."""
    return tuple(
        AnswerRow(
            question, part, None if number is None else Decimal(number), choice, text,
            None if day is None else date.fromisoformat(day), *others,
        )
        for question, part, number, choice, text, day, *others in told
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """Where a response stands: the way so far, what was answered, and whether it is over."""

    response: Response | None
    document: Document
    questions: Sequence[Question]
    way: Way
    answers: dict[str, Reply]

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to answer."""
        return self.response is not None and self.response.completed_at is not None


def response_of(door: Door, secret: str) -> Response | None:
    """What was begun by this door with this secret."""
    return Response.objects.filter(token=door.token_of(secret)).first() if secret or door.invitation else None


def document_of(door: Door, response: Response | None) -> Document:
    """What is asked: the version a response was begun with, else the one of today."""
    survey = door.survey
    return published(response.survey_id, response.version) if response else published(survey.pk, survey.current)


def standing_of(door: Door, secret: str) -> Standing:
    """Where somebody stands who comes in by this door; nothing is written."""
    response = response_of(door, secret)
    if response is not None:
        return standing_in(response)
    document = document_of(door, None)
    questions = in_order(document, door.token_of(secret).hex)
    return Standing(None, document, questions, go(questions, {}), {})


def published(survey_id: int, number: int | None) -> Document:
    """A published version; an empty document where there is none."""
    return _version(survey_id, number) if number else Document()


def promise_of(survey_id: int) -> int:
    """Of how many people groups of answers are at least that are shown, by the promise of any version; 0: no promise.

    A promise that was given holds for what was answered on it, and later versions are told together with it.
    """
    versions = SurveyVersion.objects.filter(survey_id=survey_id).values_list("number", flat=True)
    return max((published(survey_id, number).least_shown for number in versions), default=0)


@lru_cache(maxsize=128)
def _version(survey_id: int, number: int) -> Document:
    # Kept in memory: a version never changes.
    return document_from(SurveyVersion.objects.get(survey_id=survey_id, number=number).document)


def standing_in(response: Response, rows: Iterable[Answer | AnswerRow] | None = None) -> Standing:
    """Where a response stands; one that is not saved yet stands at the beginning.

    `rows`: its answers, when read, in the order they were written in.
    """
    document = published(response.survey_id, response.version)
    questions = in_order(document, response.token.hex)
    if rows is None:
        rows = Answer.objects.filter(response=response).order_by("pk") if response.pk else ()
    answers = replies_of(rows)
    way = go(questions, {key: reply.given for key, reply in answers.items()})
    return Standing(response, document, questions, way, answers)


def replies_of(rows: Iterable[Answer | AnswerRow]) -> dict[str, Reply]:
    """Question → its answer, out of rows of one response in the order they were written in."""
    found: dict[str, list[Part]] = {}
    scales: dict[str, Scale | None] = {}
    for row in rows:
        parts = found.setdefault(row.question, [])
        if row.scale_low is not None and row.scale_high is not None:
            scales[row.question] = Scale(row.scale_low, row.scale_high, row.lower_is_better)
        if not row.is_empty:
            parts.append(Part(row.part, row.number, row.choice, row.text, row.day, row.file_id))
    return {key: Reply(tuple(parts), scales.get(key)) for key, parts in found.items()}
