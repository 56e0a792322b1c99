"""The face of surveys for other contexts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wayloop.contracts.surveys import ScoreColumns, ScoreOutcome, SurveyCompleted
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.surveys.document.codec import document_from
from wayloop.surveys.doors import Door, link_for_invitation
from wayloop.surveys.models import Survey
from wayloop.surveys.ready import ready_document, ready_surveys
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services import invitations, surveys
from wayloop.surveys.services.closing import save_case_rule
from wayloop.surveys.services.folding import fold_all
from wayloop.surveys.services.responses import record_response
from wayloop.surveys.services.scores import record_scores

__all__ = [
    "ScoreColumns",
    "ScoreOutcome",
    "SurveyCompleted",
    "SurveyRefused",
    "fold_answers",
    "invite",
    "publish_document",
    "publish_ready",
    "record_answers",
    "record_asked",
    "record_scores",
    "save_case_rule",
]


def publish_ready(*, key: str, languages: Sequence[str]) -> int:
    """Makes one of our surveys (a name of `touchpoints/`) and publishes it; answers its id. Raises `KeyError`."""
    document = ready_document(key, languages)
    if document is None:
        raise KeyError(key)
    name = next(one.name for one in ready_surveys() if one.key == key)
    survey = surveys.create_survey(name=name, document=document)
    surveys.publish_survey(survey_id=survey.pk, by=None)
    return survey.pk


def publish_document(*, name: Localised, document: Mapping[str, Any]) -> int:
    """Makes a survey of a document as builders keep it, and publishes it; answers its id. Raises `NotADocument`."""
    survey = surveys.create_survey(name=name, document=document_from(document))
    surveys.publish_survey(survey_id=survey.pk, by=None)
    return survey.pk


def fold_answers() -> int:
    """Folds all answers into the sets results are counted from, as the worker does; answers how many sets it made."""
    return fold_all(left_beside=1)


def record_answers(
    *,
    survey_id: int,
    answers: Mapping[str, Mapping[str, str]],
    at: datetime,
    handle: int | None = None,
    location_id: int | None = None,
    channel: str = "invitation",
    language: str = "",
    asked_at: datetime | None = None,
    most: int | None = None,
) -> None:
    """Writes what somebody answered at `at` (aware), as history: question key → fields of its form.

    Questions the way does not lead to are left out, those without an answer are skipped. They were asked by an
    invitation at `asked_at` (when they answered, unless told); with no `handle` and another `channel` nobody asked
    them, they came by themselves. `most`: after so many questions they went away. Nothing is triggered by it. Raises
    `SurveyRefused`.
    """
    door = Door(Survey.objects.get(pk=survey_id), channel, location_id)
    if handle is not None or channel == "invitation":
        with clock.standing_at(asked_at or at):
            invitation = invitations.invite(
                survey_id=survey_id, handle=handle, location_id=location_id, channel=channel, language=language
            )
        door = Door(invitation.survey, channel, location_id, invitation=invitation)
    record_response(
        door=door,
        answers={key: {field: [value] for field, value in fields.items()} for key, fields in answers.items()},
        at=at,
        language=language,
        most=most,
    )


def record_asked(
    *,
    survey_id: int,
    at: datetime,
    handle: int,
    location_id: int | None = None,
    language: str = "",
    seen_at: datetime | None = None,
) -> None:
    """Writes that somebody was asked at `at` (aware) and has not begun to answer, as history; nothing is sent.

    `seen_at`: when they had the page before them. Raises `SurveyRefused` when the survey takes no answers.
    """
    with clock.standing_at(at):
        invitation = invitations.invite(survey_id=survey_id, handle=handle, location_id=location_id, language=language)
    if seen_at is not None:
        with clock.standing_at(seen_at):
            invitations.note_seen(invitation_id=invitation.pk)


def invite(
    *,
    survey_id: int,
    handle: int | None = None,
    order_id: int | None = None,
    order_number: str = "",
    location_id: int | None = None,
    channel: str = "invitation",
    first_name: str = "",
    language: str = "",
    reason: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Asks somebody: makes an invitation for one response and answers its absolute link. Nothing is sent.

    `reason`: why this person is asked, for the card; `expires_at`: 30 days from now unless told. Whether the person may
    be asked is decided before. Raises `SurveyRefused` when the survey takes no answers.
    """
    return link_for_invitation(
        invitations.invite(
            survey_id=survey_id,
            handle=handle,
            order_id=order_id,
            order_number=order_number,
            location_id=location_id,
            channel=channel,
            first_name=first_name,
            language=language,
            reason=reason,
            expires_at=expires_at,
        )
    )
