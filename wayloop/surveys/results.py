"""Reads beside the results: the list of surveys with their counts, and what was clicked and never confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.surveys.document.shape import Document, Question
from wayloop.surveys.enums import Feel
from wayloop.surveys.models import Score
from wayloop.surveys.services.scores import key_of_answer
from wayloop.surveys.tally.figures import main_question
from wayloop.surveys.tally.rows import Row

COUNTS = """
SELECT survey_id, count(*), count(completed_at), max(touched_at) FROM surveys_response
WHERE (%(locations)s::bigint[] IS NULL OR location_id IS NULL OR location_id = ANY (%(locations)s::bigint[]))
    AND (%(survey)s::bigint IS NULL OR survey_id = %(survey)s) GROUP BY survey_id
"""
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


def counts_of_surveys(*, scope: Scope, survey_id: int | None = None) -> dict[int, Counts]:
    """Survey → its counts; a survey nobody began is left out."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"locations": _places(scope), "survey": survey_id})
        return {survey: Counts(begun, completed, last) for survey, begun, completed, last in cursor.fetchall()}


def unconfirmed_of(*, survey_id: int, question: Question, scope: Scope) -> list[tuple[str, int]]:
    """What was clicked in messages and never confirmed: the answer in words, and how many; it counts nowhere."""
    labels = {one.key: str(one.label) for one in question.options}
    with connection.cursor() as cursor:
        cursor.execute(UNCONFIRMED, {"survey": survey_id, "locations": _places(scope)})
        return [(labels.get(chosen, chosen), count) for chosen, count in cursor.fetchall()]


def bad_scores_of(rows: Sequence[Row], document: Document) -> dict[UUID, int]:
    """Response → a bad score of it, of those that have one: what a case may be opened for. One read.

    The one that the number at the top counts comes before the others.
    """
    main = main_question(document)
    scored = [(one.key, one.metric.value) for one in document.questions if one.metric is not None]
    scored.sort(key=lambda one: main is not None and one[0] == main.key)
    keys = {
        key_of_answer(response=row.uuid, question=question, metric=metric): row.uuid
        for question, metric in scored
        for row in rows
    }
    found = dict(Score.objects.filter(key__in=keys, feel=Feel.BAD).values_list("key", "pk"))
    return {response: found[key] for key, response in keys.items() if key in found}


def _places(scope: Scope) -> list[int] | None:
    return None if scope.locations is None else list(scope.locations)
