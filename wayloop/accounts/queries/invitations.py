"""Reads of invitations and of links for new passwords."""

import hashlib
from datetime import datetime

from wayloop.accounts.links import INVITATION, RESET
from wayloop.accounts.models import Invitation, Member
from wayloop.kernel import clock
from wayloop.kernel.signing import BadToken, sign, unsign


def open_invitations() -> list[Invitation]:
    """Invitations nobody has used yet, newest first, also those whose time is over."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).select_related("invited_by")
    return list(rows.order_by("-created_at", "-pk"))


def open_invitation(code: str) -> Invitation | None:
    """The invitation of this code, while it can be used."""
    return Invitation.objects.filter(code=code, accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now()).first()


def token_of(invitation: Invitation) -> str:
    """What stands in the invitation's link. The same each time, so that it can be shown again."""
    return sign(INVITATION, invitation.code, expires=invitation.expires_at)


def invitation_of(token: str) -> Invitation | None:
    """The invitation a link leads to, while it can be used."""
    try:
        return open_invitation(unsign(INVITATION, token))
    except BadToken:
        return None


def reset_seal(member: Member) -> str:
    """What changes whenever the member's sessions end; tells nothing about the password."""
    return hashlib.sha256(f"{member.password}.{member.session_round}".encode()).hexdigest()[:32]


def reset_token(member: Member, *, expires: datetime | None = None) -> str:
    """What stands in a link by which the member chooses a new password, until that time or the usual one."""
    return sign(RESET, f"{member.pk}.{reset_seal(member)}", expires=expires)


def reset_of(token: str) -> tuple[Member, str] | None:
    """The member a link for a new password is for and its seal, while it can be used."""
    try:
        number, _dot, seal = unsign(RESET, token).partition(".")
    except BadToken:
        return None
    member = Member.objects.filter(pk=int(number), is_active=True).first()
    return (member, seal) if member and reset_seal(member) == seal else None
