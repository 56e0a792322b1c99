"""The ways into a survey: its link, a link for a place (as printed on a table), an invitation, a kiosk.

Tokens of places and invitations are signed, so nobody makes one up; the survey's own link is 128 random bits.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse

from wayloop.kernel import clock, signing
from wayloop.kernel.ids import digest_key
from wayloop.surveys.models import Invitation, Survey

INVITED = signing.purpose("surveys.invitation", timedelta(days=30))
# Printed cards live long.
PLACED = signing.purpose("surveys.place", timedelta(days=3650))
# The channel of answers that come from a frame on a site of the business.
SITE = "site"
_LINK = re.compile(r"[A-Za-z0-9_-]{22}")
# What a door needs of a survey. The draft and the one before it are long, and no respondent's.
_NEEDED = ("id", "link", "current", "location_id", "closed_at")
_BY = {name: f"SELECT {', '.join(_NEEDED)} FROM surveys_survey WHERE {name} = %s" for name in ("link", "id")}  # noqa: S608


class NoDoor(Exception):
    """The token opens nothing. `is_over`: it did once."""

    def __init__(self, *, is_over: bool = False) -> None:
        super().__init__("over" if is_over else "unknown")
        self.is_over = is_over


@dataclass(frozen=True)
class Door:
    """How somebody came in: which survey, by whose invitation, where, by which channel."""

    survey: Survey
    channel: str
    location_id: int | None = None
    invitation: Invitation | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody may begin."""
        if self.survey.current is None or self.survey.closed_at is not None:
            return False
        return self.invitation is None or self.invitation.expires_at > clock.now()

    @property
    def is_late(self) -> bool:
        """Whether the survey goes on, and only this way into it is over."""
        return not self.is_open and self.survey.current is not None and self.survey.closed_at is None

    def token_of(self, secret: str) -> UUID:
        """What a response is known by: the invitation, or else the secret of the page it was begun on."""
        if self.invitation is not None:
            return digest_key("survey invitation", str(self.invitation.uuid))
        return digest_key("survey response", str(self.survey.pk), secret)


def open_door(token: str) -> Door:
    """Where a token leads. Raises `NoDoor`."""
    if _LINK.fullmatch(token):
        survey = _survey("link", token)
        if survey is None:
            raise NoDoor
        return Door(survey, "link", survey.location_id)
    try:
        return _place(token)
    except signing.Expired:
        raise NoDoor(is_over=True) from None
    except signing.BadToken:
        return _invited(token)


def link_to(survey: Survey) -> str:
    """The absolute address of a survey's own link."""
    return _absolute(survey.link)


def link_for_place(survey: Survey, location_id: int | None) -> str:
    """The absolute address for a place, as it stands in a QR code. Nothing is written."""
    return _absolute(signing.sign(PLACED, f"{survey.pk}.{location_id or ''}"))


def link_for_invitation(invitation: Invitation) -> str:
    """The absolute address for one person; it is good for one response."""
    return _absolute(token_for(invitation))


def token_for(invitation: Invitation) -> str:
    """What opens an invitation's page; for a while after its end it still says that it is over."""
    return signing.sign(INVITED, str(invitation.pk), expires=invitation.expires_at + timedelta(days=90))


def _absolute(token: str) -> str:
    return f"{settings.ENVIRONMENT.url}{reverse('survey:page', args=[token])}"


def _survey(by: str, value: str | int) -> Survey | None:
    with connection.cursor() as cursor:
        cursor.execute(_BY[by], [value])
        row = cursor.fetchone()
    return None if row is None else Survey.from_db(connection.alias, _NEEDED, row)


def _place(token: str) -> Door:
    survey_id, _dot, location = signing.unsign(PLACED, token).partition(".")
    survey = _survey("id", int(survey_id))
    if survey is None:
        raise NoDoor
    return Door(survey, "qr", int(location) if location else survey.location_id)


def _invited(token: str) -> Door:
    try:
        number = int(signing.unsign(INVITED, token))
    except signing.Expired:
        raise NoDoor(is_over=True) from None
    except signing.BadToken:
        raise NoDoor from None
    invitation = Invitation.objects.select_related("survey").filter(pk=number).first()
    if invitation is None:
        raise NoDoor(is_over=True)
    return Door(invitation.survey, invitation.channel or "invitation", invitation.location_id, invitation=invitation)
