"""What tests of the surveys and of those above them need to arrange: scores that were given, surveys that are asked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from wayloop.contracts.surveys import ScoreColumns, ScoreOutcome
from wayloop.kernel.localised import Localised
from wayloop.surveys.document.shape import SCALES, Document, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Score, Survey
from wayloop.surveys.services.scores import record_scores
from wayloop.surveys.services.surveys import create_survey, publish_survey

__all__ = ["JUNE", "Given", "Score", "asked", "give", "publish"]
JUNE = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    """One score; `order`: the number of an order of the same source."""

    value: str
    number: str = ""
    metric: str = "csat"
    scale: str = ""
    comment: str = ""
    at: datetime = JUNE
    handle: int | None = None
    order: str = ""
    location: int | None = None


def give(*scores: Given, source: str = "shop", batch: str = "") -> ScoreOutcome:
    """Writes these scores at once."""
    return record_scores(
        columns=ScoreColumns(
            source=source,
            batch=batch,
            is_news=True,
            numbers=[one.number for one in scores],
            metrics=[one.metric for one in scores],
            scales=[one.scale for one in scores],
            values=[Decimal(one.value) for one in scores],
            comments=[one.comment for one in scores],
            languages=["en"] * len(scores),
            happened_at=[one.at for one in scores],
            offset_minutes=[180] * len(scores),
            answered_at=[None] * len(scores),
            handles=[one.handle for one in scores],
            order_numbers=[one.order for one in scores],
            location_ids=[one.location for one in scores],
            channels=["web"] * len(scores),
        )
    )


def asked(kind: QuestionType, key: str, **others: Any) -> Question:
    """A question that is called by its key."""
    scale = SCALES[kind][0] if kind in SCALES else None
    return Question(key, kind, **{"text": Localised.of(key, "en"), "scale": scale, **others})


def publish(*questions: Question, name: str = "Visit", **others: Any) -> Survey:
    """A published survey of these questions."""
    document = Document(questions=questions, reason=Localised.of("We want to know.", "en"), **others)
    survey = create_survey(name=Localised.of(name, "en"), document=document)
    publish_survey(survey_id=survey.pk, by=None)
    survey.refresh_from_db()
    return survey
