"""What tests of the surveys and of those above them need to arrange: scores that were given, surveys that are asked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from wayloop.contracts.surveys import ScoreColumns, ScoreOutcome
from wayloop.kernel.localised import Localised
from wayloop.messaging.testing import LetterText, Message
from wayloop.surveys.document.shape import SCALES, Document, Question
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Invitation, Response, Score, Survey
from wayloop.surveys.services.invitations import ABOUT, OPEN_FOR
from wayloop.surveys.services.scores import record_scores
from wayloop.surveys.services.surveys import create_survey, publish_survey

__all__ = ["JUNE", "Asked", "Given", "QuestionType", "Score", "asked", "give", "invite_people", "publish"]
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


@dataclass(frozen=True)
class Asked:
    """One invitation and how far it came: lost, delivered (by a message), handed (without one), seen, begun or
    answered."""

    came: str = "delivered"
    at: datetime = JUNE
    handle: int | None = None
    location: int | None = None


def invite_people(survey: Survey, *people: Asked) -> None:
    """Writes these invitations, with their messages and responses."""
    letter, _is_new = LetterText.objects.get_or_create(
        digest=UUID(int=1), defaults={"language": "en", "subject": "?", "blocks": [], "made_at": JUNE}
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(
            uuid=uuid4(), survey=survey, handle=one.handle, location_id=one.location, channel="invitation",
            created_at=one.at, expires_at=one.at + OPEN_FOR,
            seen_at=one.at if one.came in ("seen", "begun", "answered") else None,
        )
        for one in people
    )  # fmt: skip
    pairs = list(zip(people, invitations, strict=True))
    Message.objects.bulk_create(
        Message(
            key=uuid4(), handle=one.handle or 0, point=0, purpose="survey", channel="email", subject_kind="survey",
            subject_id=survey.pk, contact_key=str(mine.pk), about_kind=ABOUT, about_id=mine.pk, letter=letter,
            state="refused" if one.came == "lost" else "sent", asked_at=one.at, next_at=one.at, ended_at=one.at,
        )
        for one, mine in pairs
        if one.came != "handed"
    )  # fmt: skip
    Response.objects.bulk_create(
        Response(
            uuid=uuid4(), survey=survey, version=survey.current or 1, token=uuid4(), invitation=mine,
            handle=one.handle, location_id=one.location, channel="invitation", language="en", started_at=one.at,
            touched_at=one.at, completed_at=one.at if one.came == "answered" else None, scored_at=one.at,
        )
        for one, mine in pairs
        if one.came in ("begun", "answered")
    )  # fmt: skip


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
