"""The face of surveys for other contexts."""

from datetime import datetime

from wayloop.contracts.surveys import ScoreColumns, ScoreOutcome, SurveyCompleted
from wayloop.surveys.doors import link_for_invitation
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services import invitations
from wayloop.surveys.services.scores import record_scores

__all__ = ["ScoreColumns", "ScoreOutcome", "SurveyCompleted", "SurveyRefused", "invite", "record_scores"]


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
