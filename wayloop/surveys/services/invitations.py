"""Asking somebody: an invitation is made here; who may be asked, and sending, are decided by whoever calls."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.surveys.models import Invitation, Survey
from wayloop.surveys.rules import SurveyRefused

OPEN_FOR = timedelta(days=30)


@transaction.atomic
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
) -> Invitation:
    """Makes an invitation for one response; the link is `doors.link_for_invitation`. Nothing is sent.

    Raises `SurveyRefused` when the survey takes no responses.
    """
    survey = Survey.objects.get(pk=survey_id)
    if survey.current is None or survey.closed_at is not None:
        raise SurveyRefused(_("This survey takes no answers now. Publish or open it first."))
    now = clock.now()
    return Invitation.objects.create(
        uuid=uuid7(),
        survey=survey,
        handle=handle,
        order_id=order_id,
        order_number=order_number[:120],
        location_id=location_id,
        channel=channel[:40],
        first_name=first_name[:80],
        language=language[:10],
        reason=reason[:200],
        created_at=now,
        expires_at=expires_at or now + OPEN_FOR,
    )
