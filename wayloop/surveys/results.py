"""Reads of what was answered: the list of surveys with their counts, and each question in the simplest honest form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.rules import feel_of

LATEST_TEXTS = 8
COUNTS = """
SELECT survey_id, count(*), count(completed_at), max(touched_at) FROM surveys_response
WHERE (%(locations)s::bigint[] IS NULL OR location_id IS NULL OR location_id = ANY (%(locations)s::bigint[]))
    AND (%(survey)s::bigint IS NULL OR survey_id = %(survey)s) GROUP BY survey_id
"""
# Only answers on the way that was really gone; whoever went back left others behind.
ON_THE_WAY = """
FROM surveys_answer a JOIN surveys_response r ON r.id = a.response_id
WHERE r.survey_id = %(survey)s AND r.version = %(version)s AND r.asked ? a.question
    AND (%(locations)s::bigint[] IS NULL OR r.location_id IS NULL OR r.location_id = ANY (%(locations)s::bigint[]))
"""
SPREAD = f"SELECT a.question, a.part, a.choice, a.number, a.is_empty, count(*) {ON_THE_WAY} GROUP BY 1, 2, 3, 4, 5"
PEOPLE = f"""
SELECT a.question, count(DISTINCT a.response_id) FILTER (WHERE NOT a.is_empty), count(DISTINCT a.response_id)
{ON_THE_WAY} GROUP BY 1
"""
TEXTS = f"""
SELECT question, text, at, id, file FROM (
    SELECT a.question, a.text, a.answered_at AS at, a.id, a.file_id AS file,
        row_number() OVER (PARTITION BY a.question ORDER BY a.answered_at DESC, a.id DESC) AS place
    {ON_THE_WAY} AND a.text <> '' AND a.type IN ('text', 'file')) ranked
WHERE place <= %(limit)s ORDER BY question, place
"""  # noqa: S608 – our own text


UNCONFIRMED = """
SELECT i.chosen, count(*) FROM surveys_invitation i
WHERE i.survey_id = %(survey)s AND i.chosen <> ''
    AND NOT EXISTS (SELECT FROM surveys_response r WHERE r.invitation_id = i.id)
    AND (%(locations)s::bigint[] IS NULL OR i.location_id IS NULL OR i.location_id = ANY (%(locations)s::bigint[]))
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Counts:
    """Responses of a survey: how many began, how many came to the end, when the last answer came."""

    begun: int = 0
    completed: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True)
class Bar:
    """One bar of a distribution; `share` of those who answered, from 0 to 1."""

    label: str
    count: int
    share: float
    tone: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody wrote or attached. `answer`: the id of a file's answer, None for words."""

    text: str
    at: datetime
    answer: int | None = None


@dataclass(frozen=True)
class QuestionResult:
    """One question: how many answered, how many left it out, what they said. `mean`: on its scale, if any."""

    question: Question
    answered: int
    left_out: int
    bars: Sequence[Bar] = ()
    rows: Sequence[tuple[str, Decimal, int]] = ()
    mean: Decimal | None = None
    texts: Sequence[Said] = ()


def counts_of_surveys(*, scope: Scope, survey_id: int | None = None) -> dict[int, Counts]:
    """Survey → its counts; a survey nobody began is left out."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"locations": _places(scope), "survey": survey_id})
        return {survey: Counts(begun, completed, last) for survey, begun, completed, last in cursor.fetchall()}


def results_of(*, survey_id: int, version: int, document: Document, scope: Scope) -> list[QuestionResult]:
    """Each question of a version, in its order."""
    values = {"survey": survey_id, "version": version, "locations": _places(scope), "limit": LATEST_TEXTS}
    spread: dict[str, list[tuple[Any, ...]]] = {}
    texts: dict[str, list[Said]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, values)
        people = {question: (answered, whole) for question, answered, whole in cursor.fetchall()}
        cursor.execute(SPREAD, values)
        for question, *row in cursor.fetchall():
            spread.setdefault(question, []).append(tuple(row))
        cursor.execute(TEXTS, values)
        for question, text, at, answer, file in cursor.fetchall():
            texts.setdefault(question, []).append(Said(text, at, answer if file else None))
    return [
        _result(one, people.get(one.key, (0, 0)), spread.get(one.key, []), texts.get(one.key, []))
        for one in document.questions
    ]


def unconfirmed_of(*, survey_id: int, question: Question, scope: Scope) -> list[tuple[str, int]]:
    """What was clicked in messages and never confirmed: the answer in words, and how many; it counts nowhere."""
    labels = {one.key: str(one.label) for one in question.options}
    with connection.cursor() as cursor:
        cursor.execute(UNCONFIRMED, {"survey": survey_id, "locations": _places(scope)})
        return [(labels.get(chosen, chosen), count) for chosen, count in cursor.fetchall()]


def _result(
    question: Question, people: tuple[int, int], rows: Sequence[tuple[Any, ...]], texts: Sequence[Said]
) -> QuestionResult:
    answered, whole = people
    given = [(part, choice, number, count) for part, choice, number, is_empty, count in rows if not is_empty]
    bars: list[Bar] = []
    lines: list[tuple[str, Decimal, int]] = []
    mean = None
    if question.rows or question.type == QuestionType.RANKING:
        lines = _lines(question, given)
    elif question.options:
        counts = _sum((choice, count) for _part, choice, _number, count in given)
        bars = [_bar(str(one.label), counts.get(one.key, 0), answered) for one in question.options]
    elif question.type == QuestionType.CONSENT:
        counts = _sum((choice, count) for _part, choice, _number, count in given)
        bars = [_bar(key, counts.get(key, 0), answered) for key in ("yes", "no")]
    elif question.scale:
        marks = _sum((int(number), count) for _part, _choice, number, count in given)
        numbers = range(question.scale.low, question.scale.high + 1)
        bars = [_bar(str(number), marks.get(number, 0), answered, _tone(question, number)) for number in numbers]
    if (question.scale and not question.rows and not question.options) or question.type == QuestionType.NUMBER:
        whole_sum = sum((number * count for _part, _choice, number, count in given), Decimal(0))
        mean = round(whole_sum / answered, 2) if answered else None
    return QuestionResult(question, answered, whole - answered, bars, lines, mean, texts)


def _lines(question: Question, given: Sequence[tuple[Any, ...]]) -> list[tuple[str, Decimal, int]]:
    """Row or option with its mean mark, or its mean place, and how many gave one."""
    found = []
    for one in question.rows or question.options:
        mine = [(number, count) for part, _choice, number, count in given if part == one.key and number is not None]
        count = sum(many for _number, many in mine)
        total = sum((number * many for number, many in mine), Decimal(0))
        if count:
            found.append((str(one.label), round(total / count, 2), count))
    return sorted(found, key=lambda line: line[1]) if question.type == QuestionType.RANKING else found


def _sum(pairs: Any) -> Mapping[Any, int]:
    found: dict[Any, int] = {}
    for key, count in pairs:
        found[key] = found.get(key, 0) + count
    return found


def _bar(label: str, count: int, whole: int, tone: str = "") -> Bar:
    return Bar(label, count, count / whole if whole else 0.0, tone)


def _tone(question: Question, number: int) -> str:
    if question.metric is None or question.scale is None:
        return ""
    return {1: "good", -1: "bad"}.get(int(feel_of(question.metric, question.scale, Decimal(number))), "")


def _places(scope: Scope) -> list[int] | None:
    return None if scope.locations is None else list(scope.locations)
