"""Asking somebody: an invitation is made here; who may be asked, and sending, are decided by whoever calls."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.messaging import api as messaging
from wayloop.surveys.models import Invitation, Response, Survey
from wayloop.surveys.rules import SurveyRefused

OPEN_FOR = timedelta(days=30)
# What messages are about.
ABOUT = "survey_invitation"


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


@transaction.atomic
def need_no_reminder(*, invitation_id: int) -> None:
    """Somebody has begun to answer: a reminder is not needed any more, even one that waits to leave."""
    Invitation.objects.filter(pk=invitation_id, remind_at__isnull=False).update(remind_at=None)
    if Invitation.objects.filter(pk=invitation_id, reminded_at__isnull=False).exists():
        messaging.take_back_messages(about_kind=ABOUT, about_ids=[invitation_id])


@transaction.atomic
def note_seen(*, invitation_id: int) -> None:
    """Notes when somebody had the page before them first."""
    Invitation.objects.filter(pk=invitation_id, seen_at=None).update(seen_at=clock.now())


@transaction.atomic
def note_choice(*, invitation_id: int, chosen: str) -> None:
    """Keeps what was clicked in the message, apart from answers: scanners of mail click, too.

    The newest click counts; none does once somebody has begun to answer.
    """
    if not Response.objects.filter(invitation_id=invitation_id).exists():
        Invitation.objects.filter(pk=invitation_id).update(chosen=chosen[:20], chosen_at=clock.now())
